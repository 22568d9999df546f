import type { ListChange } from "../../core/identity/list-facts.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { EntryStanding } from "../../durable-objects/list/calls.ts";
import { listCall, listStub } from "../../durable-objects/list/stub.ts";
import { reaching } from "../wire/unavailable.ts";
import { giveFacts, type PersonChange } from "./list-facts.ts";
import type { WorkspaceRecord } from "./records.ts";

/** Somebody who bears an identifier that may be on a list, and may not know it yet: a row of `list_pending`. */
export interface Pending {
  readonly profile: ProfileId;
  readonly named: string;
  readonly list: string;
  readonly hash: ProfileId;
  readonly type: string;
  /** 1: the journal holds that it is on the list. */
  readonly told: number;
}

/** Rows settled in one go by cron; what is left the next minute takes. */
const MOST_BY_CRON = 500;

/** @throws Unavailable */
export async function pendingOf(DB: D1Database, workspace: string, profiles: readonly ProfileId[]): Promise<readonly Pending[]> {
  const { results } = await reaching("D1", () =>
    DB.prepare(
      `SELECT profile, named, list, hash, type, told FROM list_pending
       WHERE workspace = ?1 AND profile IN (SELECT value FROM json_each(?2))`,
    )
      .bind(workspace, JSON.stringify(profiles))
      .all<{ [K in keyof Pending]: Pending[K] }>(),
  );
  return results;
}

/** Notes what people refused, or could not be told. @throws Unavailable */
export async function putPending(
  DB: D1Database,
  workspace: string,
  facts: readonly PersonChange[],
  { refused }: { readonly refused: boolean },
): Promise<void> {
  if (facts.length === 0) return;
  const rows = facts.map(({ profile, named, change: { list, identifier, on } }) => ({
    profile,
    named,
    list,
    ...identifier,
    told: on ? 0 : 1,
  }));
  await reaching("D1", () =>
    DB.prepare(
      `INSERT INTO list_pending (workspace, profile, list, hash, type, named, told, refused)
       SELECT ?1, value->>'profile', value->>'list', value->>'hash', value->>'type', value->>'named', value->>'told', ?3 FROM json_each(?2)
       WHERE true ON CONFLICT DO UPDATE SET told = max(told, excluded.told), refused = excluded.refused`,
    )
      .bind(workspace, JSON.stringify(rows), refused ? 1 : 0)
      .run(),
  );
}

/**
 * Asks the lists exactly, and tells people what they say. Whatever fails leaves the rows there.
 * @throws Unavailable
 */
export async function settlePending(
  env: Env,
  DB: D1Database,
  workspace: WorkspaceRecord,
  rows: readonly Pending[],
  now: number,
): Promise<void> {
  const facts: PersonChange[] = [];
  for (const [list, mine] of Map.groupBy(rows, (row) => row.list)) {
    const stub = listStub(env, workspace, list);
    const hashes = mine.map(({ hash }) => hash);
    const standings = await reaching("the list", () => stub.standing(listCall(workspace, list), hashes));
    for (const [place, row] of mine.entries()) {
      const change = changeOf(row, standings[place] ?? null, now);
      if (change !== undefined) facts.push({ profile: row.profile, named: row.named, change });
    }
  }
  const refused = await giveFacts(env, workspace, facts, now);
  await putPending(DB, workspace.id, refused, { refused: true });
  const isRefused = new Set(refused.map(({ profile, change }) => `${profile} ${change.list} ${change.identifier.hash}`));
  const keys = rows.filter(({ profile, list, hash }) => !isRefused.has(`${profile} ${list} ${hash}`));
  await reaching("D1", () =>
    DB.prepare(
      `DELETE FROM list_pending WHERE workspace = ?1 AND (profile, list, hash) IN
         (SELECT value->>'profile', value->>'list', value->>'hash' FROM json_each(?2))`,
    )
      .bind(workspace.id, JSON.stringify(keys))
      .run(),
  );
}

/** Nothing where the filter erred. Who was told of an entry that has gone meanwhile is told that, too. */
function changeOf({ list, hash, type, told }: Pending, standing: EntryStanding | null, now: number): ListChange | undefined {
  const identifier = { type, hash };
  if (standing !== null && standing.gone === null) return { list, identifier, on: true, at: standing.since };
  return told === 1 ? { list, identifier, on: false, at: standing?.gone ?? now } : undefined;
}

/** What a consumer that was cut off has left. @throws Unavailable */
export async function settleLeft(env: Env, DB: D1Database, workspace: WorkspaceRecord, now: number): Promise<void> {
  const { results } = await reaching("D1", () =>
    DB.prepare("SELECT profile, named, list, hash, type, told FROM list_pending WHERE workspace = ?1 AND refused = 0 LIMIT ?2")
      .bind(workspace.id, MOST_BY_CRON)
      .all<{ [K in keyof Pending]: Pending[K] }>(),
  );
  if (results.length > 0) await settlePending(env, DB, workspace, results, now);
}
