import { reaching } from "../wire/unavailable.ts";
import { coldDatabases } from "./cold-databases.ts";
import { HOUR_MS, hourOf } from "./hours.ts";

/** An audience in an hour: its size at the hour's end, and how it came to it. */
export interface SizeHour {
  /** First ms of the hour. */
  readonly hour: number;
  readonly size: number;
  readonly entered: number;
  readonly exited: number;
  /** By a publish, not by what people or time did: not among `entered` and `exited`. */
  readonly publishEntered: number;
  readonly publishExited: number;
}

export interface Sizes {
  readonly now: number;
  readonly series: readonly SizeHour[];
}

type Delta = Omit<SizeHour, "size">;

/**
 * Size of an audience now and at the end of every hour that begins in [from, to), summed over the cold databases.
 * @returns undefined where nobody ever was in it @throws Unavailable
 */
export async function sizesOf(
  env: { readonly DB: D1Database },
  workspace: string,
  audience: string,
  from: number,
  to: number,
): Promise<Sizes | undefined> {
  const answers = await Promise.all(
    coldDatabases(env).map((DB) => reaching("D1", () => read(DB, workspace, audience, from, to))),
  );
  if (answers.every(({ rows }) => rows === 0)) return undefined;
  const sum = (of: (answer: (typeof answers)[number]) => number): number =>
    answers.reduce((total, answer) => total + of(answer), 0);
  const series = seriesOf(
    sum(({ before }) => before),
    answers.flatMap(({ deltas }) => deltas),
    from,
    to,
  );
  return { now: sum(({ now }) => now), series };
}

async function read(DB: D1Database, workspace: string, audience: string, from: number, to: number) {
  const net = "entered + publish_entered - exited - publish_exited";
  const total = await DB.prepare(
    `SELECT count(*) AS rows, coalesce(sum(${net}), 0) AS now, coalesce(sum(CASE WHEN hour < ?3 THEN ${net} END), 0) AS before
     FROM audience_hour WHERE workspace = ?1 AND audience = ?2`,
  )
    .bind(workspace, audience, from)
    .first<{ rows: number; now: number; before: number }>();
  const deltas = await DB.prepare(
    `SELECT hour, entered, exited, publish_entered AS publishEntered, publish_exited AS publishExited
     FROM audience_hour WHERE workspace = ?1 AND audience = ?2 AND hour >= ?3 AND hour < ?4`,
  )
    .bind(workspace, audience, from, to)
    .all<{ [K in keyof Delta]: Delta[K] }>();
  return { ...(total ?? { rows: 0, now: 0, before: 0 }), deltas: deltas.results };
}

/** An audience over a span: its size at the end of each step, and all who came and went, by a publish too. */
export interface SpanSizes {
  readonly now: number;
  readonly series: readonly number[];
  readonly entered: number;
  readonly exited: number;
}

/** A span of equal steps, ms. */
export interface Span {
  readonly from: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** Sizes of every audience that anybody ever was in, by key: one statement a cold database. @throws Unavailable */
export async function sizesOfAll(
  env: { readonly DB: D1Database },
  workspace: string,
  span: Span,
): Promise<ReadonlyMap<string, SpanSizes>> {
  const answers = await Promise.all(coldDatabases(env).map((DB) => reaching("D1", () => readAll(DB, workspace, span))));
  const byAudience = Map.groupBy(answers.flat(), ({ audience }) => audience);
  return new Map([...byAudience].map(([audience, rows]) => [audience, spanSizesOf(rows, span)]));
}

interface SpanRow {
  readonly audience: string;
  readonly entered: number;
  readonly exited: number;
  /** JSON: by how much it changed in each step in which it did; what was before the span is that of step -1. */
  readonly changes: string;
}

async function readAll(DB: D1Database, workspace: string, { from, stepMs }: Span): Promise<readonly SpanRow[]> {
  const { results } = await DB.prepare(
    `SELECT audience, coalesce(sum(entered) FILTER (WHERE step >= 0), 0) AS entered,
       coalesce(sum(exited) FILTER (WHERE step >= 0), 0) AS exited, json_group_array(json_array(step, entered - exited)) AS changes
     FROM (SELECT audience, CASE WHEN hour < ?2 THEN -1 ELSE CAST((hour - ?2) / ?3 AS INTEGER) END AS step,
       sum(entered + publish_entered) AS entered, sum(exited + publish_exited) AS exited
       FROM audience_hour WHERE workspace = ?1 GROUP BY audience, step) GROUP BY audience`,
  )
    .bind(workspace, from, stepMs)
    .all<{ [K in keyof SpanRow]: SpanRow[K] }>();
  return results;
}

function spanSizesOf(rows: readonly SpanRow[], { steps }: Span): SpanSizes {
  const changes = new Map<number, number>();
  for (const row of rows) {
    const pairs: readonly (readonly [number, number])[] = JSON.parse(row.changes);
    for (const [step, change] of pairs) changes.set(step, (changes.get(step) ?? 0) + change);
  }
  let size = changes.get(-1) ?? 0;
  const series = Array.from({ length: steps }, (_, step) => (size += changes.get(step) ?? 0));
  const sum = (of: "entered" | "exited"): number => rows.reduce((total, row) => total + row[of], 0);
  return { now: size, series, entered: sum("entered"), exited: sum("exited") };
}

/** Every hour has its place, also one in which nothing changed: a chart of it tells no lies. */
export function seriesOf(before: number, deltas: readonly Delta[], from: number, to: number): readonly SizeHour[] {
  const byHour = Map.groupBy(deltas, ({ hour }) => hour);
  const series: SizeHour[] = [];
  let size = before;
  for (let hour = Math.ceil(from / HOUR_MS) * HOUR_MS; hour < to; hour += HOUR_MS) {
    const all = { entered: 0, exited: 0, publishEntered: 0, publishExited: 0 };
    for (const delta of byHour.get(hour) ?? []) {
      for (const field of ["entered", "exited", "publishEntered", "publishExited"] as const) all[field] += delta[field];
    }
    size += all.entered + all.publishEntered - all.exited - all.publishExited;
    series.push({ hour, size, ...all });
  }
  return series;
}

/** So many hours, the one under way the last. */
export function lastHours(count: number, now: number): { readonly from: number; readonly to: number } {
  const to = hourOf(now) + HOUR_MS;
  return { from: to - count * HOUR_MS, to };
}
