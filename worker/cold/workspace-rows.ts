import { and, eq } from "drizzle-orm";
import { auditIfChanged, type AuditEntry } from "./audit.ts";
import { inTransaction, type Database } from "./database.ts";
import { workspaces, type WorkspaceRow } from "./schema.ts";

export function findWorkspaceRow(db: Database, id: string): Promise<WorkspaceRow | undefined> {
  return db.select().from(workspaces).where(eq(workspaces.id, id)).get();
}

/** @returns false where it is there already */
export async function insertWorkspaceRow(db: Database, row: WorkspaceRow, entry: AuditEntry): Promise<boolean> {
  const [inserted] = await inTransaction(db, [
    db.insert(workspaces).values(row).onConflictDoNothing(),
    auditIfChanged(db, entry),
  ]);
  return inserted.meta.changes > 0;
}

/** @returns false where the row no longer has `etag` */
export async function replaceWorkspaceRow(db: Database, row: WorkspaceRow, etag: string, entry: AuditEntry): Promise<boolean> {
  const [updated] = await inTransaction(db, [
    db
      .update(workspaces)
      .set(row)
      .where(and(eq(workspaces.id, row.id), eq(workspaces.etag, etag))),
    auditIfChanged(db, entry),
  ]);
  return updated.meta.changes > 0;
}
