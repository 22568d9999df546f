import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { COMPUTED } from "../model/event.ts";
import { explainAt } from "../profile/explain.ts";
import { History } from "../profile/history.ts";
import { membershipsAt } from "../profile/memberships.ts";
import type { Aggregate, Filter, Operator, Rule, Window } from "./ast.ts";
import { describeRule } from "./describe.ts";
import { examplesOf, partsOf, told, type Example } from "./doc-examples.ts";
import { FRENCH } from "./french.ts";
import { aRule } from "./factories.ts";
import type { FaultCode, RuleFault } from "./faults.ts";
import { flattenRuleset } from "./flatten.ts";
import { interpret, type Truth } from "./interpret.ts";
import { checkRule } from "./parse.ts";
import { loadRuleset } from "./ruleset.ts";

/** Runs every example of docs/rules.md: a page that says what Tideline does not do fails here. */

const PAGE = readFileSync(`${import.meta.dirname}/../../docs/rules.md`, "utf8");
const EXAMPLES = examplesOf(PAGE);

const DAY_MS = 86_400_000;
/** What the page says at its beginning. */
const SETTINGS = { zone: "Europe/Paris", retentionMs: 400 * DAY_MS, now: Date.UTC(2026, 2, 1, 12) };

const AUDIENCES: ReadonlyMap<string, Rule> = new Map(
  EXAMPLES.flatMap(({ kind, key, json }) => (kind === "audience" ? [[key, aRule(json, SETTINGS)] as const] : [])),
);

/** Everything a rule can be made of: what is added to the language is missed here by the compiler, then on the page. */
const CONSTRUCTS: Record<Rule["kind"] | Filter["kind"] | Window["kind"] | Aggregate["kind"] | Operator | typeof COMPUTED, true> =
  {
    computed: true,
    all: true,
    any: true,
    none: true,
    not: true,
    atLeast: true,
    everyone: true,
    trait: true,
    event: true,
    sequence: true,
    audience: true,
    list: true,
    bucket: true,
    household: true,
    property: true,
    source: true,
    party: true,
    channel: true,
    retained: true,
    sliding: true,
    absolute: true,
    offset: true,
    calendar: true,
    session: true,
    count: true,
    sum: true,
    days: true,
    avg: true,
    min: true,
    max: true,
    distinct: true,
    first: true,
    last: true,
    eq: true,
    ne: true,
    in: true,
    notIn: true,
    lt: true,
    lte: true,
    gt: true,
    gte: true,
    between: true,
    exists: true,
    contains: true,
    startsWith: true,
    endsWith: true,
    glob: true,
    matches: true,
    hasAny: true,
    hasAll: true,
    hasNone: true,
    size: true,
    some: true,
    before: true,
    after: true,
    withinLast: true,
    olderThan: true,
    withinNext: true,
    anniversary: true,
    version: true,
    cidr: true,
    near: true,
  };

const CODES: Record<FaultCode, true> = {
  wrong_type: true,
  unknown_key: true,
  unknown_operator: true,
  unknown_value: true,
  missing_condition: true,
  missing_operator: true,
  missing_key: true,
  several_conditions: true,
  several_operators: true,
  several_aggregates: true,
  empty_group: true,
  empty_list: true,
  list_too_long: true,
  bad_path: true,
  bad_event: true,
  bad_duration: true,
  bad_instant: true,
  bad_pattern: true,
  bad_version: true,
  bad_cidr: true,
  bad_time_zone: true,
  bad_range: true,
  bad_window: true,
  longer_than_retention: true,
  too_deep: true,
  too_many_nodes: true,
  too_many_operands: true,
  bad_sequence: true,
  unknown_audience: true,
  cycle: true,
  cut_by_retention: true,
};

function onInterpreter(rule: Rule, known: string): Truth {
  const { log, now, profileId } = told(known, rule, SETTINGS.now);
  return interpret(rule, log, { ...SETTINGS, now, present: now, profileId, audiences: AUDIENCES });
}

function onEngine(rule: Rule, known: string): ReturnType<typeof explainAt> & { readonly isMember: boolean } {
  const { log, now, profileId } = told(known, rule, SETTINGS.now);
  const audiences = [["example", rule] as const, ...AUDIENCES].map(([key, asked]) => ({ key, rule: asked }));
  const ruleset = loadRuleset(flattenRuleset(audiences, { workspace: "w", version: 1, ...SETTINGS }));
  const history = new History(profileId);
  for (const event of log) history.insert(event);
  const at = { now, present: now };
  const isMember = membershipsAt(ruleset, history, at).keys.includes("example");
  return { ...explainAt(ruleset, history, "example", at), isMember };
}

