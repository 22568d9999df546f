import { describe, expect, it } from "vitest";
import { locationHintOf } from "./region.ts";

const from = (cf: object | undefined): Request =>
  new Request("http://tideline.test/", cf === undefined ? {} : ({ cf } as RequestInit));

describe("the region a visitor is in", () => {
  it.each([
    [{ continent: "EU", longitude: "2.35" }, "weur"],
    [{ continent: "EU", longitude: "24.94" }, "eeur"],
    [{ continent: "NA", longitude: "-122.4" }, "wnam"],
    [{ continent: "NA", longitude: "-74.0" }, "enam"],
    [{ continent: "SA" }, "sam"],
    [{ continent: "AS" }, "apac"],
    [{ continent: "OC" }, "oc"],
    [{ continent: "AF" }, "afr"],
    [{ continent: "AN" }, undefined],
    [{ continent: "EU" }, "weur"],
    [{}, undefined],
    [undefined, undefined],
  ])("%j is %s", (cf, hint) => {
    expect(locationHintOf(from(cf))).toBe(hint);
  });

  it("comes from the platform, never from a header", () => {
    const request = new Request("http://tideline.test/", { headers: { "cf-ipcontinent": "EU", "x-continent": "EU" } });
    expect(locationHintOf(request)).toBeUndefined();
  });
});
