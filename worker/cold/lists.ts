import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import { auditIfChanged } from "./audit.ts";
import { inTransaction, type Database } from "./database.ts";
import type { DocumentStore } from "./documents.ts";
import { audiences, lists, type AudienceRow, type ListRow } from "./schema.ts";

/** Values that D1 binds in one statement at most, with room for others. */
const MOST_BOUND = 90;

export function listStore(db: Database, workspace: string): DocumentStore<ListRow> {
  const at = (key: string) => and(eq(lists.workspace, workspace), eq(lists.key, key));
  return {
    find: (key) => db.select().from(lists).where(at(key)).get(),
    async insert(row, entry) {
      const [inserted] = await inTransaction(db, [db.insert(lists).values(row).onConflictDoNothing(), auditIfChanged(db, entry)]);
      return inserted.meta.changes > 0;
    },
    async replace(row, etag, entry) {
      const [updated] = await inTransaction(db, [
        db
          .update(lists)
          .set(row)
          .where(and(at(row.key), eq(lists.etag, etag))),
        auditIfChanged(db, entry),
      ]);
      return updated.meta.changes > 0;
    },
    async remove(key, etag, entry) {
      const [deleted] = await inTransaction(db, [
        db.delete(lists).where(and(at(key), eq(lists.etag, etag))),
        auditIfChanged(db, entry),
      ]);
      return deleted.meta.changes > 0;
    },
  };
}

/** By key. @param after key of the last one of the page before */
export function listLists(
  db: Database,
  workspace: string,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<ListRow[]> {
  const later = page.after === undefined ? undefined : gt(lists.key, page.after);
  return db
    .select()
    .from(lists)
    .where(and(eq(lists.workspace, workspace), later))
    .orderBy(asc(lists.key))
    .limit(page.limit);
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
