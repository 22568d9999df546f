import { reaching } from "../wire/unavailable.ts";
import { coldDatabases } from "./cold-databases.ts";
import type { WorkspaceRecord } from "./records.ts";
import type { SweepRow } from "./schema.ts";

/** How far a sweep is. */
export type Sweep = Omit<SweepRow, "workspace" | "leaseUntil">;

export function beginSweep({ ruleset }: WorkspaceRecord, total: number, now: number): Sweep {
  return { version: ruleset, shard: 0, cursor: "", total, done: 0, changed: 0, failed: 0, startedAt: now, finishedAt: null };
}

export function readSweep(DB: D1Database, workspace: string): Promise<Sweep | null> {
  return reaching("D1", () =>
    DB.prepare(
      `SELECT version, shard, cursor, total, done, changed, failed, started_at AS startedAt, finished_at AS finishedAt
       FROM sweep WHERE workspace = ?1`,
    )
      .bind(workspace)
      .first<{ [K in keyof Sweep]: Sweep[K] }>(),
  );
}

/** Takes the workspace's sweep for a while. @returns false where somebody else has it */
export async function leaseSweep(DB: D1Database, workspace: string, now: number, until: number): Promise<boolean> {
  const { meta } = await reaching("D1", () =>
    DB.prepare(
      `INSERT INTO sweep (workspace, version, shard, cursor, total, done, changed, failed, started_at, finished_at, lease_until)
       VALUES (?1, 0, 0, '', 0, 0, 0, 0, ?2, NULL, ?3)
       ON CONFLICT (workspace) DO UPDATE SET lease_until = ?3 WHERE lease_until <= ?2`,
    )
      .bind(workspace, now, until)
      .run(),
  );
  return meta.changes > 0;
}

/** Notes how far it is. @param leaseUntil 0 gives the lease back */
export async function noteSweep(DB: D1Database, workspace: string, sweep: Sweep, leaseUntil: number): Promise<void> {
  const { version, shard, cursor, total, done, changed, failed, startedAt, finishedAt } = sweep;
  await reaching("D1", () =>
    DB.prepare(
      `UPDATE sweep SET version = ?2, shard = ?3, cursor = ?4, total = ?5, done = ?6, changed = ?7, failed = ?8, started_at = ?9,
         finished_at = ?10, lease_until = ?11 WHERE workspace = ?1`,
    )
      .bind(workspace, version, shard, cursor, total, done, changed, failed, startedAt, finishedAt, leaseUntil)
      .run(),
  );
}

/** People in the cold index: identifiers that lead to one of them are none. */
export async function countProfiles(env: { readonly DB: D1Database }, workspace: string): Promise<number> {
  const counts = coldDatabases(env).map((DB) =>
    reaching("D1", () =>
      DB.prepare("SELECT count(*) AS count FROM profile WHERE workspace = ?1 AND owed IS NULL")
        .bind(workspace)
        .first<{ count: number }>(),
    ),
  );
  return (await Promise.all(counts)).reduce((sum, row) => sum + (row?.count ?? 0), 0);
}
