import { and, asc, eq, gt, sql } from "drizzle-orm";
import { auditIfChanged } from "./audit.ts";
import { inTransaction, type Database } from "./database.ts";
import type { DocumentStore } from "./documents.ts";
import { campaigns, placements, type CampaignRow, type PlacementRow } from "./schema.ts";

interface PageOf {
  readonly limit: number;
  /** Key of the last one of the page before. */
  readonly after?: string | undefined;
}

export function placementStore(db: Database, workspace: string): DocumentStore<PlacementRow> {
  const at = (key: string) => and(eq(placements.workspace, workspace), eq(placements.key, key));
  const unchanged = (key: string, etag: string) => and(at(key), eq(placements.etag, etag));
  return {
    find: (key) => db.select().from(placements).where(at(key)).get(),
    async insert(row, entry) {
      const insert = db.insert(placements).values(row).onConflictDoNothing();
      const [inserted] = await inTransaction(db, [insert, auditIfChanged(db, entry)]);
      return inserted.meta.changes > 0;
    },
    async replace(row, etag, entry) {
      const update = db.update(placements).set(row).where(unchanged(row.key, etag));
      const [updated] = await inTransaction(db, [update, auditIfChanged(db, entry)]);
      return updated.meta.changes > 0;
    },
    async remove(key, etag, entry) {
      const remove = db.delete(placements).where(unchanged(key, etag));
      const [deleted] = await inTransaction(db, [remove, auditIfChanged(db, entry)]);
      return deleted.meta.changes > 0;
    },
  };
}

export function campaignStore(db: Database, workspace: string): DocumentStore<CampaignRow> {
  const at = (key: string) => and(eq(campaigns.workspace, workspace), eq(campaigns.key, key));
  const unchanged = (key: string, etag: string) => and(at(key), eq(campaigns.etag, etag));
  return {
    find: (key) => db.select().from(campaigns).where(at(key)).get(),
    async insert(row, entry) {
      const insert = db.insert(campaigns).values(row).onConflictDoNothing();
      const [inserted] = await inTransaction(db, [insert, auditIfChanged(db, entry)]);
      return inserted.meta.changes > 0;
    },
    async replace(row, etag, entry) {
      const update = db.update(campaigns).set(row).where(unchanged(row.key, etag));
      const [updated] = await inTransaction(db, [update, auditIfChanged(db, entry)]);
      return updated.meta.changes > 0;
    },
    async remove(key, etag, entry) {
      const remove = db.delete(campaigns).where(unchanged(key, etag));
      const [deleted] = await inTransaction(db, [remove, auditIfChanged(db, entry)]);
      return deleted.meta.changes > 0;
    },
  };
}

/** By key. */
export function listPlacements(db: Database, workspace: string, { limit, after }: PageOf): Promise<PlacementRow[]> {
  const later = after === undefined ? undefined : gt(placements.key, after);
  const where = and(eq(placements.workspace, workspace), later);
  return db.select().from(placements).where(where).orderBy(asc(placements.key)).limit(limit);
}

/** By key. */
export function listCampaigns(db: Database, workspace: string, { limit, after }: PageOf): Promise<CampaignRow[]> {
  const later = after === undefined ? undefined : gt(campaigns.key, after);
  const where = and(eq(campaigns.workspace, workspace), later);
  return db.select().from(campaigns).where(where).orderBy(asc(campaigns.key)).limit(limit);
}

/** Keys of the drafts that fill a placement. */
export async function campaignsIn(db: Database, workspace: string, placement: string): Promise<readonly string[]> {
  const where = and(eq(campaigns.workspace, workspace), eq(campaigns.placement, placement));
  const rows = await db.select({ key: campaigns.key }).from(campaigns).where(where).orderBy(asc(campaigns.key));
  return rows.map(({ key }) => key);
}

/** Drafts whose text has a name somewhere: those that may be about it. */
export function campaignsMentioning(db: Database, workspace: string, name: string): Promise<CampaignRow[]> {
  const mentions = sql`instr(${campaigns.draft}, ${JSON.stringify(name)}) > 0`;
  return db
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.workspace, workspace), mentions))
    .orderBy(asc(campaigns.key));
}
