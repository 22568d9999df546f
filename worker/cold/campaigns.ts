import { and, asc, eq } from "drizzle-orm";
import { type Database } from "./database.ts";
import { documentPage, documentStore, type DocumentPage } from "./document-table.ts";
import type { DocumentStore } from "./documents.ts";
import { campaigns, placements, type CampaignRow, type PlacementRow } from "./schema.ts";

export function placementStore(db: Database, workspace: string): DocumentStore<PlacementRow> {
  return documentStore(db, placements, workspace);
}

/** By key. */
export function listPlacements(db: Database, workspace: string, page: DocumentPage): Promise<PlacementRow[]> {
  return documentPage(db, placements, workspace, page);
}

export function campaignStore(db: Database, workspace: string): DocumentStore<CampaignRow> {
  return documentStore(db, campaigns, workspace);
}

/** By key. */
export function listCampaigns(db: Database, workspace: string, page: DocumentPage): Promise<CampaignRow[]> {
  return documentPage(db, campaigns, workspace, page);
}

/** Keys of the drafts that fill a placement. */
export async function campaignsIn(db: Database, workspace: string, placement: string): Promise<readonly string[]> {
  const where = and(eq(campaigns.workspace, workspace), eq(campaigns.placement, placement));
  const rows = await db.select({ key: campaigns.key }).from(campaigns).where(where).orderBy(asc(campaigns.key));
  return rows.map(({ key }) => key);
}
