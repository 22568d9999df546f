import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Channel, EventType, LogEvent, Party } from "../model/event.ts";
import { eventName } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Rule } from "../rules/ast.ts";
import { aRule, anArtifact } from "../rules/factories.ts";
import { interpret, type Truth } from "../rules/interpret.ts";
import { loadRuleset, type Ruleset } from "../rules/ruleset.ts";
import { explainAt } from "./explain.ts";
import { History } from "./history.ts";
import { membershipsAt, openMemberships } from "./memberships.ts";

/**
 * The engine against the interpreter (rules.md, "Properties that must hold"). The world is made small, a minute of half
 * seconds, so that edges of windows, ties, late events and repeated deliveries meet all the time.
 */
const RUNS = Number(process.env["TIDELINE_FUZZ_RUNS"] ?? 1_000);
const START = Date.UTC(2026, 2, 29, 0, 59, 30); // clocks in Paris go forward half a minute later
const TICK_MS = 500;
const TICKS = 60;
const RETENTION_MS = 12_000;
/** How far explain's next change of a group is sure to be exact, at the least. */
const SEARCHED_MS = 1_000 * 366 * 86_400_000;
const SETTINGS = { zone: "Europe/Paris", retentionMs: RETENTION_MS };

/** Every other one of a few, so that several events share an instant. */
const tick = fc.oneof(fc.nat(TICKS), fc.constantFrom(10, 20, 30)).map((n) => START + n * TICK_MS);
const scalar: fc.Arbitrary<Json> = fc.constantFrom<Json>("a", "A", "é", "É", "ab", "", 0, 1, 2, 2.5, -1, true, false);
const instantText = tick.map((ms) => new Date(ms).toISOString());
/** What the operators on lists, dates, versions, addresses and places compare. Edges of dates lie on ticks too. */
const special: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: instantText, weight: 5 },
  { arbitrary: fc.constantFrom<Json>("2026-03-29", "2025-03-30", "2025-03-30T21:59:59.999Z", "2024-02-29"), weight: 2 },
  fc.constantFrom<Json>("1.0.0", "1.0.0-a", "1.0.0+b", "1.10.0", "9007199254740993.0.0", "1.0"),
  fc.constantFrom<Json>("10.0.0.1", "10.0.0.2", "11.0.0.0", "::ffff:10.0.0.1", "::1", "::g"),
  fc.constantFrom<Json>({ lat: 0, lon: 0 }, { lat: 0, lon: 1 }, { lat: 0, lon: -180 }, { lat: 91, lon: 0 }),
  fc.array(fc.oneof(scalar, fc.constantFrom<Json>(null, ["a"])), { maxLength: 3 }),
  fc.array(
    fc.record({ x: fc.oneof(scalar, instantText), p: scalar }, { requiredKeys: [] }).map((element): Json => element),
    { minLength: 1, maxLength: 3 },
  ),
);
const value: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: scalar, weight: 6 },
  { arbitrary: special, weight: 4 },
  fc.constantFrom<Json>(null, [], ["a"], {}, { x: "a" }, { x: null }, 0.1, 0.2, 0.3, 1e21, -0.5),
);
const keyName = fc.constantFrom("p", "q", "__proto__", "constructor");
const properties: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(keyName, value), { maxLength: 3 })
  .map((members) => Object.fromEntries<Json>(members));

