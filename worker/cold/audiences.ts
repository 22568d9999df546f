import { and, asc, eq, gt, inArray, ne, sql } from "drizzle-orm";
import { auditIfChanged } from "./audit.ts";
import { inTransaction, isUniqueViolation, type Database } from "./database.ts";
import type { DocumentStore } from "./documents.ts";
import { audiences, type AudienceRow } from "./schema.ts";

/** Values that D1 binds in one statement at most, with room for others. */
const MOST_BOUND = 90;

export function audienceStore(db: Database, workspace: string): DocumentStore<AudienceRow> {
  const at = (key: string) => and(eq(audiences.workspace, workspace), eq(audiences.key, key));
  return {
    find: (key) => db.select().from(audiences).where(at(key)).get(),
    async insert(row, entry) {
      const [inserted] = await inTransaction(db, [
        db.insert(audiences).values(row).onConflictDoNothing(),
        auditIfChanged(db, entry),
      ]);
      return inserted.meta.changes > 0;
    },
    async replace(row, etag, entry) {
      try {
        const [updated] = await inTransaction(db, [
          db
            .update(audiences)
            .set(row)
            .where(and(at(row.key), eq(audiences.etag, etag))),
          auditIfChanged(db, entry),
        ]);
        return updated.meta.changes > 0;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },
    async remove(key, etag, entry) {
      const [deleted] = await inTransaction(db, [
        db.delete(audiences).where(and(at(key), eq(audiences.etag, etag))),
        auditIfChanged(db, entry),
      ]);
      return deleted.meta.changes > 0;
    },
  };
}

/** By key. @param after key of the last one of the page before */
export function listAudiences(
  db: Database,
  workspace: string,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<AudienceRow[]> {
  const later = page.after === undefined ? undefined : gt(audiences.key, page.after);
  return db
    .select()
    .from(audiences)
    .where(and(eq(audiences.workspace, workspace), later))
    .orderBy(asc(audiences.key))
    .limit(page.limit);
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

/** Drafts whose rule may name an audience: those whose text has its key where an audience is named. */
export async function draftsNaming(
  db: Database,
  workspace: string,
  key: string,
): Promise<readonly Pick<AudienceRow, "key" | "rule">[]> {
  const named = `"audience":${JSON.stringify(key)}`;
  return db
    .select({ key: audiences.key, rule: audiences.rule })
    .from(audiences)
    .where(and(eq(audiences.workspace, workspace), ne(audiences.key, key), sql`instr(${audiences.rule}, ${named}) > 0`))
    .orderBy(asc(audiences.key));
}
