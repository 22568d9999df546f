import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeRule } from "./describe.ts";
import { ENGLISH } from "./english.ts";
import { aRule } from "./factories.ts";
import { FRENCH } from "./french.ts";

/** Sentences of rules that nobody thought of. */

const RUNS = 5_000;
const LANGUAGES = { ENGLISH, FRENCH };

/** Two parts of a rule that differ in one operator or one operand, or not at all. */
type Pair = readonly [one: object, another: object];
type Make<Operand> = (operand: Operand) => object;

/** Two ways to ask with one operand, or one way with two operands. */
function pairOf<Operand>(ways: readonly Make<Operand>[], operand: fc.Arbitrary<Operand>): fc.Arbitrary<Pair> {
  const way = fc.constantFrom(...ways);
  return fc.oneof(
    fc.tuple(way, way, operand).map(([one, another, same]): Pair => [one(same), another(same)]),
    fc.tuple(way, operand, operand).map(([same, one, another]): Pair => [same(one), same(another)]),
  );
}

/** The same around both. */
function within(pair: fc.Arbitrary<Pair>, ways: readonly Make<object>[]): fc.Arbitrary<Pair> {
  return fc.tuple(fc.constantFrom(...ways), pair).map(([way, [one, another]]): Pair => [way(one), way(another)]);
}

function named<Operand>(...names: readonly string[]): readonly Make<Operand>[] {
  return names.map((name) => (operand) => ({ [name]: operand }));
}

/** From 2 on: "at least 1 time" and "more than 0 times" are one thing in other words, and are said alike. */
const number = fc.oneof(fc.integer({ min: 2, max: 12 }), fc.constantFrom(1_000, 2.5, 0.75, 1e21, 1e-7, -3));
const range = fc.uniqueArray(number, { minLength: 2, maxLength: 2 }).map((ends) => ends.toSorted((a, b) => a - b));
const BOUNDS = ["eq", "ne", "lt", "lte", "gt", "gte"] as const;
const compares = fc.oneof(
  pairOf(named(...BOUNDS), number),
  pairOf([([low, high]) => ({ gte: low, lt: high }), ([low, high]) => ({ gt: low, lte: high }), ...named("between")], range),
);
const span = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom("s", "m", "h", "d")).map((parts) => parts.join(""));
const text = fc.constantFrom("a", "b", "É", "1");
const scalar = fc.oneof(text, number, fc.boolean());
/** Two or three: of one value alone, "any of" and "all of" are one thing. */
const values = fc.uniqueArray(scalar, { minLength: 2, maxLength: 3 });
const instant = fc.constantFrom(
  "2026-01-01",
  "2026-01-02",
  "2026-01-01T10:00Z",
  "2026-01-01T10:00:00.5Z",
  "2026-01-01T10:00+01:00",
);
const place = fc.record({ lat: fc.constantFrom(0, 48.86), lon: fc.constantFrom(0, 2.35), km: fc.constantFrom(1, 2, 2.5) });

const TEXTS = ["eq", "ne", "contains", "startsWith", "endsWith", "glob", "matches"];
const tests = fc.oneof(
  pairOf(named("eq", "ne"), scalar),
  pairOf(named(...BOUNDS), number),
  pairOf(named("between"), range),
  pairOf(named("exists"), fc.boolean()),
  pairOf(named(...TEXTS), text),
  pairOf([...TEXTS.map((op) => (operand: string) => ({ [op]: operand, ignoreCase: true })), ...named<string>(...TEXTS)], text),
  pairOf(named("in", "notIn", "hasAny", "hasAll", "hasNone"), values),
  within(compares, named("size")),
  pairOf(named("before", "after"), instant),
  pairOf([...named<string>("withinLast", "olderThan", "withinNext"), (withinNext) => ({ anniversary: { withinNext } })], span),
  within(pairOf(named(...BOUNDS), fc.constantFrom("1.0.0", "1.0.0-a", "2.0.0")), named("version")),
  pairOf(named("near"), place),
);
const asked = fc.oneof(
  { arbitrary: tests, weight: 4 },
  within(tests, [(test) => ({ some: { property: "y", ...test } }), (test) => ({ some: { not: { property: "y", ...test } } })]),
);

const calendar = fc.record({
  calendar: fc.constantFrom("day", "week", "month", "year"),
  last: fc.integer({ min: 1, max: 4 }),
  complete: fc.boolean(),
});
const OTHER_WINDOWS = [{ session: true }, "1d", { calendar: "day" }, { calendar: "day", timeZone: "Asia/Tokyo" }];
const windows = within(
  fc.oneof(
    pairOf(named("within"), fc.oneof<fc.Arbitrary<unknown>[]>(span, calendar, fc.constantFrom(...OTHER_WINDOWS))),
    within(pairOf(named("after", "before"), instant), named("within")),
    within(pairOf([(to: string) => ({ from: "61d", to }), (to) => ({ from: "62d", to })], span), named("within")),
  ),
  [
    (window) => ({ event: ["A", "$page"], count: { gte: 2 }, ...window }),
    (window) => ({ event: "$click", ...window }),
    (window) => ({ sequence: [{ event: "A" }, { event: "B" }], ...window }),
  ],
);

