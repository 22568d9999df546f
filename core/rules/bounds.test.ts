import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bounds } from "./bounds.ts";
import { scaled } from "./decimal.ts";

const bound = fc.integer({ min: -3, max: 6 }).map((half) => half / 2);
const compare = fc
  .record(
    {
      eq: bound,
      ne: bound,
      lt: bound,
      lte: bound,
      gt: bound,
      gte: bound,
      between: fc.tuple(bound, bound).map(([a, b]): [number, number] => (a <= b ? [a, b] : [b, a])),
    },
    { requiredKeys: [] },
  )
  .filter((bounds) => Object.keys(bounds).length > 0);

describe("bounds on a number", () => {
  it("answer as the comparisons themselves do, and regions rise with the number", () => {
    fc.assert(
      fc.property(compare, fc.integer({ min: -10, max: 20 }), fc.integer({ min: 2, max: 20 }), (bounds, quarters, digits) => {
        const value = quarters / 4;
        const { eq, ne, lt, lte, gt, gte, between } = bounds;
        const all = [
          eq === undefined || value === eq,
          ne === undefined || value !== ne,
          lt === undefined || value < lt,
          lte === undefined || value <= lte,
          gt === undefined || value > gt,
          gte === undefined || value >= gte,
          between === undefined || (between[0] <= value && value <= between[1]),
        ].every(Boolean);
        const ready = new Bounds(bounds);
        expect(ready.answer(ready.region(value))).toBe(all ? 2 : 0);
        expect(ready.scaledRegion(scaled(value, digits), digits)).toBe(ready.region(value));
        expect(ready.region(value + 0.25)).toBeGreaterThanOrEqual(ready.region(value));
      }),
      { numRuns: 1000 },
    );
  });
});
