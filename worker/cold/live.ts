import type { LiveNews, LiveWatch } from "../../core/model/live.ts";
import { liveStub } from "../../durable-objects/live/stub.ts";
import { reaching } from "../wire/unavailable.ts";
import type { WorkspaceRecord } from "./records.ts";
import { updateWorkspaceRecord } from "./workspace-record.ts";

/**
 * Says in the workspace's record that somebody watches: what takes events reads it anyway, and shows them from then on, at
 * most 5 s later. It lapses by itself.
 * @returns the record @throws Unavailable
 */
export function beginWatch(bucket: R2Bucket, present: WorkspaceRecord, until: number): Promise<WorkspaceRecord> {
  return updateWorkspaceRecord(bucket, present.id, (record = present) => ({
    ...record,
    watchedUntil: Math.max(until, record.watchedUntil ?? 0),
  }));
}

/** @returns server-sent events @throws Unavailable */
export async function watchLive(env: Env, workspace: WorkspaceRecord, watch: LiveWatch): Promise<Response> {
  const call = { method: "POST", body: JSON.stringify(watch) };
  return reaching("the live object", () => liveStub(env, workspace).fetch("https://live/", call));
}

/** @returns false where nobody watches */
export async function tellLive(env: Env, workspace: WorkspaceRecord, news: LiveNews): Promise<boolean> {
  return liveStub(env, workspace).tell(JSON.stringify(news));
}
