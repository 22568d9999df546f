import { isJsonObject, jsonEquals, ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";
import { describeRule } from "../../core/rules/describe.ts";
import { FRENCH } from "../../core/rules/french.ts";
import { goldenRules, type GoldenRules } from "../../core/rules/golden-policy.ts";
import { parseRule } from "../../core/rules/parse.ts";
import type { Rule } from "../../core/rules/ast.ts";
import type { Drafts } from "../cold/ruleset-versions.ts";

/** What a version was made of, as it was written: of what it compiles to (`PublishedRuleset`) nobody could read that back. */
export interface RulesetContent {
  readonly format: 1;
  /** What its rules are read with, and what is said of all campaigns together. */
  readonly settings: ContentSettings;
  readonly audiences: Documents;
  readonly placements: Documents;
  readonly campaigns: Documents;
}

export interface ContentSettings {
  readonly timeZone: string;
  readonly retentionDays: number;
  readonly goldenRecord: GoldenRules | null;
  readonly globalHoldout: number;
}

/** By key, what a PUT of each takes. */
export type Documents = readonly (readonly [key: string, document: JsonObject])[];

export const DOCUMENT_KINDS = ["audience", "placement", "campaign"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** What was there before anything was published. */
export const NO_CONTENT: RulesetContent = {
  format: 1,
  settings: { timeZone: "UTC", retentionDays: 0, goldenRecord: null, globalHoldout: 0 },
  audiences: [],
  placements: [],
  campaigns: [],
};

export function contentOf({ workspace, sources, drafts, placements, campaigns }: Drafts): RulesetContent {
  const { timeZone, retentionDays, globalHoldout } = workspace;
  const goldenRecord = goldenRules(workspace.goldenRecord ?? undefined, sources) ?? null;
  const made = {
    format: 1,
    settings: { timeZone, retentionDays, goldenRecord, globalHoldout },
    audiences: drafts.map(({ key, name, description, rule, code, visibility, purpose, taxonomy, tags }) => [
      key,
      { name, description, rule: JSON.parse(rule) as Json, code, visibility, purpose, taxonomy, tags },
    ]),
    placements: placements.map(({ key, draft }) => [key, draft]),
    campaigns: campaigns.map(({ key, draft }) => [key, draft]),
  };
  // As it is read back: all of it is JSON, which its types, having optional members, cannot say.
  return JSON.parse(JSON.stringify(made)) as RulesetContent;
}

export function documentsOf(content: RulesetContent, kind: DocumentKind): ReadonlyMap<string, JsonObject> {
  return new Map(content[`${kind}s`]);
}

/** Names of what differs between two, in the order of the alphabet; all there is where one of them is not. */
export function fieldsThatDiffer(before: JsonObject | undefined, after: JsonObject | undefined): readonly string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const of = (document: JsonObject | undefined, name: string): Json =>
    document === undefined ? null : (ownProperty(document, name) ?? null);
  return [...names].filter((name) => !jsonEquals(of(before, name), of(after, name))).toSorted();
}

/** Names of the settings that differ. */
export function settingsThatDiffer(before: RulesetContent, after: RulesetContent): readonly string[] {
  const json = ({ settings: { goldenRecord, ...settings } }: RulesetContent): JsonObject => ({
    ...settings,
    goldenRecord: goldenRecord && { ...goldenRecord },
  });
  return fieldsThatDiffer(json(before), json(after));
}

/** What people call it. */
export function nameOf(key: string, document: JsonObject | undefined): string {
  const name = document?.["name"];
  return typeof name === "string" ? name : key;
}

/** A rule in the words of every language there is. */
export interface Sentences {
  readonly en: string;
  readonly fr: string;
}

export function sentencesOf(rule: Rule): Sentences {
  return { en: describeRule(rule), fr: describeRule(rule, FRENCH) };
}

/** Of the rule that a document bears; null where it has none, or one that cannot be read (any more). */
export function sentencesIn(document: JsonObject | undefined, { timeZone }: ContentSettings): Sentences | null {
  const rule = document === undefined ? undefined : ownProperty(document, "rule");
  if (!isJsonObject(rule)) return null;
  // What is too long for the retention is said all the same: that it is, is another's to say.
  const parsed = parseRule(rule, { zone: timeZone, retentionMs: Infinity });
  return parsed.ok ? sentencesOf(parsed.value) : null;
}
