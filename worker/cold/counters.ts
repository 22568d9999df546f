import { HOUR_MS, hourOf } from "./hours.ts";

/** What is counted for operators, by workspace and hour. None of it is exact to the last one but what the consumer applies. */
export type CounterName =
  | "events.ingested"
  | "events.duplicate"
  | "events.rejected"
  | "events.refused"
  | "events.dropped"
  | "events.violating"
  | "events.applied"
  | "changes.applied"
  | "messages.applied"
  | "messages.repeated"
  | "messages.retried"
  | "messages.dead"
  | "messages.pulled"
  | "profiles.swept"
  /** Accepted of one source, by its key. */
  | `events.of.${string}`
  /** Decisions, by how long each waited for objects: at most so many ms, and more than the step before. */
  | `decisions.within.${number}`;

/** Steps of what a decision waits, ms. */
export const WAIT_BOUNDS = [1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 250, 500, 1_000, 5_000] as const;

export function waitCounter(bound: number): `decisions.within.${number}` {
  return `decisions.within.${bound}`;
}

/** Notes a decision. Costs an addition: it is on the way of each. @param waitMs for objects */
export function countDecision(workspace: string, waitMs: number, now: number): void {
  const bound = WAIT_BOUNDS.find((one) => waitMs <= one) ?? 5_000;
  count(workspace, waitCounter(bound), 1, now);
}

export interface Count {
  readonly workspace: string;
  readonly name: CounterName;
  /** First ms of the hour. */
  readonly hour: number;
  readonly count: number;
}

/** Counts of this isolate that are not written yet. */
let waiting = new Map<string, Count>();
let lastFlush = 0;

/** An isolate writes its counts this often at most: they cost a row each, and lose no more than this when it dies. */
const FLUSH_EVERY_MS = 10_000;

/** Counts in memory; `flushCounts` writes. */
export function count(workspace: string, name: CounterName, by: number, now: number): void {
  if (by === 0) return;
  if (waiting.size === 0) lastFlush = Math.max(lastFlush, now);
  const hour = hourOf(now);
  const key = `${workspace} ${name} ${hour}`;
  waiting.set(key, { workspace, name, hour, count: (waiting.get(key)?.count ?? 0) + by });
}

export function isFlushDue(now: number): boolean {
  return waiting.size > 0 && now - lastFlush >= FLUSH_EVERY_MS;
}

/** Writes what this isolate has counted. While D1 is down it waits in memory: counting holds nothing up. */
export async function flushCounts(DB: D1Database, now: number): Promise<void> {
  lastFlush = now;
  const counts = waiting;
  waiting = new Map();
  try {
    await addCounts(DB, [...counts.values()]).run();
  } catch {
    for (const one of counts.values()) count(one.workspace, one.name, one.count, one.hour);
  }
}

/** The statement that adds counts. */
export function addCounts(DB: D1Database, counts: readonly Count[]): D1PreparedStatement {
  return DB.prepare(
    `INSERT INTO counter (workspace, name, hour, count)
     SELECT value->>'workspace', value->>'name', value->>'hour', value->>'count' FROM json_each(?1) WHERE true
     ON CONFLICT (workspace, name, hour) DO UPDATE SET count = count + excluded.count`,
  ).bind(JSON.stringify(counts));
}

/** Sums by name over the last 24 hours. */
export async function countsOfDay(DB: D1Database, workspace: string, now: number): Promise<Readonly<Record<string, number>>> {
  const { results } = await DB.prepare(
    "SELECT name, sum(count) AS count FROM counter WHERE workspace = ?1 AND hour > ?2 GROUP BY name",
  )
    .bind(workspace, now - 24 * HOUR_MS)
    .all<{ name: string; count: number }>();
  return Object.fromEntries(results.map((row) => [row.name, row.count]));
}
