import type { EntryChange, ListCall } from "../../durable-objects/list/calls.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { reaching, Unavailable } from "../wire/unavailable.ts";
import { coldDatabases } from "./cold-databases.ts";
import { giveFacts, type PersonChange } from "./list-facts.ts";
import { putPending } from "./list-pending.ts";
import { readWorkspaceRecord } from "./workspace-record.ts";

interface Bearer {
  readonly hash: ProfileId;
  readonly profile: ProfileId;
  /** Of the identifier, and of the one that names the profile; null where they are one. */
  readonly type: string | null;
  readonly named: string | null;
}

/**
 * Tells everybody who is known to bear one of these identifiers what became of it on a list. Nobody becomes known by it.
 * @returns facts that are with their people now
 * @throws Unavailable: then it is done again
 */
export async function tellBearers(
  env: Env,
  call: ListCall & { readonly changes: readonly EntryChange[] },
  now: number,
): Promise<number> {
  const workspace = await readWorkspaceRecord(env.PUBLISHED, call.workspace);
  if (workspace === undefined) throw new Unavailable("R2 does not know the workspace of a list");
  const changes = new Map(call.changes.map((change) => [change.hash, change]));
  let told = 0;
  for (const DB of coldDatabases(env)) {
    const facts = (await bearers(DB, workspace.id, [...changes.keys()])).flatMap(
      ({ hash, profile, type, named }): PersonChange[] => {
        const change = changes.get(hash);
        if (change === undefined) return [];
        const { on, at } = change;
        const identifier = { type: type ?? change.type, hash };
        return [{ profile, named: named ?? change.type, change: { list: call.list, identifier, on, at } }];
      },
    );
    const refused = await giveFacts(env, workspace, facts, now);
    await putPending(DB, workspace.id, refused, { refused: true });
    told += facts.length - refused.length;
  }
  return told;
}

/** A pointer bears nothing itself: its person does, in whose events it is. @throws Unavailable */
async function bearers(DB: D1Database, workspace: string, hashes: readonly ProfileId[]): Promise<readonly Bearer[]> {
  const { results } = await reaching("D1", () =>
    DB.prepare(
      `SELECT hash, profile, type, named FROM identifier AS one WHERE workspace = ?1 AND hash IN (SELECT value FROM json_each(?2))
         AND NOT EXISTS (SELECT 1 FROM profile WHERE workspace = ?1 AND id = one.profile AND owed IS NOT NULL)
       UNION ALL
       SELECT id AS hash, id AS profile, NULL AS type, NULL AS named FROM profile
       WHERE workspace = ?1 AND id IN (SELECT value FROM json_each(?2)) AND owed IS NULL`,
    )
      .bind(workspace, JSON.stringify(hashes))
      .all<{ [K in keyof Bearer]: Bearer[K] }>(),
  );
  return results;
}
