import { and, asc, eq, gt } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { auditIfChanged } from "./audit.ts";
import { inTransaction, isUniqueViolation, type Database } from "./database.ts";
import type { Document, DocumentStore } from "./documents.ts";

/** A table of a marketer's things: one row a key of a workspace. */
type DocumentTable = SQLiteTable & Readonly<Record<"workspace" | "key" | "etag", SQLiteColumn>>;

type RowOf<T extends DocumentTable> = T["$inferSelect"] & Document;

/** A workspace's rows of a table, each change in one transaction with its audit entry. */
export function documentStore<T extends DocumentTable>(db: Database, table: T, workspace: string): DocumentStore<RowOf<T>> {
  const at = (key: string) => and(eq(table.workspace, workspace), eq(table.key, key));
  const unchanged = (key: string, etag: string) => and(at(key), eq(table.etag, etag));
  return {
    async find(key) {
      const rows = await db.select().from<SQLiteTable>(table).where(at(key)).limit(1);
      return rows[0] as RowOf<T> | undefined;
    },
    async insert(row, entry) {
      const insert = db.insert(table).values(row).onConflictDoNothing();
      const [inserted] = await inTransaction(db, [insert, auditIfChanged(db, entry)]);
      return inserted.meta.changes > 0;
    },
    async replace(row, etag, entry) {
      const update = db.update(table).set(row).where(unchanged(row.key, etag));
      try {
        const [updated] = await inTransaction(db, [update, auditIfChanged(db, entry)]);
        return updated.meta.changes > 0;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },
    async remove(key, etag, entry) {
      const remove = db.delete(table).where(unchanged(key, etag));
      const [deleted] = await inTransaction(db, [remove, auditIfChanged(db, entry)]);
      return deleted.meta.changes > 0;
    },
  };
}

export interface DocumentPage {
  readonly limit: number;
  /** Key of the last one of the page before. */
  readonly after?: string | undefined;
}

/** By key. */
export async function documentPage<T extends DocumentTable>(
  db: Database,
  table: T,
  workspace: string,
  { limit, after }: DocumentPage,
): Promise<RowOf<T>[]> {
  const where = and(eq(table.workspace, workspace), after === undefined ? undefined : gt(table.key, after));
  const rows = await db.select().from<SQLiteTable>(table).where(where).orderBy(asc(table.key)).limit(limit);
  return rows as RowOf<T>[];
}
