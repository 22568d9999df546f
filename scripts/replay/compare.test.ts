import { describe, expect, it } from "vitest";
import { compareMembers, membersByFile } from "./compare.ts";
import type { Purchase } from "./purchases.ts";

const purchase = (customer: string, row: number): Purchase => ({
  row,
  customer,
  date: "2021-01-01",
  quantity: 1,
  cents: 100,
  dollars: 1,
});

describe("comparing members", () => {
  it("asks of each customer all of that customer's purchases, wherever they stand in the file", () => {
    const rows = [purchase("00001", 1), purchase("00002", 2), purchase("00001", 3)];
    expect(membersByFile(rows, (purchases) => purchases.length === 2)).toEqual(new Set(["00001"]));
  });
  it("names who is missing and who is there without right", () => {
    expect(compareMembers(new Set(["00003", "00001"]), new Set(["00002", "00001"]))).toEqual({
      missing: ["00003"],
      extra: ["00002"],
    });
  });
  it("finds nothing between equal sets", () => {
    expect(compareMembers(new Set(["00001"]), new Set(["00001"]))).toEqual({ missing: [], extra: [] });
  });
});
