import { describe, expect, it } from "vitest";
import { REPLAY_AUDIENCES } from "./audiences.ts";
import { membersByFile } from "./compare.ts";
import { parsePurchases, type Purchase } from "./purchases.ts";
import { samplePurchases } from "./sample.ts";

function rowsOf(text: string): readonly Purchase[] {
  const read = parsePurchases(text);
  if (!read.ok) throw new Error(`row ${read.error.row} does not parse`);
  return read.value;
}

describe("made-up purchases", () => {
  const text = samplePurchases(5_000, 7);
  const rows = rowsOf(text);

  it("are as many as asked for, and the same from the same seed", () => {
    expect(rows).toHaveLength(5_000);
    expect(samplePurchases(5_000, 7)).toBe(text);
    expect(samplePurchases(5_000, 8)).not.toBe(text);
  });
  it("have the oddities of the real file: CRLF, rows that repeat, purchases of nothing", () => {
    expect(text.endsWith("\r\n")).toBe(true);
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    const lines = text.trimEnd().split("\r\n");
    expect(new Set(lines).size).toBeLessThan(lines.length - 10);
    expect(rows.some(({ cents }) => cents === 0)).toBe(true);
  });
  it("lie in the real file's dates", () => {
    const dates = rows.map(({ date }) => date).toSorted();
    expect(dates[0]! >= "2021-01-01" && dates.at(-1)! <= "2022-06-30").toBe(true);
  });
  it.each(REPLAY_AUDIENCES)("put some customers, and not all, into $key", ({ expected }) => {
    const customers = new Set(rows.map(({ customer }) => customer)).size;
    const members = membersByFile(rows, expected).size;
    expect(members).toBeGreaterThan(0);
    expect(members).toBeLessThan(customers);
  });
});
