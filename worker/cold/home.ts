import { LocalDays } from "../../core/model/local-calendar.ts";
import { reaching } from "../wire/unavailable.ts";
import { coldDatabases } from "./cold-databases.ts";
import { WAIT_BOUNDS, waitCounter } from "./counters.ts";
import { HOUR_MS, hourOf } from "./hours.ts";

/** What a span of time counted. Operational counts: an isolate that dies loses its last ten seconds of them. */
export interface Counted {
  /** Accepted, once each. */
  readonly events: number;
  readonly rejected: number;
  readonly decisions: number;
  /** ms that half of all decisions, and 95 of 100, waited at most for objects: the upper end of its step; null without a decision. */
  readonly waitP50: number | null;
  readonly waitP95: number | null;
  /** People seen for the first time. */
  readonly newPeople: number;
}

export interface HomeCounts {
  readonly today: Counted;
  /** The same hours of the same day a week ago; of the hour under way as much as has passed. */
  readonly weekAgo: Counted;
  readonly people: number;
  /** Of them, seen today. */
  readonly activeToday: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Today so far in a zone, and the same a week before. @throws Unavailable */
export async function homeCounts(
  env: { readonly DB: D1Database },
  workspace: string,
  zone: string,
  now: number,
): Promise<HomeCounts> {
  const days = new LocalDays(zone);
  const today = days.dayOf(now);
  const midnight = days.start(today);
  const before = days.start(today - 7);
  const spans = [
    { from: midnight, to: now },
    { from: before, to: before + (now - midnight) },
  ] as const;
  const databases = coldDatabases(env);
  const [people, counts] = await Promise.all([
    reaching("D1", () => Promise.all(databases.map((DB) => peopleIn(DB, workspace, midnight, spans[1])))),
    reaching("D1", () => Promise.all(spans.map((span) => countsIn([...new Set([env.DB, ...databases])], workspace, span)))),
  ]);
  const sum = (of: (row: PeopleRow) => number): number => people.reduce((total, row) => total + of(row), 0);
  const counted = (at: number, newPeople: number): Counted => ({ ...totalOf(counts[at] ?? new Map()), newPeople });
  return {
    today: counted(
      0,
      sum((row) => row.fresh),
    ),
    weekAgo: counted(
      1,
      sum((row) => row.freshBefore),
    ),
    people: sum((row) => row.people),
    activeToday: sum((row) => row.active),
  };
}

interface PeopleRow {
  readonly people: number;
  readonly active: number;
  readonly fresh: number;
  readonly freshBefore: number;
}

async function peopleIn(DB: D1Database, workspace: string, midnight: number, before: Span): Promise<PeopleRow> {
  const row = await DB.prepare(
    `SELECT count(*) AS people, count(CASE WHEN last_seen >= ?2 THEN 1 END) AS active,
       count(CASE WHEN first_seen >= ?2 THEN 1 END) AS fresh,
       count(CASE WHEN first_seen >= ?3 AND first_seen < ?4 THEN 1 END) AS freshBefore
     FROM profile WHERE workspace = ?1 AND owed IS NULL`,
  )
    .bind(workspace, midnight, before.from, before.to)
    .first<PeopleRow>();
  return row ?? { people: 0, active: 0, fresh: 0, freshBefore: 0 };
}

/** Sums by name. The hour in which the span ends counts as far as the span goes into it. */
async function countsIn(
  databases: readonly D1Database[],
  workspace: string,
  { from, to }: Span,
): Promise<ReadonlyMap<string, number>> {
  const lastHour = hourOf(to);
  const isNow = Date.now() - to < HOUR_MS;
  const share = isNow ? 1 : (to - lastHour) / HOUR_MS;
  const answers = await Promise.all(
    databases.map((DB) =>
      DB.prepare(
        `SELECT name, sum(CASE WHEN hour = ?4 THEN count * ?5 ELSE count END) AS count FROM counter
         WHERE workspace = ?1 AND hour >= ?2 AND hour <= ?3 GROUP BY name`,
      )
        .bind(workspace, hourOf(from), lastHour, lastHour, share)
        .all<{ name: string; count: number }>(),
    ),
  );
  const sums = new Map<string, number>();
  for (const { name, count } of answers.flatMap(({ results }) => results)) sums.set(name, (sums.get(name) ?? 0) + count);
  return sums;
}

function totalOf(counts: ReadonlyMap<string, number>): Omit<Counted, "newPeople"> {
  const steps = WAIT_BOUNDS.map((bound) => [bound, counts.get(waitCounter(bound)) ?? 0] as const);
  const decisions = steps.reduce((total, [, count]) => total + count, 0);
  return {
    events: Math.round(counts.get("events.ingested") ?? 0),
    rejected: Math.round(counts.get("events.rejected") ?? 0),
    decisions: Math.round(decisions),
    waitP50: quantile(steps, decisions, 0.5),
    waitP95: quantile(steps, decisions, 0.95),
  };
}

function quantile(steps: readonly (readonly [bound: number, count: number])[], total: number, share: number): number | null {
  let seen = 0;
  for (const [bound, count] of steps) {
    seen += count;
    if (count > 0 && seen >= total * share) return bound;
  }
  return null;
}

/** Events accepted of each source by the hour. @throws Unavailable */
export async function volumeOf(
  env: { readonly DB: D1Database },
  workspace: string,
  { from, to }: Span,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const prefix = "events.of.";
  const { results } = await reaching("D1", () =>
    env.DB.prepare(
      "SELECT name, hour, count FROM counter WHERE workspace = ?1 AND hour >= ?2 AND hour < ?3 AND name >= ?4 AND name < ?5",
    )
      .bind(workspace, from, to, prefix, `${prefix}~`)
      .all<{ name: string; hour: number; count: number }>(),
  );
  const bySource = Map.groupBy(results, ({ name }) => name.slice(prefix.length));
  return new Map([...bySource].map(([source, rows]) => [source, new Map(rows.map(({ hour, count }) => [hour, count]))]));
}
