import type { Json } from "../../core/model/json.ts";
import { flattenRuleset } from "../../core/rules/flatten.ts";
import type { RulesetArtifact } from "../../core/rules/artifact.ts";
import { checkRule, type CheckedRule } from "../../core/rules/parse.ts";
import { DAY_MS } from "../cold/records.ts";
import { documentsOf, fieldsThatDiffer, nameOf, settingsThatDiffer, type RulesetContent } from "./content.ts";
import type { ChangeKind } from "./diff.ts";

/** An audience of which other people may be members under one content than under another. */
export interface AffectedAudience {
  readonly key: string;
  readonly name: string;
  readonly change: ChangeKind;
  /** Its own rule differs, that of one it names, or what all rules are read with. */
  readonly because: "rule" | "named" | "settings";
}

/** A content whose audiences can be evaluated, some of them at a time. */
export class ReadContent {
  readonly content: RulesetContent;
  readonly rules: ReadonlyMap<string, CheckedRule>;

  constructor(content: RulesetContent) {
    this.content = content;
    const settings = { zone: content.settings.timeZone, retentionMs: content.settings.retentionDays * DAY_MS };
    const rules = content.audiences.flatMap(([key, { rule = null }]): [string, CheckedRule][] => {
      const checked = checkRule(rule, settings);
      return checked.ok ? [[key, checked.value]] : [];
    });
    this.rules = new Map(rules);
  }

  /** The artifact of some audiences and of all that they name. */
  artifactOf(workspace: string, keys: Iterable<string>): RulesetArtifact {
    const { timeZone: zone, retentionDays, goldenRecord } = this.content.settings;
    const needed = reached(keys, (key) => this.rules.get(key)?.references.map((reference) => reference.key) ?? []);
    const audiences = [...needed].flatMap((key) => {
      const checked = this.rules.get(key);
      return checked === undefined ? [] : [{ key, rule: checked.rule }];
    });
    const golden = goldenRecord ?? undefined;
    return flattenRuleset(audiences, { workspace, version: 0, zone, retentionMs: retentionDays * DAY_MS, golden });
  }
}

/** Those whose own rule differs first, each part by key. */
export function affectedAudiences(from: ReadContent, to: ReadContent): readonly AffectedAudience[] {
  const [before, after] = [documentsOf(from.content, "audience"), documentsOf(to.content, "audience")];
  const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const ruleOf = (one: ReadonlyMap<string, { readonly rule?: Json }>, key: string) => ({ rule: one.get(key)?.rule ?? null });
  const own = new Set(keys.filter((key) => fieldsThatDiffer(ruleOf(before, key), ruleOf(after, key)).length > 0));
  const namedBy = new Map<string, Set<string>>();
  for (const { rules } of [from, to])
    for (const [key, { references }] of rules)
      for (const named of new Set(references.map((reference) => reference.key)))
        namedBy.set(named, namedBy.get(named)?.add(key) ?? new Set([key]));
  const isReadAnew = settingsThatDiffer(from.content, to.content).some((setting) => setting !== "globalHoldout");
  const moved = isReadAnew ? new Set(keys) : reached(own, (key) => namedBy.get(key) ?? new Set<string>());
  const affected = keys.filter((key) => moved.has(key));
  return [...affected.filter((key) => own.has(key)), ...affected.filter((key) => !own.has(key))].map((key) => ({
    key,
    name: nameOf(key, after.get(key) ?? before.get(key)),
    change: !before.has(key) ? "added" : !after.has(key) ? "removed" : "changed",
    because: own.has(key) ? "rule" : isReadAnew ? "settings" : "named",
  }));
}

function reached(from: Iterable<string>, next: (key: string) => Iterable<string>): ReadonlySet<string> {
  const found = new Set(from);
  for (const key of found) for (const other of next(key)) found.add(other);
  return found;
}
