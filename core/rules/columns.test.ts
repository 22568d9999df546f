import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { LocalDays } from "../model/local-calendar.ts";
import { compareLogOrder } from "../model/event.ts";
import { placeInLog } from "../model/log.ts";
import { Dates, Positions, type Column } from "./columns.ts";
import { anEvent, DAY_MS } from "./factories.ts";
import { RangeMaximum } from "./range-maximum.ts";
import { Repeats } from "./repeats.ts";
import { numberAt } from "./totals.ts";

/** A column against the list itself, whatever the order events come in and whichever runs are asked for in between. */
const event: fc.Arbitrary<LogEvent> = fc
  .record({
    time: fc.nat(30).map((halves) => (halves * DAY_MS) / 2),
    id: fc.nat(1_000),
    v: fc.constantFrom<Json>(1, 2, 3, -1, "1", "a", true, null),
  })
  .map(({ time, id, v }) => anEvent({ time, messageId: `m${id}`, properties: { v } }));
const run = fc.tuple(fc.nat(60), fc.nat(60));

function compareWithList<Of extends Column>(
  make: (events: readonly LogEvent[]) => Of,
  ask: (column: Of, from: number, to: number) => unknown,
  expected: (run: readonly LogEvent[], from: number) => unknown,
): void {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 12 }),
      fc.array(event, { maxLength: 40 }),
      fc.array(run, { minLength: 3, maxLength: 3 }),
      (held, late, runs) => {
        const events = held.toSorted(compareLogOrder);
        const column = make(events);
        for (const one of [undefined, ...late]) {
          if (one) {
            const index = placeInLog(events, one);
            events.splice(index, 0, one);
            column.insert(events, index, one);
          }
          expect(column.size).toBe(events.length);
          for (const [a, b] of runs) {
            const from = a % (events.length + 1);
            const to = from + (b % (events.length - from + 1));
            expect(ask(column, from, to)).toEqual(expected(events.slice(from, to), from));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
}

const isNumber = (one: LogEvent): boolean => numberAt(one, ["v"]) !== undefined;

describe("what is kept of a list of events", () => {
  it("knows which have something: the first, the last, how many", () => {
    compareWithList(
      (events) => new Positions(events, isNumber),
      (column, from, to) => [column.count(from, to), column.first(from, to), column.last(from, to)],
      (events, from) => {
        const at = events.flatMap((one, index) => (isNumber(one) ? [from + index] : []));
        return [at.length, at[0] ?? -1, at.at(-1) ?? -1];
      },
    );
  });
  it("counts dates", () => {
    compareWithList(
      (events) => new Dates(events, new LocalDays("Europe/Paris")),
      (column, from, to) => column.count(from, to),
      (events) => new Set(events.map(({ time }) => Math.floor((time + 3_600_000) / DAY_MS))).size,
    );
  });
  it("counts distinct values", () => {
    const valueOf = ({ properties: { v } }: LogEvent) => (typeof v === "object" ? undefined : v);
    compareWithList(
      (events) => new Repeats(events, valueOf),
      (column, from, to) => column.distinct(from, to),
      (events) => new Set(events.map(valueOf).filter((value) => value !== undefined)).size,
    );
  });
  it("knows the greatest number", () => {
    compareWithList(
      (events) => new RangeMaximum(events, (one) => numberAt(one, ["v"])),
      (column, from, to) => column.between(from, to),
      (events) => Math.max(-Infinity, ...events.map((one) => numberAt(one, ["v"]) ?? -Infinity)),
    );
  });
});
