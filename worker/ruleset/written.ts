import type { Json } from "../../core/model/json.ts";
import { readObject, writeObject } from "../cold/bucket.ts";
import type { CampaignDraft, PlacementDraft } from "../cold/campaign-drafts.ts";
import type { Reserved } from "../cold/ruleset-versions.ts";
import type { AudienceRow } from "../cold/schema.ts";

/** What marketers had written when a version was published: kept beside its artifact, to be read, compared and taken back. */
export interface Written {
  readonly audiences: readonly WrittenAudience[];
  readonly placements: readonly (PlacementDraft & { readonly key: string })[];
  readonly campaigns: readonly (CampaignDraft & { readonly key: string })[];
}

export interface WrittenAudience extends Pick<
  AudienceRow,
  "key" | "name" | "description" | "code" | "visibility" | "purpose" | "taxonomy" | "tags"
> {
  readonly rule: Json;
}

/** Of a workspace that has published nothing. */
const NOTHING: Written = { audiences: [], placements: [], campaigns: [] };

export function writtenIn({ drafts, placements, campaigns }: Pick<Reserved, "drafts" | "placements" | "campaigns">): Written {
  return {
    audiences: drafts.map(({ key, name, description, rule, code, visibility, purpose, taxonomy, tags }) => ({
      key,
      name,
      description,
      rule: JSON.parse(rule) as Json,
      code,
      visibility,
      purpose,
      taxonomy,
      tags,
    })),
    placements: placements.map(({ key, draft }) => ({ key, ...draft })),
    campaigns: campaigns.map(({ key, draft }) => ({ key, ...draft })),
  };
}

function objectKey(workspace: string, version: number): string {
  return `rulesets/${workspace}/${version}.written.json`;
}

/** Before the version is live: what is live can be read. */
export function storeWritten(bucket: R2Bucket, workspace: string, version: number, written: Written): Promise<void> {
  return writeObject(bucket, objectKey(workspace, version), written);
}

/** @returns undefined where it was not kept: of versions from before it was */
export async function readWritten(bucket: R2Bucket, workspace: string, version: number): Promise<Written | undefined> {
  if (version === 0) return NOTHING;
  return (await readObject<Written>(bucket, objectKey(workspace, version)))?.value;
}
