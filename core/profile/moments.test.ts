import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../model/json.ts";
import { anArtifact, anEvent, aRule, DAY_MS } from "../rules/factories.ts";
import { interpret, type Truth } from "../rules/interpret.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { FUZZ_TIMEOUT_MS, fuzzed } from "./fuzzing.testing.ts";
import { explainAt } from "./explain.ts";
import { History } from "./history.ts";
import { membershipsAt, openMemberships } from "./memberships.ts";

/**
 * Operators that count from `now`, over years: the engine's answer and its next change against the interpreter, around
 * the edges of spans, days on which clocks are set, leap days and turns of the year.
 */
const ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Beirut", "America/Havana", "Pacific/Apia", "Africa/Cairo"];
const RETENTION_MS = 400 * DAY_MS;

const DATES = [
  "1990-03-29", "1996-02-29", "2000-02-28", "2000-02-29", "2000-03-01", "1999-12-31", "2000-01-01", "2024-02-29", "2025-10-26",
  "2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-12-31", "2027-01-01", "2027-10-30", "2011-12-30", "2026-02-28",
]; // prettier-ignore
const written: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...DATES), weight: 3 },
  fc
    .tuple(fc.constantFrom(...DATES), fc.constantFrom("00:00Z", "00:30+02:00", "02:30-05:00", "23:59:59.999Z", "03:00:00.0009Z"))
    .map(([date, time]) => `${date}T${time}`),
);
const SPANS = ["1s", "1h", "1d", "25h", "7d", "30d", "364d", "365d", "8761h", "366d", "8785h", "367d", "730d", "1w"];
const operator: fc.Arbitrary<object> = fc.tuple(fc.constantFrom("withinLast", "olderThan", "withinNext", "anniversary", "before", "after"), fc.constantFrom(...SPANS), written).map(([op, span, date]) => {
  if (op === "before" || op === "after") return { [op]: date };
  return op === "anniversary" ? { anniversary: { withinNext: span } } : { [op]: span };
}); // prettier-ignore
const instant = fc
  .tuple(fc.constantFrom(...DATES), fc.integer({ min: -3, max: 3 }), fc.constantFrom(-1, 0, 1, 3_600_000, -3_600_000))
  .map(([date, days, off]) => Date.parse(date) + days * DAY_MS + off);

function askOf(condition: object, value: Json, zone: string): { engine: (at: number) => [boolean, number]; truth: (at: number) => Truth } {
  const settings = { zone, retentionMs: RETENTION_MS };
  const ruleset = loadRuleset(anArtifact({ k: condition }, settings));
  const rule = aRule(condition, settings);
  const event = anEvent({ type: "identify", time: Date.UTC(1970, 0, 1), properties: { v: value } });
  const history = new History("p");
  history.insert(event);
  return {
    engine: (at) => {
      const { keys, nextChange } = membershipsAt(ruleset, history, { now: at, present: at });
      return [keys.length > 0, nextChange];
    },
    truth: (at) => interpret(rule, [event], { now: at, present: at, retentionMs: RETENTION_MS, zone, profileId: "p" }),
  };
} // prettier-ignore

/** Instants after `from`, most of them where something may change: around midnights, to the millisecond. */
function probes(from: number, until: number): number[] {
  const last = Math.min(until, from + 3 * 366 * DAY_MS);
  const found = [from + 1, until - 1];
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day <= last; day += 61 * DAY_MS) found.push(day, day + 12_345_678);
  return found.filter((at) => at > from && at < until && at < Infinity);
}

