import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isInShare, shareOf } from "./bucket.ts";

const IDS = Array.from({ length: 20_000 }, (_, index) => `profile-${index}`);

/** How far counts are from being equal: the sum over all of (count - expected)² / expected. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** How many fall into each of some numbered bins. */
function tally(bins: number, binOf: (id: string) => number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const id of IDS) {
    const bin = binOf(id);
    counts[bin] = (counts[bin] ?? Number.NaN) + 1;
  }
  return counts;
}

const binOf = (salt: string, id: string, bins: number): number => Math.floor(shareOf(salt, id) * bins);

describe("the share that a profile lies in", () => {
  it.each([
    ["test-1", "p", 0xaacffa89050d],
    ["test-2", "p", 0xea563f689055],
    ["test-1", "q", 0x0e99615f9851],
    ["", "p", 0x82e2058a6e78],
    ["test-1", "", 0xf6ede0e3f713],
    ["a", "bc", 0xfac4d75282e3],
    ["ab", "c", 0x744931702c0c],
    ["🌊", "p", 0x894fd7639a20],
    ["spring sale", "dGlkZWxpbmUtcHJvZmlsZS1pZC1vZi00My1jaGFyYWN0", 0xaa7a9c288a02],
  ])("of the salt %j and the id %j never changes", (salt, id, numerator) => {
    expect(shareOf(salt, id)).toBe(numerator / 2 ** 48);
  });
  it("is the first 48 bits of SHA-256 of the salt's length, a colon, the salt and the id, as another library has them", () => {
    for (const id of IDS.slice(0, 200)) {
      const digest = createHash("sha256").update(`5:été-1${id}`, "utf8").digest();
      expect(shareOf("été-1", id)).toBe(digest.readUIntBE(0, 6) / 2 ** 48);
    }
  });
  it("is from 0 up to 1, 1 not included", () => {
    const shares = IDS.map((id) => shareOf("s", id));
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...shares)).toBeLessThan(1);
    expect(new Set(shares).size).toBe(IDS.length);
  });
  // 19 degrees of freedom: chance alone is above 43.8 once in a thousand salts.
  it.each(["", "test-1", "test-2", "spring sale", "🌊"])("is even over 20 parts, for the salt %j", (salt) => {
    expect(chiSquare(tally(20, (id) => binOf(salt, id, 20)))).toBeLessThan(43.8);
  });
  // 99 degrees of freedom: chance alone is above 148.2 once in a thousand pairs.
  it.each([
    ["test-1", "test-2"],
    ["a", "A"],
    ["", "0"],
    ["1:a", "a"],
  ])("of the salts %j and %j have nothing to do with each other", (one, other) => {
    expect(chiSquare(tally(100, (id) => binOf(one, id, 10) * 10 + binOf(other, id, 10)))).toBeLessThan(148.2);
  });
  it("does not run salt and id together", () => {
    expect(new Set([shareOf("ab", "c"), shareOf("a", "bc"), shareOf("", "abc"), shareOf("abc", "")]).size).toBe(4);
  });
  it("shares that part all of it part everyone, each in one", () => {
    const edges = [0, 0.1, 1 / 3, 0.5, 0.999, 1];
    for (const id of IDS.slice(0, 2_000)) {
      const shares = edges.slice(1).filter((to, index) => isInShare({ salt: "s", from: edges[index] ?? 0, to }, id));
      expect(shares).toHaveLength(1);
    }
  });
});
