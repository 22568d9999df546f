import { Big } from "big.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { Totals } from "./totals.ts";

const order = (value: Json): LogEvent => ({
  name: "Order",
  type: "track",
  time: 0,
  messageId: "m",
  source: "s",
  channel: "web",
  party: "first",
  properties: { value },
});

/** A totals over the values, each put in at the place its partner says. */
function build(values: readonly (readonly [Json, number])[]): { totals: Totals; events: LogEvent[] } {
  const events: LogEvent[] = [];
  const totals = new Totals(["value"], events);
  for (const [value, place] of values) {
    const index = place % (events.length + 1);
    const event = order(value);
    events.splice(index, 0, event);
    totals.insert(events, index, event);
  }
  return { totals, events };
}

const amount = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }).map((cents) => cents / 100),
  fc.constantFrom<Json>(0.1, 0.2, 0.3, 1e21, -1e21, 5e-324, 2 ** 52, 2 ** 53, -(2 ** 52), 2 ** 52 - 0.5, "7", null, true),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

describe("running totals", () => {
  it("of 0.1 and 0.2 are 0.3", () => {
    const { totals } = build([
      [0.1, 0],
      [0.2, 1],
    ]);
    expect([totals.between(0, 2), totals.digits]).toEqual([3, 1]);
  });

  it("stay exact where large amounts cancel out", () => {
    const { totals } = build([
      [2 ** 53, 0],
      [1, 1],
      [-(2 ** 53), 2],
    ]);
    expect(totals.between(0, 3)).toBe(1n);
  });

  it("know whether a sum can only fall while events leave it", () => {
    expect(build([[5, 0]]).totals.fallsOnly).toBe(true);
    expect(build([[5, 0], [-1, 0]]).totals.fallsOnly).toBe(false); // prettier-ignore
  });

  it("equal exact decimals over any run of any amounts, in whatever order they came", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(amount, fc.nat(50)), { maxLength: 12 }),
        fc.nat(50),
        fc.nat(50),
        fc.nat(20),
        (values, a, b, finer) => {
          const { totals, events } = build(values);
          totals.refine(finer, events);
          const from = Math.min(a, b) % (events.length + 1);
          const to = Math.max(from, Math.max(a, b) % (events.length + 1));
          const exact = events
            .slice(from, to)
            .map(({ properties: { value } }) => (typeof value === "number" ? new Big(String(value)) : new Big(0)))
            .reduce((sum, added) => sum.plus(added), new Big(0));
          const scale = new Big(10).pow(totals.digits);
          expect(new Big(String(totals.between(from, to))).eq(exact.times(scale))).toBe(true);
          const afresh = new Totals(["value"], events);
          afresh.refine(totals.digits, events);
          expect(String(afresh.between(from, to))).toBe(String(totals.between(from, to)));
        },
      ),
      { numRuns: 500 },
    );
  });
});
