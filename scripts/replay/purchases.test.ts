import { describe, expect, it } from "vitest";
import { parsePurchases } from "./purchases.ts";

const LINES = " 00001 20210101  1   11.77\r\n 00002 20210112  5   77.00\r\n 00002 20210112  5   77.00\r\n";

describe("the purchases of a file", () => {
  it("are read with the customer id as it is written and dollars as the decimal they are written as", () => {
    expect(parsePurchases(LINES)).toEqual({
      ok: true,
      value: [
        { row: 1, customer: "00001", date: "2021-01-01", quantity: 1, cents: 1177, dollars: 11.77 },
        { row: 2, customer: "00002", date: "2021-01-12", quantity: 5, cents: 7700, dollars: 77 },
        { row: 3, customer: "00002", date: "2021-01-12", quantity: 5, cents: 7700, dollars: 77 },
      ],
    });
  });
  it("are the same whether the last line is ended or not", () => {
    expect(parsePurchases(LINES.trimEnd())).toEqual(parsePurchases(LINES));
  });
  it("may be of nothing, and of four figures", () => {
    const read = parsePurchases(" 23474 20210607 70  932.23\r\n 08830 20220610 99 1286.01\r\n 00003 20210102  1    0.00\r\n");
    expect(read.ok && read.value.map(({ cents, quantity }) => [quantity, cents])).toEqual([
      [70, 93_223],
      [99, 128_601],
      [1, 0],
    ]);
  });
  it.each([
    ["a missing column", " 00001 20210101  1"],
    ["a day that is none", " 00001 20210230  1   11.77"],
    ["dollars without cents", " 00001 20210101  1   11"],
    ["dollars below nothing", " 00001 20210101  1   -1.00"],
    ["half a CD", " 00001 20210101  1.5   11.77"],
    ["an empty line between", ""],
  ])("are refused with the row of %s", (_, line) => {
    expect(parsePurchases(`${LINES}${line}\r\n${LINES}`)).toEqual({ ok: false, error: { row: 4, line } });
  });
});