const event: fc.Arbitrary<LogEvent> = fc
  .record({
    call: fc.constantFrom<[EventType, string]>(
      ["track", "A"],
      ["track", "B"],
      ["track", "*"],
      ["page", ""],
      ["identify", ""],
      ["group", ""],
    ),
    time: tick,
    messageId: fc.constantFrom("1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "é", "\uFFFD", "😀"),
    source: fc.constantFrom("s", "t"),
    channel: fc.constantFrom<Channel>("web", "store"),
    party: fc.constantFrom<Party>("first", "third"),
    properties,
  })
  .map(({ call: [type, name], ...rest }) => ({ ...rest, type, name: eventName(type, name) }));

const path = fc.constantFrom("p", "q", "p.x", "__proto__", "constructor", "__proto__.x", "toString");
const span = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((seconds) => `${seconds}s`),
  fc.constant("7200s"),
);
const spanOperators: fc.Arbitrary<object> = fc.oneof(
  fc.record({ before: instantText }),
  fc.record({ after: instantText }),
  fc.record({ withinLast: span }),
  fc.record({ olderThan: span }),
  fc.record({ withinNext: span }),
);
const momentOperators: fc.Arbitrary<object> = fc.oneof(
  { arbitrary: spanOperators, weight: 5 },
  fc.constantFrom({ anniversary: { withinNext: "75600s" } }, { anniversary: { withinNext: "75601s" } }),
);
const listed = fc.array(scalar, { minLength: 1, maxLength: 3 });
const pattern = fc.constantFrom("", "a", "É", "?", "*", "a*", "*B", "\\a", "??");
const version = fc.constantFrom("1.0.0", "1.0.0-a", "1.9.0", "9007199254740992.0.0");
const plainOperators: fc.Arbitrary<object> = fc.oneof(
  fc.record({ startsWith: fc.constantFrom("", "a", "É"), ignoreCase: fc.boolean() }),
  fc.record({ endsWith: fc.constantFrom("", "b", "É"), ignoreCase: fc.boolean() }),
  fc.record({ glob: pattern, ignoreCase: fc.boolean() }),
  fc.record({ matches: fc.constantFrom("", "^a", "É", "^.$", "b|é", "(?i)A"), ignoreCase: fc.boolean() }),
  fc.record({ hasAny: listed, ignoreCase: fc.boolean() }),
  fc.record({ hasAll: listed, ignoreCase: fc.boolean() }),
  fc.record({ hasNone: listed, ignoreCase: fc.boolean() }),
  fc.constantFrom({ size: { gte: 1 } }, { size: { eq: 2 } }, { size: { lt: 3, ne: 1 } }, { size: { between: [0, 1] } }),
  fc.tuple(fc.constantFrom("eq", "ne", "lt", "lte", "gt", "gte"), version).map(([op, bound]) => ({ version: { [op]: bound } })),
  fc.constant({ version: { between: ["1.0.0-a", "1.0.0"], ne: "1.0.0" } }),
  fc.record({ cidr: fc.subarray(["10.0.0.0/30", "10.0.0.2/31", "::/0", "::ffff:10.0.0.1/128"], { minLength: 1 }) }),
  fc.constantFrom(
    { near: { lat: 0, lon: 0, km: 0 } },
    { near: { lat: 0, lon: 0, km: 112 } },
    { near: { lat: 0, lon: 180, km: 1 } },
  ),
);
const elementFilter: fc.Arbitrary<object> = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 1 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom("x", "p", "constructor"), fc.oneof(spanOperators, plainOperators, fc.record({ eq: scalar })))
        .map(([property, operator]) => ({ property, ...operator })),
      weight: 3,
    },
    fc.array(tie("filter"), { minLength: 1, maxLength: 2 }).map((all) => ({ all })),
    fc.array(tie("filter"), { minLength: 1, maxLength: 2 }).map((none) => ({ none })),
    tie("filter").map((not) => ({ not })),
  ),
})).filter;
const operators: fc.Arbitrary<object> = fc.oneof(
  { arbitrary: momentOperators, weight: 6 },
  { arbitrary: plainOperators, weight: 6 },
  { arbitrary: fc.record({ some: elementFilter }), weight: 3 },
  fc.record({ eq: scalar }),
  fc.record({ ne: scalar }),
  fc.record({ in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ notIn: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ eq: scalar, ignoreCase: fc.boolean() }),
  fc.record({ notIn: fc.array(scalar, { minLength: 1, maxLength: 3 }), ignoreCase: fc.boolean() }),
  fc.record({ contains: fc.constantFrom("", "a", "É"), ignoreCase: fc.boolean() }),
  fc.record({ lt: fc.constantFrom(0, 1, 2.5) }),
  fc.record({ lte: fc.constantFrom(0, 1, 2.5) }),
  fc.record({ gt: fc.constantFrom(0, 1, 2.5) }),
  fc.record({ gte: fc.constantFrom(0, 1, 2.5) }),
  fc.constant({ between: [0, 2] }),
  fc.record({ exists: fc.boolean() }),
);
const filter: fc.Arbitrary<object> = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    { arbitrary: fc.tuple(path, operators).map(([property, operator]) => ({ property, ...operator })), weight: 4 },
    fc.constantFrom({ source: "s" }, { party: "first" }, { channel: "web" }),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((none) => ({ none })),
    tie("filter").map((not) => ({ not })),
  ),
})).filter;

