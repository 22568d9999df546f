import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { type Database } from "./database.ts";
import { documentPage, documentStore, type DocumentPage } from "./document-table.ts";
import type { DocumentStore } from "./documents.ts";
import { audiences, lists, type AudienceRow, type ListRow } from "./schema.ts";

/** Values that D1 binds in one statement at most, with room for others. */
const MOST_BOUND = 90;

export function listStore(db: Database, workspace: string): DocumentStore<ListRow> {
  return documentStore(db, lists, workspace);
}

/** By key. */
export function listLists(db: Database, workspace: string, page: DocumentPage): Promise<ListRow[]> {
  return documentPage(db, lists, workspace, page);
}

/** Those of `keys` that are lists of the workspace. */
export async function listsThere(db: Database, workspace: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (let at = 0; at < keys.length; at += MOST_BOUND) {
    const rows = await db
      .select({ key: lists.key })
      .from(lists)
      .where(and(eq(lists.workspace, workspace), inArray(lists.key, keys.slice(at, at + MOST_BOUND))));
    for (const { key } of rows) there.add(key);
  }
  return there;
}

/** Drafts whose rule may name a list: those whose text has its key where a list is named. */
export async function draftsOnList(
  db: Database,
  workspace: string,
  key: string,
): Promise<readonly Pick<AudienceRow, "key" | "rule">[]> {
  const named = `"list":${JSON.stringify(key)}`;
  return db
    .select({ key: audiences.key, rule: audiences.rule })
    .from(audiences)
    .where(and(eq(audiences.workspace, workspace), sql`instr(${audiences.rule}, ${named}) > 0`))
    .orderBy(asc(audiences.key));
}
