import type { ProfileId } from "../../core/model/ids.ts";

/**
 * The databases that hold the cold index: `COLD_0`, `COLD_1`, ... where they are bound, else `DB` alone. Which one holds
 * a person is fixed by their number, so that one is added only with a move of the rows; series and rollups are kept in
 * each for its own people and summed on read.
 */
export function coldDatabases(env: { readonly DB: D1Database }): readonly D1Database[] {
  const bound = new Map(Object.entries(env));
  const found: D1Database[] = [];
  for (let database = bound.get("COLD_0"); isDatabase(database); database = bound.get(`COLD_${found.length}`))
    found.push(database);
  return found.length === 0 ? [env.DB] : found;
}

/** Which of `count` databases holds a person. An id is a keyed hash already: its first 24 bits are as good as any. */
export function shardOf(profile: ProfileId, count: number): number {
  return Buffer.from(profile.slice(0, 4), "base64url").readUIntBE(0, 3) % count;
}

function isDatabase(value: unknown): value is D1Database {
  return typeof value === "object" && value !== null && "prepare" in value && "batch" in value;
}
