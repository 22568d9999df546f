import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, SETTINGS } from "./factories.ts";
import { parseRule } from "./parse.ts";

const codes = (json: unknown): string[] => {
  const parsed = parseRule(json, SETTINGS);
  return parsed.ok ? [] : parsed.error.map(({ code }) => code);
};
const everyone = { everyone: true };

/** `{"not":{"not": ... }}`, built without recursion. */
function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let rule: unknown = everyone;
  for (let level = 0; level < depth; level++) rule = wrap(rule);
  return rule;
}

describe("a parsed rule", () => {
  it("says what was left out", () => {
    expect(parseRule({ event: "A" }, SETTINGS)).toEqual({
      ok: true,
      value: { kind: "event", names: ["A"], window: { kind: "retained" }, aggregate: { kind: "count", compare: { gte: 1 } } },
    });
  });
  it("has spans in milliseconds and dates as instants of the workspace's zone, with the words they were written in", () => {
    const parsed = parseRule(
      {
        all: [
          { event: "A", within: "7d" },
          { event: "*", within: { after: "2026-03-29", before: "2026-03-29T12:00Z" } },
        ],
      },
      { zone: "Europe/Paris", retentionMs: 400 * DAY_MS },
    );
    const windows =
      parsed.ok && parsed.value.kind === "all" ? parsed.value.of.map((part) => part.kind === "event" && part.window) : [];
    expect(windows).toEqual([
      { kind: "sliding", ms: 7 * DAY_MS },
      {
        kind: "absolute",
        after: { ms: Date.UTC(2026, 2, 28, 23), text: "2026-03-29" },
        before: { ms: Date.UTC(2026, 2, 29, 12), text: "2026-03-29T12:00Z" },
      },
    ]);
  });
});

describe("a parsed window and aggregate", () => {
  const parsed = (json: object): unknown => {
    const rule = parseRule({ event: "A", ...json }, { zone: "Europe/Paris", retentionMs: 400 * DAY_MS });
    return rule.ok && rule.value.kind === "event" && { window: rule.value.window, aggregate: rule.value.aggregate };
  };
  const calendar = { kind: "calendar", unit: "day", last: 1, complete: false, zone: "Europe/Paris", zoneNamed: false };
  const compare = { gte: 2 };
  it("know their time zone: the window's own, else the workspace's", () => {
    expect(parsed({ within: { calendar: "day" }, days: compare })).toEqual({
      window: calendar,
      aggregate: { kind: "days", zone: "Europe/Paris", compare },
    });
    expect(parsed({ within: { calendar: "day", timeZone: "UTC" }, days: compare })).toEqual({
      window: { ...calendar, zone: "UTC", zoneNamed: true },
      aggregate: { kind: "days", zone: "UTC", compare },
    });
    expect(parsed({ within: "7d", days: compare })).toMatchObject({ aggregate: { zone: "Europe/Paris" } });
  });
  it("have spans in milliseconds and values to ask", () => {
    expect(parsed({ within: { from: "2d", to: "1h" }, first: { of: "a.b", eq: 1 } })).toEqual({
      window: { kind: "offset", fromMs: 2 * DAY_MS, toMs: 3_600_000 },
      aggregate: { kind: "first", of: ["a", "b"], test: { op: "eq", operand: 1, ignoreCase: false } },
    });
  });
});

