import type { Reservation } from "../model/campaign.ts";
import type { Consent } from "../model/consent.ts";
import type { HashedIdentifier, ProfileId } from "../model/ids.ts";
import type { JournalEvent, LinkCause } from "../model/envelope.ts";
import { rankOf, type Rank } from "../model/rank.ts";
import type { Minute } from "./flood.ts";
import { severed, type HouseholdTie } from "./household-tie.ts";
import { NOTHING_SENT, type OutboxProgress } from "./outbox.ts";

import type { SeenFilter } from "./seen-filter.ts";

/**
 * The head row of an object: all that it must know to go on, written whole by each ingest call (rows written are what
 * storage costs). The format only grows: heads of formats 1 (one JSON text, without what came later) and 2 (the head's
 * JSON in the first line, a record of the open chunk in each further one) are readable for ever.
 */
export const HEAD_FORMAT = 2;

/** Bytes of the open chunk at which it is sealed into a row of its own. */
export const SEAL_BYTES = 16_384;

/** Whose an object is. */
export interface Home {
  readonly workspace: string;
  /** Where the workspace's data must stay; fixed when the object is first named. */
  readonly jurisdiction: string | null;
}

interface HeadBase extends Home {
  readonly format: typeof HEAD_FORMAT;
  /** The name of the object, which its alarm cannot know otherwise; absent until a head of format 1 is written again. */
  readonly name?: ProfileId;
  /** The workspace's retention as last told, ms; absent as `name`. */
  readonly retentionMs?: number;
  /** How many of the object's schema migrations have run. */
  readonly schema: number;
  /** Raised by an erasure: what bears an older epoch is dropped everywhere. */
  readonly epoch: number;
  /** Greatest instant this object has acted at, in ms: the server's clock may step back, a profile's never does. */
  readonly clock: number;
  /** Records the journal has had, so also the sequence of the next one. */
  readonly seq: number;
  /** Sequence of the first record in the open chunk; all before it lie in sealed chunks. */
  readonly openFrom: number;
}

/**
 * What the engine knew at the last write, so that a wake need not find it out again. Of another format it is ignored:
 * all of it follows from the journal. More than this does not pay: whatever needs more needs the history too.
 */
export interface EngineState {
  readonly format: typeof STATE_FORMAT;
  /** ms: no later than the first instant at which time alone changes an audience; null for never. */
  readonly next: number | null;
}

export const STATE_FORMAT = 1;

/** A person. */
export interface ProfileHead extends HeadBase {
  readonly kind: "profile";
  /** Newest ruleset that memberships were written under: never goes down. */
  readonly ruleset: number;
  /** Newest ruleset heard of, where it could not be read when this was written. */
  readonly newest?: number;
  /** Records before this sequence have left for the cold path and were confirmed. */
  readonly outbox: number;
  /** What has left and was not confirmed yet, and what waits. */
  readonly out: OutboxProgress;
  /** Events taken in the last minute in which there were any. */
  readonly minute?: Minute;
  /** Instant the alarm was set for, ms: it is set again only for an earlier one. Absent where it never was. */
  readonly armed?: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Identifiers this person came by, oldest first. */
  readonly identifiers: readonly HashedIdentifier[];
  readonly consent: Consent | null;
  /** Audiences at the last write and since when, ms: what has been announced is told from what is new by them. */
  readonly members: Readonly<Record<string, number>>;
  readonly state: EngineState | null;
  /** Which ids the sealed chunks hold, as far as a small filter can say; without, the journal is read to know. */
  readonly seen?: SeenFilter;
  /** Events of the sealed chunk that can leave the journal next are no later, ms; absent where none is sealed. */
  readonly sealedUntil?: number;
  /** The last event that was taken while the ruleset could not be read: `members` are behind until it can. */
  readonly behind?: { readonly source: string; readonly messageId: string; readonly by?: "merge" | "split" };
  /** Identifiers that led here and lead elsewhere by now. */
  readonly left?: readonly ProfileId[];
  /** People whom this identifier was split from: no call leads it back to them but an identify. */
  readonly apart?: readonly ProfileId[];
  /** Of an identifier that led to others before: who those were. A repeated delivery may be held by one of them. */
  readonly former?: readonly ProfileId[];
  /** What it is still to take back: events that came by these identifiers, from the person that has them. */
  readonly reclaim?: Reclaim;
  /** Room that decisions took under caps and that no impression has confirmed yet. */
  readonly reserved?: readonly Reservation[];
  /** How often events were taken out of the journal: who has a copy of it begins anew. */
  readonly rewrites?: number;
  /** What ties the person to a household; absent for who never had one. */
  readonly household?: HouseholdTie;
  /** True of an identifier that was too many people's: it leads to none of them, and nothing links it. */
  readonly isShared?: true;
}

