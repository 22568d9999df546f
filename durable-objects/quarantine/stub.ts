import { createHash } from "node:crypto";
import { inJurisdiction } from "../profile/stub.ts";
import type { Found, KeptRejected, Place, QuarantineObject, RefusedCount, Rejected, RejectedFilter } from "./object.ts";

interface Workspace {
  readonly id: string;
  readonly jurisdiction: string | null;
}

/** Objects a workspace's quarantine is spread over: one takes about 1,000 requests a second. */
const SHARDS = 4;

/** Keeps rejected events; when it returns they are durable. */
export async function keepRejected(env: Env, workspace: Workspace, items: readonly Rejected[]): Promise<void> {
  const shards = new Map<number, (Rejected & { readonly id: string })[]>();
  for (const item of items) {
    const id = createHash("sha256")
      .update(JSON.stringify([item.source, item.code, item.payload]))
      .digest("hex");
    const shard = shardOf(id);
    const kept = shards.get(shard) ?? [];
    kept.push({ ...item, id });
    shards.set(shard, kept);
  }
  await Promise.all([...shards].map(([shard, kept]) => stubOf(env, workspace, shard).keep(kept)));
}

/** Counts what was refused for want of consent; which events they were is not kept. */
export async function countRefused(env: Env, workspace: Workspace, source: string, now: number, count: number): Promise<void> {
  const day = new Date(now).toISOString().slice(0, 10);
  await stubOf(env, workspace, day.charCodeAt(day.length - 1) % SHARDS).refused({ source, day, count });
}

/** Rejected events, newest first over all shards, and the counts of refused ones. */
export async function listQuarantine(
  env: Env,
  workspace: Workspace,
  { limit, after = { at: Number.MAX_SAFE_INTEGER, id: "" } }: { readonly limit: number; readonly after?: Place },
): Promise<{ readonly items: KeptRejected[]; readonly refused: RefusedCount[] }> {
  const lists = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => stubOf(env, workspace, shard).list(limit, after)));
  const items = lists.flatMap((list) => list.items).toSorted((one, other) => other.at - one.at || (one.id < other.id ? -1 : 1));
  return { items: items.slice(0, limit), refused: lists.flatMap((list) => list.refused) };
}

/** Rejected events that a filter holds of, oldest first over all shards. @param after the place of the last one found before */
export async function findRejected(
  env: Env,
  workspace: Workspace,
  filter: RejectedFilter,
  { limit, after = { at: -1, id: "" } }: { readonly limit: number; readonly after?: Place | undefined },
): Promise<Found[]> {
  const found = await onAllShards(env, workspace, (shard) => shard.find(filter, limit, after));
  return found
    .flat()
    .toSorted((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
    .slice(0, limit);
}

/** How many rejected events a filter holds of. */
export async function countRejected(env: Env, workspace: Workspace, filter: RejectedFilter): Promise<number> {
  const counts = await onAllShards(env, workspace, (shard) => shard.countOf(filter));
  return counts.reduce((sum, one) => sum + one, 0);
}

/** Takes rejected events out; it is durable when it returns. @returns the ids of those that were still there */
export async function removeRejected(env: Env, workspace: Workspace, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const shards = Map.groupBy(ids, shardOf);
  const removed = await Promise.all([...shards].map(([shard, of]) => stubOf(env, workspace, shard).remove(of)));
  return new Set(removed.flat());
}

function onAllShards<T>(
  env: Env,
  workspace: Workspace,
  ask: (shard: DurableObjectStub<QuarantineObject>) => Promise<T>,
): Promise<T[]> {
  return Promise.all(Array.from({ length: SHARDS }, (_, shard) => ask(stubOf(env, workspace, shard))));
}

function shardOf(id: string): number {
  return Number.parseInt(id.slice(-4), 16) % SHARDS;
}

function stubOf(env: Env, workspace: Workspace, shard: number): DurableObjectStub<QuarantineObject> {
  const namespace = inJurisdiction(env.QUARANTINE, workspace.jurisdiction);
  return namespace.get(namespace.idFromName(`${workspace.id}/${shard}`));
}
