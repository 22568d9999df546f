import { and, asc, desc, eq, gte, inArray, lt, or, sql } from "drizzle-orm";
import type { BatchResponse } from "drizzle-orm/batch";
import { auditIfChanged, type AuditEntry } from "./audit.ts";
import { inTransaction, type Database } from "./database.ts";
import {
  audiences,
  campaigns,
  placements,
  rulesetVersions,
  sources,
  workspaces,
  type AudienceRow,
  type CampaignRow,
  type PlacementRow,
  type RulesetVersionRow,
  type SourceRow,
  type WorkspaceRow,
} from "./schema.ts";

export interface Reservation {
  readonly workspace: string;
  readonly note: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** The number is higher than this too: D1 may have been restored from before the last publish. */
  readonly above: number;
}

/** What a version is made of. */
export interface Drafts {
  readonly workspace: WorkspaceRow;
  readonly drafts: readonly AudienceRow[];
  readonly sources: readonly Pick<SourceRow, "key" | "priority">[];
  readonly placements: readonly PlacementRow[];
  readonly campaigns: readonly CampaignRow[];
}

/** The same as D1 held it when its number was taken. */
export interface Reserved extends Drafts {
  readonly version: number;
}

/**
 * Takes the next version number and reads the drafts in one transaction. So numbers are in the order of what was read: a
 * later number never holds older drafts, however long the work of either takes.
 * @returns undefined where there is no such workspace
 */
export async function reserveVersion(db: Database, reservation: Reservation): Promise<Reserved | undefined> {
  const { workspace } = reservation;
  const count = sql`(select count(*) from ${audiences} where ${audiences.workspace} = ${workspace})`;
  const [reserved, ...read] = await inTransaction(db, [reserve(db, reservation, count, null), ...selects(db, workspace)]);
  const drafts = draftsIn(read);
  return drafts && { version: versionOf(reserved), ...drafts };
}

/** What the next version would be made of now. @returns undefined where there is no such workspace */
export async function readDrafts(db: Database, workspace: string): Promise<Drafts | undefined> {
  return draftsIn(await inTransaction(db, selects(db, workspace)));
}

function selects(db: Database, workspace: string) {
  return [
    db.select().from(workspaces).where(eq(workspaces.id, workspace)),
    db.select().from(audiences).where(eq(audiences.workspace, workspace)).orderBy(asc(audiences.key)),
    db.select({ key: sources.key, priority: sources.priority }).from(sources).where(eq(sources.workspace, workspace)),
    db.select().from(placements).where(eq(placements.workspace, workspace)).orderBy(asc(placements.key)),
    db.select().from(campaigns).where(eq(campaigns.workspace, workspace)).orderBy(asc(campaigns.key)),
  ] as const;
}

function draftsIn([[workspace], drafts, known, slots, running]: BatchResponse<ReturnType<typeof selects>>): Drafts | undefined {
  return workspace && { workspace, drafts, sources: known, placements: slots, campaigns: running };
}

/** Takes the next version number for the content of an old one. */
export async function reserveRollback(db: Database, reservation: Reservation, from: RulesetVersionRow): Promise<number> {
  return versionOf(await reserve(db, reservation, sql`${from.audiences}`, from.version));
}

function reserve(
  db: Database,
  { workspace, note, createdAt, createdBy, above }: Reservation,
  count: ReturnType<typeof sql>,
  from: number | null,
) {
  const highest = sql`(select max(${rulesetVersions.version}) from ${rulesetVersions} where ${rulesetVersions.workspace} = ${workspace})`;
  // In the order of the table's columns.
  return db
    .insert(rulesetVersions)
    .select(
      sql`select ${workspace}, max(coalesce(${highest}, 0), ${above}) + 1, ${note}, ${createdAt}, ${createdBy}, ${count}, 'reserved', ${from}`,
    )
    .returning({ version: rulesetVersions.version });
}

function versionOf(rows: readonly { readonly version: number }[]): number {
  const version = rows[0]?.version;
  if (version === undefined) throw new Error("an insert returned no row");
  return version;
}

/** Gives a number back whose drafts could not be published; none else can have read it. */
export async function dropReservation(db: Database, workspace: string, version: number): Promise<void> {
  await db
    .delete(rulesetVersions)
    .where(
      and(eq(rulesetVersions.workspace, workspace), eq(rulesetVersions.version, version), eq(rulesetVersions.state, "reserved")),
    );
}

/** Notes versions as published. The pointer had reached them before: this only tells people. */
export async function markPublished(
  db: Database,
  workspace: string,
  versions: readonly number[],
  entry: AuditEntry,
): Promise<void> {
  await inTransaction(db, [
    db
      .update(rulesetVersions)
      .set({ state: "published" })
      .where(and(eq(rulesetVersions.workspace, workspace), inArray(rulesetVersions.version, [...versions]))),
    auditIfChanged(db, entry),
  ]);
}

export function findVersion(db: Database, workspace: string, version: number): Promise<RulesetVersionRow | undefined> {
  return db
    .select()
    .from(rulesetVersions)
    .where(and(eq(rulesetVersions.workspace, workspace), eq(rulesetVersions.version, version)))
    .get();
}

/** Newest first. @param before version of the last one of the page before */
export function listVersions(
  db: Database,
  workspace: string,
  page: { readonly limit: number; readonly before?: number | undefined },
): Promise<RulesetVersionRow[]> {
  const older = page.before === undefined ? undefined : lt(rulesetVersions.version, page.before);
  return db
    .select()
    .from(rulesetVersions)
    .where(and(eq(rulesetVersions.workspace, workspace), older))
    .orderBy(desc(rulesetVersions.version))
    .limit(page.limit);
}

/** Those that were ever live, newest first: of one whose publish was cut off once it was, only the pointer knows. */
export function listPublished(
  db: Database,
  workspace: string,
  live: number,
  page: {
    readonly limit: number;
    readonly before?: number | undefined;
    /** ms: published from the one until before the other. */
    readonly within?: readonly [from: number, to: number];
  },
): Promise<RulesetVersionRow[]> {
  const { version, state, createdAt } = rulesetVersions;
  const older = page.before === undefined ? undefined : lt(version, page.before);
  const within = page.within && and(gte(createdAt, page.within[0]), lt(createdAt, page.within[1]));
  return db
    .select()
    .from(rulesetVersions)
    .where(and(eq(rulesetVersions.workspace, workspace), older, within, or(eq(state, "published"), eq(version, live))))
    .orderBy(desc(version))
    .limit(page.limit);
}
