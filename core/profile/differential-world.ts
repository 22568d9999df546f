import * as fc from "fast-check";
import { eventName, STANDING_FACTS, type Channel, type EventType, type LogEvent, type Party } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { aRule } from "../rules/factories.ts";
import { GOLDEN_POLICIES, type GoldenRules } from "../rules/golden-policy.ts";
import { householdQuestion } from "../rules/household-question.ts";

/**
 * Generated rules and histories. The world is made small, a minute of half seconds, so that edges of windows, ties, late
 * events and repeated deliveries meet all the time.
 */

export const START = Date.UTC(2026, 2, 29, 0, 59, 30); // clocks in Paris go forward half a minute later
export const TICK_MS = 500;
export const TICKS = 60;
export const RETENTION_MS = 12_000;
export const SETTINGS = { zone: "Europe/Paris", retentionMs: RETENTION_MS };

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

/** What households are asked, in all worlds. */
const ASKED: readonly object[] = [{ everyone: true }, { event: "A", within: "3s" }, { trait: "p", eq: 1 }];
const QUESTIONS = ASKED.map((rule) => householdQuestion(aRule(rule, SETTINGS)));

const LISTS = ["l", "k", "__proto__"];
const fact: fc.Arbitrary<[string, JsonObject]> = fc.oneof(
  properties.map((computed): [string, JsonObject] => [STANDING_FACTS.computed, computed]),
  fc
    .record({ list: fc.constantFrom(...LISTS), identifier: fc.constantFrom("i", "j"), on: fc.boolean() })
    .map((listed): [string, JsonObject] => [STANDING_FACTS.list, listed]),
  fc
    .tuple(
      fc.constantFrom("h", "h", "g", null),
      fc.array(fc.tuple(fc.constantFrom(...QUESTIONS), fc.constantFrom<Json>(true, false, "unknown")), { maxLength: 3 }),
    )
    .map(([household, answers]): [string, JsonObject] => [
      STANDING_FACTS.household,
      { household, answers: Object.fromEntries(answers) },
    ]),
);

const call: fc.Arbitrary<LogEvent> = fc
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
    source: fc.constantFrom("s", "t", "u"),
    channel: fc.constantFrom<Channel>("web", "store"),
    party: fc.constantFrom<Party>("first", "third"),
    properties,
  })
  .map(({ call: [type, name], ...rest }) => ({ ...rest, type, name: eventName(type, name) }));
const event: fc.Arbitrary<LogEvent> = fc.oneof(
  { arbitrary: call, weight: 5 },
  fc
    .tuple(call, fact)
    .map(([one, [name, told]]): LogEvent => Object.assign({}, one, { type: "fact", name, properties: told, channel: "crm" })),
);

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
const traitCondition: fc.Arbitrary<object> = fc
  .tuple(
    fc.oneof(
      { arbitrary: path, weight: 4 },
      path.map((name) => `computed.${name}`),
    ),
    operators,
  )
  .map(([trait, operator]) => ({ trait, ...operator }));

const shortSpan = fc.integer({ min: 1, max: 12 }).map((seconds) => `${seconds}s`);
const match: fc.Arbitrary<object> = fc
  .tuple(
    fc.constantFrom<Json>("A", "B", "A", ["A", "B"], "*", "$identify"),
    fc.option(fc.oneof(fc.constantFrom<object>({ property: "p", gte: 1 }, { channel: "web" }, { source: "s" }), filter), {
      nil: undefined,
      freq: 2,
    }),
  )
  .map(([name, where]) => ({ event: name, ...(where && { where }) }));
const sequence: fc.Arbitrary<object> = fc
  .record({
    first: match,
    steps: fc.array(
      fc.tuple(match, fc.option(shortSpan, { nil: undefined })).map(([one, within]) => ({ ...one, ...(within && { within }) })),
      { minLength: 1, maxLength: 3 },
    ),
    window,
    without: fc.option(match, { nil: undefined }),
    sameSession: fc.boolean(),
  })
  .map(({ first, steps, window: { ...within }, without, sameSession }) => ({
    sequence: [first, ...steps],
    ...within,
    ...(without && { without }),
    sameSession,
  }));

