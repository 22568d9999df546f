import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deadlines } from "./deadlines.ts";

describe("deadlines", () => {
  it("know the earliest and what is due, whatever was set, moved and taken back", () => {
    const settings = fc.array(fc.tuple(fc.nat(399), fc.constantFrom(1, 2, 3, 4, Infinity)), { maxLength: 60 });
    fc.assert(
      fc.property(settings, fc.boolean(), (sets, askedInBetween) => {
        const deadlines = new Deadlines(400);
        const expected = new Map<number, number>();
        for (const [condition, at] of sets) {
          deadlines.set(condition, at);
          expected.set(condition, at);
          if (askedInBetween) expect(deadlines.earliest()).toBe(Math.min(Infinity, ...expected.values()));
        }
        const earliest = Math.min(Infinity, ...expected.values());
        expect(deadlines.earliest()).toBe(earliest);
        for (const at of [0, 1, 2.5]) {
          const due = [...expected].filter(([, deadline]) => deadline <= at).map(([condition]) => condition);
          expect(deadlines.due(at).toSorted((a, b) => a - b)).toEqual(due.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
