import type { JournalEvent } from "../model/envelope.ts";
import { compareLogOrder, STANDING_FACTS } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { isEvent } from "../model/outbox.ts";
import { MOST_SETTINGS } from "../rules/golden-policy.ts";
import { readRecord, type SealedChunk, type SealedJournal } from "./journal.ts";

/**
 * What is older than the retention leaves the journal, chunk by chunk, once the cold path has confirmed it. What outlasts
 * events, traits and standing facts, is folded into a base: of each fact the latest, of each trait what may still win under
 * any policy (`core/rules/golden-policy.ts`), with the time and the id by which a late one still competes.
 */

/** How long what cannot leave yet is let be, ms. */
export const COMPACT_AGAIN_MS = 86_400_000;

/** Characters of a base in which all settings that may count are kept: a row holds twice as many (durable-objects/profile/store.ts). */
const MOST_CHARACTERS = 900_000;

export interface Compaction {
  /** First sequences of the chunks that leave. */
  readonly leaving: readonly SealedChunk[];
  /** Greatest time of an event in the sealed chunk that can leave next, ms; absent where none is left. */
  readonly next?: number;
  readonly base: readonly JournalEvent[];
}

/**
 * @param confirmedTo records before it have arrived at the cold path
 * @param horizon events at or before it are not retained, ms
 */
export function compacted(journal: SealedJournal, confirmedTo: number, horizon: number): Compaction {
  const leaving: SealedChunk[] = [];
  let next = Infinity;
  for (const chunk of journal.chunks(0)) {
    const end = lastTime(chunk);
    if (chunk.first + chunk.records.length <= confirmedTo && end <= horizon) leaving.push(chunk);
    else next = Math.min(next, end);
  }
  const base = folded([...journal.base(), ...leaving.flatMap(eventsOf)]);
  return { leaving, base, ...(next === Infinity ? {} : { next }) };
}

/** The base with a chunk more that leaves. */
export function compactedWith(base: readonly JournalEvent[], chunk: SealedChunk): readonly JournalEvent[] {
  return folded([...base, ...eventsOf(chunk)]);
}

/** Greatest time of its events, ms; -Infinity where it holds none. */
function lastTime(chunk: SealedChunk): number {
  return eventsOf(chunk).reduce((latest, { time }) => Math.max(latest, time), -Infinity);
}

function eventsOf({ records }: SealedChunk): JournalEvent[] {
  return records.map(readRecord).filter(isEvent);
}

/**
 * What is left of events that leave: those that set a standing fact last or a trait among the last, with what they so set.
 * Of who is given texts of a book's length again and again fewer settings are kept, so that the row can be written.
 */
function folded(events: readonly JournalEvent[]): JournalEvent[] {
  const ordered = events.toSorted(compareLogOrder).toReversed();
  for (let most = MOST_SETTINGS; most > 1; most >>= 1) {
    const kept = foldedTo(most, ordered);
    if (JSON.stringify(kept).length <= MOST_CHARACTERS) return kept;
  }
  return foldedTo(1, ordered);
}

/**
 * @param mostSettings of a trait by one source
 * @param latestFirst all events that leave
 */
function foldedTo(mostSettings: number, latestFirst: readonly JournalEvent[]): JournalEvent[] {
  /** By key, how many more may claim it. */
  const claims = new Map<string, number>();
  const kept: JournalEvent[] = [];
  for (const event of latestFirst) {
    const properties = outlasting(event, mostSettings, (key, most = 1, isLast = false) => {
      const left = claims.get(key) ?? most;
      claims.set(key, isLast ? 0 : Math.max(0, left - 1));
      return left > 0;
    });
    const { household, ...rest } = event;
    // Of what is said of a household only the latest counts.
    const says = household !== undefined && claims.get("household") === undefined ? { household } : undefined;
    if (says !== undefined) claims.set("household", 0);
    if (properties !== undefined || says !== undefined)
      kept.push(withoutContext({ ...rest, ...says, properties: properties ?? {} }));
  }
  return kept.toReversed();
}

/** Nothing that outlasts an event is told by where it happened: and of traits there may be many in one row. */
function withoutContext(event: JournalEvent): JournalEvent {
  const { context: _, edge: __, ...rest } = event;
  return rest;
}

/**
 * Claims a key for an event: the first to do so is the latest in the log.
 * @param most how many events may claim it, at first
 * @param isLast none before it may
 */
type Claims = (key: string, most?: number, isLast?: boolean) => boolean;

/** Those properties of an event that outlast it and that nobody later has claimed; undefined for none. */
function outlasting(event: JournalEvent, mostSettings: number, claims: Claims): JsonObject | undefined {
  const { type, name, source, properties } = event;
  if (type === "identify") {
    // A null withdraws what its source had set before: nothing of that can win any more.
    return claimedOf(properties, (key) =>
      claims(`trait ${JSON.stringify([source, key])}`, mostSettings, properties[key] === null),
    );
  }
  if (type !== "fact") return undefined;
  switch (name) {
    case STANDING_FACTS.computed:
      return claimedOf(properties, (key) => claims(`computed ${key}`));
    case STANDING_FACTS.list:
      return claims(`list ${JSON.stringify([properties["list"], properties["identifier"]])}`) ? properties : undefined;
    case STANDING_FACTS.household:
      // What one household told is forgotten with the next: in their order, and few.
      return properties;
    default:
      return undefined;
  }
}

function claimedOf(properties: JsonObject, claims: (key: string) => boolean): JsonObject | undefined {
  const own = Object.entries(properties).filter(([key]) => claims(key));
  return own.length === 0 ? undefined : Object.fromEntries<Json>(own); // defines own properties, `__proto__` too
}
