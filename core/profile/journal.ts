import type { JournalEvent } from "../model/envelope.ts";
import { isEvent, type JournalRecord } from "../model/outbox.ts";
import { linesAfter } from "./head.ts";

/**
 * The journal of a profile: events and changes of membership, numbered in the order in which they became known. The
 * newest are the open chunk, inside the head row; the rest lies in sealed chunks, immutable rows of their own.
 */
export interface SealedChunk {
  /** Of a chunk that an erasure left behind: older than the head's. */
  readonly epoch: number;
  /** Sequence of its first record. */
  readonly first: number;
  /** JSON texts. */
  readonly records: readonly string[];
}

/** What of a journal lies in storage, read when it is needed. */
export interface SealedJournal {
  /** Sealed chunks, oldest first, from the one on that holds the record of this sequence. */
  chunks(from: number): Iterable<SealedChunk>;
  /** The sealed chunk that holds the record of this sequence, or would. */
  chunkOf(sequence: number): SealedChunk | undefined;
  /** What is left of events that have left the journal, see `compaction.ts`. */
  base(): readonly JournalEvent[];
}

/** A record and its place in the journal. */
export interface NumberedText {
  readonly text: string;
  readonly sequence: number;
}

export interface NumberedEvent {
  readonly event: JournalEvent;
  readonly sequence: number;
}

const CHUNK_FORMAT = 2;

/** Text of a sealed chunk: a line that says what it is, then a line a record. */
export function encodeChunk(epoch: number, first: number, records: readonly string[]): string {
  return [JSON.stringify({ format: CHUNK_FORMAT, epoch, first }), ...records].join("\n") + "\n";
}

/** Reads a sealed chunk. Format 1 was one JSON object, of events only. @throws for one of a newer Tideline */
export function decodeChunk(text: string): SealedChunk {
  const end = text.indexOf("\n");
  if (end < 0) {
    const { epoch, first, events } = JSON.parse(text) as SealedChunk & { readonly events: readonly JournalEvent[] };
    return { epoch, first, records: events.map((event) => JSON.stringify(event)) };
  }
  const { format, epoch, first } = JSON.parse(text.slice(0, end)) as SealedChunk & { readonly format: number };
  if (format !== CHUNK_FORMAT) throw new Error(`sealed chunk of format ${format} is newer than this program`);
  return { epoch, first, records: linesAfter(text, end) };
}

/** Text of the base. */
export function encodeBase(events: readonly JournalEvent[]): string {
  return JSON.stringify({ format: 1, events });
}

/** Reads a base. @throws for one of a newer Tideline */
export function decodeBase(text: string): readonly JournalEvent[] {
  const { format, events } = JSON.parse(text) as { readonly format: number; readonly events: readonly JournalEvent[] };
  if (format !== 1) throw new Error(`base of format ${format} is newer than this program`);
  return events;
}

export function readRecord(text: string): JournalRecord {
  return JSON.parse(text);
}

/** The events among records: changes follow from them and are skipped by whatever reads what a person did. */
export function* eventsAmong(records: Iterable<NumberedText>): Iterable<NumberedEvent> {
  for (const { text, sequence } of records) {
    const record = readRecord(text);
    if (isEvent(record)) yield { event: record, sequence };
  }
}
