import { MOST_EVENTS, MOST_IN_ALL, MOST_PROPERTIES, type PropertyNote, type Span } from "../../core/quality/catalogue.ts";
import { reaching } from "../wire/unavailable.ts";
import { noteOf } from "./catalogue.ts";
import { coldDatabases } from "./cold-databases.ts";
import { lastHours } from "./sizes.ts";

/** An event of the catalogue, over all its sources and databases. */
export interface CataloguedEvent extends Span {
  readonly event: string;
  /** Events whose time lies in the last 7 and 30 days, the hour under way included. */
  readonly week: number;
  readonly month: number;
  readonly sources: readonly string[];
}

/** A property of it in all its types, each of which the databases may have noted apart. */
export interface CataloguedProperty extends Span {
  readonly path: string;
  readonly types: readonly PropertyNote[];
}

interface EventRow extends Record<string, unknown>, Span {
  readonly event: string;
  readonly source: string;
  readonly week: number;
  readonly month: number;
}

/**
 * Events by name, or one of them.
 * @returns `isFull` where further names were not learnt @throws Unavailable
 */
export async function cataloguedEvents(
  env: { readonly DB: D1Database },
  workspace: string,
  now: number,
  only: string | null = null,
): Promise<{ readonly events: readonly CataloguedEvent[]; readonly isFull: boolean }> {
  const [week, month] = [lastHours(7 * 24, now).from, lastHours(30 * 24, now).from];
  const sum = `(SELECT coalesce(sum(events), 0) FROM event_hour AS counted
    WHERE counted.workspace = noted.workspace AND counted.source = noted.source AND counted.name = noted.event AND hour >= `;
  const answers = await Promise.all(
    coldDatabases(env).map((DB) =>
      reaching("D1", () =>
        DB.prepare(
          `SELECT event, source, first_day AS firstDay, last_day AS lastDay, ${sum} ?2) AS week, ${sum} ?3) AS month
           FROM catalogue_event AS noted WHERE workspace = ?1 AND (?4 IS NULL OR event = ?4)`,
        )
          .bind(workspace, week, month, only)
          .all<EventRow>(),
      ),
    ),
  );
  const rows = answers.flatMap(({ results }) => results);
  const events = [...Map.groupBy(rows, ({ event }) => event)].map(([event, all]) => ({
    event,
    ...spanOf(all),
    week: all.reduce((total, row) => total + row.week, 0),
    month: all.reduce((total, row) => total + row.month, 0),
    sources: [...new Set(all.map(({ source }) => source))].toSorted(),
  }));
  return {
    events: events.toSorted((one, other) => (one.event < other.event ? -1 : 1)),
    isFull: answers.some(({ results }) => new Set(results.map(({ event }) => event)).size >= MOST_EVENTS),
  };
}

/**
 * Properties of an event by path.
 * @returns `isFull` where further ones were not learnt @throws Unavailable
 */
export async function cataloguedProperties(
  env: { readonly DB: D1Database },
  workspace: string,
  event: string,
): Promise<{ readonly properties: readonly CataloguedProperty[]; readonly isFull: boolean }> {
  const answers = await Promise.all(
    coldDatabases(env).map((DB) =>
      reaching("D1", async () => {
        const { results } = await DB.prepare(
          `SELECT event, path, type, first_day AS firstDay, last_day AS lastDay, examples
           FROM catalogue_property WHERE workspace = ?1 AND event = ?2`,
        )
          .bind(workspace, event)
          .all<Parameters<typeof noteOf>[0]>();
        const all = await DB.prepare("SELECT count(*) AS count FROM catalogue_property WHERE workspace = ?1")
          .bind(workspace)
          .first<{ count: number }>();
        return { notes: results.map(noteOf), count: all?.count ?? 0 };
      }),
    ),
  );
  const byPath = Map.groupBy(
    answers.flatMap(({ notes }) => notes),
    ({ path }) => path,
  );
  const properties = [...byPath].map(([path, types]) => ({ path, ...spanOf(types), types }));
  return {
    properties: properties.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    isFull: answers.some(({ notes, count }) => notes.length >= MOST_PROPERTIES || count >= MOST_IN_ALL),
  };
}

export function spanOf(spans: readonly Span[]): Span {
  return {
    firstDay: Math.min(...spans.map(({ firstDay }) => firstDay)),
    lastDay: Math.max(...spans.map(({ lastDay }) => lastDay)),
  };
}
