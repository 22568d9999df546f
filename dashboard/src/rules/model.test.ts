import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../core/model/json.ts";
import { jsonEquals } from "../../../core/model/json.ts";
import { SETTINGS as WORLD, world } from "../../../core/profile/differential-world.ts";
import { examplesOf, partsOf } from "../../../core/rules/doc-examples.ts";
import { SETTINGS } from "../../../core/rules/factories.ts";
import { parseRule } from "../../../core/rules/parse.ts";
import { isGroup, LEAVES, pointersOf, toQuery, toRule, type Leaf, type Query } from "./model.ts";

interface Cases {
  readonly groups: readonly { readonly cases: readonly { readonly rule: Json }[] }[];
}
const { groups } = JSON.parse(readFileSync("core/rules/cases.json", "utf8")) as Cases;
const written = groups.flatMap((group) => group.cases.map(({ rule }) => rule));
const documented = examplesOf(readFileSync("docs/rules.md", "utf8")).map(({ json }) => json as Json);
const generated = fc
  .sample(world, { seed: 20_261_125, numRuns: 400 })
  .flatMap(({ rules }) => rules.map((rule) => JSON.parse(JSON.stringify(rule)) as Json))
  .slice(0, 500);

/** Every condition, group, filter, operator, window and aggregate that there is. */
const EVERY_PART = [
  "all",
  "any",
  "none",
  "not",
  "atLeast",
  "everyone",
  "household",
  "trait",
  "event",
  "sequence",
  "audience",
  "list",
  "bucket",
  "property",
  "source",
  "party",
  "channel",
  "eq",
  "ne",
  "in",
  "notIn",
  "lt",
  "lte",
  "gt",
  "gte",
  "between",
  "exists",
  "contains",
  "startsWith",
  "endsWith",
  "glob",
  "matches",
  "hasAny",
  "hasAll",
  "hasNone",
  "size",
  "some",
  "before",
  "after",
  "withinLast",
  "olderThan",
  "withinNext",
  "anniversary",
  "version",
  "cidr",
  "near",
  "retained",
  "sliding",
  "absolute",
  "offset",
  "calendar",
  "session",
  "count",
  "days",
  "sum",
  "avg",
  "min",
  "max",
  "distinct",
  "first",
  "last",
];

function partsIn(rules: readonly Json[], settings: typeof SETTINGS): ReadonlySet<string> {
  const parsed = rules.map((rule) => parseRule(rule, settings));
  return new Set(parsed.flatMap((rule) => (rule.ok ? [...partsOf(rule.value)] : [])));
}

/** Values of a key, wherever it stands. */
function membersOf(value: Json, wanted: string): readonly Json[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [...(key === wanted ? [part] : []), ...membersOf(part, wanted)]);
}

function leavesOf(query: Query): readonly Leaf[] {
  return query.rules.flatMap((node) => (isGroup(node) ? leavesOf(node) : [node]));
}

describe("the builder's query", () => {
  it.each([
    ["of 500 generated rules", generated, 500],
    ["of the cases of the language, right and wrong", written, 600],
    ["of the examples of docs/rules.md", documented, 20],
  ])("gives the same rule back: %s", (_, rules, atLeast) => {
    expect(rules.length).toBeGreaterThanOrEqual(atLeast);
    for (const rule of rules) expect(toRule(toQuery(rule))).toEqual(rule);
  });

  it("was given every form of the language", () => {
    expect(EVERY_PART.filter((part) => !partsIn(generated, WORLD).has(part))).toEqual([]);
    expect(EVERY_PART.filter((part) => !partsIn(written, SETTINGS).has(part))).toEqual([]);
  });

  it("knows where each node is written", () => {
    const letIn = { all: [{ any: [{ not: { trait: "a", eq: 1 } }, { trait: "a", exists: false }] }, { everyone: true }] };
    for (const rule of [letIn, ...generated, ...written]) {
      const query = toQuery(rule);
      const pointers = pointersOf(query);
      for (const leaf of leavesOf(query)) {
        const there = (pointers.get(leaf.id) ?? "?").split("/").slice(1).reduce<Json | undefined>(member, rule);
        expect(there !== undefined && jsonEquals(there, leaf.value)).toBe(true);
      }
    }
  });

  it("has a control for every condition of a right rule", () => {
    const right = [
      ...generated.filter((rule) => parseRule(rule, WORLD).ok),
      ...written.filter((rule) => parseRule(rule, SETTINGS).ok),
    ];
    expect(right.length).toBeGreaterThan(700);
    const queries = [
      ...right.map((rule) => toQuery(rule)),
      ...right.flatMap((rule) => membersOf(rule, "where")).map((filter) => toQuery(filter, "filter")),
      ...right.flatMap((rule) => membersOf(rule, "some")).map((filter) => toQuery(filter, "element")),
    ];
    expect(new Set(queries.flatMap(leavesOf).map(({ field }) => field))).toEqual(new Set([...LEAVES.rule, ...LEAVES.filter]));
  });

  it("gives filters of events and of elements back too", () => {
    for (const [key, grammar, atLeast] of [
      ["where", "filter", 300],
      ["some", "element", 30],
    ] as const) {
      const filters = [...generated, ...written, ...documented].flatMap((rule) => membersOf(rule, key));
      expect(filters.length).toBeGreaterThan(atLeast);
      for (const filter of filters) expect(toRule(toQuery(filter, grammar))).toEqual(filter);
    }
  });
});

it("takes what asks several things at once for no condition, and keeps it", () => {
  const several = { trait: "a", eq: 1, all: [{ everyone: true }] };
  expect(toQuery(several).rules).toMatchObject([{ field: "raw", value: several }]);
});

describe("or missing", () => {
  const plan = { trait: "plan", ne: "gold" };
  const unknown = { trait: "plan", exists: false };
  it("is part of a comparison in exactly its form", () => {
    expect(toQuery({ any: [plan, unknown] }).rules).toMatchObject([{ field: "trait", value: { any: [plan, unknown] } }]);
    for (const near of [
      [plan, { trait: "other", exists: false }],
      [plan, { trait: "plan", exists: true }],
      [unknown, plan],
      [plan, unknown, unknown],
      [{ trait: "plan", exists: true }, unknown],
    ]) {
      expect(toQuery({ any: near })).toMatchObject({ combinator: "any" });
      expect(toQuery({ any: near }).rules).toHaveLength(near.length);
    }
  });
  it("is part of a negation of one comparison, and of no other", () => {
    const single = { any: [{ none: [plan] }, unknown] };
    expect(toQuery(single).rules).toMatchObject([{ combinator: "none", orMissing: true, rules: [{ value: plan }] }]);
    expect(toRule(toQuery(single))).toEqual(single);
    const several = { any: [{ none: [plan, { everyone: true }] }, unknown] };
    expect(toQuery(several)).toMatchObject({ combinator: "any", rules: [{ combinator: "none" }, { value: unknown }] });
    expect(toRule(toQuery(several))).toEqual(several);
  });
});

function member(value: Json | undefined, key: string): Json | undefined {
  return typeof value === "object" && value !== null
    ? (value as JsonObject)[key.replaceAll("~1", "/").replaceAll("~0", "~")]
    : undefined;
}
