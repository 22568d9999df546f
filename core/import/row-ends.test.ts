import { describe, expect, it } from "vitest";
import { RowEnds } from "./row-ends.ts";

/** The last row end of a text that comes in pieces of so many characters. */
function lastEnd(text: string, delimiter: string | null, piece: number): number {
  const ends = new RowEnds(delimiter);
  let last = -1;
  for (let at = 0; at < text.length; at += piece) {
    const end = ends.lastIn(text.slice(at, at + piece));
    if (end >= 0) last = at + end;
  }
  return last;
}

describe("the last row end", () => {
  it.each<[string, string, string | null, number]>([
    ["lies behind a line break", "a,b\n1,2\n3", ",", 8],
    ["is none where no line ends", "a,b", ",", -1],
    ["is not within quotes", 'a\n"1\n2\n', ",", 2],
    ["lies behind quotes that closed", 'a\n"1\n2"\n3', ",", 8],
    ["minds doubled quotes", 'a\n"1""\n2"\n3', ",", 10],
    ["minds an empty quoted cell", 'a\n"",1\n3', ",", 7],
    ["minds no quote within a cell", 'a\n5" disk\n3', ",", 10],
    ["minds quotes behind its own delimiter", 'a;b\n1;"x\ny"\n3', ";", 12],
    ["minds no quotes in lines", '{"a":"\n', null, 7],
  ])("%s", (_, text, delimiter, end) => {
    for (const piece of [1, 2, 3, 100]) expect(lastEnd(text, delimiter, piece)).toBe(end);
  });

  it("is found again behind a quote that never closes", () => {
    const text = `a\n"${"x".repeat(300_000)}\ny\n`;
    expect(lastEnd(text, ",", 1_000)).toBe(text.length);
  });
});
