import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDuration } from "../model/duration.ts";
import { eventName, type Channel, type EventType, type LogEvent, type Party } from "../model/event.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { parseTimestamp } from "../model/timestamp.ts";
import { flattenRuleset } from "../rules/flatten.ts";
import type { Rule } from "../rules/ast.ts";
import { householdQuestion } from "../rules/household-question.ts";
import { interpret, type Truth } from "../rules/interpret.ts";
import { parseRule, type RuleSettings } from "../rules/parse.ts";
import { loadRuleset, type Ruleset } from "../rules/ruleset.ts";
import { History } from "./history.ts";
import { explainAt } from "./explain.ts";
import { membershipsAt, openMemberships } from "./memberships.ts";

/** Runs `core/rules/cases.json` on the parser, the interpreter and every way into the engine. */

interface Inherited {
  readonly settings?: { readonly zone: string; readonly retention: string };
  readonly traits?: JsonObject | null;
  readonly log?: readonly CaseEvent[];
  /** The other live audiences, by key. */
  readonly audiences?: Readonly<Record<string, unknown>>;
  readonly profileId?: string;
}

interface CaseEvent {
  readonly type?: EventType;
  readonly name?: string;
  readonly time: string;
  readonly id: string;
  readonly source?: string;
  readonly channel?: Channel;
  readonly party?: Party;
  readonly properties?: JsonObject;
}

interface Case extends Inherited {
  readonly name: string;
  readonly rule: unknown;
  readonly value?: Truth;
  readonly checks?: readonly {
    readonly at: string;
    readonly present?: string;
    readonly accepted?: number;
    readonly value: Truth;
  }[];
  readonly faults?: readonly { readonly pointer: string; readonly code: string }[];
}

interface Cases {
  readonly specVersion: number;
  readonly defaults: {
    readonly at: string;
    readonly settings: { readonly zone: string; readonly retention: string };
    readonly event: Required<Pick<LogEvent, "type" | "source" | "channel" | "party" | "properties">>;
  };
  readonly groups: readonly (Inherited & { readonly name: string; readonly cases: readonly Case[] })[];
}

// Read as text: as a module its `__proto__` keys would set prototypes.
const CASES: Cases = JSON.parse(readFileSync(`${import.meta.dirname}/../rules/cases.json`, "utf8"));

function instant(text: string): number {
  const ms = parseTimestamp(text);
  if (ms === undefined) throw new Error(`bad instant ${text}`);
  return ms;
}

function settingsOf({ settings = CASES.defaults.settings }: Inherited): RuleSettings {
  const retention = parseDuration(settings.retention);
  if (!retention.ok) throw new Error(`bad retention ${settings.retention}`);
  return { zone: settings.zone, retentionMs: retention.value };
}

function parsed(json: unknown, settings: RuleSettings): Rule {
  const rule = parseRule(json, settings);
  if (!rule.ok) throw new Error(`refused: ${JSON.stringify(rule.error)}`);
  return rule.value;
}

/** The rules of all live audiences: the case's own is under `k`. */
function liveRules(one: Case, rule: Rule, settings: RuleSettings): ReadonlyMap<string, Rule> {
  const others = Object.entries(one.audiences ?? {}).map(([key, json]): [string, Rule] => [key, parsed(json, settings)]);
  return new Map([...others, ["k", rule]]);
}

/** The answers of a household, which a case writes as `[[RULE, VALUE], ...]`, by their questions. */
function withQuestions(properties: JsonObject, settings: RuleSettings): JsonObject {
  const { answers } = properties;
  if (!isJsonArray(answers)) return properties;
  const told = answers.map((answer): [string, Json] => {
    const [rule, value] = isJsonArray(answer) ? answer : [];
    if (!isJsonObject(rule) || value === undefined) throw new Error(`bad answer ${JSON.stringify(answer)}`);
    return [householdQuestion(parsed(rule, settings)), value];
  });
  return { ...properties, answers: Object.fromEntries(told) };
}

function logOf({ traits, log = [] }: Inherited, settings: RuleSettings): LogEvent[] {
  const identify: CaseEvent[] = traits
    ? [{ type: "identify", time: "2026-01-01T00:00:00Z", id: "traits", properties: traits }]
    : [];
  return [...identify, ...log].map(({ time, id, name = "", ...rest }) => {
    const event = Object.assign({}, CASES.defaults.event, rest);
    const properties = event.type === "fact" ? withQuestions(event.properties, settings) : event.properties;
    return { ...event, properties, name: eventName(event.type, name), time: instant(time), messageId: id };
  });
}

interface Check {
  readonly now: number;
  readonly present: number;
  /** How many events of the log are accepted by then. */
  readonly accepted: number;
  readonly value: Truth;
}

