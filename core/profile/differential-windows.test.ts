import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Channel, EventType, LogEvent } from "../model/event.ts";
import { eventName } from "../model/event.ts";
import { parseInstant } from "../model/instant.ts";
import type { Json } from "../model/json.ts";
import { aRule, anArtifact, DAY_MS } from "../rules/factories.ts";
import { interpret, type Truth } from "../rules/interpret.ts";
import { localDate } from "../rules/interpret-windows.ts";
import type { RuleSettings } from "../rules/parse.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { FUZZ_TIMEOUT_MS, fuzzed } from "./fuzzing.testing.ts";
import { explainAt } from "./explain.ts";
import { History } from "./history.ts";
import { membershipsAt, openMemberships } from "./memberships.ts";

/**
 * The engine against the interpreter, over days and years: calendars, sessions, offsets, and every aggregate on them. All
 * instants lie on an edge or a millisecond beside it: a moment of the calendar where something happens, and whole steps
 * from there.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A moment, and zones in which it means something. */
const MOMENTS: readonly (readonly [string, readonly string[]])[] = [
  ["2026-03-29T01:00Z", ["Europe/Paris", "America/New_York"]], // clocks go forward in Paris
  ["2026-03-28T23:00Z", ["Europe/Paris", "UTC"]], // the day of 23 hours begins
  ["2026-03-29T22:00Z", ["Europe/Paris", "Asia/Kolkata"]], // and ends, a Sunday
  ["2026-10-24T22:00Z", ["Europe/Paris", "America/New_York"]], // the day of 25 hours begins
  ["2026-10-25T23:00Z", ["Europe/Paris", "Asia/Tokyo"]],
  ["2026-03-08T05:00Z", ["America/New_York", "Europe/Paris"]],
  ["2026-03-09T04:00Z", ["America/New_York", "UTC"]],
  ["2026-11-01T04:00Z", ["America/New_York", "Europe/Paris"]],
  ["2026-11-02T05:00Z", ["America/New_York", "Asia/Kolkata"]],
  ["2025-12-31T23:00Z", ["Europe/Paris", "America/New_York"]], // a year ends within a week
  ["2026-12-28T05:00Z", ["America/New_York", "Europe/Paris"]], // week 53 begins
  ["2027-01-04T00:00Z", ["UTC", "Europe/Paris"]], // and ends, in the next year
  ["2024-02-28T23:00Z", ["Europe/Paris", "UTC"]], // a leap day begins
  ["2024-03-01T05:00Z", ["America/New_York", "Europe/Paris"]],
  ["2025-03-01T00:00Z", ["UTC", "America/New_York"]],
  ["2026-09-06T04:00Z", ["America/Santiago", "Europe/Paris"]], // midnight is jumped over
  ["2026-04-23T22:00Z", ["Africa/Cairo", "UTC"]],
  ["2006-10-29T02:30Z", ["America/St_Johns", "UTC"]], // midnight comes twice
  ["2011-12-30T10:00Z", ["Pacific/Apia", "UTC"]], // 30 December never was
];

const STEPS = [0, 0, 0, 30 * MINUTE_MS, -30 * MINUTE_MS, HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS, 7 * DAY_MS, -7 * DAY_MS, -31 * DAY_MS, 29 * DAY_MS, -365 * DAY_MS]; // prettier-ignore
const offset = fc
  .tuple(
    fc.constantFrom(...STEPS),
    fc.constantFrom(...STEPS),
    fc.constantFrom(0, 0, 0, 0, 30 * MINUTE_MS, 60 * MINUTE_MS),
    fc.constantFrom(-1, 0, 0, 1),
  ) // prettier-ignore
  .map((parts) => parts.reduce((sum, part) => sum + part, 0));

