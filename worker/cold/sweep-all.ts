import { logFault } from "../wire/log.ts";
import { coldDatabases } from "./cold-databases.ts";
import { database } from "./database.ts";
import { settleLeft } from "./list-pending.ts";
import { workspaces } from "./schema.ts";
import { PACE, sweepWorkspace } from "./sweep.ts";
import { readWorkspaceRecord } from "./workspace-record.ts";

/** What cron starts: every workspace's sweep, one after the other, within the pace of one run. */
export async function sweepAll(env: Env, clock: () => number): Promise<void> {
  const until = clock() + PACE.ms;
  try {
    const ids = await database(env.DB).select({ id: workspaces.id }).from(workspaces);
    for (const { id } of ids) {
      const record = await readWorkspaceRecord(env.PUBLISHED, id);
      if (record !== undefined) for (const DB of coldDatabases(env)) await settleLeft(env, DB, record, clock());
      if (record !== undefined) await sweepWorkspace(env, record, clock, undefined, { ...PACE, ms: until - clock() });
      if (clock() >= until) return;
    }
  } catch (error) {
    logFault("cold.cron", error);
  }
}
