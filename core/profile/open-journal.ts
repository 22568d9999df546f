import type { JournalEvent } from "../model/envelope.ts";
import { isEvent } from "../model/outbox.ts";
import { SEAL_BYTES } from "./head.ts";
import {
  eventsAmong,
  readRecord,
  type NumberedEvent,
  type NumberedText,
  type SealedChunk,
  type SealedJournal,
} from "./journal.ts";
import { seenKey } from "./same-content.ts";
import { extended, filterOf, isSurelyNew, type SeenFilter } from "./seen-filter.ts";

type Id = Pick<JournalEvent, "source" | "messageId">;

/** The journal of a profile in memory: the open chunk, what is known of the sealed ones, and which ids all of it holds. */
export class OpenJournal {
  /** Sequence of the first record of the open chunk. */
  #first: number;
  /** Texts of its records. */
  #open: string[];
  #bytes = 0;
  readonly #sealed: SealedJournal;
  /** Sequence by (source, messageId): of all events once the sealed ones were read, before that of the open chunk's. */
  readonly #seen = new Map<string, number>();
  #isOpenSeen = false;
  #isAllSeen = false;
  #filter: SeenFilter | undefined;

  constructor(first: number, open: readonly string[], sealed: SealedJournal, filter: SeenFilter | undefined) {
    this.#first = first;
    this.#open = [...open];
    this.#sealed = sealed;
    this.#filter = filter;
    for (const text of open) this.#bytes += text.length;
  }

  get open(): readonly string[] {
    return this.#open;
  }

  /** Over the sealed chunks, for the head row. */
  get filter(): SeenFilter | undefined {
    return this.#filter;
  }

  /** Texts of the records from a sequence on. */
  *records(from = 0): Iterable<NumberedText> {
    if (from < this.#first) {
      for (const { first, records } of this.#sealed.chunks(from)) {
        for (const [place, text] of records.entries()) if (first + place >= from) yield { text, sequence: first + place };
      }
    }
    yield* this.#openRecords(from);
  }

  *#openRecords(from: number): Iterable<NumberedText> {
    for (const [place, text] of this.#open.entries()) {
      const sequence = this.#first + place;
      if (sequence >= from) yield { text, sequence };
    }
  }

  /** All events, read from storage; from then on every id is known. */
  readAll(): readonly NumberedEvent[] {
    const events = [...eventsAmong(this.records())];
    for (const { event, sequence } of events) this.#seen.set(seenKey(event), sequence);
    this.#isAllSeen = true;
    return events;
  }

  /** Where the event of this id is; undefined where it is new. The journal is read only where nothing else can tell. */
  placeOf(id: Id): number | undefined {
    const key = seenKey(id);
    if (!this.#isOpenSeen) {
      for (const { event, sequence } of eventsAmong(this.#openRecords(0))) this.#seen.set(seenKey(event), sequence);
      this.#isOpenSeen = true;
    }
    const place = this.#seen.get(key);
    if (place !== undefined || this.#isAllSeen || this.#first === 0) return place;
    if (this.#filter !== undefined && isSurelyNew(this.#filter, key)) return undefined;
    this.readAll();
    return this.#seen.get(key);
  }

  /** @param id of an event; a change has none */
  append(text: string, sequence: number, id?: Id): string {
    // A line feed ends a record: texts of JSON.stringify hold none, others are made so.
    const line = text.includes("\n") ? JSON.stringify(JSON.parse(text)) : text;
    this.#open.push(line);
    this.#bytes += line.length;
    if (id !== undefined) this.#seen.set(seenKey(id), sequence);
    return line;
  }

  /**
   * Reads events by sequence. What is asked for in a row lies in one chunk mostly: the last one read is kept, so this is for
   * one delivery and then goes.
   */
  reader(): (sequence: number) => JournalEvent {
    let chunk: Pick<SealedChunk, "first" | "records"> | undefined;
    return (sequence) => {
      const isOpen = sequence >= this.#first;
      if (isOpen) chunk = { first: this.#first, records: this.#open };
      else if (chunk?.records[sequence - chunk.first] === undefined) chunk = this.#sealed.chunkOf(sequence);
      const text = chunk?.records[sequence - chunk.first];
      const record = text === undefined ? undefined : readRecord(text);
      if (record === undefined || !isEvent(record)) throw new Error(`the journal has no event ${sequence}`);
      return record;
    };
  }

  /** Seals the open chunk once it has grown large enough: into several where much came at once. */
  seal(epoch: number): readonly SealedChunk[] {
    if (this.#bytes < SEAL_BYTES) return [];
    const chunks = cut(this.#open, epoch, this.#first);
    const keys = [...eventsAmong(this.#openRecords(0))].map(({ event }) => seenKey(event));
    // With the first chunk it covers all; one that is full is made anew by whoever knows all ids.
    if (this.#first === 0) this.#filter = filterOf(keys);
    else this.#filter = (this.#filter && extended(this.#filter, keys)) ?? this.#filterOfAll();
    this.#first += this.#open.length;
    this.#open = [];
    this.#bytes = 0;
    return chunks;
  }

  #filterOfAll(): SeenFilter | undefined {
    return this.#isAllSeen ? filterOf([...this.#seen.keys()]) : undefined;
  }
}

/** Characters of a sealed chunk at most, but for its last record: a row holds 2 MB, and a character may be three bytes. */
const MOST_CHUNK = 500_000;

function cut(records: readonly string[], epoch: number, first: number): SealedChunk[] {
  const chunks: SealedChunk[] = [];
  let from = 0;
  let room = MOST_CHUNK;
  for (const [place, text] of records.entries()) {
    room -= text.length;
    if (room > 0 && place < records.length - 1) continue;
    chunks.push({ epoch, first: first + from, records: records.slice(from, place + 1) });
    from = place + 1;
    room = MOST_CHUNK;
  }
  return chunks;
}
