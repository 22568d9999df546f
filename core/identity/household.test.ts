import { describe, expect, it } from "vitest";
import { saidHousehold } from "./household.ts";

const h = (value: string) => ({ type: "household", value });

describe("what a call says of a household", () => {
  it("is said by a group of that type, and by no other group", () => {
    expect(saidHousehold("group", { type: "household" }, "h1")).toEqual(h("h1"));
    expect(saidHousehold("group", { type: "company" }, "h1")).toBeUndefined();
    expect(saidHousehold("group", {}, "h1")).toBeUndefined();
    expect(saidHousehold("track", { type: "household" }, "h1")).toBeUndefined();
  });

  it("is said by a customer system's trait, a number or a text", () => {
    expect(saidHousehold("identify", { householdId: " h1 " }, undefined)).toEqual(h("h1"));
    expect(saidHousehold("identify", { householdId: 4711 }, undefined)).toEqual(h("4711"));
    expect(saidHousehold("identify", { city: "Lille" }, undefined)).toBeUndefined();
  });

  it("says that a person lives in none", () => {
    expect(saidHousehold("group", { type: "household", left: true }, "h1")).toBeNull();
    expect(saidHousehold("identify", { householdId: null }, undefined)).toBeNull();
    expect(saidHousehold("identify", { householdId: "" }, undefined)).toBeNull();
  });

  it("is nothing where the value stands for nobody's, or cannot be one", () => {
    for (const value of ["0", "null", "undefined", "0000000000", "anonymous"])
      expect(saidHousehold("identify", { householdId: value }, undefined)).toBeUndefined();
    expect(saidHousehold("group", { type: "household" }, undefined)).toBeUndefined();
    expect(saidHousehold("identify", { householdId: { id: "h1" } }, undefined)).toBeUndefined();
    expect(saidHousehold("identify", { householdId: "x".repeat(256) }, undefined)).toBeUndefined();
  });
});
