import type { ProfileId } from "../../core/model/ids.ts";
import { reaching } from "../wire/unavailable.ts";
import { rewind } from "./apply.ts";
import { coldDatabases, shardOf } from "./cold-databases.ts";
import { commitChanges, readHeld } from "./cold-index.ts";
import { nudge } from "./outbox-message.ts";
import type { WorkspaceRecord } from "./records.ts";
import { Tally } from "./tally.ts";

/** From here on the consumer leaves this person alone, until the restore is settled. One of whom the index knows nothing gets an empty row. */
export async function beginRestore(env: Env, workspace: string, profile: ProfileId, now: number): Promise<void> {
  const databases = coldDatabases(env);
  const DB = databases[shardOf(profile, databases.length)] ?? env.DB;
  await reaching("D1", () =>
    DB.prepare(
      `INSERT INTO profile (workspace, id, epoch, applied, ruleset, events, first_seen, last_seen, restoring, member_count, members)
       VALUES (?1, ?2, 0, 0, 0, 0, 0, 0, ?3, 0, '=')
       ON CONFLICT (workspace, id) DO UPDATE SET restoring = ?3 WHERE restoring IS NULL`,
    )
      .bind(workspace, profile, now)
      .run(),
  );
}

/**
 * Ends the restore of people: their rows begin again with the first record of the journal, and a nudge lets the consumer
 * take it. What was counted before is marked in the journal, and who leaves an audience here enters it again there.
 * @returns the last profile done, or null where there are no more
 */
export async function settleRestores(
  env: Env,
  workspace: WorkspaceRecord,
  only: ProfileId | undefined,
  after: string,
  limit: number,
  now: number,
): Promise<string | null> {
  const { id: workspaceId, jurisdiction } = workspace;
  const done: ProfileId[] = [];
  for (const DB of coldDatabases(env)) {
    const { results } = await reaching("D1", () =>
      DB.prepare(
        "SELECT id FROM profile WHERE workspace = ?1 AND restoring IS NOT NULL AND id > ?2 AND (?3 IS NULL OR id = ?3) ORDER BY id LIMIT ?4",
      )
        .bind(workspaceId, after, only ?? null, limit)
        .all<{ id: ProfileId }>(),
    );
    const rows = await readHeld(
      DB,
      workspaceId,
      results.map(({ id }) => id),
    );
    for (const [profile, { standing }] of rows) {
      const tally = new Tally();
      const change = { profile, was: standing, standing: rewind(standing, now, tally), archivedAt: undefined, endsRestore: true };
      await commitChanges(DB, workspaceId, [change], tally, []);
      const epoch = Math.max(1, standing.epoch);
      await reaching("the queue", () =>
        env.OUTBOX.send(nudge({ workspace: workspaceId, jurisdiction, profile, epoch, from: 0, to: 1 })),
      );
      done.push(profile);
    }
  }
  return done.length === 0 ? null : (done.toSorted().at(-1) ?? null);
}
