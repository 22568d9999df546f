import { describe, expect, it } from "vitest";
import { rangesOf, textTable } from "./table.ts";

describe("a table in plain text", () => {
  it("sets words to the left and numbers to the right, each column as wide as its widest cell", () => {
    const table = textTable(
      ["what", "n"],
      [
        ["ab", 1_234.5],
        ["abcde", 7],
      ],
    );
    expect(table).toBe(["what         n", "-----  -------", "ab     1,234.5", "abcde        7"].join("\n"));
  });
  it("leaves nothing at the end of a line", () => {
    expect(textTable(["a", "note"], [["x", ""]])).toBe("a  note\n-  ----\nx");
  });
});

describe("many numbers in few words", () => {
  it("names those that follow one another by the first and the last", () => {
    expect(rangesOf([1, 2, 3, 7, 9, 10])).toBe("1-3 7 9-10");
    expect(rangesOf([])).toBe("");
  });
});
