import type { RulesetArtifact } from "../../core/rules/artifact.ts";
import { loadRuleset, type Ruleset } from "../../core/rules/ruleset.ts";
import { asRead } from "./as-read.ts";
import { closureScan } from "./closures.ts";
import type { Person } from "./person.ts";
import type { Audience, MixedRule } from "./rules.ts";
import { publish } from "./ruleset.ts";

/** Audiences made ready for ours and for the closures. */
export interface Population<Rule extends MixedRule> {
  /** As rows say it. */
  readonly name: string;
  readonly audiences: readonly Audience<Rule>[];
  readonly artifact: RulesetArtifact;
  readonly ruleset: Ruleset;
  readonly scan: (person: Person, now: number) => string[];
}

export function population<Rule extends MixedRule>(kind: string, audiences: readonly Audience<Rule>[]): Population<Rule> {
  const artifact = asRead(publish(audiences));
  return {
    name: `${audiences.length.toLocaleString("en-US")} ${kind}`,
    audiences,
    artifact,
    ruleset: loadRuleset(artifact),
    scan: closureScan(audiences),
  };
}

/** What the rules have in common, which is what an engine can save. */
export function sharing({ name, artifact }: Population<MixedRule>): string {
  const onEvents = artifact.conditions.filter(({ kind }) => kind !== "trait").length;
  const onTraits = artifact.conditions.length - onEvents;
  const number = (count: number): string => count.toLocaleString("en-US");
  return `${name}: ${number(onTraits)} different conditions on traits, ${number(onEvents)} on events through ${number(artifact.selections.length)} selections`;
}
