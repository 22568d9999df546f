import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDuration } from "../model/duration.ts";
import { eventName, type Channel, type EventType, type LogEvent, type Party } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { parseTimestamp } from "../model/timestamp.ts";
import { flattenRuleset } from "../rules/flatten.ts";
import type { Rule } from "../rules/ast.ts";
import { interpret, type Truth } from "../rules/interpret.ts";
import { parseRule, type RuleSettings } from "../rules/parse.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { History } from "./history.ts";
import { explainAt } from "./explain.ts";
import { membershipsAt, openMemberships } from "./memberships.ts";

/** Runs `core/rules/cases.json` on the parser, the interpreter and every way into the engine. */

interface Inherited {
  readonly settings?: { readonly zone: string; readonly retention: string };
  readonly traits?: JsonObject | null;
  readonly log?: readonly CaseEvent[];
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
  readonly checks?: readonly { readonly at: string; readonly present?: string; readonly value: Truth }[];
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

function logOf({ traits, log = [] }: Inherited): LogEvent[] {
  const identify: CaseEvent[] = traits
    ? [{ type: "identify", time: "2026-01-01T00:00:00Z", id: "traits", properties: traits }]
    : [];
  return [...identify, ...log].map(({ time, id, name = "", ...rest }) => {
    const event = Object.assign({}, CASES.defaults.event, rest);
    return { ...event, name: eventName(event.type, name), time: instant(time), messageId: id };
  });
}

interface Check {
  readonly now: number;
  readonly present: number;
  readonly value: Truth;
}

function checksOf({ value, checks = [] }: Case): Check[] {
  const given = value === undefined ? checks : [{ at: CASES.defaults.at, value }];
  return given.map((check) => ({ now: instant(check.at), present: instant("present" in check ? (check.present ?? check.at) : check.at), value: check.value })); // prettier-ignore
}

function firstOfEach(log: readonly LogEvent[]): LogEvent[] {
  return log.filter(
    (event, index) => index === log.findIndex((one) => one.source === event.source && one.messageId === event.messageId),
  );
}

function runOnInterpreter(
  rule: Rule,
  log: readonly LogEvent[],
  checks: readonly Check[],
  { zone, retentionMs }: RuleSettings,
): void {
  for (const { now, present, value } of checks) {
    expect(interpret(rule, log, { now, present, retentionMs, zone, profileId: "p" })).toBe(value);
    expect(interpret(rule, [...firstOfEach(log)].toReversed(), { now, present, retentionMs, zone, profileId: "p" })).toBe(value);
  }
}

function runOnEngine(rule: Rule, log: readonly LogEvent[], checks: readonly Check[], settings: RuleSettings): void {
  const ruleset = loadRuleset(flattenRuleset([{ key: "k", rule }], { workspace: "w", version: 1, ...settings }));
  const accepted = firstOfEach(log);
  const history = new History("p");
  for (const event of accepted.toReversed()) history.insert(event);

  for (const { now, present, value } of checks) {
    const at = { now, present };
    expect(membershipsAt(ruleset, history, at).keys).toEqual(value === true ? ["k"] : []);
    expect(explainAt(ruleset, history, "k", at).value).toBe(value);
  }

  const live = checks.filter(({ now, present }) => now === present).toSorted((a, b) => a.now - b.now);
  const [first] = live;
  if (!first) return;
  const knowing = openMemberships(ruleset, history, first.now);
  const arriving = new History("p");
  const learning = openMemberships(ruleset, arriving, first.now - 1_000);
  for (const { now, value } of live) {
    for (const event of accepted) {
      if (event.time > now || !arriving.insert(event)) continue;
      learning.apply(event, now);
    }
    knowing.settle(now);
    learning.settle(now);
    expect(knowing.has("k")).toBe(value === true);
    expect(learning.has("k")).toBe(value === true);
  }
}

describe("the cases of the rule language", () => {
  it("are of a version this project knows, 150 or more, each with a name of its own", () => {
    expect(CASES.specVersion).toBe(1);
    const names = CASES.groups.flatMap(({ name, cases }) => cases.map((one) => `${name}: ${one.name}`));
    expect(names.length).toBeGreaterThanOrEqual(150);
    expect(new Set(names).size).toBe(names.length);
  });

  for (const { name: groupName, cases, ...inherited } of CASES.groups) {
    describe(groupName, () => {
      it.each(cases.map((one) => ({ ...inherited, ...one })))("$name", (one) => {
        const settings = settingsOf(one);
        const parsed = parseRule(one.rule, settings);
        if (one.faults) {
          const faults = parsed.ok ? [] : parsed.error.map(({ pointer, code }) => ({ pointer, code }));
          expect(faults).toEqual(one.faults);
          return;
        }
        if (!parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed.error)}`);
        const checks = checksOf(one);
        expect(checks.length).toBeGreaterThan(0);
        runOnInterpreter(parsed.value, logOf(one), checks, settings);
        runOnEngine(parsed.value, logOf(one), checks, settings);
      });
    });
  }
});