const amount: fc.Arbitrary<Json> = fc.constantFrom<Json>(0, -0, 0.1, 0.2, 0.3, 19.99, 20, 20.01, -5, 1e21, 5, "5", true, "20", null, [5], { x: 5 }); // prettier-ignore
const event: fc.Arbitrary<LogEvent & { readonly held: number | undefined }> = fc
  .record({
    call: fc.constantFrom<[EventType, string]>(["track", "A"], ["track", "A"], ["track", "B"], ["page", ""], ["identify", ""]),
    time: offset,
    messageId: fc.nat(19).map(String),
    source: fc.constantFrom("s", "t"),
    channel: fc.constantFrom<Channel>("web", "web", "app", "store"),
    properties: fc.option(amount.map((v) => ({ v })), { nil: {} }), // prettier-ignore
    /** Where given, the value is this instant. */
    held: fc.option(offset, { nil: undefined, freq: 1 }),
  })
  .map(({ call: [type, name], ...rest }) => ({ ...rest, type, name: eventName(type, name), party: "first" }));

const zone = fc.constantFrom("Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "UTC");
const window: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom<object>({}, { within: "1d" }, { within: "30m" }, { within: "7d" }),
  fc.constantFrom<object>(
    { within: { from: "2d", to: "1d" } },
    { within: { from: "1h", to: "30m" } },
    { within: { from: "40d", to: "7d" } },
  ),
  {
    arbitrary: fc
      .record(
        {
          calendar: fc.constantFrom("day", "week", "month", "year"),
          last: fc.constantFrom(1, 1, 2, 3),
          complete: fc.boolean(),
          timeZone: zone,
        },
        { requiredKeys: ["calendar"] },
      )
      .map((within) => ({ within })),
    weight: 4,
  },
  { arbitrary: fc.constant({ within: { session: true } }), weight: 2 },
);
const bound = fc.constantFrom(0, 1, 2, 3, 0.1, 0.15, 0.2, 20, 19.995, 5, -5);
const compare: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom("gte", "gt", "lt", "lte", "eq", "ne").chain((op) => bound.map((value) => ({ [op]: value }))),
  fc.constantFrom({ between: [1, 2] }, { between: [0.15, 20] }, { gt: 0, lt: 20, ne: 5 }),
);
const test: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom("gte", "lt").chain((op) => bound.map((value) => ({ [op]: value }))),
  fc.constantFrom<object>({ eq: 5 }, { ne: "5" }, { in: [5, "20", true] }, { contains: "5" }, { between: [0.1, 5] }),
  fc.constantFrom("withinLast", "olderThan", "withinNext").chain((op) => fc.constantFrom("30m", "1d", "7d").map((value) => ({ [op]: value }))), // prettier-ignore
  fc.constantFrom<object>({ anniversary: { withinNext: "1d" } }, { anniversary: { withinNext: "7d" } }),
);
const aggregate: fc.Arbitrary<object> = fc.oneof(
  compare.map((count) => ({ count })),
  compare.map((days) => ({ days })),
  fc.tuple(fc.constantFrom("sum", "avg", "min", "max", "distinct"), compare).map(([kind, bounds]) => ({ [kind]: { of: "v", ...bounds } })), // prettier-ignore
  fc.tuple(fc.constantFrom("first", "last"), test).map(([kind, asked]) => ({ [kind]: { of: "v", ...asked } })),
);
const condition: fc.Arbitrary<object> = fc
  .tuple(
    fc.constantFrom<Json>("A", "A", ["A", "B"], "*", "$identify"),
    fc.option(fc.constantFrom({ property: "v", gte: 1 }, { channel: "web" }), { nil: undefined, freq: 1 }),
    window,
    aggregate,
  )
  .map(([name, where, within, asked]) => ({ event: name, ...(where && { where }), ...within, ...asked }));

interface World {
  readonly settings: RuleSettings;
  readonly conditions: readonly object[];
  readonly log: readonly LogEvent[];
  readonly order: readonly number[];
  readonly instants: readonly number[];
  readonly later: number;
}

