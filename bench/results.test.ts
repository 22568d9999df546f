import { describe, expect, it } from "vitest";
import { benchRow, resultsTable } from "./results.ts";

const measured = {
  area: "decide",
  what: "decide, one hop",
  ours: 4_000,
  unit: "req/s",
  reference: 5_000,
  referenceName: "object call",
};

describe("a row of results", () => {
  it("has exactly the documented members", () => {
    expect(benchRow(measured, { least: 0.8 })).toEqual({ ...measured, ratio: 0.8, bar: ">= 0.8", pass: true });
    expect(Object.keys(benchRow(measured, { least: 0.8 }))).toEqual([
      "area",
      "what",
      "ours",
      "unit",
      "reference",
      "referenceName",
      "ratio",
      "bar",
      "pass",
    ]);
  });
  it.each([
    [{ least: 0.81 }, ">= 0.81", false],
    [{ most: 0.8 }, "<= 0.8", true],
    [{ most: 0.79 }, "<= 0.79", false],
    [{ least: 0.85, most: 1.15 }, "0.85 .. 1.15", false],
    [{ least: 0.75, most: 1.15 }, "0.75 .. 1.15", true],
  ])("under the bar %j says %s and passes: %s", (bar, text, pass) => {
    expect(benchRow(measured, bar)).toMatchObject({ bar: text, pass });
  });
  it("is judged by the exact ratio and shows it rounded", () => {
    expect(benchRow({ ...measured, ours: 3_999 }, { least: 0.8 })).toMatchObject({ ratio: 0.8, pass: false });
  });
  it("without a bar is for information", () => {
    expect(benchRow(measured, undefined)).toMatchObject({ bar: null, pass: null });
  });
});

describe("the table of results", () => {
  it("says of each bar whether it was met", () => {
    const table = resultsTable([
      benchRow(measured, { least: 0.8 }),
      benchRow(measured, { least: 0.9 }),
      benchRow(measured, undefined),
    ]);
    const lines = table.split("\n").slice(2);
    expect(lines.map((line) => line.slice(line.indexOf("0.8")))).toEqual(["0.8  >= 0.8  yes", "0.8  >= 0.9  MISSED", "0.8"]);
  });
});
