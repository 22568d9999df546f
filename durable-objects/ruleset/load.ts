import { CampaignBook, NO_CAMPAIGNS } from "../../core/decide/book.ts";
import { isOwnAudience, type Campaigns } from "../../core/model/campaign.ts";
import type { CallEnvelope } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { History } from "../../core/profile/history.ts";
import { openMemberships } from "../../core/profile/memberships.ts";
import { loadRuleset, type Ruleset } from "../../core/rules/ruleset.ts";
import type { RulesetArtifact } from "../../core/rules/artifact.ts";
import { flattenRuleset } from "../../core/rules/flatten.ts";

/** What a publish stores for the data plane, immutable by version. `audiences` says of each audience what is not rule. */
export interface PublishedRuleset {
  readonly format: 1;
  readonly ruleset: RulesetArtifact;
  readonly audiences: readonly PublishedAudience[];
  /** Absent where there are none, as in artifacts from before there were any. */
  readonly campaigns?: Campaigns;
}

export interface PublishedAudience {
  readonly key: string;
  readonly code: string;
  readonly visibility: "public" | "server";
  readonly purpose: "ads" | "content" | "measurement";
  /** What people call it. Absent in artifacts from before ad servers were told. */
  readonly name?: string;
  /** Its places in taxonomies of the IAB; absent where it has none. */
  readonly taxonomy?: readonly { readonly segtax: number; readonly id: string }[];
}

/** A ruleset ready to decide by, with what every profile shares. */
export interface LoadedRuleset {
  readonly version: number;
  readonly rules: Ruleset;
  /** What households are asked by them; undefined where that is nothing. */
  readonly households: Ruleset | undefined;
  readonly audiences: ReadonlyMap<string, PublishedAudience>;
  /** Placements and campaigns. */
  readonly book: CampaignBook;
  /** True where a campaign has a rule of its own, which makes an audience that nobody is told of. */
  readonly hasOwnAudiences: boolean;
  /** Audiences of somebody of whom nothing is known but what name was asked for: it falls into shares of all profiles. */
  readonly ofNobody: (name: ProfileId) => readonly string[];
}

/** Where in the bucket a published ruleset lies. */
export function rulesetObjectKey(workspace: string, version: number): string {
  return `rulesets/${workspace}/${version}.json`;
}

/**
 * Rulesets of this isolate, shared by the Worker and all its objects. 128 MB is all an isolate has and 10,000 audiences
 * take tens of MB compiled, so what is held is bounded by audiences, not by rulesets; the one longest unused leaves first.
 */
const MOST_AUDIENCES = 20_000;
/** What a ruleset weighs beside its audiences, counted as audiences. */
const RULESET_WEIGHT = 100;
const loaded = new Map<string, LoadedRuleset>();

/** The ruleset if this isolate holds it already: the warm path never waits. Version 0 is the empty ruleset of a workspace that has published nothing. */
export function heldRuleset(workspace: string, version: number): LoadedRuleset | undefined {
  const key = rulesetObjectKey(workspace, version);
  const ruleset = loaded.get(key);
  if (ruleset !== undefined && loaded.size > 1) {
    loaded.delete(key);
    loaded.set(key, ruleset);
  }
  return ruleset;
}

/**
 * Reads and links a published ruleset, once an isolate.
 * @returns undefined where no such version is published
 * @throws what the bucket throws when it cannot be reached
 */
export async function rulesetOf(
  bucket: R2Bucket,
  workspace: string,
  version: number,
  retentionMs: number,
): Promise<LoadedRuleset | undefined> {
  const held = heldRuleset(workspace, version);
  if (held !== undefined) return held;
  // Two calls may load the same one at once: a promise of one request must not be awaited by another, it may never settle.
  const ruleset = await read(bucket, workspace, version, retentionMs);
  if (ruleset !== undefined) hold(rulesetObjectKey(workspace, version), ruleset);
  return ruleset;
}

/**
 * The newest ruleset that a caller or the object called knows: never an older one than was written under.
 * @param known the object's own version, asked again after each wait: another call may have gone on to a newer one
 * @returns and @throws as `rulesetOf`
 */
export async function newestRuleset(
  bucket: R2Bucket,
  { workspace, ruleset, retentionMs }: Pick<CallEnvelope, "workspace" | "ruleset" | "retentionMs">,
  known: () => number,
): Promise<LoadedRuleset | undefined> {
  for (;;) {
    const version = Math.max(ruleset, known());
    const held = heldRuleset(workspace, version);
    if (held !== undefined) return held;
    const found = await rulesetOf(bucket, workspace, version, retentionMs);
    if (known() <= version) return found;
  }
}

async function read(
  bucket: R2Bucket,
  workspace: string,
  version: number,
  retentionMs: number,
): Promise<LoadedRuleset | undefined> {
  if (version === 0)
    return link({ format: 1, ruleset: flattenRuleset([], { workspace, version, zone: "UTC", retentionMs }), audiences: [] });
  const object = await bucket.get(rulesetObjectKey(workspace, version));
  if (object === null) return undefined;
  return link(await object.json<PublishedRuleset>());
}

function link(published: PublishedRuleset): LoadedRuleset {
  const rules = loadRuleset(published.ruleset);
  return {
    version: published.ruleset.version,
    rules,
    households: published.ruleset.households && loadRuleset(published.ruleset.households),
    audiences: new Map(published.audiences.map((audience) => [audience.key, audience])),
    book: new CampaignBook(published.campaigns ?? NO_CAMPAIGNS),
    hasOwnAudiences: rules.audienceKeys.some(isOwnAudience),
    ofNobody: (name) =>
      rules.index.onShare.length === 0 ? rules.emptyKeys : openMemberships(rules, new History(name), 0).keys(),
  };
}

function hold(key: string, ruleset: LoadedRuleset): void {
  loaded.set(key, ruleset);
  let weight = 0;
  for (const held of loaded.values()) weight += held.audiences.size + RULESET_WEIGHT;
  for (const [oldest, held] of loaded) {
    if (weight <= MOST_AUDIENCES || oldest === key) return;
    loaded.delete(oldest);
    weight -= held.audiences.size + RULESET_WEIGHT;
  }
}