const world: fc.Arbitrary<World> = fc
  .record({
    moment: fc.constantFrom(...MOMENTS),
    zoneIndex: fc.nat(1),
    retentionMs: fc.constantFrom(400 * DAY_MS, 400 * DAY_MS, 40 * DAY_MS),
    conditions: fc.array(condition, { minLength: 1, maxLength: 4 }),
    log: fc.array(event, { maxLength: 10 }),
    order: fc.array(fc.nat(), { minLength: 10, maxLength: 10 }),
    instants: fc.array(offset, { minLength: 1, maxLength: 4 }),
    later: fc.constantFrom(0, 0, 1, DAY_MS, 30 * DAY_MS),
  })
  .map(({ moment: [text, zones], zoneIndex, retentionMs, log, instants, ...rest }) => {
    const start = parseInstant(text, "UTC") ?? Number.NaN;
    const placed = log.map(({ held, ...one }): LogEvent => {
      const properties = held === undefined ? one.properties : { v: new Date(start + held).toISOString() };
      return { ...one, properties, time: one.time + start };
    });
    const kept = new Map(placed.map((one) => [`${one.source} ${one.messageId}`, one]));
    const settings = { zone: zones[zoneIndex] ?? "UTC", retentionMs };
    return { ...rest, settings, log: [...kept.values()], instants: instants.map((ms) => ms + start) };
  });

function prepare({ settings, conditions }: World) {
  const named = Object.fromEntries(conditions.map((json, index) => [`r${index}`, json]));
  const rules = new Map(Object.entries(named).map(([key, json]) => [key, aRule(json, settings)]));
  const ruleset = loadRuleset(JSON.parse(JSON.stringify(anArtifact(named, settings))));
  const valueOf = (log: readonly LogEvent[], key: string, now: number, present = now): Truth => {
    const rule = rules.get(key);
    if (!rule) throw new Error(key);
    return interpret(rule, log, { now, present, ...settings, profileId: "p" });
  };
  const keysAt = (log: readonly LogEvent[], now: number, present = now): string[] =>
    [...rules.keys()].filter((key) => valueOf(log, key, now, present) === true);
  return { ruleset, valueOf, keysAt, keys: [...rules.keys()] };
}

function historyOf(log: readonly LogEvent[]): History {
  const history = new History("p");
  for (const one of log) history.insert(one);
  return history;
}

/** Instants at which anything here could change, each with the millisecond before and after. */
function edges(log: readonly LogEvent[], { zone: workspace, retentionMs }: RuleSettings): number[] {
  const found = new Set<number>();
  const zones = [workspace, "Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "UTC"];
  for (const { time, properties } of log) {
    const held = typeof properties["v"] === "string" ? parseInstant(properties["v"], workspace) : undefined;
    if (held !== undefined) {
      for (const ms of [0, 30 * MINUTE_MS, DAY_MS, 7 * DAY_MS]) found.add(held - ms).add(held + ms);
      for (const years of [1, 2]) for (const ms of [0, DAY_MS, 7 * DAY_MS]) found.add(returnOf(held, years, workspace) - ms);
    }
    for (const ms of [0, 30 * MINUTE_MS, 30 * MINUTE_MS + 1, HOUR_MS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS, 40 * DAY_MS, retentionMs])
      found.add(time + ms);
    for (const name of zones) for (const edge of unitEdges(localDate(time, name), name)) found.add(edge);
  }
  return [...found].flatMap((edge) => [edge - 1, edge, edge + 1]).toSorted((a, b) => a - b);
}

/** The midnight with which the day of an instant returns some years later. */
function returnOf(held: number, years: number, name: string): number {
  const [year = 0, month = 0, day = 0] = localDate(held, name).split("-").map(Number);
  return parseInstant(new Date(Date.UTC(year + years, month - 1, day)).toISOString().slice(0, 10), name) ?? Number.NaN;
}

/** First instants of the four units of each kind after a date. */
function unitEdges(date: string, name: string): number[] {
  const at = new Date(date);
  const starts = [1, 2, 3, 4].flatMap((units) => [
    Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + units),
    Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - ((at.getUTCDay() + 6) % 7) + units * 7),
    Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + units),
    Date.UTC(at.getUTCFullYear() + units),
  ]);
  return starts.map((ms) => parseInstant(new Date(ms).toISOString().slice(0, 10), name) ?? Number.NaN);
}

