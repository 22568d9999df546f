import { createHmac } from "node:crypto";
import type { JournalEvent } from "../../core/model/envelope.ts";
import { Catalogue, newsOf, type HashValue, type PropertyNote, type SourceNote } from "../../core/quality/catalogue.ts";
import type { PropertyType } from "../../core/quality/catalogue-shape.ts";
import { NO_VALUES, readValueNotes, valueNotesText } from "../../core/quality/catalogue-values.ts";
import { reaching } from "../wire/unavailable.ts";

/**
 * The catalogue as the consumer learns it. What D1 says of a workspace is held by the isolate, so that events which tell
 * nothing new, nearly all, cost neither a read nor a row; each property costs a row on the first day and one on each day
 * that it comes again.
 */
export interface Learnt {
  /** To be written in the transaction that counts the events. */
  readonly statements: readonly D1PreparedStatement[];
  /** To be called once that has gone through. */
  readonly keep: () => void;
}

interface Held {
  readonly known: Catalogue;
  readonly readAt: number;
}

/** Where to learn: a cold database, by its number, and a workspace in it. */
export interface Place {
  readonly DB: D1Database;
  readonly shard: number;
  readonly workspace: string;
  readonly nameKey: string;
}

/** Other isolates learn as well: what is held is read again before it is added to, where it is older than this. */
const REREAD_MS = 60_000;
/** Notes that an isolate holds at most, some 200 bytes each. */
const MOST_HELD = 60_000;
/** Notes in one statement: 2 MB is all that D1 binds, and a note is at most some kilobytes. */
const MOST_AT_ONCE = 250;

const held = new Map<string, Held>();

/** What these events tell that is new. @param events that were never counted before @throws Unavailable */
export async function learn(place: Place, events: readonly JournalEvent[], now: number): Promise<Learnt> {
  if (events.length === 0) return { statements: [], keep: () => undefined };
  const hashOf: HashValue = (event, path, value) =>
    createHmac("sha256", place.nameKey)
      .update(JSON.stringify(["catalogue", place.workspace, event, path, value]))
      .digest("base64url")
      .slice(0, 6);
  const key = `${place.shard} ${place.workspace}`;
  const before = held.get(key);
  let known = before?.known ?? (await read(place, key, now));
  let news = newsOf(known, events, hashOf);
  if (news.size > 0 && before !== undefined && Math.abs(now - before.readAt) > REREAD_MS) {
    known = await read(place, key, now);
    news = newsOf(known, events, hashOf);
  }
  return {
    statements: news.size === 0 ? [] : statementsOf(place, known, news),
    keep: () => known.put(news.sources, news.properties),
  };
}

async function read(place: Place, key: string, now: number): Promise<Catalogue> {
  let known = await readCatalogue(place);
  if (known.isFull && (await makeRoom(place, now))) known = await readCatalogue(place);
  held.delete(key);
  held.set(key, { known, readAt: now });
  let size = [...held.values()].reduce((sum, one) => sum + one.known.size, 0);
  for (const [oldest, one] of held) {
    if (size <= MOST_HELD || oldest === key) break;
    held.delete(oldest);
    size -= one.known.size;
  }
  return known;
}

async function readCatalogue({ DB, workspace }: Place): Promise<Catalogue> {
  const [sources, properties] = await reaching("D1", () =>
    Promise.all([
      DB.prepare("SELECT event, source, first_day AS firstDay, last_day AS lastDay FROM catalogue_event WHERE workspace = ?1")
        .bind(workspace)
        .all<{ [K in keyof SourceNote]: SourceNote[K] }>(),
      DB.prepare(
        `SELECT event, path, type, first_day AS firstDay, last_day AS lastDay, examples
         FROM catalogue_property WHERE workspace = ?1`,
      )
        .bind(workspace)
        .all<PropertyRow>(),
    ]),
  );
  const known = new Catalogue();
  known.put(sources.results, properties.results.map(noteOf));
  return known;
}

interface PropertyRow extends Record<string, unknown> {
  readonly event: string;
  readonly path: string;
  readonly type: PropertyType;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly examples: string;
}