/** Where events that are to come back lie. */
export interface Reclaim {
  readonly from: ProfileId;
  readonly origins: readonly ProfileId[];
}

/** The making of a link. */
export interface LinkedBy {
  readonly at: number;
  readonly why?: LinkCause;
}

/** Where an identifier is to lead. */
export interface Leading extends LinkedBy {
  readonly to: ProfileId;
  readonly rank?: Rank;
}

/** An identifier that is somebody: everything asked of it is asked of `to`. */
export interface PointerHead extends HeadBase {
  readonly kind: "pointer";
  readonly to: ProfileId;
  /** Of `to`; a user's where it is absent. */
  readonly rank?: Rank;
  /** When, ms, and why it came to lead there. */
  readonly linked?: LinkedBy;
  /** While it is moving: the identifiers that had left the profile which it was. */
  readonly left?: readonly ProfileId[];
  /** Others that it was said to be of, while it was somebody's. */
  readonly others?: readonly ProfileId[];
  /** Profiles this pointed to before: a repeated delivery may be held by one of them. */
  readonly former: readonly ProfileId[];
  /** What was said about consent while this was a profile; goes along with the journal. */
  readonly consent: Consent | null;
  /** True until the journal that this object gathered as a profile has arrived at `to`. */
  readonly moving: boolean;
  /** What was still to come back after a split when it was linked again: it goes to whom it leads to by now. */
  readonly reclaim?: Reclaim;
  /** While it is moving: households that are to let go of what it was. */
  readonly household?: HouseholdTie;
}

export type Head = ProfileHead | PointerHead;

/** Most identifiers a head lists: a browser that signs in hundreds of people is a robot or a kiosk. */
export const MOST_IDENTIFIERS = 100;

/** The identifiers that a person came by, with those of an event. */
export function withIdentifiers(known: readonly HashedIdentifier[], event: JournalEvent): readonly HashedIdentifier[] {
  const fresh = [event.origin, ...(event.with ?? [])].filter(({ hash }) => !known.some((identifier) => identifier.hash === hash));
  if (fresh.length === 0) return known;
  const all = [...known, ...fresh];
  while (all.length > MOST_IDENTIFIERS) all.splice(leastOf(all), 1);
  return all;
}

/** The place of the oldest device, which gives way first; the first of all may be what the profile is named by. */
function leastOf(identifiers: readonly HashedIdentifier[]): number {
  const place = identifiers.findIndex((identifier, at) => at > 0 && rankOf(identifier) === 1);
  return place < 0 ? identifiers.length - 1 : place;
}

/** What every object begins with. */
function begun({ workspace, jurisdiction }: Home, now: number): HeadBase {
  return { format: HEAD_FORMAT, schema: 0, workspace, jurisdiction, epoch: 1, clock: now, seq: 0, openFrom: 0 };
}

/** A person of whom nothing is known yet. */
export function newProfile(home: Home, now: number): ProfileHead {
  const nothing = { ruleset: 0, outbox: 0, out: NOTHING_SENT, identifiers: [], consent: null, members: {}, state: null };
  return { kind: "profile", ...begun(home, now), ...nothing, firstSeen: now, lastSeen: now };
}

/** An identifier that was nobody's, linked to a person. */
export function newPointer(home: Home, now: number, leading: Leading): PointerHead {
  return { kind: "pointer", ...begun(home, now), ...leadingTo(leading), former: [], consent: null, moving: false };
}

function leadingTo({ to, rank, at, why }: Leading): Pick<PointerHead, "to" | "rank" | "linked"> {
  return { to, ...(rank === undefined ? {} : { rank }), linked: { at, ...(why === undefined ? {} : { why }) } };
}

/** The profile becomes a pointer; its journal stays until it has been moved. */
export function toPointer(head: ProfileHead, now: number, leading: Leading): PointerHead {
  const { format, name, retentionMs, schema, workspace, jurisdiction, epoch, clock, seq, openFrom, consent } = head;
  const { left, reclaim, household, former = [] } = head;
  const moving = seq > 0 || consent !== null || left !== undefined;
  return {
    format,
    ...(name === undefined ? {} : { name }),
    ...(retentionMs === undefined ? {} : { retentionMs }),
    schema,
    kind: "pointer",
    workspace,
    jurisdiction,
    epoch,
    clock: Math.max(clock, now),
    seq,
    openFrom,
    ...leadingTo(leading),
    former,
    consent,
    moving,
    ...(left === undefined ? {} : { left }),
    ...(reclaim === undefined ? {} : { reclaim }),
    ...(household === undefined || name === undefined ? {} : { household: severed(household, name) }),
  };
}

