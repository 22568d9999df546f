import type { SweepReply } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { logFault } from "../wire/log.ts";
import { reaching } from "../wire/unavailable.ts";
import { retire } from "./apply.ts";
import { atOnce } from "./at-once.ts";
import { coldDatabases } from "./cold-databases.ts";
import { commitChanges, readHeld } from "./cold-index.ts";
import { addCounts } from "./counters.ts";
import { HOUR_MS, hourOf } from "./hours.ts";
import { sweepHouseholds } from "./households.ts";
import { objectsOf, sweepProfile, type FindObject, type Gone } from "./profile-calls.ts";
import type { WorkspaceRecord } from "./records.ts";
import { beginSweep, countProfiles, leaseSweep, noteSweep, readSweep, type Sweep } from "./sweep-state.ts";
import { Tally } from "./tally.ts";

/** How much one run may do: what is left the next one takes up where this one stopped. */
export interface SweepPace {
  readonly profiles: number;
  readonly ms: number;
}

/** One invocation may make 10,000 calls (Workers limits, 2026), and what follows a reply may take 30 s. */
export const PACE: SweepPace = { profiles: 4_000, ms: 20_000 };

/** Rows of the index read at a time. */
const PAGE = 500;
/** Profiles told at once. */
const MOST_CALLS = 16;
/** A deadline that passed this long ago is one that no alarm announced. */
const OVERDUE_MS = HOUR_MS;
/** A pass that found everybody up to date is made again after this: it reads the index and tells hardly anybody. */
const PASS_EVERY_MS = HOUR_MS;
/** Sooner, where somebody could not be reached. */
const TRY_AGAIN_MS = 300_000;
/** A run that died holds up the next for as long at most. */
const LEASE_MS = 60_000;

/**
 * Goes over a workspace's people and tells those who stand under an older ruleset, or whose next change passed long ago,
 * to catch up. Paced and resumable: where it stopped stands in D1. Nothing that anybody reads depends on it, since every
 * read settles what is due; it is what announces changes of people whom nobody touches.
 * @returns how it stands; undefined where another run is at it or nothing is due
 */
export async function sweepWorkspace(
  env: Env,
  workspace: WorkspaceRecord,
  clock: () => number,
  find: FindObject = objectsOf(env),
  pace: SweepPace = PACE,
): Promise<Sweep | undefined> {
  const until = clock() + pace.ms;
  if (workspace.ruleset === 0) return undefined;
  let sweep = await readSweep(env.DB, workspace.id);
  if (!isDue(sweep, workspace, clock())) return undefined;
  if (!(await leaseSweep(env.DB, workspace.id, clock(), clock() + LEASE_MS))) return undefined;
  // Read again under the lease: another run may have ended in between.
  sweep = await readSweep(env.DB, workspace.id);
  if (sweep === null || sweep.version < workspace.ruleset || sweep.finishedAt !== null) {
    const total = await countProfiles(env, workspace.id);
    sweep = beginSweep(workspace, total, clock());
  }
  const databases = coldDatabases(env);
  for (const DB of databases) {
    const { isDone, failed } = await sweepHouseholds(env, DB, workspace, () => clock() >= until);
    sweep = { ...sweep, failed: sweep.failed + failed };
    if (isDone) continue;
    await noteSweep(env.DB, workspace.id, sweep, 0);
    return sweep;
  }
  let told = 0;
  while (told < pace.profiles && clock() < until) {
    const DB = databases[sweep.shard];
    if (DB === undefined) {
      sweep = { ...sweep, finishedAt: clock() };
      break;
    }
    const page = await readPage(DB, workspace.id, sweep.cursor);
    const behind = page.filter(
      ({ ruleset, nextChange }) => ruleset < workspace.ruleset || (nextChange ?? Number.POSITIVE_INFINITY) < clock() - OVERDUE_MS,
    );
    const { changed, failed } = await catchUp(
      DB,
      workspace,
      behind.map(({ id }) => id),
      clock(),
      find,
    );
    told += behind.length;
    const last = page.at(-1);
    sweep = { ...sweep, done: sweep.done + page.length, changed: sweep.changed + changed, failed: sweep.failed + failed };
    sweep =
      last === undefined || page.length < PAGE ? { ...sweep, shard: sweep.shard + 1, cursor: "" } : { ...sweep, cursor: last.id };
    await noteSweep(env.DB, workspace.id, sweep, clock() + LEASE_MS);
  }
  await noteSweep(env.DB, workspace.id, sweep, 0);
  return sweep;
}

