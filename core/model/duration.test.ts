import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";
import { fail, ok } from "./result.ts";

describe("a duration", () => {
  it.each([
    ["1s", 1_000],
    ["90m", 5_400_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
    ["1w", 604_800_000],
    ["36525d", 3_155_760_000_000],
    ["3155760000s", 3_155_760_000_000],
  ])("reads %s as %d ms", (text, ms) => {
    expect(parseDuration(text)).toEqual(ok(ms));
  });
  it.each([
    "",
    "d",
    "0d",
    "-1d",
    "+1d",
    "01d",
    "1.5h",
    "7 d",
    " 7d",
    "7d\n",
    "7D",
    "7",
    "1y",
    "P7D",
    "36526d",
    "999999999w",
    "3155760001s",
    "٧d",
  ])("refuses %j", (text) => {
    expect(parseDuration(text)).toEqual(fail("bad_duration"));
  });
});
