import { fail, ok, type Result } from "../../core/model/result.ts";
import { flattenRuleset } from "../../core/rules/flatten.ts";
import { goldenRules } from "../../core/rules/golden-policy.ts";
import { checkRule, type CheckedRule } from "../../core/rules/parse.ts";
import { checkReferences } from "../../core/rules/references.ts";
import type { PublishedRuleset } from "../../durable-objects/ruleset/load.ts";
import { DAY_MS } from "../cold/records.ts";
import type { Reserved } from "../cold/ruleset-versions.ts";
import type { Fault } from "../wire/problem.ts";
import { measureRule } from "./measure.ts";

/** Limits of a workspace's live audiences (rules.md, "Limits and errors"). */
export const MOST_AUDIENCES = 10_000;
const MOST_NODES = 100_000;
const MOST_OPERANDS = 500_000;
const MOST_BYTES = 10_000_000;

/** What is wrong with which audience; its pointer begins at the audience's rule. */
export interface DraftFault extends Fault {
  readonly audience: string;
}

/** Why drafts cannot be published: rules that are none (each fault named), or too much of them together. */
export type DraftFaults =
  | { readonly reason: "invalid_rule"; readonly faults: readonly DraftFault[] }
  | { readonly reason: "invalid_ruleset"; readonly faults: readonly Fault[] };

export interface Composed {
  readonly artifact: PublishedRuleset;
  /** What is right in a rule and yet may surprise. */
  readonly warnings: readonly DraftFault[];
}

/**
 * Makes the artifact of a version from the drafts and the settings that rules are read with. One bad rule spoils all: half a ruleset would change who is in the rest.
 * @param now ms: from it on the version is live
 */
export function compose(reserved: Reserved, now: number): Result<Composed, DraftFaults> {
  const { workspace, version, drafts, sources } = reserved;
  if (drafts.length > MOST_AUDIENCES) return tooMuch("too_many_audiences", "A workspace can have 10,000 live audiences at most.");
  const settings = { zone: workspace.timeZone, retentionMs: workspace.retentionDays * DAY_MS };
  const audiences: (CheckedRule & { readonly key: string })[] = [];
  const faults: DraftFault[] = [];
  let nodes = 0;
  let operands = 0;
  for (const { key, rule: text } of drafts) {
    const checked = checkRule(JSON.parse(text), { ...settings, now });
    if (!checked.ok) {
      faults.push(...checked.error.map((fault) => ({ audience: key, ...fault })));
      continue;
    }
    const size = measureRule(checked.value.rule);
    nodes += size.nodes;
    operands += size.operands;
    audiences.push({ key, ...checked.value });
  }
  // A rule that is none is there all the same: who names it is not at fault.
  const unread = drafts.filter(({ key }) => faults.some(({ audience }) => audience === key));
  faults.push(...checkReferences([...audiences, ...unread.map(({ key }) => ({ key, references: [] }))]));
  if (faults.length > 0) return fail({ reason: "invalid_rule", faults });
  if (nodes > MOST_NODES)
    return tooMuch("too_many_nodes", "All audiences together can have 100,000 conditions and groups at most.");
  if (operands > MOST_OPERANDS) {
    return tooMuch(
      "too_many_operands",
      "All audiences together can compare with 500,000 values at most. Larger sets are better kept as a list.",
    );
  }
  const golden = goldenRules(workspace.goldenRecord ?? undefined, sources);
  const artifact: PublishedRuleset = {
    format: 1,
    ruleset: flattenRuleset(audiences, { workspace: workspace.id, version, ...settings, golden }),
    audiences: drafts.map(({ key, code, visibility, purpose }) => ({ key, code, visibility, purpose })),
  };
  // Counted in UTF-16 code units first: bytes are never fewer, and encoding 10 MB to count them is worth it only near the limit.
  const text = JSON.stringify(artifact);
  if (text.length * 3 > MOST_BYTES && new TextEncoder().encode(text).byteLength > MOST_BYTES) {
    return tooMuch("too_many_bytes", "All audiences together can take 10 MB at most. Larger sets are better kept as a list.");
  }
  const warnings = audiences.flatMap(({ key, warnings: found }) => found.map((warning) => ({ audience: key, ...warning })));
  return ok({ artifact, warnings });
}

function tooMuch(code: string, message: string): Result<never, DraftFaults> {
  return fail({ reason: "invalid_ruleset", faults: [{ pointer: "", code, message }] });
}