const window: fc.Arbitrary<object> = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 12 }).map((seconds) => ({ within: `${seconds}s` })), weight: 3 },
  fc.constant({}),
  instantText.map((after) => ({ within: { after } })),
  instantText.map((before) => ({ within: { before } })),
  fc
    .tuple(instantText, instantText)
    .filter(([after, before]) => after < before)
    .map(([after, before]) => ({ within: { after, before } })),
  fc
    .tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 12 }))
    .filter(([to, from]) => to < from)
    .map(([to, from]) => ({ within: { from: `${from}s`, to: `${to}s` } })),
  // Their own edges lie outside this minute, see differential-windows.test.ts: here the retention cuts them.
  fc.constantFrom({ within: { calendar: "day" } }, { within: { calendar: "week", last: 2 } }, { within: { session: true } }),
);
const bound = fc.constantFrom(0, 1, 2, 3, 0.3, 1.5, 1e21, -0.5);
const compare: fc.Arbitrary<object> = fc.oneof(
  fc.record({ gte: bound }),
  fc.record({ gt: bound }),
  fc.record({ lt: bound }),
  fc.record({ lte: bound }),
  fc.record({ eq: bound }),
  fc.record({ ne: bound }),
  fc.record({ gte: bound, lt: bound, ne: bound }),
  fc.constantFrom({ between: [1, 2] }, { between: [0.3, 0.3] }),
);
const aggregate: fc.Arbitrary<object> = fc.oneof(
  { arbitrary: compare.map((count) => ({ count })), weight: 2 },
  fc.tuple(path, compare).map(([of, bounds]) => ({ sum: { of, ...bounds } })),
  compare.map((days) => ({ days })),
  {
    arbitrary: fc
      .tuple(fc.constantFrom("avg", "min", "max", "distinct"), path, compare)
      .map(([kind, of, bounds]) => ({ [kind]: { of, ...bounds } })),
    weight: 3,
  },
  {
    arbitrary: fc
      .tuple(fc.constantFrom("first", "last"), path, operators)
      .filter(([, , operator]) => !("exists" in operator))
      .map(([kind, of, operator]) => ({ [kind]: { of, ...operator } })),
    weight: 2,
  },
  fc.constant({}),
);
const eventCondition: fc.Arbitrary<object> = fc
  .tuple(
    fc.constantFrom<Json>("A", "B", ["A", "B"], "*", "$page", "$identify", ["B", "$identify", "*x"], "Never"),
    fc.option(filter, { nil: undefined, freq: 2 }),
    window,
    aggregate,
  )
  .map(([name, where, within, asked]) => ({ event: name, ...(where && { where }), ...within, ...asked }));
const traitCondition: fc.Arbitrary<object> = fc.tuple(path, operators).map(([trait, operator]) => ({ trait, ...operator }));
const condition: fc.Arbitrary<object> = fc.oneof(
  { arbitrary: eventCondition, weight: 3 },
  { arbitrary: traitCondition, weight: 2 },
);

const rule: fc.Arbitrary<object> = fc.letrec<{ rule: object; parts: object[] }>((tie) => ({
  parts: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }),
  rule: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: condition, weight: 4 },
    fc.constant({ everyone: true }),
    tie("parts").map((all) => ({ all })),
    tie("parts").map((any) => ({ any })),
    tie("parts").map((none) => ({ none })),
    tie("rule").map((not) => ({ not })),
    tie("parts").chain((of) => fc.integer({ min: 1, max: of.length }).map((atLeast) => ({ atLeast, of }))),
  ),
})).rule;

interface World {
  readonly rules: readonly object[];
  readonly log: readonly LogEvent[];
  readonly order: readonly number[];
  readonly instants: readonly number[];
  readonly backwards: number;
}

const world: fc.Arbitrary<World> = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
  log: fc.array(event, { maxLength: 14 }),
  order: fc.array(fc.nat(), { minLength: 14, maxLength: 14 }),
  /** On ticks, which all edges are, and a millisecond on each side. */
  instants: fc.array(
    fc.tuple(fc.nat(TICKS + 2 * 24), fc.constantFrom(-1, 0, 0, 1)).map(([n, off]) => START + n * TICK_MS + off),
    { minLength: 1, maxLength: 5 },
  ),
  backwards: fc.nat(10_000),
});