/** The pointer names another person from now on; the one before keeps what it has. */
export function repoint(head: PointerHead, now: number, leading: Leading): PointerHead {
  const former = [...head.former.filter((id) => id !== leading.to && id !== head.to), head.to];
  return { ...head, clock: Math.max(head.clock, now), ...leadingTo(leading), former };
}

/** The person it leads to lives under another name by now: the same one, on a shorter way. */
export function shortened(head: PointerHead, to: ProfileId, rank: Rank | undefined): PointerHead {
  const before = head.rank ?? 3;
  // A way only ever leads upwards.
  return { ...head, to, rank: rank === undefined || rank < before ? before : rank };
}

/** An identifier that turned out to be too many people's: a profile of its own, under a new epoch, for the old one's is over. */
export function toShared(head: PointerHead, now: number): ProfileHead {
  const { schema, epoch, name, to } = head;
  const clock = Math.max(head.clock, now);
  const former = [...head.former.filter((one) => one !== to), to];
  return {
    ...newProfile(head, clock),
    ...(name === undefined ? {} : { name }),
    schema,
    epoch: epoch + 1,
    former,
    ...tieLeft(head),
    isShared: true,
  };
}

/** An identifier that is split from its person: a profile of its own again, under a new epoch, that takes back what is its own. */
export function toSplit(
  head: PointerHead,
  name: ProfileId,
  now: number,
  reclaim: Reclaim,
  apart: readonly ProfileId[],
): ProfileHead {
  const { schema, epoch, former } = head;
  const fresh = { ...newProfile(head, Math.max(head.clock, now)), ...tieLeft(head) };
  const profile = { ...fresh, name, schema, epoch: epoch + 1, reclaim, apart };
  return former.length === 0 ? profile : { ...profile, former };
}

/** Households must be able to tell what comes from now on from what came before. */
function tieLeft({ household }: PointerHead): Pick<ProfileHead, "household"> {
  return household === undefined ? {} : { household };
}

/** What was to come back is where it belongs. */
export function reclaimedBy(head: PointerHead): PointerHead {
  const { reclaim: _, ...rest } = head;
  return rest;
}

/** The journal has arrived at `to`. */
export function moved(head: PointerHead): PointerHead {
  const { left: _, household, ...rest } = head;
  const tie = household === undefined ? {} : { household: { ...household, leaving: [] } };
  return { ...rest, ...tie, openFrom: head.seq, consent: null, moving: false };
}

/** Text of the head row. `open` are the texts of the open chunk's records: JSON already, and not written twice. */
export function encodeHead(head: Head, open: readonly string[]): string {
  return [JSON.stringify(head), ...open].join("\n") + "\n";
}

/** Reads a head row back. @throws when it was written by a newer Tideline: guessing at it would lose data */
export function decodeHead(text: string): { readonly head: Head; readonly open: readonly string[] } {
  const end = text.indexOf("\n");
  if (end < 0) return decodeFirstFormat(text);
  const head = JSON.parse(text.slice(0, end)) as Head;
  if (head.format !== HEAD_FORMAT) throw new Error(`head row of format ${String(head.format)} is newer than this program`);
  return { head, open: linesAfter(text, end) };
}

/** Format 1: everything in one JSON object, no outbox yet. */
function decodeFirstFormat(text: string): { readonly head: Head; readonly open: readonly string[] } {
  const { format, open, ...rest } = JSON.parse(text) as Omit<Head, "format"> & {
    readonly format: number;
    readonly open: readonly unknown[];
  };
  if (format !== 1) throw new Error(`head row of format ${format} is newer than this program`);
  const head = { out: NOTHING_SENT, ...rest, format: HEAD_FORMAT } as Head;
  return { head, open: open.map((record) => JSON.stringify(record)) };
}

/** The lines of a text after the one that ends at `end`, each ended by a line feed: JSON holds none. */
export function linesAfter(text: string, end: number): string[] {
  return end + 1 >= text.length ? [] : text.slice(end + 1, -1).split("\n");
}