function isDue(sweep: Sweep | null, workspace: WorkspaceRecord, now: number): boolean {
  if (sweep === null || sweep.version < workspace.ruleset || sweep.finishedAt === null) return true;
  return now - sweep.startedAt >= (sweep.failed > 0 ? TRY_AGAIN_MS : PASS_EVERY_MS);
}

interface PageRow {
  readonly id: ProfileId;
  readonly ruleset: number;
  readonly nextChange: number | null;
}

async function readPage(DB: D1Database, workspace: string, after: string): Promise<readonly PageRow[]> {
  const { results } = await reaching("D1", () =>
    DB.prepare(
      "SELECT id, ruleset, next_change AS nextChange FROM profile WHERE workspace = ?1 AND owed IS NULL AND id > ?2 ORDER BY id LIMIT ?3",
    )
      .bind(workspace, after, PAGE)
      .all<{ id: ProfileId; ruleset: number; nextChange: number | null }>(),
  );
  return results;
}

/**
 * Tells these people to catch up. Whose memberships changed is written to the index by what the outbox brings; of the
 * others only the ruleset and the deadline are noted here.
 */
export async function catchUp(
  DB: D1Database,
  workspace: WorkspaceRecord,
  profiles: readonly ProfileId[],
  now: number,
  find: FindObject,
): Promise<{ readonly changed: number; readonly failed: number }> {
  if (profiles.length === 0) return { changed: 0, failed: 0 };
  const answers: { readonly id: ProfileId; readonly swept: SweepReply | Gone }[] = [];
  let failed = 0;
  const settled = await atOnce(profiles, MOST_CALLS, async (id) => ({ id, swept: await sweepProfile(find, workspace, id) }));
  for (const one of settled) {
    if (one.status === "fulfilled") answers.push(one.value);
    else failed++;
  }
  const same: { id: ProfileId; version: number }[] = [];
  const gone: ProfileId[] = [];
  let changed = 0;
  for (const { id, swept } of answers) {
    if (swept === "gone") gone.push(id);
    else if (swept.changed > 0) changed++;
    else same.push({ id, version: swept.version });
  }
  try {
    await noteCaughtUp(DB, workspace.id, same, answers.length, now);
    await retireAll(DB, workspace, gone, now);
  } catch (error) {
    logFault("cold.sweep", error);
    return { changed, failed: profiles.length };
  }
  return { changed, failed };
}

/** A deadline that had passed was looked at now, and is again when that is long ago. @param told how many were told, for the counter */
async function noteCaughtUp(
  DB: D1Database,
  workspace: string,
  rows: readonly { readonly id: ProfileId; readonly version: number }[],
  told: number,
  now: number,
): Promise<void> {
  const counted = addCounts(DB, [{ workspace, name: "profiles.swept", hour: hourOf(now), count: told }]);
  const noted = [...Map.groupBy(rows, ({ version }) => version)].map(([version, some]) =>
    DB.prepare(
      `UPDATE profile SET ruleset = max(ruleset, ?1), next_change = CASE WHEN next_change <= ?2 THEN ?2 ELSE next_change END
       WHERE workspace = ?3 AND id IN (SELECT value FROM json_each(?4))`,
    ).bind(version, now, workspace, JSON.stringify(some.map(({ id }) => id))),
  );
  await reaching("D1", () => DB.batch([...noted, counted]));
}

/** Pointers count in no audience; the row stays as the guard against late messages. */
async function retireAll(DB: D1Database, workspace: WorkspaceRecord, gone: readonly ProfileId[], now: number): Promise<void> {
  if (gone.length === 0) return;
  const held = await readHeld(DB, workspace.id, gone);
  const tally = new Tally();
  const changes = [...held].map(([profile, { standing }]) => {
    const retired = { ...retire(standing, now, tally), ruleset: workspace.ruleset };
    return { profile, was: standing, standing: retired, archivedAt: undefined };
  });
  await commitChanges(DB, workspace.id, changes, tally, []);
}
