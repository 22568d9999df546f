import type { JournalEvent } from "./envelope.ts";
import type { HashedIdentifier, ProfileId } from "./ids.ts";

/**
 * What leaves a profile object for the cold path: records of its journal, each once under (profile, epoch, sequence),
 * delivered at least once and in any order. Carries a version and only grows, as the envelope does.
 */
export const OUTBOX_VERSION = 1;

/** Why a membership changed. A correction is made by an event older than what was known: it changed the past. A merge names the last event it brought. */
export type ChangeReason =
  | { readonly kind: "event" | "correction" | "merge"; readonly source: string; readonly messageId: string }
  | { readonly kind: "time" | "publish" | "split" };

/** An audience entered or left, announced in the journal among the events that had been accepted by then. */
export interface JournalChange {
  readonly type: "change";
  readonly audience: string;
  readonly entered: boolean;
  /** ms: the exact instant where time alone did it, else the instant at which it became known. */
  readonly at: number;
  /** Version of the ruleset under which it was found. */
  readonly ruleset: number;
  readonly reason: ChangeReason;
}

/** In the place of an event that is another profile's again: the sequences of all others stay what they are. */
export interface JournalGone {
  readonly type: "gone";
  /** When it went, ms, and whose it is. */
  readonly at: number;
  readonly to: ProfileId;
}

export type JournalRecord = JournalEvent | JournalChange | JournalGone;

/** What a person did, or is said of him. */
export function isEvent(record: JournalRecord): record is JournalEvent {
  return record.type !== "change" && record.type !== "gone";
}

export function isChange(record: JournalRecord): record is JournalChange {
  return record.type === "change";
}

/** How a profile stands after the last record of a message: what the cold index keeps of it. */
export interface OutboxState {
  /** Audiences and since when, ms. */
  readonly members: Readonly<Record<string, number>>;
  /** Ruleset that they were evaluated under, and the instant, ms, from which on time alone may change them; null for never. */
  readonly ruleset: number;
  readonly nextChange: number | null;
  readonly identifiers: readonly HashedIdentifier[];
  /** ms */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The household that the person is in. */
  readonly household?: ProfileId;
}

/** A message of the queue, and the answer to a pull. */
export interface OutboxMessage {
  readonly v: typeof OUTBOX_VERSION;
  readonly workspace: string;
  readonly jurisdiction: string | null;
  readonly profile: ProfileId;
  /** Records of an older epoch than a store knows of this profile are dropped. */
  readonly epoch: number;
  /** Sequences `from` up to but not including `to`. */
  readonly from: number;
  readonly to: number;
  /** JSON texts of the records, `to - from` of them. A message without is a nudge: the consumer pulls. */
  readonly records?: readonly string[];
  readonly state?: OutboxState;
}

/** Largest message a queue takes, bytes, with room for what it adds: a larger one is sent as a nudge. */
export const LARGEST_MESSAGE = 120_000;
