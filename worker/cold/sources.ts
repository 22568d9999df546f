import { eq, sql } from "drizzle-orm";
import type { Channel } from "../../core/model/event.ts";
import { type Database } from "./database.ts";
import { documentPage, documentStore, type DocumentPage } from "./document-table.ts";
import type { DocumentStore } from "./documents.ts";
import { sources, type SourceRow } from "./schema.ts";

export function sourceStore(db: Database, workspace: string): DocumentStore<SourceRow> {
  return documentStore(db, sources, workspace);
}

/** By key. */
export function listSources(db: Database, workspace: string, page: DocumentPage): Promise<SourceRow[]> {
  return documentPage(db, sources, workspace, page);
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
