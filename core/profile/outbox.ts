import { LARGEST_MESSAGE, OUTBOX_VERSION, type OutboxMessage, type OutboxState } from "../model/outbox.ts";
import type { ProfileId } from "../model/ids.ts";

/**
 * How records leave a profile for the cold path (docs/decisions/020): sealed into messages, sent again for ever until
 * they are confirmed. Which instants that means is decided here, without a clock.
 */

/** What has left a profile, beside the cursor of what was confirmed. */
export interface OutboxProgress {
  /** Records before this sequence have been sent at least once. */
  readonly sent: number;
  /** Size of those that have not. */
  readonly bytes: number;
  /** When those that have not are to be sent at the latest, ms; null where there are none. */
  readonly sealAt: number | null;
  /** Since when something sent waits for its confirmation, ms; null where nothing does. */
  readonly waitingSince: number | null;
}

export const NOTHING_SENT: OutboxProgress = { sent: 0, bytes: 0, sealAt: null, waitingSince: null };

/** A message is sealed at so many records, or so many bytes, or after a time. */
export const SEAL_RECORDS = 50;
export const SEAL_MESSAGE_BYTES = 65_536;
export const SEAL_MS = 30_000;
export const LONGEST_SEAL_MS = 300_000;

/** Shortest and longest pause before what is not confirmed is sent again, ms. The queue itself takes seconds. */
export const SHORTEST_PAUSE_MS = 60_000;
export const LONGEST_PAUSE_MS = 3_600_000;

/**
 * How long a record may wait for others to go with it. Of a person who comes about once a minute five go together at the
 * price of one; waiting longer for one who comes more seldom would bring none along.
 * @param gapMs from the write before to this one; undefined for the first
 */
export function sealDelay(gapMs: number | undefined, isDestinationWaiting: boolean): number {
  if (isDestinationWaiting || gapMs === undefined || gapMs <= SEAL_MS || gapMs >= LONGEST_SEAL_MS) return SEAL_MS;
  return Math.min(LONGEST_SEAL_MS, 5 * gapMs);
}

/** Whether what has not been sent must go now. @param seq sequence of the next record */
export function isSealed({ sent, bytes, sealAt }: OutboxProgress, seq: number, now: number): boolean {
  if (sent >= seq) return false;
  return seq - sent >= SEAL_RECORDS || bytes >= SEAL_MESSAGE_BYTES || (sealAt ?? now) <= now;
}

/** Another record, of so many bytes. */
export function appended(progress: OutboxProgress, bytes: number, sealAt: number): OutboxProgress {
  return { ...progress, bytes: progress.bytes + bytes, sealAt: progress.sealAt ?? sealAt };
}

/** All records are on their way. */
export function sentAll(progress: OutboxProgress, seq: number, now: number): OutboxProgress {
  return { sent: seq, bytes: 0, sealAt: null, waitingSince: progress.waitingSince ?? now };
}

/** All before `to` has arrived; what went after it is only now waited for. */
export function confirmed(progress: OutboxProgress, to: number, seq: number, now: number): OutboxProgress {
  const sent = Math.max(progress.sent, to);
  const allSent = sent >= seq;
  return {
    sent,
    bytes: allSent ? 0 : progress.bytes,
    sealAt: allSent ? null : progress.sealAt,
    waitingSince: sent > to ? now : null,
  };
}

/**
 * Pause before the next try: as long as was waited already, so that it doubles each time without a counter to be stored,
 * within bounds, and spread.
 * @param spread from 0 up to 1
 */
export function nudgePause(waitedMs: number, spread: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, waitedMs));
  return Math.round(pause * (1 + spread / 4));
}

/** When something must be sent, for the first time or again, ms; Infinity where nothing is left. */
export function nextSend(progress: OutboxProgress, seq: number, now: number, spread: number): number {
  const { sent, sealAt, waitingSince } = progress;
  const first = sent < seq ? (sealAt ?? now) : Infinity;
  const again = waitingSince === null ? Infinity : now + nudgePause(now - waitingSince, spread);
  return Math.min(first, again);
}

/** Whether what was sent long enough ago and is not confirmed goes once more. An alarm asks, whatever it was set for. */
export function isNudgeDue({ waitingSince }: OutboxProgress, now: number): boolean {
  return waitingSince !== null && now - waitingSince >= SHORTEST_PAUSE_MS;
}

/** What a message says of its profile. */
export interface Sender {
  readonly workspace: string;
  readonly jurisdiction: string | null;
  readonly profile: ProfileId;
  readonly epoch: number;
}

/** A message to the queue: with its records where they fit, else a nudge. */
export function message(sender: Sender, from: number, to: number, records: readonly string[], state: OutboxState): OutboxMessage {
  const nudge: OutboxMessage = { v: OUTBOX_VERSION, ...sender, from, to };
  // Three bytes a code unit at most: only where that leaves it open are they counted.
  const whole: OutboxMessage = { ...nudge, records, state };
  const text = JSON.stringify(whole);
  if (text.length * 3 <= LARGEST_MESSAGE || utf8Bytes(text) <= LARGEST_MESSAGE) return whole;
  return nudge;
}

/**
 * Answer to a pull: records from `from` on, as many as fit, one at least. How the profile stands is told with the last
 * one only: it is true of no earlier place.
 */
export function pulled(
  sender: Sender,
  from: number,
  seq: number,
  records: Iterable<string>,
  limitBytes: number,
  state: OutboxState,
): OutboxMessage {
  const taken: string[] = [];
  let room = limitBytes;
  for (const text of records) {
    room -= text.length;
    if (taken.length > 0 && room < 0) break;
    taken.push(text);
  }
  const to = from + taken.length;
  return { v: OUTBOX_VERSION, ...sender, from, to, records: taken, ...(to >= seq ? { state } : {}) };
}

function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const isSurrogate = unit >= 0xd800 && unit <= 0xdfff; // two of them are four bytes
    if (unit >= 0x800 && !isSurrogate) bytes += 2;
    else if (unit >= 0x80) bytes += 1;
  }
  return bytes;
}
