import { describe, expect, it } from "vitest";
import { profileTable, selfTimes, type CpuProfile } from "./profile.ts";

const frame = (functionName: string, lineNumber = 0) => ({
  functionName,
  url: functionName === "(idle)" ? "" : "file:///x/index.js",
  lineNumber,
  columnNumber: 4,
});
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame("(idle)") },
    { id: 2, callFrame: frame("hash", 9) },
    { id: 3, callFrame: frame("") },
    { id: 4, callFrame: frame("hash", 9) },
  ],
  samples: [1, 2, 3, 4],
  timeDeltas: [9_000, 2_000, 1_000, 1_000],
};

describe("a CPU profile", () => {
  it("adds up each function's own time, wherever it was called from", () => {
    expect(selfTimes(profile)).toEqual([
      ["(idle)", 9_000],
      ["hash index.js:10", 3_000],
      ["(anonymous) index.js:1", 1_000],
    ]);
  });
  it("says where a function comes from, where that is known", () => {
    const origin = (line: number, column: number) => (line === 9 && column === 4 ? "core/hash.ts:3" : undefined);
    expect(selfTimes(profile, origin).map(([name]) => name)).toEqual(["(idle)", "hash core/hash.ts:3", "(anonymous) index.js:1"]);
  });
  it("shows shares of the time in which something was done", () => {
    expect(profileTable(profile, 1).split("\n").at(-1)).toBe("hash index.js:10      75   3");
  });
});
