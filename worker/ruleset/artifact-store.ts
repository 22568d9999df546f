import { rulesetObjectKey, type PublishedRuleset } from "../../durable-objects/ruleset/load.ts";
import type { AuditEntry } from "../cold/audit.ts";
import { readObject, replaceObject, writeObject } from "../cold/bucket.ts";
import { database, type Stores } from "../cold/database.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { markPublished } from "../cold/ruleset-versions.ts";
import { updateWorkspaceRecord } from "../cold/workspace-record.ts";
import type { RulesetContent } from "./content.ts";

/** Stores an artifact under its number. @returns false where the number is taken: what is published never changes */
export function storeArtifact(bucket: R2Bucket, artifact: PublishedRuleset): Promise<boolean> {
  const { workspace, version } = artifact.ruleset;
  return replaceObject(bucket, rulesetObjectKey(workspace, version), artifact, undefined);
}

/** @returns undefined where no such version was stored */
export async function readArtifact(bucket: R2Bucket, workspace: string, version: number): Promise<PublishedRuleset | undefined> {
  return (await readObject<PublishedRuleset>(bucket, rulesetObjectKey(workspace, version)))?.value;
}

/** Stores what a version was made of, once the version's number is known to be its own. */
export function storeContent(bucket: R2Bucket, workspace: string, version: number, content: RulesetContent): Promise<void> {
  return writeObject(bucket, contentObjectKey(workspace, version), content);
}

/** @returns undefined where none was stored, as of versions from before it was */
export async function readContent(bucket: R2Bucket, workspace: string, version: number): Promise<RulesetContent | undefined> {
  return (await readObject<RulesetContent>(bucket, contentObjectKey(workspace, version)))?.value;
}

/** Where in the bucket lies what a version was made of. */
function contentObjectKey(workspace: string, version: number): string {
  return `rulesets/${workspace}/${version}.content.json`;
}

/** Points the workspace to a stored version, unless it points to a later one, and notes it as published. */
export async function goLive(
  stores: Stores,
  { workspace, version }: { readonly workspace: string; readonly version: number },
  entry: AuditEntry,
): Promise<WorkspaceRecord> {
  let before = 0;
  const record = await updateWorkspaceRecord(stores.PUBLISHED, workspace, (present) => {
    if (present === undefined) throw new Error("a workspace whose key is live has no record");
    before = present.ruleset;
    return { ...present, ruleset: Math.max(present.ruleset, version) };
  });
  // The one before too: whoever published it may have been cut off before noting it.
  await markPublished(database(stores.DB), workspace, before === 0 ? [version] : [version, before], entry);
  return record;
}
