import { and, desc, eq, lt, or } from "drizzle-orm";
import type { ImportSource } from "../../core/import/settings.ts";
import { addAudit } from "./audit.ts";
import { database, type Database } from "./database.ts";
import { imports, type ImportRow } from "./schema.ts";
import { sourceStore } from "./sources.ts";

/** Of a source, what an import keeps. */
export async function sourceOfImport(DB: D1Database, workspace: string, key: string): Promise<ImportSource | undefined> {
  const row = await sourceStore(database(DB), workspace).find(key);
  if (row === undefined) return undefined;
  const { kind, channel, party, origins, identify, consent } = row;
  return { key, kind, channel, party, origins, identify, consent };
}

/** Notes that there is an import, before it is: how it stands its object knows. */
export async function noteImport(DB: D1Database, row: ImportRow, actor: string): Promise<void> {
  const db = database(DB);
  const { workspace, id, createdAt } = row;
  await db
    .insert(imports)
    .values(row)
    .onConflictDoUpdate({ target: [imports.workspace, imports.id], set: { createdAt } });
  await addAudit(db, { workspace, at: createdAt, actor, action: "import.begin", target: `import:${id}` });
}

/** Newest first, those of one instant by id. @param after the place of the last one of the page before */
export function listImports(
  db: Database,
  workspace: string,
  { limit, after }: { readonly limit: number; readonly after?: { readonly at: number; readonly id: string } | undefined },
): Promise<ImportRow[]> {
  const later =
    after === undefined
      ? undefined
      : or(lt(imports.createdAt, after.at), and(eq(imports.createdAt, after.at), lt(imports.id, after.id)));
  return db
    .select()
    .from(imports)
    .where(and(eq(imports.workspace, workspace), later))
    .orderBy(desc(imports.createdAt), desc(imports.id))
    .limit(limit);
}

export async function forgetImport(db: Database, workspace: string, id: string): Promise<void> {
  await db.delete(imports).where(and(eq(imports.workspace, workspace), eq(imports.id, id)));
}
