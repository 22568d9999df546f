import { eventName, type LogEvent } from "../model/event.ts";
import type { RulesetArtifact } from "./artifact.ts";
import { flattenRuleset } from "./flatten.ts";
import type { Rule } from "./ast.ts";
import type { GoldenRules } from "./golden-policy.ts";
import { parseRule, type RuleSettings } from "./parse.ts";

/** Data for tests. */

export const DAY_MS = 86_400_000;
export const SETTINGS: RuleSettings = { zone: "UTC", retentionMs: 400 * DAY_MS };

/** An accepted event: a first-party web call unless said otherwise. */
export function anEvent(parts: Partial<LogEvent> & { readonly time: number }): LogEvent {
  const type = parts.type ?? "track";
  return {
    type,
    name: eventName(type, "Viewed"),
    messageId: `m${parts.time}`,
    source: "web",
    channel: "web",
    party: "first",
    properties: {},
    ...parts,
  };
}

/** A rule that must be accepted. */
export function aRule(json: unknown, settings: RuleSettings = SETTINGS): Rule {
  const parsed = parseRule(json, settings);
  if (!parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed.error)} in ${JSON.stringify(json)}`);
  return parsed.value;
}

/** The artifact of audiences given as rules in JSON. */
export function anArtifact(
  rules: Readonly<Record<string, unknown>>,
  settings: RuleSettings & { readonly golden?: GoldenRules | undefined } = SETTINGS,
): RulesetArtifact {
  const audiences = Object.entries(rules).map(([key, json]) => ({ key, rule: aRule(json, settings) }));
  return flattenRuleset(audiences, { workspace: "demo", version: 1, ...settings });
}
