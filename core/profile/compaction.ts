import type { JournalEvent } from "../model/envelope.ts";
import { compareLogOrder, STANDING_FACTS } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { isEvent } from "../model/outbox.ts";
import { readRecord, type SealedChunk, type SealedJournal } from "./journal.ts";

/**
 * What is older than the retention leaves the journal, chunk by chunk, once the cold path has confirmed it. What outlasts
 * events, traits and standing facts, is folded into a base: of each key the latest value, with the time and the id by which
 * a late one still competes.
 */

/** How long what cannot leave yet is let be, ms. */
export const COMPACT_AGAIN_MS = 86_400_000;

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

/** What is left of events that leave: those that set a trait or a standing fact last, with what they set last. */
function folded(events: readonly JournalEvent[]): JournalEvent[] {
  const claimed = new Set<string>();
  const kept: JournalEvent[] = [];
  for (const event of events.toSorted(compareLogOrder).toReversed()) {
    const properties = outlasting(event, (key) => {
      if (claimed.has(key)) return false;
      claimed.add(key);
      return true;
    });
    if (properties !== undefined) kept.push({ ...event, properties });
  }
  return kept.toReversed();
}

/** Those properties of an event that outlast it and that nobody later has claimed; undefined for none. */
function outlasting(event: JournalEvent, claims: (key: string) => boolean): JsonObject | undefined {
  const { type, name, properties } = event;
  if (type === "identify") return claimedOf(properties, (key) => claims(`trait ${key}`));
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