/** @param share of all runs */
const check = (name: string, property: (given: World) => void, share = 1 / 2): void => {
  it(name, () => fc.assert(fc.property(world, property), fuzzed(share)), FUZZ_TIMEOUT_MS);
};

describe("the engine, over days and years", () => {
  check("(1) gives at any instant, past or future, what the interpreter gives", (given) => {
    const { ruleset, keys, valueOf } = prepare(given);
    const history = historyOf(given.log);
    for (const now of given.instants) {
      const present = now + given.later;
      const found = membershipsAt(ruleset, history, { now, present }).keys;
      for (const key of keys) {
        const value = valueOf(given.log, key, now, present);
        expect(explainAt(ruleset, history, key, { now, present }).value).toBe(value);
        expect(found.includes(key)).toBe(value === true);
      }
    }
  });

  check("(2) maintains it event by event, in any order, however late", (given) => {
    const { ruleset, keysAt } = prepare(given);
    const history = new History("p");
    const clocks = given.instants.toSorted((a, b) => a - b);
    let now = clocks[0] ?? 0;
    const memberships = openMemberships(ruleset, history, now);
    const arrived: LogEvent[] = [];
    const order = given.log.toSorted((a, b) => (given.order[given.log.indexOf(a)] ?? 0) - (given.order[given.log.indexOf(b)] ?? 0)); // prettier-ignore
    for (const [index, one] of order.entries()) {
      now = Math.max(now, clocks[Math.floor((index * clocks.length) / order.length)] ?? now);
      history.insert(one);
      arrived.push(one);
      memberships.apply(one, now);
      expect(memberships.keys()).toEqual(keysAt(arrived, now));
      const afresh = openMemberships(ruleset, history, now);
      expect([memberships.keys(), memberships.nextChange]).toEqual([afresh.keys(), afresh.nextChange]);
    }
    for (const later of [now, now + 30 * MINUTE_MS + 1, now + DAY_MS, now + 31 * DAY_MS]) {
      memberships.settle(later);
      expect(memberships.keys()).toEqual(keysAt(arrived, later));
    }
  }, 1 / 2); // prettier-ignore

  check("(3) knows exactly when time alone changes a condition", (given) => {
    const { ruleset, keys, valueOf } = prepare({ ...given, conditions: given.conditions.slice(0, 1) });
    const history = historyOf(given.log);
    const candidates = edges(given.log, given.settings);
    for (const now of given.instants.slice(0, 1)) {
      const present = now + given.later;
      for (const key of keys) {
        const at = (t: number): Truth => valueOf(given.log, key, t, Math.max(t, present));
        const before = at(now);
        const { nextChange } = explainAt(ruleset, history, key, { now, present });
        if (nextChange !== null) {
          expect(at(nextChange)).not.toBe(before);
          expect(at(nextChange - 1)).toBe(before);
        }
        const between = candidates.filter((edge) => edge > now && edge < (nextChange ?? Infinity));
        const step = Math.ceil(between.length / 60);
        for (const edge of between.filter((_, index) => index % step === 0)) expect(at(edge)).toBe(before);
      }
    }
  }, 1 / 2); // prettier-ignore

  check("(3) says each change at its instant while time passes, until none is left", (given) => {
    const { ruleset, keysAt } = prepare(given);
    const start = Math.min(...given.instants);
    const memberships = openMemberships(ruleset, historyOf(given.log), start);
    let now = start;
    for (let steps = 0; memberships.nextChange < Infinity; steps++) {
      expect(memberships.nextChange).toBeGreaterThan(now);
      expect(steps).toBeLessThan(500);
      now = memberships.nextChange;
      memberships.settle(now);
      expect(memberships.keys()).toEqual(keysAt(given.log, now));
    }
    expect(memberships.keys()).toEqual(keysAt(given.log, now + 1_000 * DAY_MS));
  }, 1 / 4); // prettier-ignore
});
