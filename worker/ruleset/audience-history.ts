import { jsonEquals, type JsonObject } from "../../core/model/json.ts";
import { database, type Stores } from "../cold/database.ts";
import { listPublished } from "../cold/ruleset-versions.ts";
import type { RulesetVersionRow } from "../cold/schema.ts";
import { readContent } from "./artifact-store.ts";
import { documentsOf, sentencesIn, type Sentences } from "./content.ts";
import { changeOf, type Change } from "./diff.ts";
import { liveVersion } from "./versions.ts";

/** A version that made an audience another than it was. */
export interface AudienceVersion {
  readonly row: RulesetVersionRow;
  /** True where it is live now as it was then. */
  readonly live: boolean;
  readonly change: Change;
  readonly sentences: Sentences | null;
}

export interface AudienceHistory {
  readonly versions: readonly AudienceVersion[];
  /** Versions looked into, and whether there are older ones. */
  readonly read: number;
  readonly next: number | undefined;
}

/** What an audience was in a version; undefined where that has none. */
interface Seen {
  readonly row: RulesetVersionRow;
  readonly document: JsonObject | undefined;
  readonly sentences: Sentences | null;
}

/**
 * The versions that changed an audience, newest first, among the last `limit` before one. What was not kept of a version is passed over: the first that was
 * kept then counts as the one that added it.
 */
export async function audienceHistory(
  stores: Stores,
  workspace: string,
  key: string,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<AudienceHistory> {
  const live = await liveVersion(stores, workspace);
  // One more than is told of, to compare the last with.
  const rows = await listPublished(database(stores.DB), workspace, live, { limit: limit + 1, before });
  const seen: Seen[] = [];
  // One by one: each may be megabytes, of which a line is wanted.
  for (const row of rows) {
    const content = await readContent(stores.PUBLISHED, workspace, row.version);
    if (content === undefined) continue;
    const document = documentsOf(content, "audience").get(key);
    seen.push({ row, document, sentences: sentencesIn(document, content.settings) });
  }
  const present = seen[0]?.row.version === live ? seen[0].document : await documentIn(stores, workspace, live, key);
  const told = rows.slice(0, limit);
  const versions = seen.flatMap(({ row, document, sentences }, place): AudienceVersion[] => {
    const change = changeOf("audience", key, seen[place + 1]?.document, document);
    if (change === undefined || !told.includes(row)) return [];
    const isLive = document !== undefined && present !== undefined && jsonEquals(document, present);
    return [{ row, live: isLive, change, sentences }];
  });
  return { versions, read: told.length, next: rows.length > limit ? told.at(-1)?.version : undefined };
}

async function documentIn(stores: Stores, workspace: string, version: number, key: string): Promise<JsonObject | undefined> {
  const content = await readContent(stores.PUBLISHED, workspace, version);
  return content && documentsOf(content, "audience").get(key);
}
