/** When a profile must be woken by itself: one alarm an object, and each setting costs a written row. */

/** What a profile waits for, ms each; Infinity for nothing. */
export interface Awaited {
  /** When time alone may change an audience. */
  readonly nextChange: number;
  /** When something must leave for the cold path. */
  readonly nextSend: number;
  /** When the journal can be compacted. */
  readonly compaction: number;
}

/** Exits at midnight are those of everybody: they are spread over so long, ms. Each bears its exact instant all the same. */
export const SPREAD_MS = 10_000;
/** Compaction is in no hurry at all. */
const COMPACTION_SPREAD_MS = 3_600_000;

/** @param spread from 0 up to 1, see `spreadOf` */
export function alarmTime({ nextChange, nextSend, compaction }: Awaited, spread: number): number {
  return Math.min(nextChange + Math.round(spread * SPREAD_MS), nextSend, compaction + Math.round(spread * COMPACTION_SPREAD_MS));
}

/**
 * Whether the alarm must be set: only for an earlier instant than it is set for. One that lies in the past has gone off,
 * or was lost.
 */
export function mustArm(armed: number | undefined, next: number, now: number): boolean {
  if (next === Infinity) return false;
  return armed === undefined || armed <= now || next < armed;
}

/** A number from 0 up to 1 of a profile's own, always the same: nothing is random in what an object writes. */
export function spreadOf(name: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 0x1_0000_0000;
}