function faultsOf(json: unknown): readonly RuleFault[] {
  const checked = checkRule(json, SETTINGS);
  return checked.ok ? checked.value.warnings : checked.error;
}

/** Markdown takes a backslash for its own. */
function inMarkdown(text: string): string {
  return text.replaceAll("\\", "\\\\");
}

/** As the page writes a fault. */
function inWords({ code, pointer, message }: RuleFault): string {
  const place = pointer === "" ? "" : ` at \`${pointer}\``;
  return `\`${code}\`${place}: ${inMarkdown(message)}`;
}

/** Rules beyond the limits that the page gives in words: they would fill it. */
const BEYOND: Readonly<Record<string, unknown>> = {
  "17 conditions, one in the other": Array.from({ length: 16 }).reduce((inner) => ({ not: inner }), { everyone: true }),
  "501 conditions": { any: Array.from({ length: 500 }, () => ({ everyone: true })) },
  "a list of 1,001 values in `hasAny`": { trait: "tags", hasAny: Array.from({ length: 1_001 }, (_, index) => index) },
  "two lists of 5,001 values": {
    any: ["x", "y"].map((trait) => ({ trait, in: Array.from({ length: 5_001 }, (_, index) => index) })),
  },
};

const named = (examples: readonly Example[]): readonly (Example & { readonly title: string })[] =>
  examples.map((example) => ({ ...example, title: `line ${example.line}, ${JSON.stringify(example.json).slice(0, 200)}` }));

describe("docs/rules.md", () => {
  const rules = EXAMPLES.filter(({ kind }) => kind === "rule");

  describe.each(named(rules))("$title", ({ json, says, table }) => {
    const rule = aRule(json, SETTINGS);

    it("prints the sentence below it, or both", () => {
      const sentences = [describeRule(rule), describeRule(rule, FRENCH)].map(inMarkdown);
      expect([sentences.slice(0, 1), sentences]).toContainEqual(says);
    });

    it("has examples of people", () => expect(table.length).toBeGreaterThan(0));

    it.each(table)("is of %s %s", (known, value) => {
      expect(String(onInterpreter(rule, known))).toBe(value);
      const engine = onEngine(rule, known);
      expect(String(engine.value)).toBe(value);
      expect(engine.isMember).toBe(value === "true");
    });
  });

  it.each(named(EXAMPLES.filter(({ kind }) => kind === "faulty")))("$title is refused as it says", ({ json, says }) => {
    expect(checkRule(json, SETTINGS).ok).toBe(false);
    expect(faultsOf(json).map(inWords)).toEqual(says);
  });

  it.each(Object.entries(BEYOND))("of %s says why it is refused", (what, json) => {
    const [fault, ...others] = faultsOf(json);
    if (fault === undefined) throw new Error("not refused");
    expect(others).toEqual([]);
    expect(PAGE).toContain(`| ${what} | ${inWords({ ...fault, pointer: "" })} |\n`);
  });

  it.each(named(EXAMPLES.filter(({ kind }) => kind === "warned")))("$title is warned of as it says", ({ json, says }) => {
    expect(checkRule(json, SETTINGS).ok).toBe(true);
    expect(faultsOf(json).map(inWords)).toEqual(says);
  });

  it.each(named(EXAMPLES.filter(({ kind }) => kind === "explained")))(
    "$title is what explain says of the first person of the example before it",
    ({ json, line }) => {
      const asked = rules.findLast((example) => example.line < line);
      const [known] = asked?.table[0] ?? [];
      if (!asked || known === undefined) throw new Error("explain has no example before it");
      const { isMember: _, ...tree } = onEngine(aRule(asked.json, SETTINGS), known);
      expect(tree).toEqual(json);
    },
  );

  it("has no block and no row that is not run", () => {
    const blocks = PAGE.match(/^```json/gm)?.length;
    const truths = PAGE.match(/ \| (?:true|false|unknown) \|$/gm)?.length;
    const refusals = PAGE.match(/^\| `.*` \| `[a-z_]+`.*\|$/gm)?.length;
    const rowOfFault = EXAMPLES.filter(({ isRow }) => isRow);
    expect(EXAMPLES.length - rowOfFault.length).toBe(blocks);
    expect(rules.flatMap(({ table }) => table).length).toBe(truths);
    expect(rowOfFault.length).toBe(refusals);
  });

  it("has an example of every construct", () => {
    const shown = new Set(rules.flatMap(({ json }) => [...partsOf(aRule(json, SETTINGS))]));
    expect(Object.keys(CONSTRUCTS).filter((construct) => !shown.has(construct))).toEqual([]);
  });

  it("names every code of a fault", () => {
    expect(Object.keys(CODES).filter((code) => !PAGE.includes(`\`${code}\``))).toEqual([]);
  });
});
