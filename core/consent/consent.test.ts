import { describe, expect, it } from "vitest";
import { deniedPurposes, forbidsProfile, mayWrite, restate, strictest } from "./consent.ts";

describe("consent", () => {
  it("lets any no win over any yes, whichever came first", () => {
    expect(strictest({ ads: true, storage: true }, { ads: false })).toEqual({ ads: false, storage: true });
    expect(strictest({ ads: false }, { ads: true })).toEqual({ ads: false });
    expect(strictest({}, {})).toEqual({});
  });

  it("lets a later statement replace what it speaks of and nothing else", () => {
    expect(restate({ ads: false, storage: true }, { ads: true })).toEqual({ ads: true, storage: true });
  });

  it.each([
    [{}, "assumed", true],
    [{}, "required", false],
    [{ storage: true, profiling: true }, "required", true],
    [{ storage: true }, "required", false],
    [{ profiling: true }, "required", false],
    [{ storage: false }, "assumed", false],
    [{ profiling: false }, "assumed", false],
    [{ storage: true, profiling: false }, "required", false],
    [{ ads: false, content: false, measurement: false }, "assumed", true],
  ] as const)("gates a write: %j from a source where it is %s: %s", (consent, mode, allowed) => {
    expect(mayWrite(consent, mode)).toBe(allowed);
  });

  it("forbids reading a profile on a no to storage or profiling, not on a no to ads", () => {
    expect(forbidsProfile({ storage: false })).toBe(true);
    expect(forbidsProfile({ profiling: false })).toBe(true);
    expect(forbidsProfile({ ads: false })).toBe(false);
    expect(forbidsProfile({})).toBe(false);
  });

  it("names the purposes that were denied, not those unspoken of", () => {
    expect(deniedPurposes({ ads: false, content: true })).toEqual(["ads"]);
  });
});
