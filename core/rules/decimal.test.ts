import { Big } from "big.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fractionDigits, scaled, unscaled } from "./decimal.ts";

const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100),
);

describe("a number as the decimal it is written as", () => {
  it.each([
    [0, 0],
    [5, 0],
    [-12.5, 1],
    [0.1, 1],
    [1e21, 0],
    [1.5e-7, 8],
    [1e-7, 7],
    [5e-324, 324],
    [123.456, 3],
  ])("%d has %d digits after the point", (value, digits) => expect(fractionDigits(value)).toBe(digits));

  it.each([
    [0.1, 1, 1],
    [-0.05, 2, -5],
    [19.99, 2, 1999],
    [19.9, 4, 199_000],
    [2, 3, 2000],
    [1e-7, 7, 1],
    [9_007_199_254_740_991, 1, 90_071_992_547_409_910n],
    [1e21, 0, 10n ** 21n],
    [0.1234567890123456, 16, 1_234_567_890_123_456n],
    [5e-324, 324, 5],
  ])("%d scaled by %d digits is %s", (value, digits, expected) => expect(scaled(value, digits)).toBe(expected));

  it("is scaled exactly, whatever the number", () => {
    fc.assert(
      fc.property(anyNumber, fc.nat(20), (value, more) => {
        const digits = fractionDigits(value) + more;
        const exact = new Big(String(value)).times(new Big(10).pow(digits));
        expect(new Big(String(scaled(value, digits))).eq(exact)).toBe(true);
        expect(unscaled(scaled(value, digits), digits)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