describe("the limits of a rule", () => {
  it.each([
    ["rules", (inner: unknown) => ({ not: inner })],
    ["groups", (inner: unknown) => ({ all: [inner, everyone] })],
    ["counted groups", (inner: unknown) => ({ atLeast: 1, of: [inner] })],
    ["lists", (inner: unknown) => [inner]],
    ["operands", (inner: unknown) => ({ trait: "a", eq: inner })],
  ])("a rule ten thousand %s deep is refused, not a stack overflow", (_, wrap) => {
    expect(codes(nested(10_000, wrap)).length).toBeGreaterThan(0);
  });
  it("filters deepen a rule as rules do", () => {
    const filter = (depth: number): unknown => {
      let inner: unknown = { channel: "web" };
      for (let level = 1; level < depth; level++) inner = { not: inner };
      return { event: "A", where: inner };
    };
    expect(codes(filter(15))).toEqual([]);
    expect(codes(filter(16))).toEqual(["too_deep"]);
    expect(codes(filter(10_000))).toEqual(["too_deep"]);
  });
  it("filters of elements deepen a rule and count as nodes as others do", () => {
    const some = (depth: number): unknown => {
      let inner: unknown = { property: "a", eq: 1 };
      for (let level = 1; level < depth; level++) inner = { property: "a", some: inner };
      return { trait: "a", some: inner };
    };
    expect(codes(some(15))).toEqual([]);
    expect(codes(some(16))).toEqual(["too_deep"]);
    expect(codes(some(10_000))).toEqual(["too_deep"]);
    const many = (count: number): unknown => ({ trait: "a", some: { any: Array.from({ length: count }, () => ({ property: "b", eq: 1 })) } }); // prettier-ignore
    expect(codes(many(498))).toEqual([]);
    expect(codes(many(499))).toEqual(["too_many_nodes"]);
  });
  it("1,000 values of a list's elements are allowed, 1,001 are not", () => {
    const list = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    for (const op of ["hasAny", "hasAll", "hasNone"]) {
      expect(codes({ trait: "a", [op]: list(1_000) })).toEqual([]);
      expect(codes({ trait: "a", [op]: list(1_001) })).toEqual(["list_too_long"]);
    }
    const blocks = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => `10.0.${index >> 8}.${index & 255}/32`);
    expect(codes({ trait: "a", cidr: blocks(10_000) })).toEqual([]);
    expect(codes({ trait: "a", cidr: blocks(10_001) })).toEqual(["list_too_long"]);
  });
  it("500 nodes are allowed, 501 are not, and a million say so once", () => {
    const of = (count: number): unknown => ({ any: Array.from({ length: count - 1 }, () => everyone) });
    expect(codes(of(500))).toEqual([]);
    expect(codes(of(501))).toEqual(["too_many_nodes"]);
    expect(codes(of(1_000_000))).toEqual(["too_many_nodes"]);
    expect(codes({ all: [of(400), of(400)] })).toEqual(["too_many_nodes"]);
  });
  it("filters count as nodes", () => {
    const where = (count: number): unknown => ({
      event: "A",
      where: { any: Array.from({ length: count }, () => ({ source: "s" })) },
    });
    expect(codes(where(498))).toEqual([]);
    expect(codes(where(499))).toEqual(["too_many_nodes"]);
  });
  it("10,000 operands are allowed, in one list or in several", () => {
    const list = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    expect(codes({ trait: "a", in: list(10_000) })).toEqual([]);
    expect(codes({ trait: "a", in: list(10_001) })).toEqual(["list_too_long"]);
    const two = (a: number, b: number): unknown => ({ all: [{ trait: "a", in: list(a) }, { trait: "b", notIn: list(b) }] }); // prettier-ignore
    expect(codes(two(6_000, 4_000))).toEqual([]);
    expect(codes(two(6_000, 4_001))).toEqual(["too_many_operands"]);
    expect(
      codes({
        all: [
          { trait: "a", in: list(10_000) },
          { trait: "b", eq: 1 },
        ],
      }),
    ).toEqual(["too_many_operands"]);
    expect(codes({ event: "A", where: { property: "x", in: list(10_000) } })).toEqual([]);
  });
  it("a span as long as the retention is allowed", () => {
    expect(codes({ event: "A", within: "400d" })).toEqual([]);
    expect(codes({ event: "A", within: "401d" })).toEqual(["longer_than_retention"]);
  });
});

describe("what is no JSON at all", () => {
  it.each([[undefined], [Number.NaN], [Number.POSITIVE_INFINITY], [5n], [Symbol("s")], [() => true]])(
    "%s is refused",
    (value) => {
      expect(codes(value)).toEqual(["wrong_type"]);
      expect(codes({ trait: "a", eq: value })).toEqual(["wrong_type"]);
      expect(codes({ event: "A", count: { gte: value } })).toEqual(["wrong_type"]);
      expect(codes({ event: value })).toEqual(["wrong_type"]);
    },
  );
  it("what is only inherited was not said", () => {
    const inherited: unknown = Object.assign(Object.create({ ignoreCase: true, within: 5, where: {} }), { event: "A" });
    expect(codes(inherited)).toEqual([]);
  });
});

