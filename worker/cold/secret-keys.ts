import { and, asc, eq, gt, isNull } from "drizzle-orm";
import { auditIfChanged, type AuditEntry } from "./audit.ts";
import { inTransaction, type Database } from "./database.ts";
import { secretKeys, type SecretKeyRow } from "./schema.ts";

export function findSecretKey(db: Database, workspace: string, id: string): Promise<SecretKeyRow | undefined> {
  return db
    .select()
    .from(secretKeys)
    .where(and(eq(secretKeys.workspace, workspace), eq(secretKeys.id, id)))
    .get();
}

/** By id, revoked ones too. @param after id of the last one of the page before */
export function listSecretKeys(
  db: Database,
  workspace: string,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<SecretKeyRow[]> {
  const later = page.after === undefined ? undefined : gt(secretKeys.id, page.after);
  return db
    .select()
    .from(secretKeys)
    .where(and(eq(secretKeys.workspace, workspace), later))
    .orderBy(asc(secretKeys.id))
    .limit(page.limit);
}

/** @returns false where a key of this id or hash is there already */
export async function insertSecretKey(db: Database, row: SecretKeyRow, entry: AuditEntry): Promise<boolean> {
  const [inserted] = await inTransaction(db, [
    db.insert(secretKeys).values(row).onConflictDoNothing(),
    auditIfChanged(db, entry),
  ]);
  return inserted.meta.changes > 0;
}

/** Marks a key as revoked; the first time stands. */
export async function markRevoked(db: Database, workspace: string, id: string, entry: AuditEntry): Promise<void> {
  await inTransaction(db, [
    db
      .update(secretKeys)
      .set({ revokedAt: entry.at })
      .where(and(eq(secretKeys.workspace, workspace), eq(secretKeys.id, id), isNull(secretKeys.revokedAt))),
    auditIfChanged(db, entry),
  ]);
}
