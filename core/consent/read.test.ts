import { GppModel } from "@iabgpp/cmpapi";
import { describe, expect, it } from "vitest";
import type { Json } from "../model/json.ts";
import { fail, ok } from "../model/result.ts";
import { NOTHING_ALLOWED } from "./consent.ts";
import { consentOfGpp } from "./gpp.ts";
import { needsGpp, readConsent } from "./read.ts";

const read = (json: Json | undefined, gvlId?: number) => readConsent(json, gvlId, consentOfGpp);

/** Encoded by the GPP library, whose European section is a TCF string: another hand than the one that decodes. */
function tcf(purposes: readonly number[], vendors: readonly number[] = []): string {
  const model = new GppModel();
  model.setFieldValue(
    "tcfeuv2",
    "PurposeConsents",
    Array.from({ length: 24 }, (_, bit) => purposes.includes(bit + 1)),
  );
  model.setFieldValue("tcfeuv2", "VendorConsents", [...vendors]);
  model.setFieldValue("tcfeuv2", "CmpId", 10);
  model.setFieldValue("tcfeuv2", "VendorListVersion", 100);
  return model.encodeSection("tcfeuv2");
}

function gpp(section: string, fields: Readonly<Record<string, unknown>>): string {
  const model = new GppModel();
  for (const [name, value] of Object.entries(fields)) model.setFieldValue(section, name, value);
  return model.encode();
}

describe("a consent statement", () => {
  it("says nothing where there is none", () => {
    expect(read(undefined)).toEqual(ok({}));
    expect(read(null)).toEqual(ok({}));
    expect(read({})).toEqual(ok({}));
    expect(read({ tcf: null, gpp: null })).toEqual(ok({}));
  });

  it("takes explicit purposes as they are said", () => {
    expect(read({ purposes: { storage: true, ads: false } })).toEqual(ok({ storage: true, ads: false }));
  });

  it("denies ads alone by Global Privacy Control, and nothing where it is off", () => {
    expect(read({ gpc: true })).toEqual(ok({ ads: false }));
    expect(read({ gpc: false })).toEqual(ok({}));
  });

  it("lets a no anywhere win over a yes elsewhere", () => {
    expect(read({ purposes: { ads: true, storage: true }, gpc: true })).toEqual(ok({ ads: false, storage: true }));
  });

  it.each([
    ["text"],
    [7],
    [[]],
    [{ purposes: [] }],
    [{ purposes: { advertising: false } }],
    [{ purposes: { ads: "no" } }],
    [{ gpc: "1" }],
    [{ gcp: true }],
    [{ gppSid: "7" }],
  ])("refuses %j: a misspelt no must not pass as silence", (json) => {
    expect(read(json as Json)).toEqual(fail("bad_consent"));
  });

  it("passes over the consent categories that Segment's own SDK puts in the same place", () => {
    expect(read({ categoryPreferences: { Advertising: true } })).toEqual(ok({}));
  });

  it("says whether the GPP decoder is needed", () => {
    expect(needsGpp({ gpp: "DBAA" })).toBe(true);
    expect(needsGpp({ gpp: null })).toBe(false);
    expect(needsGpp({ tcf: "C" })).toBe(false);
    expect(needsGpp(undefined)).toBe(false);
  });
});

describe("a TCF string", () => {
  it.each([
    [[1, 2, 3, 4, 5, 6, 7, 8], { storage: true, profiling: true, ads: true, content: true, measurement: true }],
    [[1, 3], { storage: true, profiling: true, ads: false, content: false, measurement: false }],
    [[1, 5], { storage: true, profiling: true, ads: false, content: false, measurement: false }],
    [[2], { storage: false, profiling: false, ads: false, content: false, measurement: false }],
    [[2, 4], { storage: false, profiling: false, ads: true, content: false, measurement: false }],
    [[6, 8], { storage: false, profiling: false, ads: false, content: true, measurement: true }],
    [[9, 10, 11], NOTHING_ALLOWED],
  ])("with purposes %j allows %j", (purposes, allowed) => {
    expect(read({ tcf: tcf(purposes) })).toEqual(ok(allowed));
  });

  it("allows nothing without our vendor bit where the workspace has a number in the vendor list", () => {
    expect(read({ tcf: tcf([1, 3], [42]) }, 42)).toMatchObject({ value: { storage: true } });
    expect(read({ tcf: tcf([1, 3], [41]) }, 42)).toEqual(ok(NOTHING_ALLOWED));
  });

  it.each([["junk"], [""], ["CAAA"], ["%%%"], ["C".repeat(5_000)], [7], [{}]])("that cannot be decoded (%j) means no", (text) => {
    expect(read({ tcf: text as Json })).toEqual(ok(NOTHING_ALLOWED));
  });
});

describe("a GPP string", () => {
  it.each([["SaleOptOut"], ["SharingOptOut"], ["TargetedAdvertisingOptOut"]])("that opts out by %s denies ads only", (field) => {
    expect(read({ gpp: gpp("usnat", { [field]: 1 }), gppSid: [7] })).toEqual(ok({ ads: false }));
  });

  it("that did not opt out denies nothing", () => {
    expect(read({ gpp: gpp("usnat", { SaleOptOut: 2, SharingOptOut: 2 }), gppSid: [7] })).toEqual(ok({}));
  });

  it("bears Global Privacy Control in a section of a state", () => {
    expect(read({ gpp: gpp("usca", { Gpc: true }) })).toEqual(ok({ ads: false }));
  });

  it("reads US Privacy", () => {
    expect(read({ gpp: "DBABTA~1YYN" })).toEqual(ok({ ads: false }));
    expect(read({ gpp: "DBABTA~1YNN" })).toEqual(ok({}));
  });

  it("counts only the sections that apply", () => {
    expect(read({ gpp: gpp("usnat", { SaleOptOut: 1 }), gppSid: [2] })).toEqual(ok({}));
  });

  it("holds a TCF section that counts as TCF does", () => {
    const bits = Array.from({ length: 24 }, (_, bit) => bit === 0 || bit === 2);
    expect(read({ gpp: gpp("tcfeuv2", { PurposeConsents: bits }), gppSid: [2] })).toMatchObject({
      value: { storage: true, profiling: true, ads: false },
    });
  });

  it.each([["junk"], ["DBABLA~AAAA"], ["DBABLA"], [9]])("that cannot be decoded (%j) means no", (text) => {
    expect(read({ gpp: text as Json, gppSid: [7] })).toEqual(ok(NOTHING_ALLOWED));
  });
});
