import type { JournalEvent } from "../model/envelope.ts";
import type { ProfileId } from "../model/ids.ts";
import { alarmTime, mustArm, spreadOf } from "./alarm-time.ts";
import { COMPACT_AGAIN_MS, compacted, compactedWith } from "./compaction.ts";
import type { ProfileHead } from "./head.ts";
import { isFeedDue, UNTIED } from "./household-tie.ts";
import type { SealedChunk, SealedJournal } from "./journal.ts";
import { confirmed, isNudgeDue, isSealed, nextSend, SEAL_MS, sentAll } from "./outbox.ts";

/** What is written of a profile and what follows from it: functions of its head. */

/** How soon what could not be found out is looked at again, ms. */
const LOOK_AGAIN_MS = 60_000;

/** What a write consists of, and what follows once it is durable. */
export interface ProfileWrite {
  readonly head: ProfileHead;
  /** Records of the open chunk, which the head row bears. */
  readonly open: readonly string[];
  /** Chunks that have grown large enough for a row of their own: one, but where much came at once. */
  readonly sealed: readonly SealedChunk[];
  /** Instant for the alarm; absent where it is set for no later one. */
  readonly arm?: number;
  /**
   * Records that leave for the cold path, `from` up to but not including `to`: those that never did or, where what did was
   * not confirmed for long, all that is not. Of what is lost on the way the consumer sees the gap and asks for it.
   */
  readonly send?: { readonly from: number; readonly to: number };
}

/** A write after which the journal is shorter. */
export interface CompactionWrite {
  readonly head: ProfileHead;
  readonly open: readonly string[];
  /** First sequences of the chunks that are no more. */
  readonly removed: readonly number[];
  readonly base: readonly JournalEvent[];
}

/** With everything before `to` arrived at the cold path; undefined where that was known, or was said of an older epoch. */
export function withConfirmed(head: ProfileHead, epoch: number, to: number, now: number): ProfileHead | undefined {
  const until = Math.min(to, head.seq);
  if (epoch !== head.epoch || until <= head.outbox) return undefined;
  return { ...head, outbox: until, out: confirmed(head.out, until, head.seq, now) };
}

/** With everything sent, where a write has completed a message. @param isAlarm then also what was sent and waits too long */
export function withSent(head: ProfileHead, now: number, isAlarm: boolean): ProfileHead {
  const { out, seq } = head;
  const isDue = isSealed(out, seq, now) || (isAlarm && isNudgeDue(out, now));
  return isDue ? { ...head, out: sentAll(out, seq, now) } : head;
}

/** With the alarm set, where it must be. @param nextChange as far as is known */
export function withAlarm(head: ProfileHead, profileId: ProfileId, nextChange: number, now: number): ProfileHead {
  const next = nextAlarm(head, profileId, nextChange, now);
  return mustArm(head.armed, next, now) ? { ...head, armed: next } : head;
}

/** The alarm has gone off: it is set for no instant any more. */
export function withoutAlarm(head: ProfileHead): ProfileHead {
  const { armed: _, ...rest } = head;
  return rest;
}

/** When a profile must be woken though nobody asks for it, ms; Infinity for never. */
function nextAlarm({ behind, out, seq, ...head }: ProfileHead, profileId: ProfileId, known: number, now: number): number {
  // What is due and could not be done is looked at again, not at once.
  const nextChange = behind === undefined && known > now ? known : now + LOOK_AGAIN_MS;
  const spread = spreadOf(profileId);
  const at = compactAt({ seq, ...head });
  const compaction = at > now ? at : now + COMPACT_AGAIN_MS;
  const send = nextSend(out, seq, now, spread);
  // A household is told at once. That it was is seen to by the next alarm, which what leaves for the cold path mostly sets.
  const isOwed = isFeedDue(head.household ?? UNTIED, seq) && send === Infinity;
  return alarmTime({ nextChange, nextSend: isOwed ? now + SEAL_MS : send, compaction }, spread);
}

type Kept = Pick<ProfileHead, "sealedUntil" | "openFrom" | "seq" | "lastSeen" | "retentionMs">;

/** When something may leave the journal, ms; Infinity for never. */
function compactAt({ sealedUntil, openFrom, seq, lastSeen, retentionMs = 0 }: Kept): number {
  if (retentionMs === 0 || (sealedUntil === undefined && openFrom === seq)) return Infinity;
  return (sealedUntil ?? lastSeen) + retentionMs;
}

/**
 * What is no longer retained leaves the journal, where its time has come.
 * @param rulesRetentionMs of the ruleset, which may have been published before the workspace's was shortened
 */
export function compactionOf(
  head: ProfileHead,
  open: readonly string[],
  journal: SealedJournal,
  now: number,
  rulesRetentionMs: number,
): CompactionWrite | undefined {
  if (compactAt(head) > now) return undefined;
  const { sealedUntil: _, seen: __, ...kept } = head;
  const { epoch, openFrom, outbox, seq, lastSeen, retentionMs = 0 } = kept;
  const horizon = now - Math.max(retentionMs, rulesRetentionMs);
  const { leaving, next, base } = compacted(journal, outbox, horizon);
  const openLeaves = openFrom < seq && outbox >= seq && lastSeen <= horizon;
  if (leaving.length === 0 && !openLeaves) return undefined;
  return {
    head: { ...kept, ...(openLeaves ? { openFrom: seq } : {}), ...(next === undefined ? {} : { sealedUntil: next }) },
    open: openLeaves ? [] : open,
    removed: leaving.map(({ first }) => first),
    base: openLeaves ? compactedWith(base, { epoch, first: openFrom, records: open }) : base,
  };
}
