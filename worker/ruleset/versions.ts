import { fail, ok, type Result } from "../../core/model/result.ts";
import { database, type Stores } from "../cold/database.ts";
import { findVersion } from "../cold/ruleset-versions.ts";
import { readWorkspaceRecord } from "../cold/workspace-record.ts";
import { readContent } from "./artifact-store.ts";
import { NO_CONTENT, type RulesetContent } from "./content.ts";

/** A published version with what it was made of; version 0 is the nothing before the first. */
export interface VersionContent {
  readonly version: number;
  readonly content: RulesetContent;
}

/** The live version; 0 before the first. */
export async function liveVersion(stores: Stores, workspace: string): Promise<number> {
  return (await readWorkspaceRecord(stores.PUBLISHED, workspace))?.ruleset ?? 0;
}

/**
 * @param asked a version; undefined for the live one
 * @returns `not_found` where it was never published, `not_kept` where what it was made of was not stored with it
 */
export async function contentOfVersion(
  stores: Stores,
  workspace: string,
  asked: number | undefined,
): Promise<Result<VersionContent, "not_found" | "not_kept">> {
  const live = await liveVersion(stores, workspace);
  const version = asked ?? live;
  if (version === 0) return ok({ version, content: NO_CONTENT });
  if (version !== live && (await findVersion(database(stores.DB), workspace, version))?.state !== "published")
    return fail("not_found");
  const content = await readContent(stores.PUBLISHED, workspace, version);
  return content === undefined ? fail("not_kept") : ok({ version, content });
}
