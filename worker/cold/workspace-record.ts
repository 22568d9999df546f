import { Unavailable } from "../wire/unavailable.ts";
import { readObject, replaceObject } from "./bucket.ts";
import { workspaceObjectKey, type WorkspaceRecord } from "./records.ts";

/** Writers that collide more often than this are broken, not unlucky. */
const MOST_TRIES = 20;

/**
 * Rewrites a workspace's record in R2 so that no other writer's change is lost: the put holds only for what was read.
 * The ruleset never goes back, whatever `change` says: a slow publish may arrive after a later one.
 * @param change the new record but for its revision, from the present one (undefined: there is none)
 */
export async function updateWorkspaceRecord(
  bucket: R2Bucket,
  id: string,
  change: (record: WorkspaceRecord | undefined) => Omit<WorkspaceRecord, "revision">,
): Promise<WorkspaceRecord> {
  const key = workspaceObjectKey(id);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const held = await readObject<WorkspaceRecord>(bucket, key);
    const before = held?.value;
    const changed = change(before);
    const record: WorkspaceRecord = {
      ...changed,
      revision: (before?.revision ?? 0) + 1,
      ruleset: Math.max(changed.ruleset, before?.ruleset ?? 0),
    };
    if (await replaceObject(bucket, key, record, held)) return record;
  }
  throw new Unavailable("R2: too many writers of one record");
}

/** @returns undefined for a workspace that is not there */
export async function readWorkspaceRecord(bucket: R2Bucket, id: string): Promise<WorkspaceRecord | undefined> {
  return (await readObject<WorkspaceRecord>(bucket, workspaceObjectKey(id)))?.value;
}
