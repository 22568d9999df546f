import { flattenRuleset, type RulesetArtifact } from "../../core/rules/artifact.ts";
import { parseRule, type RuleSettings } from "../../core/rules/parse.ts";
import type { Audience } from "./rules.ts";

export const DAY_MS = 86_400_000;

/** A workspace on UTC: with it the units of the calendar cost the closures next to nothing. */
export const SETTINGS: RuleSettings = { zone: "UTC", retentionMs: 400 * DAY_MS };

/** What a publish makes of audiences. @throws when a rule is refused */
export function publish(audiences: readonly Audience<object>[]): RulesetArtifact {
  const parsed = audiences.map(({ key, rule }) => {
    const read = parseRule(rule, SETTINGS);
    if (!read.ok) throw new Error(`refused: ${JSON.stringify(read.error)} in ${JSON.stringify(rule)}`);
    return { key, rule: read.value };
  });
  return flattenRuleset(parsed, { workspace: "bench", version: 1, ...SETTINGS });
}
