import type { JournalEvent } from "../model/envelope.ts";
import type { HashedIdentifier, ProfileId } from "../model/ids.ts";
import { isEvent, type JournalGone } from "../model/outbox.ts";
import { withIdentifiers, type ProfileHead } from "./head.ts";
import { begunAnew, saying, type HouseholdTie } from "./household-tie.ts";
import { readRecord, type SealedChunk, type SealedJournal } from "./journal.ts";

/**
 * What is taken out of a profile when an identifier is split from it. The journal keeps its places: whoever has read part of it
 * by sequence, as the cold path has, goes on where he was.
 */

/** Texts of events; `next` is the sequence to go on from, null at the end. */
export interface HeldEvents {
  readonly texts: readonly string[];
  readonly next: number | null;
}

/** A write after which events are gone from the journal. */
export interface RewriteWrite {
  readonly head: ProfileHead;
  readonly open: readonly string[];
  /** The sealed chunks that are others now. */
  readonly chunks: readonly SealedChunk[];
  readonly base: readonly JournalEvent[];
}

/** @returns undefined where no event came by any of these */
export function withoutOrigins(
  head: ProfileHead,
  open: readonly string[],
  journal: SealedJournal,
  origins: ReadonlySet<ProfileId>,
  to: ProfileId,
  now: number,
): RewriteWrite | undefined {
  const gone = JSON.stringify({ type: "gone", at: now, to } satisfies JournalGone);
  const left = new Remaining();
  let removed = 0;
  const rewritten = (records: readonly string[]): readonly string[] | undefined => {
    const before = removed;
    const kept = records.map((text) => {
      const record = readRecord(text);
      if (!isEvent(record)) return text;
      if (!origins.has(record.origin.hash)) {
        left.note(record);
        return text;
      }
      removed++;
      return gone;
    });
    return removed === before ? undefined : kept;
  };
  const base = journal.base().filter(({ origin }) => !origins.has(origin.hash));
  removed += journal.base().length - base.length;
  for (const event of base) left.note(event);
  const chunks = [...journal.chunks(0)].flatMap(({ epoch, first, records }): SealedChunk[] => {
    const kept = rewritten(records);
    return kept === undefined ? [] : [{ epoch, first, records: kept }];
  });
  const openKept = rewritten(open) ?? open;
  if (removed === 0) return undefined;
  const { behind: _, household: tie, ...rest } = head;
  const { identifiers, firstSeen, lastSeen } = left;
  return {
    head: {
      ...rest,
      identifiers,
      firstSeen: firstSeen ?? head.firstSeen,
      lastSeen: lastSeen ?? head.lastSeen,
      // What was announced stands until it is found otherwise, by reason of this.
      behind: { source: "", messageId: "", by: "split" },
      state: null,
      rewrites: (head.rewrites ?? 0) + 1,
      ...(tie === undefined ? {} : { household: begunAnew(left.tied(tie), now) }),
    },
    open: openKept,
    chunks,
    base,
  };
}

/** What the events that stay say of the person. */
class Remaining {
  identifiers: readonly HashedIdentifier[] = [];
  firstSeen: number | undefined;
  lastSeen: number | undefined;
  #said: HouseholdTie | undefined;

  /** With the statement that is left, if one is. */
  tied(before: HouseholdTie): HouseholdTie {
    const { said: _, ...tie } = before;
    return this.#said?.said === undefined ? tie : { ...tie, said: this.#said.said };
  }

  note(event: JournalEvent): void {
    this.identifiers = withIdentifiers(this.identifiers, event);
    if (event.type !== "fact") this.firstSeen = Math.min(this.firstSeen ?? event.time, event.time);
    this.lastSeen = Math.max(this.lastSeen ?? event.time, event.time);
    this.#said = saying(this.#said, event);
  }
}