export function noteOf({ event, path, type, firstDay, lastDay, examples }: PropertyRow): PropertyNote {
  return { event, path, type, firstDay, lastDay, values: readValueNotes(examples) };
}

/** Days after which a full catalogue forgets what came on one day only: a page that made names up is not to fill it for good. */
const FORGET_DAYS = 7;
const DAY_MS = 86_400_000;

/** @returns true where something was forgotten */
async function makeRoom({ DB, workspace }: Place, now: number): Promise<boolean> {
  const before = Math.floor(now / DAY_MS) - FORGET_DAYS;
  const forget = (table: string): D1PreparedStatement =>
    DB.prepare(`DELETE FROM ${table} WHERE workspace = ?1 AND first_day = last_day AND last_day < ?2`).bind(workspace, before);
  const results = await reaching("D1", () => DB.batch([forget("catalogue_property"), forget("catalogue_event")]));
  return results.some(({ meta }) => meta.changes > 0);
}

function statementsOf({ DB, workspace }: Place, known: Catalogue, news: Catalogue): readonly D1PreparedStatement[] {
  const properties = news.properties.map(({ values, ...note }) => {
    const was = known.propertyOf(note.event, note.path, note.type);
    return {
      isKnown: was !== undefined,
      ...note,
      examples: valueNotesText(values),
      was: valueNotesText(was?.values ?? NO_VALUES),
    };
  });
  const write = (sql: string, rows: readonly object[]): readonly D1PreparedStatement[] =>
    Array.from({ length: Math.ceil(rows.length / MOST_AT_ONCE) }, (_, n) => {
      const part = rows.slice(n * MOST_AT_ONCE, (n + 1) * MOST_AT_ONCE);
      return DB.prepare(sql).bind(JSON.stringify(part.map((row) => ({ workspace, ...row }))));
    });
  return [
    ...write(PUT_EVENTS, news.sources),
    ...write(
      PUT_PROPERTIES,
      properties.filter(({ isKnown }) => !isKnown),
    ),
    ...write(
      CHANGE_PROPERTIES,
      properties.filter(({ isKnown }) => isKnown),
    ),
  ];
}

/** Whatever order isolates come in, the days are the earliest and the latest; and where another was first no row is written. */
const WIDEN = "first_day = min(first_day, excluded.first_day), last_day = max(last_day, excluded.last_day)";
const IS_WIDER = "excluded.first_day < first_day OR excluded.last_day > last_day";

const PUT_EVENTS = `INSERT INTO catalogue_event (workspace, event, source, first_day, last_day)
  SELECT value->>'workspace', value->>'event', value->>'source', value->>'firstDay', value->>'lastDay' FROM json_each(?1) WHERE true
  ON CONFLICT DO UPDATE SET ${WIDEN} WHERE ${IS_WIDER}`;

const PUT_PROPERTIES = `INSERT INTO catalogue_property (workspace, event, path, type, first_day, last_day, examples)
  SELECT value->>'workspace', value->>'event', value->>'path', value->>'type', value->>'firstDay', value->>'lastDay', value->>'examples'
  FROM json_each(?1) WHERE true
  ON CONFLICT DO UPDATE SET ${WIDEN} WHERE ${IS_WIDER}`;

/**
 * Examples are replaced where they are what was read: where another isolate has noted one meanwhile, this one's waits for a
 * later sighting. All of the key comes from the row, or SQLite would walk over the workspace's rows for each of these.
 */
const CHANGE_PROPERTIES = `UPDATE catalogue_property AS held SET first_day = min(first_day, news.value->>'firstDay'),
    last_day = max(last_day, news.value->>'lastDay'),
    examples = CASE WHEN examples = news.value->>'was' THEN news.value->>'examples' ELSE examples END
  FROM json_each(?1) AS news
  WHERE held.workspace = news.value->>'workspace' AND held.event = news.value->>'event' AND held.path = news.value->>'path'
    AND held.type = news.value->>'type'
    AND (news.value->>'firstDay' < first_day OR news.value->>'lastDay' > last_day
      OR (examples = news.value->>'was' AND news.value->>'examples' <> news.value->>'was'))`;
