import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeRule } from "./describe.ts";
import { ENGLISH } from "./english.ts";
import { aRule } from "./factories.ts";
import { FRENCH } from "./french.ts";

/** Sentences of rules that nobody thought of. */

const LANGUAGES = { ENGLISH, FRENCH };

/** From 2 on: "at least 1 time" and "more than 0 times" are one thing in other words, and are said alike. */
const number = fc.oneof(fc.integer({ min: 2, max: 2_000 }), fc.constantFrom(2.5, 0.75, 1e21, 1e-7, -3));
const bound = fc.constantFrom("eq", "ne", "lt", "lte", "gt", "gte");
const range = fc.tuple(number, number).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
const compare = fc.oneof(
  fc.tuple(bound, number).map(([op, value]) => ({ [op]: value })),
  range.map((between) => ({ between })),
  fc.tuple(number, number).map(([gte, lt]) => ({ gte, lt })),
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
const version = fc.constantFrom("1.0.0", "1.0.0-a", "2.0.0");

const test: fc.Arbitrary<object> = fc.oneof(
  fc.tuple(fc.constantFrom("eq", "ne"), scalar).map(([op, operand]) => ({ [op]: operand })),
  fc.tuple(fc.constantFrom("lt", "lte", "gt", "gte"), number).map(([op, operand]) => ({ [op]: operand })),
  fc.tuple(fc.constantFrom("in", "notIn", "hasAny", "hasAll", "hasNone"), values).map(([op, operand]) => ({ [op]: operand })),
  range.map((between) => ({ between })),
  fc.record({ exists: fc.boolean() }),
  fc
    .tuple(fc.constantFrom("contains", "startsWith", "endsWith", "glob", "matches"), text, fc.boolean())
    .map(([op, operand, ignoreCase]) => ({ [op]: operand, ignoreCase })),
  compare.map((size) => ({ size })),
  fc.tuple(fc.constantFrom("before", "after"), instant).map(([op, operand]) => ({ [op]: operand })),
  fc.tuple(fc.constantFrom("withinLast", "olderThan", "withinNext"), span).map(([op, operand]) => ({ [op]: operand })),
  span.map((withinNext) => ({ anniversary: { withinNext } })),
  fc.tuple(bound, version).map(([op, operand]) => ({ version: { [op]: operand } })),
  fc.uniqueArray(fc.constantFrom("10.0.0.0/8", "::1/128"), { minLength: 1 }).map((cidr) => ({ cidr })),
  fc.record({ near: fc.record({ lat: fc.integer({ min: 0, max: 90 }), lon: fc.constantFrom(0, 2.35), km: fc.nat(2_000) }) }),
);
const some = test.map((asked) => ({ some: { property: "y", ...asked } }));
const asked = fc.oneof({ arbitrary: test, weight: 4 }, some);

const window: fc.Arbitrary<unknown> = fc.oneof(
  span,
  fc.tuple(fc.integer({ min: 2, max: 60 }), fc.constantFrom("1d", "90m")).map(([days, to]) => ({ from: `${days}d`, to })),
  fc.record({ after: instant }),
  fc.record({ before: instant }),
  fc.record({
    calendar: fc.constantFrom("day", "week", "month", "year"),
    last: fc.integer({ min: 1, max: 4 }),
    complete: fc.boolean(),
  }),
  fc.constant({ calendar: "day", timeZone: "Asia/Tokyo" }),
  fc.constant({ session: true }),
);
const aggregate: fc.Arbitrary<object> = fc.oneof(
  fc.tuple(fc.constantFrom("count", "days"), compare).map(([kind, bounds]) => ({ [kind]: bounds })),
  fc
    .tuple(fc.constantFrom("sum", "avg", "min", "max", "distinct"), compare)
    .map(([kind, bounds]) => ({ [kind]: { of: "v", ...bounds } })),
  fc
    .tuple(
      fc.constantFrom("first", "last"),
      asked.filter((one) => !("exists" in one)),
    )
    .map(([kind, one]) => ({ [kind]: { of: "v", ...one } })),
);
const share = fc.constantFrom(0, 0.07, 0.29, 1 / 3, 0.5, 2 / 3, 1e-9);

/** Families of rules whose members differ in an operator or a number alone. */
const FAMILIES: readonly fc.Arbitrary<object>[] = [
  asked.map((one) => ({ trait: "x", ...one })),
  asked.map((one) => ({ event: "A", where: { property: "x", ...one } })),
  aggregate.map((one) => ({ event: "A", within: "30d", ...one })),
  window.map((within) => ({ event: ["A", "$page"], within, count: { gte: 2 } })),
  fc
    .record(
      {
        first: asked,
        soon: span,
        within: window,
        without: fc.oneof(
          asked.map((one) => ({ event: "C", where: { property: "x", ...one } })),
          fc.constant({ event: "*" }),
        ),
        sameSession: fc.boolean(),
      },
      { requiredKeys: ["first"] },
    )
    .map(({ first, soon, ...rest }) => ({
      sequence: [
        { event: "A", where: { property: "x", ...first } },
        { event: "B", ...(soon && { within: soon }) },
      ],
      ...rest,
    })),
  fc.record({ audience: fc.constant("k"), for: span }, { requiredKeys: ["audience"] }),
  fc.tuple(share, fc.constantFrom(0.75, 1)).map(([from, to]) => ({ bucket: { salt: "s", from, to } })),
  fc.integer({ min: 1, max: 3 }).map((atLeast) => ({
    atLeast,
    of: [{ list: "a" }, { list: "b" }, { not: { list: "c" } }],
  })),
];

const other = { trait: "other", exists: true };
/** What a rule may stand in. */
const surroundings = fc
  .array(
    fc.constantFrom<(rule: object) => object>(
      (rule) => ({ not: rule }),
      (rule) => ({ all: [rule, other] }),
      (rule) => ({ any: [other, rule] }),
      (rule) => ({ none: [rule, other] }),
      (rule) => ({ atLeast: 2, of: [other, rule] }),
      (rule) => ({ household: rule }),
    ),
    { maxLength: 4 },
  )
  .map(
    (layers) =>
      (rule: object): object =>
        layers.reduce((inner, layer) => layer(inner), rule),
  );

const pair = fc.oneof(...FAMILIES.map((family) => fc.tuple(family, family)));

describe("the sentences of any two rules", () => {
  it("that differ in an operator or a number differ too, in both languages, and hold no slip of a printer", () => {
    let compared = 0;
    fc.assert(
      fc.property(pair, surroundings, ([one, another], surround) => {
        const rules = [aRule(surround(one)), aRule(surround(another))];
        const isSame = JSON.stringify(rules[0]) === JSON.stringify(rules[1]);
        for (const phrases of Object.values(LANGUAGES)) {
          const sentences = rules.map((rule) => describeRule(rule, phrases));
          for (const sentence of sentences) {
            expect(sentence).not.toMatch(/undefined|NaN|\[object|null|Infinity| {2}|\(\)| ,/);
            expect(sentence).toMatch(/^P[^]*[^.]\.$/);
          }
          expect(sentences[0] === sentences[1]).toBe(isSame);
        }
        if (!isSame) compared += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(compared).toBeGreaterThan(2_000);
  });
});