/** Which audience is meant is told once it is known which there are. */
const SOME_AUDIENCE = "audience ";
const audience: fc.Arbitrary<object> = fc
  .tuple(fc.nat(60), fc.option(shortSpan, { nil: undefined, freq: 3 }))
  .map(([n, forSpan]) => ({ audience: `${SOME_AUDIENCE}${n}`, ...(forSpan && { for: forSpan }) }));

const condition: fc.Arbitrary<object> = fc.oneof(
  { arbitrary: eventCondition, weight: 6 },
  { arbitrary: traitCondition, weight: 4 },
  { arbitrary: sequence, weight: 4 },
  { arbitrary: audience, weight: 4 },
  fc.constantFrom(...LISTS).map((list) => ({ list })),
  fc.constantFrom(...ASKED).map((rule) => ({ household: rule })),
  fc.constantFrom(0, 0.5, 1 / 3, 0.9).map((from) => ({ bucket: { salt: "s", from, to: 1 } })),
);

/** Names audiences that come before, so that few are in a circle or not there. */
function withNames(rules: readonly object[]): readonly object[] {
  return rules.map((rule, index): object =>
    JSON.parse(
      JSON.stringify(rule).replaceAll(/"audience (\d+)"/g, (_, n: string) =>
        JSON.stringify(Number(n) > 56 || index === 0 ? `r${Number(n) % 7}` : `r${Number(n) % index}`),
      ),
    ),
  );
}

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

/** Of half the worlds, in which other values of traits than the latest may win. */
const policy = fc.constantFrom(...GOLDEN_POLICIES);
const golden: fc.Arbitrary<GoldenRules | undefined> = fc.option(
  fc.record({
    default: policy,
    traits: fc.dictionary(fc.constantFrom("p", "q", "constructor"), policy),
    priorities: fc.dictionary(fc.constantFrom("s", "t"), fc.nat(2)),
  }),
  { nil: undefined, freq: 1 },
);

export interface World {
  readonly rules: readonly object[];
  readonly golden: GoldenRules | undefined;
  readonly log: readonly LogEvent[];
  readonly order: readonly number[];
  readonly instants: readonly number[];
  readonly backwards: number;
}

export const world: fc.Arbitrary<World> = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 6 }).map(withNames),
  golden,
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
export const denseWorld: fc.Arbitrary<World> = fc
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
        sequence,
        fc.record({ audience: fc.constantFrom("r0", "r1"), for: shortSpan }),
      ),
      { minLength: 1, maxLength: 4 },
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

/** As `world`, where sources disagree over one trait: they set it, set it again and clear it, and rules read it. */
export const goldenWorld: fc.Arbitrary<World> = fc
  .record({
    world,
    rules: fc.array(
      fc.oneof(
        fc.constantFrom("a", "b", "abc", 1).map((eq): object => ({ trait: "p", eq })),
        fc.constantFrom<object>({ trait: "p", exists: false }, { trait: "p", size: { gte: 2 } }, { trait: "p.x", eq: "a" }),
        fc.record({ audience: fc.constantFrom("r0", "r1"), for: shortSpan }),
        momentOperators.map((operator) => ({ trait: "p", ...operator })),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    golden: fc.record({
      default: policy,
      traits: fc.constant({}),
      priorities: fc.dictionary(fc.constantFrom("s", "t"), fc.nat(2)),
    }),
    log: fc.array(
      fc
        .tuple(
          event,
          fc.oneof(
            {
              arbitrary: fc.constantFrom<Json>("a", "a", "b", "abc", null, null, 1, ["a"], { x: "a" }, { y: 1, x: "b" }),
              weight: 5,
            },
            instantText,
          ),
        )
        .map(([one, p]) => Object.assign({}, one, { type: "identify", name: "$identify", properties: { p } })),
      { maxLength: 14 },
    ),
  })
  .map(({ world: given, ...rest }) => Object.assign({}, given, rest));
