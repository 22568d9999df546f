import { isOwnAudience, ownAudience, type Campaigns } from "../../core/model/campaign.ts";
import type { Json } from "../../core/model/json.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { flattenRuleset } from "../../core/rules/flatten.ts";
import { goldenRules } from "../../core/rules/golden-policy.ts";
import { checkRule, type CheckedRule } from "../../core/rules/parse.ts";
import { checkReferences } from "../../core/rules/references.ts";
import type { PublishedRuleset } from "../../durable-objects/ruleset/load.ts";
import { DAY_MS } from "../cold/records.ts";
import type { Reserved } from "../cold/ruleset-versions.ts";
import type { Fault } from "../wire/problem.ts";
import { campaignOf, type CampaignSettings } from "./campaign-of.ts";
import { measureRule } from "./measure.ts";

/** Limits of a workspace's live audiences (rules.md, "Limits and errors"). */
export const MOST_AUDIENCES = 10_000;
const MOST_NODES = 100_000;
const MOST_OPERANDS = 500_000;
const MOST_BYTES = 10_000_000;

/** What is wrong with which draft; of an audience the pointer begins at its rule. */
export interface DraftFault extends Fault {
  readonly audience?: string;
  readonly campaign?: string;
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

/** Campaigns of a workspace, live or not. */
export const MOST_CAMPAIGNS = 1_000;
export const MOST_PLACEMENTS = 1_000;

/**
 * Makes the artifact of a version from the drafts and the settings that rules are read with. One bad rule spoils all: half a ruleset would change who is in the rest.
 * @param now ms: from it on the version is live
 */
export function compose(reserved: Reserved, now: number): Result<Composed, DraftFaults> {
  const { workspace, version, drafts, sources } = reserved;
  if (reserved.campaigns.length > MOST_CAMPAIGNS || reserved.placements.length > MOST_PLACEMENTS)
    return tooMuch("too_many_campaigns", "A workspace can have 1,000 placements and 1,000 campaigns at most.");
  if (drafts.length > MOST_AUDIENCES) return tooMuch("too_many_audiences", "A workspace can have 10,000 live audiences at most.");
  const settings = { zone: workspace.timeZone, retentionMs: workspace.retentionDays * DAY_MS };
  const audiences: (CheckedRule & { readonly key: string })[] = [];
  const faults: DraftFault[] = [];
  const size = { nodes: 0, operands: 0 };
  const rules = [
    ...drafts.map(({ key, rule }) => ({ key, rule: JSON.parse(rule) as Json })),
    ...reserved.campaigns.flatMap(({ key, draft: { rule } }) => (rule === undefined ? [] : { key: ownAudience(key), rule })),
  ];
  for (const { key, rule } of rules) {
    const checked = checkRule(rule, { ...settings, now });
    if (!checked.ok) {
      faults.push(...checked.error.map((fault) => inDraft(key, fault)));
      continue;
    }
    const { nodes, operands } = measureRule(checked.value.rule);
    size.nodes += nodes;
    size.operands += operands;
    audiences.push({ key, ...checked.value });
  }
  // A rule that is none is there all the same: who names it is not at fault.
  const unread = rules.filter(({ key }) => !audiences.some((audience) => audience.key === key));
  const references = checkReferences([...audiences, ...unread.map(({ key }) => ({ key, references: [] }))]);
  faults.push(...references.map(({ audience, ...fault }) => inDraft(audience, fault)));
  const campaigns = composeCampaigns(reserved, settings, faults);
  if (faults.length > 0) return fail({ reason: "invalid_rule", faults });
  if (size.nodes > MOST_NODES)
    return tooMuch("too_many_nodes", "All audiences together can have 100,000 conditions and groups at most.");
  if (size.operands > MOST_OPERANDS) {
    return tooMuch(
      "too_many_operands",
      "All audiences together can compare with 500,000 values at most. Larger sets are better kept as a list.",
    );
  }
  const golden = goldenRules(workspace.goldenRecord ?? undefined, sources);
  const artifact: PublishedRuleset = {
    format: 1,
    ruleset: flattenRuleset(audiences, { workspace: workspace.id, version, ...settings, golden }),
    audiences: drafts.map(({ key, name, code, visibility, purpose, taxonomy }) => ({
      key,
      name,
      code,
      visibility,
      purpose,
      ...(taxonomy.length === 0 ? {} : { taxonomy }),
    })),
    ...(campaigns.placements.length === 0 ? {} : { campaigns }),
  };
  // Counted in UTF-16 code units first: bytes are never fewer, and encoding 10 MB to count them is worth it only near the limit.
  const text = JSON.stringify(artifact);
  if (text.length * 3 > MOST_BYTES && new TextEncoder().encode(text).byteLength > MOST_BYTES) {
    return tooMuch("too_many_bytes", "All audiences together can take 10 MB at most. Larger sets are better kept as a list.");
  }
  const warnings = audiences.flatMap(({ key, warnings: found }) => found.map((warning) => inDraft(key, warning)));
  return ok({ artifact, warnings });
}

/** A fault of a rule, in the audience or in the campaign that it is of. */
function inDraft(key: string, fault: Fault): DraftFault {
  if (!isOwnAudience(key)) return { audience: key, ...fault };
  return { campaign: key.slice(ownAudience("").length), ...fault, pointer: `/rule${fault.pointer}` };
}

/** The placements and campaigns of the drafts; what is wrong with them is added to the faults. */
function composeCampaigns(reserved: Reserved, settings: CampaignSettings, faults: DraftFault[]): Campaigns {
  const placements = reserved.placements.map(({ key, draft: { purpose, default: usual } }) => ({ key, purpose, default: usual }));
  const audiences = new Set(reserved.drafts.map(({ key }) => key));
  const slots = new Set(placements.map(({ key }) => key));
  const campaigns = reserved.campaigns.flatMap(({ key, draft }) => {
    const fault = (pointer: string, code: string, message: string): void =>
      void faults.push({ campaign: key, pointer, code, message });
    if (!slots.has(draft.placement)) fault("/placement", "unknown_placement", `There is no placement “${draft.placement}”.`);
    if (draft.audience !== undefined && !audiences.has(draft.audience))
      fault("/audience", "unknown_audience", `There is no audience “${draft.audience}”.`);
    for (const [place, name] of draft.exclude.entries())
      if (!audiences.has(name)) fault(`/exclude/${place}`, "unknown_audience", `There is no audience “${name}”.`);
    const campaign = campaignOf(key, draft, settings);
    if (campaign.ok) return [campaign.value];
    for (const { pointer, code, message } of campaign.error) fault(pointer, code, message);
    return [];
  });
  return { placements, campaigns, globalHoldout: reserved.workspace.globalHoldout };
}

function tooMuch(code: string, message: string): Result<never, DraftFaults> {
  return fail({ reason: "invalid_ruleset", faults: [{ pointer: "", code, message }] });
}
