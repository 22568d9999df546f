import { describe, expect, it } from "vitest";
import { DAY_MS, SETTINGS } from "./factories.ts";
import { parseRule } from "./parse.ts";

const codes = (json: unknown): string[] => {
  const parsed = parseRule(json, SETTINGS);
  return parsed.ok ? [] : parsed.error.map(({ code }) => code);
};
const everyone = { everyone: true };

/** `{"not":{"not": ... }}`, built without recursion. */
function nested(depth: number, wrap: (inner: unknown) => unknown, innermost: unknown = everyone): unknown {
  let rule = innermost;
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
    expect(codes({ audience: "a", for: "400d" })).toEqual([]);
    expect(codes({ audience: "a", for: "401d" })).toEqual(["longer_than_retention"]);
  });
});

describe("the limits of a sequence", () => {
  const steps = (count: number): unknown[] => Array.from({ length: count }, () => ({ event: "A" }));
  const filter = (depth: number): unknown => nested(depth - 1, (inner) => ({ not: inner }), { channel: "web" });
  const chain = { sequence: steps(2) };

  it("2 to 10 steps are allowed, and a million too many say so once", () => {
    expect([0, 1, 2, 10, 11, 1_000_000].map((count) => codes({ sequence: steps(count) }))).toEqual([
      ["bad_sequence"],
      ["bad_sequence"],
      [],
      [],
      ["bad_sequence"],
      ["bad_sequence"],
    ]);
  });
  it("steps are one deeper than their sequence, and the filters of steps and of without one deeper still", () => {
    const inStep = (depth: number): unknown => ({ sequence: [{ event: "A" }, { event: "B", where: filter(depth) }] });
    const inWithout = (depth: number): unknown => ({ ...chain, without: { event: "X", where: filter(depth) } });
    for (const rule of [inStep, inWithout]) {
      expect(codes(rule(14))).toEqual([]);
      expect(codes(rule(15))).toEqual(["too_deep"]);
      expect(codes(rule(10_000))).toEqual(["too_deep"]);
    }
    expect(codes(nested(14, (inner) => ({ not: inner }), chain))).toEqual([]);
    expect(codes(nested(15, (inner) => ({ not: inner }), chain))).toEqual(["too_deep", "too_deep"]);
    expect(codes(nested(15, (inner) => ({ not: inner }), { ...chain, without: { event: "X" } }))).toEqual([
      "too_deep",
      "too_deep",
      "too_deep",
    ]);
  });
  it("steps, without and their filters count as nodes", () => {
    const of = (count: number, more: readonly unknown[]): unknown => ({ any: [...Array.from({ length: count }, () => chain), ...more] }); // prettier-ignore
    expect(codes(of(166, [everyone]))).toEqual([]);
    expect(codes(of(166, [everyone, everyone]))).toEqual(["too_many_nodes"]);
    expect(codes(of(165, [{ ...chain, without: { event: "X" } }]))).toEqual([]);
    expect(codes(of(165, [{ ...chain, without: { event: "X", where: { channel: "web" } } }]))).toEqual(["too_many_nodes"]);
    const whole = { any: Array.from({ length: 496 }, () => ({ source: "s" })) };
    expect(codes({ sequence: [{ event: "A", where: whole }, { event: "B" }] })).toEqual([]);
    expect(
      codes({
        sequence: [
          { event: "A", where: whole },
          { event: "B", where: { source: "s" } },
        ],
      }),
    ).toEqual(["too_many_nodes"]);
  });
  it("names and values of its steps count as operands", () => {
    const list = (count: number): string[] => Array.from({ length: count }, (_, index) => `e${index}`);
    expect(codes({ sequence: [{ event: list(5_000) }, { event: list(5_000) }] })).toEqual([]);
    expect(codes({ sequence: [{ event: list(5_000) }, { event: list(5_001) }] })).toEqual(["too_many_operands"]);
    expect(codes({ ...chain, without: { event: "X", where: { property: "a", in: list(10_001) } } })).toEqual(["list_too_long"]);
  });
  it("a span between steps may be as long as the retention", () => {
    expect(codes({ sequence: [{ event: "A" }, { event: "B", within: "400d" }], within: "400d" })).toEqual([]);
    expect(codes({ sequence: [{ event: "A" }, { event: "B", within: "401d" }], within: "401d" })).toEqual([
      "longer_than_retention",
      "longer_than_retention",
    ]);
  });
});

describe("the limits of what a household is asked", () => {
  it("it deepens a rule, ten thousand deep too", () => {
    expect(codes(nested(15, (household) => ({ household })))).toEqual([]);
    expect(codes(nested(16, (household) => ({ household })))).toEqual(["too_deep"]);
    expect(codes(nested(10_000, (household) => ({ household })))).toEqual(["too_deep"]);
    const filtered = { event: "A", where: { channel: "web" } };
    expect(codes(nested(14, (household) => ({ household }), filtered))).toEqual([]);
    expect(codes(nested(15, (household) => ({ household }), filtered))).toEqual(["too_deep"]);
  });
  it("it counts as nodes", () => {
    const of = (count: number): unknown => ({ household: { any: Array.from({ length: count }, () => everyone) } });
    expect(codes(of(498))).toEqual([]);
    expect(codes(of(499))).toEqual(["too_many_nodes"]);
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