/** As `world`, with little to be told apart: one name, three instants, single conditions, so ties everywhere. */
const denseWorld: fc.Arbitrary<World> = fc
  .record({
    world,
    rules: fc.array(
      fc.oneof(
        fc.tuple(window, aggregate).map(([within, asked]) => Object.assign({ event: "A" }, within, asked)),
        fc.constantFrom<object>(
          { trait: "p", eq: "a" },
          { trait: "p", exists: false },
          { event: "A", where: { property: "p", gte: 1 } },
        ),
        momentOperators.map((operator) => ({ trait: "p", ...operator })),
        fc.record({ trait: fc.constant("p"), some: elementFilter }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    log: fc.array(
      fc
        .tuple(
          event,
          fc.constantFrom(10, 20, 30),
          fc.constantFrom<[EventType, string]>(["track", "A"], ["identify", "$identify"]),
          fc.oneof(value, special),
        )
        .map(([one, at, [type, name], p]) =>
          Object.assign({}, one, { type, name, time: START + at * TICK_MS, properties: { p } }),
        ),
      { maxLength: 14 },
    ),
  })
  .map(({ world: given, rules, log }) => Object.assign({}, given, { rules, log }));

interface Tested {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly ruleset: Ruleset;
  readonly log: readonly LogEvent[];
}

function prepare({ rules: jsons, log }: World): Tested {
  const named = Object.fromEntries(jsons.map((json, index) => [`r${index}`, json]));
  const rules = new Map(Object.entries(named).map(([key, json]) => [key, aRule(json, SETTINGS)]));
  const ruleset = loadRuleset(JSON.parse(JSON.stringify(anArtifact(named, SETTINGS))));
  return { rules, ruleset, log: accepted(log) };
}

/** What a profile object hands on: of two events with one source and message the first. */
function accepted(log: readonly LogEvent[]): LogEvent[] {
  const byId = new Map<string, LogEvent>();
  for (const one of log) if (!byId.has(`${one.source} ${one.messageId}`)) byId.set(`${one.source} ${one.messageId}`, one);
  return [...byId.values()];
}

function valueOf(tested: Tested, log: readonly LogEvent[], key: string, now: number, present: number): Truth {
  const parsed = tested.rules.get(key);
  if (!parsed) throw new Error(key);
  return interpret(parsed, log, { now, present, ...SETTINGS, profileId: "p" });
}

/** Keys that the interpreter says are true. */
function expectedKeys(tested: Tested, log: readonly LogEvent[], now: number, present = now): string[] {
  return [...tested.rules.keys()].filter((key) => valueOf(tested, log, key, now, present) === true);
}

function historyOf(log: readonly LogEvent[]): History {
  const history = new History();
  for (const one of log) history.insert(one);
  return history;
}

function shuffled<T>(items: readonly T[], order: readonly number[]): T[] {
  return items.map((item, index) => ({ item, place: order[index] ?? 0 })).toSorted((a, b) => a.place - b.place).map(({ item }) => item); // prettier-ignore
}

const check = (name: string, property: (given: World) => void, runs = RUNS): void => {
  it(name, () => fc.assert(fc.property(fc.oneof(world, denseWorld), property), { numRuns: runs }), 600_000);
};

describe("the engine", () => {
  check("gives at any instant, past or future, what the interpreter gives, whatever the duplicates", (given) => {
    const tested = prepare(given);
    const history = historyOf(tested.log);
    for (const now of given.instants) {
      for (const present of [now, now + given.backwards]) {
        const { keys } = membershipsAt(tested.ruleset, history, { now, present });
        expect(keys).toEqual(expectedKeys(tested, given.log, now, present));
        for (const key of tested.rules.keys()) {
          expect(explainAt(tested.ruleset, history, key, { now, present }).value).toBe(
            valueOf(tested, given.log, key, now, present),
          );
        }
      }
    }
  });

  check("maintains it event by event in any order, however late, and read or not in between", (given) => {
    const tested = prepare(given);
    const history = new History();
    const clocks = given.instants.toSorted((a, b) => a - b);
    let now = clocks[0] ?? START;
    const memberships = openMemberships(tested.ruleset, history, now);
    const arrived: LogEvent[] = [];
    for (const [index, one] of shuffled(tested.log, given.order).entries()) {
      now = clocks[Math.floor((index * clocks.length) / tested.log.length)] ?? now;
      if (index % 3 !== 0) memberships.settle(now);
      history.insert(one);
      arrived.push(one);
      memberships.apply(one, now);
      if (index % 2 === 0) expect(memberships.keys()).toEqual(expectedKeys(tested, arrived, now));
    }
    for (const later of [now, ...clocks.filter((clock) => clock >= now), (clocks.at(-1) ?? now) + RETENTION_MS * 3]) {
      memberships.settle(later);
      expect(memberships.keys()).toEqual(expectedKeys(tested, arrived, later));
      expect(openMemberships(tested.ruleset, history, later).keys()).toEqual(memberships.keys());
    }
  });

  check("says no later than true when time alone will change a membership, and says each change at its instant", (given) => {
    const tested = prepare(given);
    const history = historyOf(tested.log);
    for (const now of given.instants) {
      const memberships = openMemberships(tested.ruleset, history, now);
      let before = expectedKeys(tested, tested.log, now);
      expect(membershipsAt(tested.ruleset, history, { now, present: now }).nextChange).toBe(memberships.nextChange);
      // Every edge of every window lies on a tick: between two of them nothing changes.
      for (let at = Math.ceil((now + 1) / TICK_MS) * TICK_MS; at <= START + TICKS * TICK_MS + RETENTION_MS; at += TICK_MS) {
        const keys = expectedKeys(tested, tested.log, at);
        const changed = [...tested.rules.keys()].filter((key) => keys.includes(key) !== before.includes(key));
        if (changed.length > 0) expect(memberships.nextChange).toBeLessThanOrEqual(at);
        memberships.settle(at);
        expect(memberships.keys()).toEqual(keys);
        expect(memberships.changes().toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
          changed.map((key) => ({ key, entered: keys.includes(key), at })),
        );
        expect(memberships.nextChange).toBeGreaterThan(at);
        before = keys;
      }
      if (!JSON.stringify(given.rules).includes("7")) expect(memberships.nextChange).toBe(Infinity); // of two hours, of a day
    }
  }, Math.ceil(RUNS / 4)); // prettier-ignore

  check("knows exactly when time alone changes a single condition, and explain when it changes a rule", (given) => {
    const tested = prepare(given);
    const history = historyOf(tested.log);
    for (const now of given.instants) {
      for (const present of [now, now + given.backwards]) {
        const at = (key: string, t: number): Truth => valueOf(tested, tested.log, key, t, Math.max(t, present));
        for (const key of tested.rules.keys()) {
          const before = at(key, now);
          const { nextChange } = explainAt(tested.ruleset, history, key, { now, present });
          // Anniversaries come for 8,000 years: a group that none of them changes is searched for so many, then told early.
          if (nextChange !== null && nextChange < now + SEARCHED_MS) {
            expect(at(key, nextChange)).not.toBe(before);
            expect(at(key, nextChange - 1)).toBe(before);
          }
          for (let t = Math.ceil((now + 1) / TICK_MS) * TICK_MS; t < Math.min(nextChange ?? Infinity, START + 60_000); t += TICK_MS) {
            expect(at(key, t)).toBe(before);
          }
        }
        if (tested.ruleset.audienceCount === 1 && tested.ruleset.bareCondition(0) >= 0) {
          const { nextChange } = membershipsAt(tested.ruleset, history, { now, present });
          expect(nextChange).toBe(explainAt(tested.ruleset, history, "r0", { now, present }).nextChange ?? Infinity);
        }
      }
    }
  }, Math.ceil(RUNS / 4)); // prettier-ignore

  check("gives the same whether a rule is published before the events or after", (given) => {
    const tested = prepare(given);
    const now = Math.max(...given.instants);
    const history = new History();
    const before = openMemberships(tested.ruleset, history, now);
    for (const one of shuffled(tested.log, given.order)) {
      history.insert(one);
      before.apply(one, now);
    }
    const after = openMemberships(tested.ruleset, history, now);
    expect(before.keys()).toEqual(after.keys());
    expect(before.nextChange).toBe(after.nextChange);
  });

  check("gives the same when a whole batch was put into the history before any of it was applied", (given) => {
    const tested = prepare(given);
    const now = Math.max(...given.instants);
    const history = historyOf(tested.log.slice(0, 3));
    const memberships = openMemberships(tested.ruleset, history, Math.min(...given.instants));
    for (const one of tested.log.slice(3)) history.insert(one);
    for (const one of tested.log.slice(3)) memberships.apply(one, now);
    memberships.settle(now);
    expect(memberships.keys()).toEqual(expectedKeys(tested, tested.log, now));
  });
});