describe("conditions that count from now", () => {
  it(
    "say what the interpreter says, and exactly when they will say something else",
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...ZONES), operator, written, instant, (zone, test, value, start) => {
          const { engine, truth } = askOf({ trait: "v", ...test }, value, zone);
          let at = start;
          for (let step = 0; step < 3; step++) {
            const [is, next] = engine(at);
            expect(is).toBe(truth(at) === true);
            for (const probe of probes(at, next)) expect(truth(probe)).toBe(truth(at));
            if (next === Infinity) return;
            expect(next).toBeGreaterThan(at);
            expect(truth(next)).not.toBe(truth(at));
            at = next;
          }
        }),
        fuzzed(1 / 20),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    "say so of elements of a list too",
    () => {
      const element = fc.record({ at: written, to: fc.constantFrom("Rome", "Oslo") });
      fc.assert(
        fc.property(
          fc.constantFrom(...ZONES),
          operator,
          fc.array(element, { maxLength: 3 }),
          instant,
          (zone, test, value, start) => {
            const { engine, truth } = askOf({ trait: "v", some: { property: "at", ...test } }, value, zone);
            const [is, next] = engine(start);
            expect(is).toBe(truth(start) === true);
            for (const probe of probes(start, next)) expect(truth(probe)).toBe(truth(start));
            // Of several elements the anniversaries may take turns for ever: then only never late.
            const turns = "anniversary" in test && value.length > 1;
            if (next < Infinity && !turns) expect(truth(next)).not.toBe(truth(start));
          },
        ),
        fuzzed(1 / 20),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it("tell an early instant, never a late one, where the anniversaries of an element do not matter for centuries", () => {
    const { engine, truth } = askOf(
      {
        trait: "v",
        some: {
          all: [
            { property: "at", anniversary: { withinNext: "1d" } },
            { property: "to", eq: "Rome" },
          ],
        },
      },
      [{ at: "2000-05-01", to: "Oslo" }],
      "UTC",
    );
    const [is, next] = engine(Date.UTC(2026, 0, 1));
    expect([is, truth(next)]).toEqual([false, false]);
    expect(next).toBe(Date.UTC(2525, 4, 1));
  });

  it("do not change where an identify of that very instant brings a value that keeps the answer", () => {
    const ruleset = loadRuleset(anArtifact({ k: { trait: "v", withinLast: "1d" } }));
    const history = new History("p");
    history.insert(anEvent({ type: "identify", time: Date.UTC(2026, 0, 1), properties: { v: "2026-01-02" } }));
    history.insert(anEvent({ type: "identify", time: Date.UTC(2026, 0, 3), properties: { v: "2026-01-03" } }));
    const now = Date.UTC(2026, 0, 2, 12);
    expect(membershipsAt(ruleset, history, { now, present: now })).toEqual({ keys: ["k"], nextChange: Date.UTC(2026, 0, 4) });
  });

  it("come to an end in the year 9999", () => {
    const { engine } = askOf({ trait: "v", anniversary: { withinNext: "1d" } }, "2000-05-01", "Europe/Paris");
    expect(engine(Date.UTC(9999, 4, 1))).toEqual([false, Infinity]);
    const always = askOf({ trait: "v", anniversary: { withinNext: "400d" } }, "2000-05-01", "UTC");
    expect(always.engine(Date.UTC(2026, 0, 1))).toEqual([true, Date.UTC(9999, 4, 1)]);
  });

  it("are settled one by one when time leaps over many of them, and each is told", () => {
    const ruleset = loadRuleset(anArtifact({ k: { trait: "born", anniversary: { withinNext: "1d" } } }));
    const history = new History("p");
    const memberships = openMemberships(ruleset, history, Date.UTC(2026, 0, 1));
    const event = anEvent({ type: "identify", time: Date.UTC(2026, 0, 1), properties: { born: "1996-02-29" } });
    history.insert(event);
    memberships.apply(event, Date.UTC(2026, 0, 1));
    memberships.settle(Date.UTC(2028, 11, 31));
    expect(memberships.changes().map(({ entered, at }) => [entered, new Date(at).toISOString().slice(0, 10)])).toEqual([
      [true, "2026-02-28"],
      [false, "2026-03-01"],
      [true, "2027-02-28"],
      [false, "2027-03-01"],
      [true, "2028-02-28"],
      [false, "2028-02-29"],
    ]);
    expect(memberships.nextChange).toBe(Date.UTC(2029, 1, 28));
  });

  it("is told early, never late, where 8,000 years of anniversaries never change a group", () => {
    const soon = { trait: "v", anniversary: { withinNext: "21h" } };
    const rule = { k: { all: [{ any: [soon] }, { event: "Bought" }] } };
    const history = new History("p");
    history.insert(anEvent({ type: "identify", time: Date.UTC(1970, 0, 1), properties: { v: "2026-03-29" } }));
    const now = Date.UTC(2026, 2, 28);
    const { value, nextChange } = explainAt(loadRuleset(anArtifact(rule)), history, "k", { now, present: now });
    expect(value).toBe(false);
    expect(nextChange).toBeGreaterThan(Date.UTC(2046, 0, 1));
  });
});