function checksOf({ value, checks = [] }: Case): Check[] {
  const given: NonNullable<Case["checks"]> = value === undefined ? checks : [{ at: CASES.defaults.at, value }];
  return given.map(({ at, present = at, accepted = Infinity, value: expected }) => ({
    now: instant(at),
    present: instant(present),
    accepted,
    value: expected,
  }));
}

function firstOfEach(log: readonly LogEvent[]): LogEvent[] {
  return log.filter(
    (event, index) => index === log.findIndex((one) => one.source === event.source && one.messageId === event.messageId),
  );
}

/** What a case asks, read. */
interface Run {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly profileId: string;
  readonly log: readonly LogEvent[];
  readonly checks: readonly Check[];
  readonly settings: RuleSettings;
}

/** What the interpreter says of a live audience, whatever the order in which the events came. */
function interpreted({ rules, profileId, log, settings }: Run, key: string, { now, present, accepted }: Check): Truth {
  const rule = rules.get(key);
  if (!rule) throw new Error(`no audience ${key}`);
  const asked = { now, present, profileId, retentionMs: settings.retentionMs, zone: settings.zone, audiences: rules };
  const held = log.slice(0, accepted);
  const value = interpret(rule, held, asked);
  expect(interpret(rule, firstOfEach(held).toReversed(), asked)).toBe(value);
  return value;
}

function runOnInterpreter(run: Run): void {
  for (const check of run.checks) expect(interpreted(run, "k", check), new Date(check.now).toISOString()).toBe(check.value);
}

function historyOf(events: readonly LogEvent[], profileId: string): History {
  const history = new History(profileId);
  for (const event of events.toReversed()) history.insert(event);
  return history;
}

function runOnEngine(run: Run): void {
  const { rules, profileId, log, checks, settings } = run;
  const audiences = [...rules].map(([key, rule]) => ({ key, rule }));
  const ruleset = loadRuleset(flattenRuleset(audiences, { workspace: "w", version: 1, ...settings }));
  for (const check of checks) {
    const history = historyOf(firstOfEach(log.slice(0, check.accepted)), profileId);
    const { keys } = membershipsAt(ruleset, history, check);
    expect(keys).toEqual([...rules.keys()].filter((key) => interpreted(run, key, check) === true).toSorted());
    expect(explainAt(ruleset, history, "k", check).value).toBe(check.value);
  }
  runAsTimePasses(run, ruleset);
}

/** The two ways of a profile that is awake: one that knows all events from the beginning, one that learns of each as it comes. */
function runAsTimePasses({ profileId, log, checks }: Run, ruleset: Ruleset): void {
  const live = checks.filter(({ now, present }) => now === present).toSorted((a, b) => a.accepted - b.accepted || a.now - b.now);
  const [first] = live;
  if (!first) return;
  const known = historyOf(firstOfEach(log), profileId);
  const knowing = live.every(({ accepted }) => accepted >= log.length) && openMemberships(ruleset, known, first.now);
  const arriving = new History(profileId);
  const learning = openMemberships(ruleset, arriving, first.now - 1_000);
  let latest = first.now;
  for (const { now, accepted, value } of live) {
    if (now < latest) continue; // time does not go back
    latest = now;
    for (const event of firstOfEach(log.slice(0, accepted))) {
      if (event.time > now || !arriving.insert(event)) continue;
      learning.apply(event, now);
    }
    if (knowing) {
      knowing.settle(now);
      expect(knowing.has("k")).toBe(value === true);
    }
    learning.settle(now);
    expect(learning.has("k")).toBe(value === true);
  }
}

describe("the cases of the rule language", () => {
  it("are of a version this project knows, 1,200 or more, each with a name of its own", () => {
    expect(CASES.specVersion).toBe(1);
    const names = CASES.groups.flatMap(({ name, cases }) => cases.map((one) => `${name}: ${one.name}`));
    expect(names.length).toBeGreaterThanOrEqual(1_200);
    expect(new Set(names).size).toBe(names.length);
  });

  for (const { name: groupName, cases, ...inherited } of CASES.groups) {
    describe(groupName, () => {
      it.each(cases.map((one) => ({ ...inherited, ...one })))("$name", (one) => {
        const settings = settingsOf(one);
        if (one.faults) {
          const refused = parseRule(one.rule, settings);
          const faults = refused.ok ? [] : refused.error;
          expect(faults.map(({ pointer, code }) => ({ pointer, code }))).toEqual(one.faults);
          for (const { message } of faults) expect(message).toMatch(/^[A-Z“"0-9].*[.]$/s);
          return;
        }
        const rules = liveRules(one, parsed(one.rule, settings), settings);
        const { profileId = "p" } = one;
        const run: Run = { rules, profileId, log: logOf(one, settings), checks: checksOf(one), settings };
        expect(run.checks.length).toBeGreaterThan(0);
        runOnInterpreter(run);
        runOnEngine(run);
      });
    });
  }
});
