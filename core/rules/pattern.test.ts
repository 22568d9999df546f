import { describe, expect, it } from "vitest";
import { foldCase } from "./case-folding.ts";
import { parseGlob } from "./glob.ts";
import { compilePattern } from "./pattern.ts";

describe("a pattern", () => {
  it.each(["(a*)*b$", "(a|aa)+$b", "(?:a?){500}a{500}[bc]", "(.*)(.*)(.*)(.*)[bc]", "(a|b|ab)*[cd]", "^(([a-z])+.)+[A-Z]([a-z])+$"])(
    "%s needs ten times as long for ten times the text, not a thousand times",
    (pattern) => {
      const test = compilePattern(pattern, false);
      const began = performance.now();
      for (const length of [300, 3_000, 30_000]) expect(test?.("a".repeat(length))).toBe(false);
      expect(performance.now() - began).toBeLessThan(5_000);
    },
  ); // prettier-ignore

  it.each([
    ["more than 1,000 characters", "a".repeat(1_001)],
    ["more instructions than 3,000", "(x{3}){333}".repeat(4)],
    ["a hundred thousand brackets", "(".repeat(100_000)],
  ])("of %s is refused", (_, pattern) => expect(compilePattern(pattern, false)).toBeUndefined());

  it("of 1,000 characters is taken, and 400 brackets deep too", () => {
    expect(compilePattern("a".repeat(1_000), true)?.("A".repeat(1_000))).toBe(true);
    expect(compilePattern(`${"(".repeat(400)}a${")".repeat(400)}`, false)?.("a")).toBe(true);
  });

  it("never fails on a text, half pairs neither", () => {
    for (const text of ["\ud83d", "\ude00\ud83d", "a\ud83d", "\0", "\u2028"]) {
      expect(compilePattern("^(?s).*$", true)?.(text)).toBe(true);
    }
  });

  it("ignores case as equality does: a letter stands for all that fold as it does, and for no other", () => {
    const letters = Array.from({ length: 0x1f000 }, (_, codePoint) => codePoint)
      .filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff)
      .map((codePoint) => String.fromCodePoint(codePoint));
    const alike = Map.groupBy(letters, foldCase);
    for (const [folded, same] of alike) {
      if (same.length < 2) continue;
      const test = compilePattern(`^\\x{${(folded.codePointAt(0) ?? 0).toString(16)}}$`, true);
      for (const letter of same) expect(test?.(letter)).toBe(true);
    }
    const groups = [...alike.values()].filter((same) => same.length > 1);
    const few = groups.slice(0, 100);
    const ofFew = compilePattern(`^[${few.map(([first]) => first).join("")}]$`, true);
    expect(groups.filter(([first = ""]) => ofFew?.(first))).toEqual(few);
  });
});

describe("a glob", () => {
  it.each(["*a*a*a*a*a*a*a*a*a*b", `${"*a".repeat(400)}b`, `*${"?".repeat(200)}b`, "**********b"])(
    "%s does not go back further than its latest run",
    (pattern) => {
      const began = performance.now();
      expect(parseGlob(pattern, false)?.("a".repeat(30_000))).toBe(false);
      expect(performance.now() - began).toBeLessThan(2_000);
    },
  );
});
