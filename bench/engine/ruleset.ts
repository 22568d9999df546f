import type { RulesetArtifact } from "../../core/rules/artifact.ts";
import { anArtifact, DAY_MS } from "../../core/rules/factories.ts";
import type { RuleSettings } from "../../core/rules/parse.ts";
import type { Audience } from "./rules.ts";

/** A workspace on UTC: with it the units of the calendar cost the closures next to nothing. */
export const SETTINGS: RuleSettings = { zone: "UTC", retentionMs: 400 * DAY_MS };

/** What a publish makes of audiences: every rule parsed, all flattened. @throws when a rule is refused */
export function publish(audiences: readonly Audience<object>[]): RulesetArtifact {
  return anArtifact(Object.fromEntries(audiences.map(({ key, rule }) => [key, rule])), SETTINGS);
}
