import type { Consent } from "../model/consent.ts";
import type { HashedIdentifier, ProfileId } from "../model/ids.ts";

/**
 * The head row of an object: all that it must know to go on, written whole by each ingest call (rows written are what
 * storage costs). The format only grows: a head of format 1 must be readable for ever.
 */
export const HEAD_FORMAT = 1;

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
  /** How many of the object's schema migrations have run. */
  readonly schema: number;
  /** Raised by an erasure: what bears an older epoch is dropped everywhere. */
  readonly epoch: number;
  /** Greatest instant this object has acted at, in ms: the server's clock may step back, a profile's never does. */
  readonly clock: number;
  /** Events in the journal, so also the sequence of the next one. */
  readonly seq: number;
  /** Sequence of the first event in the open chunk; all before it lie in sealed chunks. */
  readonly openFrom: number;
}

/** A person. */
export interface ProfileHead extends HeadBase {
  readonly kind: "profile";
  /** Newest ruleset that memberships were written under: never goes down. */
  readonly ruleset: number;
  /** Events before this sequence have left for the cold path and were confirmed. */
  readonly outbox: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Identifiers this person came by, oldest first. */
  readonly identifiers: readonly HashedIdentifier[];
  readonly consent: Consent | null;
  /** Audiences at the last write and since when, ms: what has been announced is told from what is new by them. */
  readonly members: Readonly<Record<string, number>>;
  /** Engine state of its own version; null means: rebuild it from the journal. */
  readonly state: null;
}

/** An identifier that is somebody: everything asked of it is asked of `to`. */
export interface PointerHead extends HeadBase {
  readonly kind: "pointer";
  readonly to: ProfileId;
  /** Profiles this pointed to before: a repeated delivery may be held by one of them. */
  readonly former: readonly ProfileId[];
  /** What was said about consent while this was a profile; goes along with the journal. */
  readonly consent: Consent | null;
  /** True until the journal that this object gathered as a profile has arrived at `to`. */
  readonly moving: boolean;
}

export type Head = ProfileHead | PointerHead;

/** Most identifiers a head lists: a browser that signs in hundreds of people is a robot or a kiosk. */
export const MOST_IDENTIFIERS = 100;

/** What every object begins with. */
function begun({ workspace, jurisdiction }: Home, now: number): HeadBase {
  return { format: HEAD_FORMAT, schema: 0, workspace, jurisdiction, epoch: 1, clock: now, seq: 0, openFrom: 0 };
}

/** A person of whom nothing is known yet. */
export function newProfile(home: Home, now: number): ProfileHead {
  const nothing = { ruleset: 0, outbox: 0, identifiers: [], consent: null, members: {}, state: null };
  return { kind: "profile", ...begun(home, now), ...nothing, firstSeen: now, lastSeen: now };
}

/** An identifier that was nobody's, linked to a person. */
export function newPointer(home: Home, now: number, to: ProfileId): PointerHead {
  return { kind: "pointer", ...begun(home, now), to, former: [], consent: null, moving: false };
}

/** The profile becomes a pointer; its journal stays until it has been moved. */
export function toPointer(head: ProfileHead, now: number, to: ProfileId): PointerHead {
  const { format, schema, workspace, jurisdiction, epoch, clock, seq, openFrom, consent } = head;
  const moving = seq > 0 || consent !== null;
  return {
    format,
    schema,
    kind: "pointer",
    workspace,
    jurisdiction,
    epoch,
    clock: Math.max(clock, now),
    seq,
    openFrom,
    to,
    former: [],
    consent,
    moving,
  };
}

/** The pointer names another person from now on; the one before keeps what it has. */
export function repoint(head: PointerHead, now: number, to: ProfileId): PointerHead {
  const former = [...head.former.filter((id) => id !== to && id !== head.to), head.to];
  return { ...head, clock: Math.max(head.clock, now), to, former };
}

/** The journal has arrived at `to`. */
export function moved(head: PointerHead): PointerHead {
  return { ...head, openFrom: head.seq, consent: null, moving: false };
}

/** Text of the head row. `open` are the texts of the open chunk's events: they are JSON already and are not written twice. */
export function encodeHead(head: Head, open: readonly string[]): string {
  const text = JSON.stringify(head);
  return `${text.slice(0, -1)},"open":[${open.join(",")}]}`;
}

/** Reads a head row back. @throws when it was written by a newer Tideline: guessing at it would lose data */
export function decodeHead(text: string): { readonly head: Head; readonly open: readonly unknown[] } {
  const { open, ...head } = JSON.parse(text) as Head & { readonly open: readonly unknown[] };
  if (head.format !== HEAD_FORMAT) throw new Error(`head row of format ${String(head.format)} is newer than this program`);
  return { head, open };
}

/** Text of a sealed chunk: immutable once written. */
export function encodeChunk(epoch: number, first: number, events: readonly string[]): string {
  return `{"format":1,"epoch":${epoch},"first":${first},"events":[${events.join(",")}]}`;
}
