import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Channel } from "../../core/model/event.ts";
import { auditIfChanged } from "./audit.ts";
import { inTransaction, type Database } from "./database.ts";
import type { DocumentStore } from "./documents.ts";
import { sources, type SourceRow } from "./schema.ts";

export function sourceStore(db: Database, workspace: string): DocumentStore<SourceRow> {
  const at = (key: string) => and(eq(sources.workspace, workspace), eq(sources.key, key));
  return {
    find: (key) => db.select().from(sources).where(at(key)).get(),
    async insert(row, entry) {
      const [inserted] = await inTransaction(db, [
        db.insert(sources).values(row).onConflictDoNothing(),
        auditIfChanged(db, entry),
      ]);
      return inserted.meta.changes > 0;
    },
    async replace(row, etag, entry) {
      const [updated] = await inTransaction(db, [
        db
          .update(sources)
          .set(row)
          .where(and(at(row.key), eq(sources.etag, etag))),
        auditIfChanged(db, entry),
      ]);
      return updated.meta.changes > 0;
    },
    async remove(key, etag, entry) {
      const [deleted] = await inTransaction(db, [
        db.delete(sources).where(and(at(key), eq(sources.etag, etag))),
        auditIfChanged(db, entry),
      ]);
      return deleted.meta.changes > 0;
    },
  };
}

/** By key. @param after key of the last one of the page before */
export function listSources(
  db: Database,
  workspace: string,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<SourceRow[]> {
  const later = page.after === undefined ? undefined : gt(sources.key, page.after);
  return db
    .select()
    .from(sources)
    .where(and(eq(sources.workspace, workspace), later))
    .orderBy(asc(sources.key))
    .limit(page.limit);
}

/** True while a source of any workspace lists the origin: the index that answers preflights is shared by all. */
export async function isOriginListed(db: Database, origin: string): Promise<boolean> {
  const listed = sql`exists (select 1 from json_each(${sources.origins}) where value = ${origin})`;
  return (await db.select({ key: sources.key }).from(sources).where(listed).limit(1)).length > 0;
}

/** Channel of each source of a workspace, by its key. */
export async function channelsOf(db: Database, workspace: string): Promise<ReadonlyMap<string, Channel>> {
  const rows = await db
    .select({ key: sources.key, channel: sources.channel })
    .from(sources)
    .where(eq(sources.workspace, workspace));
  return new Map(rows.map(({ key, channel }) => [key, channel]));
}
