import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { audit, type AuditRow } from "./schema.ts";

/** Who (`key:ID`, `setup`), did what (`audience.put`), to what (`audience:vip`, `profile:ID`), when (ms). */
export type AuditEntry = Omit<AuditRow, "id">;

/** The statement that notes an entry, for a batch in which the statement before it changes something; if that changes nothing, nothing is noted. */
export function auditIfChanged(db: Database, entry: AuditEntry) {
  const { workspace, at, actor, action, target } = entry;
  // In the order of the table's columns, the id left to the table.
  return db.insert(audit).select(sql`select null, ${workspace}, ${at}, ${actor}, ${action}, ${target} where changes() > 0`);
}

/** Notes an entry by itself: for reads of a person. */
export async function addAudit(db: Database, entry: AuditEntry): Promise<void> {
  await db.insert(audit).values(entry);
}

/** Newest first. @param before id of the last entry of the page before */
export function listAudit(
  db: Database,
  workspace: string,
  page: { readonly limit: number; readonly before?: number | undefined },
): Promise<AuditRow[]> {
  const older = page.before === undefined ? undefined : lt(audit.id, page.before);
  return db
    .select()
    .from(audit)
    .where(and(eq(audit.workspace, workspace), older))
    .orderBy(desc(audit.id))
    .limit(page.limit);
}
