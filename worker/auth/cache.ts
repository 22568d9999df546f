import { readObject } from "../cold/bucket.ts";
import {
  hashKey,
  keyObjectKey,
  originObjectKey,
  workspaceObjectKey,
  type KeyRecord,
  type WorkspaceRecord,
} from "../cold/records.ts";
import { BoundedMap } from "../../core/model/bounded-map.ts";
import { FreshCache } from "./fresh-cache.ts";
import { indexedOrigins } from "./origins.ts";

type Ctx = Pick<ExecutionContext, "waitUntil">;

/** Keyed by the hash, as R2 is: what is found is found by comparing hashes only. */
const keys = new FreshCache<KeyRecord>({ most: 10_000, mostAbsent: 2_000 });
/**
 * Hashes of keys that were found, so that a warm call hashes nothing. A guess is never in here: it takes the way over its
 * hash, and the map it misses on the way hashes with a seed that nobody outside knows, so its time tells nothing of a key.
 */
const hashes = new BoundedMap<string, string>(1_000);
const workspaces = new FreshCache<WorkspaceRecord>({
  most: 2_000,
  mostAbsent: 200,
  isNewer: (held, read) => held.revision > read.revision,
});
const origins = new FreshCache<true>({ most: 5_000, mostAbsent: 5_000 });

/**
 * The record of a key: at once when warm.
 * @returns undefined for a key that is not, or no longer, one
 * @throws Unavailable (as a rejection) where R2 cannot be reached and the key is not known here: answer 503, never 401
 */
export function findKey(env: Env, ctx: Ctx, key: string): KeyRecord | undefined | Promise<KeyRecord | undefined> {
  const hash = hashes.get(key) ?? hashKey(key);
  const found = keys.find(hash, {
    now: Date.now(),
    load: () => load<KeyRecord>(env.PUBLISHED, keyObjectKey(hash)),
    waitUntil: (work) => ctx.waitUntil(work),
  });
  if (found !== undefined && !(found instanceof Promise)) hashes.put(key, hash);
  return found;
}

/** The settings and the ruleset pointer of a workspace, up to 5 s behind (60 s for an isolate that was asked nothing); see `findKey`. */
export function findWorkspace(
  env: Env,
  ctx: Ctx,
  id: string,
): WorkspaceRecord | undefined | Promise<WorkspaceRecord | undefined> {
  return workspaces.find(id, {
    now: Date.now(),
    load: () => load<WorkspaceRecord>(env.PUBLISHED, workspaceObjectKey(id)),
    waitUntil: (work) => ctx.waitUntil(work),
  });
}

/** As `findWorkspace`, read from R2 now: for a caller who names a `minRuleset` that is not here yet. */
export function findWorkspaceFresh(env: Pick<Env, "PUBLISHED">, id: string): Promise<WorkspaceRecord | undefined> {
  return workspaces.read(id, { now: Date.now(), load: () => load<WorkspaceRecord>(env.PUBLISHED, workspaceObjectKey(id)) });
}

/** True when some source of this deployment takes calls from the origin: all a CORS preflight can be told, for it bears no key. */
export async function findOrigin(env: Env, ctx: Ctx, origin: string): Promise<boolean> {
  for (const entry of indexedOrigins(origin)) {
    const found = await origins.find(entry, {
      now: Date.now(),
      load: () => load<true>(env.PUBLISHED, originObjectKey(entry)),
      waitUntil: (work) => ctx.waitUntil(work),
    });
    if (found !== undefined) return true;
  }
  return false;
}

/** The isolate that makes a change sees it at once. `record` undefined: the key is revoked. */
export function rememberKey(hash: string, record: KeyRecord | undefined): void {
  keys.put(hash, record, Date.now());
}

export function rememberWorkspace(record: WorkspaceRecord): void {
  workspaces.put(record.id, record, Date.now());
}

/** Empties this isolate's memory, as an eviction would: for tests of the cold path. */
export function forgetAll(): void {
  keys.clear();
  hashes.clear();
  workspaces.clear();
  origins.clear();
}

async function load<V>(bucket: R2Bucket, key: string): Promise<V | undefined> {
  return (await readObject<V>(bucket, key))?.value;
}
