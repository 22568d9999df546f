import type { Json } from "../model/json.ts";
import type { MapFault } from "./column-map.ts";
import { NOTHING_READ, type Reading } from "./read-rows.ts";
import type { ImportSettings, ImportSource } from "./settings.ts";

/** What an import is about; fixed when its first part comes. */
export interface ImportJob {
  readonly importId: string;
  readonly workspace: string;
  readonly jurisdiction: string | null;
  readonly settings: ImportSettings;
  readonly source: ImportSource;
  readonly createdAt: number;
}

/** `receiving`: waits for its next part. */
export type ImportPhase = "receiving" | "applying" | "done" | "failed";

export interface RowCounts {
  readonly rows: number;
  /** Were accepted, or had been before. */
  readonly accepted: number;
  readonly rejected: number;
  /** For want of consent. */
  readonly refused: number;
  /** Let go by the tracking plan; absent in imports from before there were plans. */
  readonly dropped?: number;
}

/** How far an import has come. The cursor moves with the counts, in one write, so that a step that is repeated counts once. */
export interface Progress {
  readonly phase: ImportPhase;
  /** The last part's number, once known. */
  readonly last: number | null;
  /** The next byte to read. */
  readonly cursor: { readonly part: number; readonly offset: number };
  readonly reading: Reading;
  readonly counts: RowCounts;
  /** Rejected rows by code. */
  readonly codes: Readonly<Record<string, number>>;
  /** Of a dry run: the first events, as they would be. */
  readonly events: readonly ShownEvent[];
  /** Bytes of the parts that are done. */
  readonly bytesDone: number;
  /** Why nothing more of the file can be read. */
  readonly failure: MapFault | null;
  readonly updatedAt: number;
}

export interface ShownEvent {
  readonly row: number;
  readonly event: Json;
}

/** A row that was not taken. */
export interface RejectedRow {
  readonly row: number;
  readonly code: string;
  readonly column?: string;
}

/** A part that is stored. */
export interface ImportPart {
  readonly part: number;
  /** Its key in the bucket. */
  readonly object: string;
  readonly bytes: number;
  /** SHA-256 of its bytes, as stored; hexadecimal. */
  readonly sha256: string;
  readonly receivedAt: number;
}

/** What a step did: where to go on, and what to add. */
export interface StepDone {
  readonly offset: number;
  readonly reading: Reading;
  readonly counts: RowCounts;
  readonly rejected: readonly RejectedRow[];
  readonly events: readonly ShownEvent[];
}

/** Events that a dry run shows. */
export const MOST_SHOWN = 5;

export function beginProgress(now: number): Progress {
  return {
    phase: "receiving",
    last: null,
    cursor: { part: 1, offset: 0 },
    reading: NOTHING_READ,
    counts: { rows: 0, accepted: 0, rejected: 0, refused: 0, dropped: 0 },
    codes: {},
    events: [],
    bytesDone: 0,
    failure: null,
    updatedAt: now,
  };
}

/** True for an import that nothing more will happen to. */
export function isOver({ phase }: Progress): boolean {
  return phase === "done" || phase === "failed";
}

/** The phase, as the parts that are there make it. @param isThere whether the cursor's part is stored */
export function settled(progress: Progress, isThere: boolean, now: number): Progress {
  if (isOver(progress)) return progress;
  const { last, cursor } = progress;
  const phase = last !== null && cursor.part > last ? "done" : isThere ? "applying" : "receiving";
  return phase === progress.phase ? progress : { ...progress, phase, updatedAt: now };
}

/** After a step over a part of so many bytes. */
export function stepped(progress: Progress, done: StepDone, partBytes: number, now: number): Progress {
  const { counts, codes, cursor } = progress;
  const isPartDone = done.offset >= partBytes;
  const added = { ...codes };
  for (const { code } of done.rejected) added[code] = (added[code] ?? 0) + 1;
  return {
    ...progress,
    cursor: isPartDone ? { part: cursor.part + 1, offset: 0 } : { part: cursor.part, offset: done.offset },
    // A row ends with its part, one that is passed over, too.
    reading: isPartDone ? { ...done.reading, skipping: false } : done.reading,
    counts: {
      rows: counts.rows + done.counts.rows,
      accepted: counts.accepted + done.counts.accepted,
      rejected: counts.rejected + done.counts.rejected,
      refused: counts.refused + done.counts.refused,
      dropped: (counts.dropped ?? 0) + (done.counts.dropped ?? 0),
    },
    codes: added,
    events: [...progress.events, ...done.events].slice(0, MOST_SHOWN),
    bytesDone: progress.bytesDone + done.offset - cursor.offset,
    updatedAt: now,
  };
}

export function failed(progress: Progress, failure: MapFault, now: number): Progress {
  return { ...progress, phase: "failed", failure, updatedAt: now };
}
