import type { JournalEvent } from "../../core/model/envelope.ts";
import { isChange, isEvent, type JournalChange, type JournalRecord, type OutboxState } from "../../core/model/outbox.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import type { Members } from "./members.ts";
import { countedName } from "./outcomes.ts";
import type { Tally } from "./tally.ts";

/** A person as the cold index holds it. */
export interface Standing {
  readonly epoch: number;
  readonly applied: number;
  readonly ruleset: number;
  readonly nextChange: number | null;
  readonly events: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly members: Members;
  readonly memberCount: number;
  /** Null for who lives by himself; for an identifier that is a pointer, how many events counted here its person brings again. */
  readonly owed: number | null;
  /** The household that they live in, where what was applied says so: it is kept in a table of its own. */
  readonly household?: ProfileId;
}

/** Records of one profile and epoch, `from` up to but not including `to`, and how it stood after them. */
export interface Piece {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly records: readonly string[];
  readonly state?: OutboxState;
}

/** What of a piece was new. */
export interface Applied {
  readonly standing: Standing;
  /** The records that changed something: for the archive. */
  readonly fresh: Omit<Piece, "state">;
  /** The events that were tallied. */
  readonly events: readonly JournalEvent[];
}

/** Nobody yet: below every epoch and sequence. */
export const NOBODY: Standing = {
  epoch: 0,
  applied: 0,
  ruleset: 0,
  nextChange: null,
  events: 0,
  firstSeen: 0,
  lastSeen: 0,
  members: {},
  memberCount: 0,
  owed: null,
};

/** `repeated`: all of it is applied, or it is of an epoch that is over. `gap`: something before it is missing. `bad_record`: poison. */
export type NotApplied = "repeated" | "gap" | "bad_record";

/**
 * Takes in a piece, as far as it is new: the one place where an event or a change is counted. Whatever is repeated,
 * reordered or lost on the way, each record is tallied once, because only the one at `applied` is ever taken next.
 * @param tally what is added to series and rollups; untouched where nothing is applied
 */
export function applyPiece(held: Standing, piece: Piece, tally: Tally): Result<Applied, NotApplied> {
  if (piece.epoch < held.epoch || isPointer(held, piece.epoch)) return fail("repeated");
  const before = piece.epoch > held.epoch ? { ...NOBODY, epoch: piece.epoch } : held;
  if (piece.from > before.applied) return fail("gap");
  const newState = piece.to === before.applied && piece.state !== undefined && piece.state.ruleset > before.ruleset;
  if (piece.to <= before.applied && !newState) return fail("repeated");
  const texts = piece.records.slice(before.applied - piece.from);
  const records = readRecords(texts);
  if (records === undefined) return fail("bad_record");
  // A person of an earlier epoch is erased or was lost: none of it may go on counting.
  if (before !== held) leave(held, Math.min(...records.map(instantOf)), tally);
  let standing: Standing = { ...before, applied: piece.to };
  for (const record of records) standing = afterRecord(standing, record, tally);
  if (piece.state !== undefined) standing = inState(standing, piece.state);
  return ok({
    standing,
    fresh: { epoch: piece.epoch, from: before.applied, to: piece.to, records: texts },
    events: records.flatMap((record) => (isEvent(record) && record.restored !== true ? [record] : [])),
  });
}

/** True for who is nobody by himself any more: nothing of this epoch is taken from him, his person brings it. */
export function isPointer(held: Standing, epoch: number): boolean {
  return held.owed !== null && held.epoch === epoch;
}

/** An identifier that was linked to another. The guard stays. */
export function retire(held: Standing, now: number, tally: Tally): Standing {
  leave(held, now, tally);
  return { ...held, members: {}, memberCount: 0, nextChange: null, owed: held.owed ?? held.events };
}

/** Begins again at the first record of the journal: for a person whose object was lost and has been rebuilt. */
export function rewind(held: Standing, now: number, tally: Tally): Standing {
  leave(held, now, tally);
  return { ...NOBODY, epoch: held.epoch, ruleset: held.ruleset };
}

/** How a person stands, as its object says it. */
export function inState(standing: Standing, state: OutboxState): Standing {
  const { members, ruleset, nextChange, firstSeen, lastSeen, household } = state;
  const stands = { members, memberCount: Object.keys(members).length, ruleset, nextChange, firstSeen, lastSeen };
  return { ...standing, ...stands, ...(household === undefined ? {} : { household }) };
}

function afterRecord(standing: Standing, record: JournalRecord, tally: Tally): Standing {
  if (isChange(record)) return afterChange(standing, record, tally);
  return isEvent(record) ? afterEvent(standing, record, tally) : standing;
}

function afterEvent(standing: Standing, event: JournalEvent, tally: Tally): Standing {
  if (event.restored !== true) tally.event(event.source, countedName(event), event.time);
  const first = standing.events === 0;
  return {
    ...standing,
    events: standing.events + 1,
    firstSeen: first ? event.time : Math.min(standing.firstSeen, event.time),
    lastSeen: first ? event.time : Math.max(standing.lastSeen, event.time),
  };
}

function afterChange(standing: Standing, { audience, entered, at, ruleset, reason }: JournalChange, tally: Tally): Standing {
  tally.change(audience, at, entered, reason.kind === "publish");
  const { [audience]: _, ...others } = standing.members;
  const memberCount = Math.max(0, standing.memberCount + (entered ? 1 : -1));
  return {
    ...standing,
    members: entered ? { ...others, [audience]: at } : others,
    memberCount,
    ruleset: Math.max(standing.ruleset, ruleset),
  };
}

function leave(held: Standing, at: number, tally: Tally): void {
  for (const audience of Object.keys(held.members))
    tally.change(audience, Number.isFinite(at) ? at : held.lastSeen, false, false);
}

function instantOf(record: JournalRecord): number {
  return isEvent(record) ? record.receivedAt : record.at;
}

/** Records as counting needs them; what else they bear was checked when they were taken. @returns undefined where one is none */
export function readRecords(texts: readonly string[]): readonly JournalRecord[] | undefined {
  const records: JournalRecord[] = [];
  for (const text of texts) {
    const record = readRecord(text);
    if (record === undefined) return undefined;
    records.push(record);
  }
  return records;
}

function readRecord(text: string): JournalRecord | undefined {
  try {
    const record: JournalRecord = JSON.parse(text);
    if (isChange(record)) {
      return typeof record.audience === "string" && Number.isFinite(record.at) && typeof record.reason?.kind === "string"
        ? record
        : undefined;
    }
    if (!isEvent(record)) return Number.isFinite(record.at) ? record : undefined;
    const isWhole = typeof record.source === "string" && typeof record.name === "string" && Number.isFinite(record.time);
    return isWhole ? record : undefined;
  } catch {
    return undefined;
  }
}