const numeric = (kind: string) => (compare: object) => ({ [kind]: { of: "v", ...compare } });
const COUNTS = named<object>("count", "days");
const NUMERIC = ["sum", "avg", "min", "max", "distinct"].map(numeric);
const one = compares.map(([compare]) => compare);
const aggregates = within(
  fc.oneof(
    within(compares, [...COUNTS, ...NUMERIC]),
    pairOf([...COUNTS, ...NUMERIC], one),
    within(
      asked.filter(([test]) => !("exists" in test)),
      ["first", "last"].map(numeric),
    ),
    pairOf(
      ["first", "last"].map(numeric),
      text.map((eq) => ({ eq })),
    ),
  ),
  [(aggregate) => ({ event: "A", within: "30d", ...aggregate }), (aggregate) => ({ event: "$page", ...aggregate })],
);

const STEPS = [{ event: "A" }, { event: "B" }];
const sequences = fc.oneof(
  pairOf([(soon) => ({ sequence: [{ event: "A" }, { event: "B", within: soon }] })], span),
  pairOf([(sameSession) => ({ sequence: STEPS, sameSession })], fc.boolean()),
  pairOf(
    [(more) => ({ sequence: STEPS, ...more }), (more) => ({ sequence: STEPS, within: "7d", sameSession: true, ...more })],
    fc.constantFrom({}, { without: { event: "C" } }, { without: { event: "*" } }, { without: { event: ["C", "$page"] } }),
  ),
  within(asked, [
    (test) => ({ sequence: [{ event: "A", where: { property: "x", ...test } }, { event: "B" }] }),
    (test) => ({ sequence: STEPS, without: { event: "C", where: { property: "x", ...test } } }),
  ]),
);

const LISTS = [{ list: "a" }, { list: "b" }, { not: { list: "c" } }];
const share = fc.constantFrom(0, 0.07, 0.29, 1 / 3, 0.5, 2 / 3, 1e-9);
const rules = fc.oneof(
  within(asked, [
    (test) => ({ trait: "x", ...test }),
    (test) => ({ event: "A", where: { property: "x", ...test } }),
    (test) => ({ event: "A", where: { none: [{ property: "x", ...test }, { channel: "web" }] } }),
  ]),
  aggregates,
  windows,
  sequences,
  pairOf([(key) => ({ audience: key }), (key) => ({ list: key }), (key) => ({ audience: key, for: "1d" })], text),
  pairOf([(span_) => ({ audience: "k", for: span_ })], span),
  pairOf([(from) => ({ bucket: { salt: "s", from, to: 0.75 } }), (from) => ({ bucket: { salt: "s", from, to: 1 } })], share),
  pairOf([(atLeast) => ({ atLeast, of: LISTS })], fc.integer({ min: 1, max: 3 })),
);

const other = { trait: "other", exists: true };
/** What a rule may stand in. */
const surroundings = fc
  .array(
    fc.constantFrom<Make<object>>(
      (rule) => ({ not: rule }),
      (rule) => ({ all: [rule, other] }),
      (rule) => ({ any: [other, rule] }),
      (rule) => ({ none: [rule, other] }),
      (rule) => ({ atLeast: 2, of: [other, rule] }),
      (rule) => ({ household: rule }),
    ),
    { maxLength: 3 },
  )
  .map(
    (layers): Make<object> =>
      (rule) =>
        layers.reduce((inner, layer) => layer(inner), rule),
  );

describe("the sentences of any two rules", () => {
  it("that differ in an operator or an operand differ too, in both languages, and hold no slip of a printer", () => {
    let compared = 0;
    fc.assert(
      fc.property(rules, surroundings, (pair, surround) => {
        const [first, second] = pair.map((rule) => aRule(surround(rule)));
        if (!first || !second) throw new Error("no pair");
        const isSame = JSON.stringify(first) === JSON.stringify(second);
        for (const phrases of Object.values(LANGUAGES)) {
          const sentences = [describeRule(first, phrases), describeRule(second, phrases)] as const;
          for (const sentence of sentences) {
            expect(sentence).not.toMatch(/undefined|NaN|\[object|null|Infinity| {2}|\(\)| ,/);
            expect(sentence).toMatch(/^P[^]*[^.]\.$/);
          }
          expect(sentences[0] === sentences[1]).toBe(isSame);
        }
        if (!isSame) compared += 1;
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS / 2);
  });
});