const VALID: readonly unknown[] = [
  everyone,
  { trait: "address.city", eq: "Paris", ignoreCase: true },
  { all: [{ trait: "a", between: [1, 2] }, { not: { trait: "b", exists: false } }] },
  { atLeast: 2, of: [everyone, { trait: "c", notIn: ["x", 5, true] }, { none: [{ trait: "d", contains: "e" }] }] },
  {
    event: ["A", "$page"],
    where: { any: [{ property: "category", eq: "shoes" }, { not: { source: "web" } }, { party: "first" }] },
    within: "30d",
    count: { gte: 2, lt: 10 },
  },
  {
    all: [
      {
        trait: "a",
        some: {
          all: [
            { property: "b", withinNext: "7d" },
            { property: "c", matches: "^x", ignoreCase: true },
          ],
        },
      },
      { trait: "a", anniversary: { withinNext: "1d" } },
      { trait: "a", version: { between: ["1.0.0", "2.0.0"] } },
      { trait: "a", near: { lat: 1, lon: 2, km: 3 } },
      { trait: "a", cidr: ["10.0.0.0/8"] },
      { trait: "a", hasAll: ["x", 5], ignoreCase: false },
      { trait: "a", size: { gte: 1 } },
      {
        any: [
          { trait: "a", before: "2026-01-01" },
          { trait: "a", glob: "x*" },
        ],
      },
    ],
  },
  { event: "*", within: { after: "2026-01-01", before: "2026-02-01T10:00:00.5+01:00" }, sum: { of: "order.total", gte: 0.3 } },
  { event: "A", within: { from: "90d", to: "30d" }, avg: { of: "value", gte: 19.99 } },
  { event: "A", within: { calendar: "month", last: 2, complete: true, timeZone: "Europe/Paris" }, days: { gte: 2 } },
  { event: "A", within: { session: true }, last: { of: "category", eq: "shoes", ignoreCase: true } },
];

type Path = readonly (string | number)[];

/** Paths to every value in a rule. */
function places(json: unknown, path: Path = []): Path[] {
  if (typeof json !== "object" || json === null) return [path];
  return [
    path,
    ...Object.entries(json).flatMap(([key, value]) => places(value, [...path, Array.isArray(json) ? Number(key) : key])),
  ];
}

/** The rule with what is at `path` replaced, or left out where `change` returns undefined. */
function changed(json: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(json);
  if (Array.isArray(json)) return json.map((value: unknown, index) => (index === key ? changed(value, rest, change) : value));
  if (typeof json !== "object" || json === null) return json;
  const members = Object.entries(json).map(([name, value]): [string, unknown] => [
    name,
    name === key ? changed(value, rest, change) : value,
  ]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

const KEYS = [
  "all",
  "any",
  "not",
  "of",
  "atLeast",
  "trait",
  "event",
  "eq",
  "in",
  "within",
  "where",
  "count",
  "sum",
  "avg",
  "first",
  "days",
  "calendar",
  "session",
  "from",
  "sequence",
  "a/~",
  "",
];
const keyName = fc.oneof(fc.constantFrom(...KEYS, "__proto__", "constructor"), fc.string());

describe("a rule with something changed at random", () => {
  it("is accepted or refused with codes, sentences and pointers to places that are there; it never throws", () => {
    const mutation = fc.oneof(
      fc.jsonValue().map((value) => () => value),
      fc.constantFrom<(value: unknown) => unknown>(
        () => undefined,
        () => null,
        () => [],
        () => ({}),
        () => Number.MAX_VALUE,
        (value) => [value],
        (value) => [value, value],
        (value) => (Array.isArray(value) ? value.slice(1) : `${String(value)}x`),
        (value) => ({ not: value }),
      ),
      keyName.map((key) => (value: unknown) => Object.fromEntries([...Object.entries(Object(value)), [key, value]])),
      fc.tuple(keyName, fc.jsonValue()).map(([key, added]) => (value: unknown) => Object.fromEntries([...Object.entries(Object(value)), [key, added]])), // prettier-ignore
    );
    const mutations = fc.array(fc.tuple(fc.nat(), mutation), { minLength: 1, maxLength: 3 });
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...VALID), mutations, (valid, changes) => {
        let json = valid;
        for (const [place, change] of changes) {
          const all = places(json);
          json = changed(json, all[place % all.length] ?? [], change);
        }
        const parsed = parseRule(json, SETTINGS);
        if (parsed.ok) {
          accepted += 1;
          return;
        }
        expect(parsed.error.length).toBeGreaterThan(0);
        for (const { pointer, code, message } of parsed.error) {
          expect(code).toMatch(/^[a-z_]+$/);
          expect(message).toMatch(/[.]$/);
          expect(isThere(json, pointer)).toBe(true);
        }
        expect(parseRule(json, SETTINGS)).toEqual(parsed);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

/** True where a JSON pointer points to something, by RFC 6901. */
function isThere(json: unknown, pointer: string): boolean {
  const keys = pointer.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~")); // prettier-ignore
  let value = json;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return pointer === "" || pointer.startsWith("/");
}
