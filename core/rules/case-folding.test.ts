import { describe, expect, it } from "vitest";
import { foldCase } from "./case-folding.ts";

describe("folding case", () => {
  it.each([
    ["PARIS", "paris"],
    ["ÉCOLE", "école"],
    ["ΣΊΣΥΦΟΣ", "σίσυφος"], // final sigma too
    ["\u212A", "k"], // the Kelvin sign
    ["ſ", "s"],
    ["ẞ", "ß"],
    ["𐐀", "𐐨"], // outside the basic plane
    ["Ꭰ", "ꭰ"], // Cherokee, which folds upwards
    ["Ǆ", "ǅ"],
  ])("makes %s and %s equal", (a, b) => expect(foldCase(a)).toBe(foldCase(b)));

  it.each([
    ["ß", "SS"],
    ["İ", "i"],
    ["ı", "I"],
    ["é", "e\u0301"], // no normalisation
    ["ﬁ", "fi"],
    ["5", "６"],
  ])("keeps %s and %s apart", (a, b) => expect(foldCase(a)).not.toBe(foldCase(b)));

  it("folds plain letters alike alone and beside others", () => {
    for (let codePoint = 0; codePoint < 128; codePoint++) {
      const letter = String.fromCodePoint(codePoint);
      expect(foldCase(`${letter}É`)).toBe(`${foldCase(letter)}é`);
    }
  });

  it("leaves half a pair as it is", () => {
    expect(foldCase("A\uD801B")).toBe("a\uD801b");
  });

  it("is what the i flag of this engine does, for every letter that has case", () => {
    const letters: string[] = [];
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
      const letter = String.fromCodePoint(codePoint);
      if (/[\p{Cased}\p{Changes_When_Casefolded}\p{Changes_When_Casemapped}]/u.test(letter)) letters.push(letter);
      else if (foldCase(letter) !== letter) expect.fail(`folds U+${codePoint.toString(16)}, which has no case`);
    }
    const alike = Map.groupBy(letters, foldCase);
    const text = letters.join("");
    for (const [folded, same] of alike) {
      const found = text.match(new RegExp(`\\u{${(folded.codePointAt(0) ?? 0).toString(16)}}`, "giu"));
      expect(found).toEqual(same);
    }
  });
});
