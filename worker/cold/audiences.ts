import { and, eq, inArray, ne } from "drizzle-orm";
import { type Database } from "./database.ts";
import { documentPage, documentStore, type DocumentPage } from "./document-table.ts";
import type { DocumentStore } from "./documents.ts";
import { audiences, type AudienceRow } from "./schema.ts";

/** Values that D1 binds in one statement at most, with room for others. */
const MOST_BOUND = 90;

export function audienceStore(db: Database, workspace: string): DocumentStore<AudienceRow> {
  return documentStore(db, audiences, workspace);
}

/** By key. */
export function listAudiences(db: Database, workspace: string, page: DocumentPage): Promise<AudienceRow[]> {
  return documentPage(db, audiences, workspace, page);
}

/** Those of `codes` that another audience than `key` has. */
export async function takenCodes(
  db: Database,
  workspace: string,
  key: string,
  codes: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ code: audiences.code })
    .from(audiences)
    .where(and(eq(audiences.workspace, workspace), ne(audiences.key, key), inArray(audiences.code, [...codes])));
  return new Set(rows.map((row) => row.code));
}

/** Those of `keys` that are drafts of the workspace. */
export async function keysThere(db: Database, workspace: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (let at = 0; at < keys.length; at += MOST_BOUND) {
    const rows = await db
      .select({ key: audiences.key })
      .from(audiences)
      .where(and(eq(audiences.workspace, workspace), inArray(audiences.key, keys.slice(at, at + MOST_BOUND))));
    for (const { key } of rows) there.add(key);
  }
  return there;
}
