import type { Arm } from "./campaign.ts";
import type { Consent, Purpose } from "./consent.ts";
import type { Edge } from "./edge.ts";
import type { Channel, EventType, LogEvent, Party } from "./event.ts";
import type { IdentifierLimits } from "./identifier-settings.ts";
import type { Leaver } from "./household.ts";
import type { HashedIdentifier, ProfileId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { Rank } from "./rank.ts";

/**
 * What crosses from the Worker to a profile object and what the journal stores. Both carry a version and only grow:
 * an object may be asked by a Worker of another day, and a journal outlives every version of this file.
 */
export const ENVELOPE_VERSION = 1;

/**
 * An accepted event as the journal stores it, one JSON text each. Its sequence is its place in the journal, its epoch
 * the chunk's; `origin` is the identifier it came by, so that an un-merge can replay it back.
 */
export interface JournalEvent extends LogEvent {
  readonly name: string;
  readonly type: EventType;
  /** Event time in ms after clock correction, never later than `receivedAt`. */
  readonly time: number;
  readonly receivedAt: number;
  /** The `timestamp` as the client wrote it: what a repeated delivery is compared by, since `time` may be corrected anew. */
  readonly timestamp?: string;
  readonly messageId: string;
  /** Key of the source. */
  readonly source: string;
  readonly channel: Channel;
  readonly party: Party;
  readonly origin: HashedIdentifier;
  /** The other identifiers that the same call bore. */
  readonly with?: readonly HashedIdentifier[];
  /** Identifiers that a device claimed and nothing proved: they lead nowhere. */
  readonly claims?: readonly HashedIdentifier[];
  readonly properties: JsonObject;
  readonly context?: JsonObject;
  readonly groupId?: string;
  /** What it says of the household that the person lives in: its name, null for none. Absent where it says nothing that counts. */
  readonly household?: ProfileId | null;
  /** What we found out about it ourselves where it arrived. */
  readonly edge?: Edge;
  /** The profile that held it before it was merged into this one. */
  readonly via?: ProfileId;
  /** Came back from the archive, and was counted before it was lost: nothing counts it again. */
  readonly restored?: true;
}

/**
 * Links the identifier that this object stands for to the profile `to`, which outranks it. One that is somebody's already
 * brings the two together, unless both are users: then `identify` moves it, and other calls leave it where it is.
 */
export interface LinkItem {
  readonly to: ProfileId;
  /** Of `to`; a user's where it is not said. */
  readonly rank?: Rank;
  /** Types of the identifier that is linked and of the one it is to lead to, where they are known. */
  readonly type?: string;
  readonly toType?: string;
  readonly identify: boolean;
  /** True where a server said that two users are one (`alias`). */
  readonly merge?: true;
  /** True where an old call is gone through again: what was split since stays apart. */
  readonly again?: true;
  readonly why?: LinkCause;
  /** How many identifiers of a kind a person may have, where the workspace says it. */
  readonly limits?: IdentifierLimits;
}

/** The call that asked for a link. */
export interface LinkCause {
  readonly type: EventType;
  readonly source: string;
  readonly messageId: string;
}

/** One step for an object, in the order of the call: the JSON text of a `JournalEvent`, or a link. */
export type EnvelopeItem = string | LinkItem;

/** What every call to a profile object bears. */
export interface CallEnvelope {
  readonly v: typeof ENVELOPE_VERSION;
  readonly workspace: string;
  readonly jurisdiction: string | null;
  /** The name of the object called: it cannot read its own name back from its id. */
  readonly name: ProfileId;
  /** Newest published ruleset the caller knows; 0 where nothing is published. */
  readonly ruleset: number;
  /** The workspace's retention; 0 where the caller does not know it. */
  readonly retentionMs: number;
}

/** `ProfileObject.ingest`: durable when it returns. */
export interface IngestEnvelope extends CallEnvelope {
  readonly receivedAt: number;
  readonly items: readonly EnvelopeItem[];
  /** What the call said about consent, to be kept with the profile. */
  readonly consent?: Consent;
  /** True where what comes is older than what was said since: consent is then the stricter of the two, not the later. */
  readonly adopting?: boolean;
  /** Events that a profile takes in a minute; without, what `flood.ts` says. */
  readonly mostAMinute?: number;
  /** Taken only by somebody who is known and has not refused to be: what others say of a person makes nobody known. */
  readonly onlyKnown?: boolean;
  /** True where a destination waits for what changes: then nothing waits longer than it must before it leaves. */
  readonly isDestinationWaiting?: boolean;
}

/** `ProfileObject.stage`: a page of the journal of an object that is a pointer to this one now. Nothing of it is seen until it is adopted. */
export interface StageEnvelope extends CallEnvelope {
  readonly from: ProfileId;
  /** From 0 on; with the first, whatever was staged from there before is gone. */
  readonly page: number;
  /** JSON texts of its events. */
  readonly texts: readonly string[];
}

/** `ProfileObject.adopt`: takes in all that was staged from an object, in one step. */
export interface AdoptEnvelope extends CallEnvelope {
  readonly from: ProfileId;
  readonly pages: number;
  readonly receivedAt: number;
  readonly consent?: Consent;
  /** Identifiers that had left it. */
  readonly left?: readonly ProfileId[];
  /** Households that are to let go of it, and of whom it had taken in. */
  readonly leaving?: readonly Leaver[];
}

/** `ProfileObject.leave`: identifiers that led here lead elsewhere from now on, or here again. */
export interface LeaveEnvelope extends CallEnvelope {
  readonly identifiers: readonly ProfileId[];
  readonly hasLeft: boolean;
}

/** `ProfileObject.admit`: may these be this person's, too? */
export interface AdmitEnvelope extends CallEnvelope {
  /** The identifier that is to lead here. */
  readonly identifier: ProfileId;
  /** It, where its type is known, and those that are its own and would come along. */
  readonly identifiers: readonly HashedIdentifier[];
  readonly limits?: IdentifierLimits;
  /** As of a link: what has left since is not taken in again. */
  readonly again?: true;
}

/** `ProfileObject.part`: this identifier, a pointer, is a profile of its own again and takes back what came by it. */
export interface PartEnvelope extends CallEnvelope {
  /** The person it led to. */
  readonly from: ProfileId;
  /** It, and the identifiers that led to it. */
  readonly origins: readonly ProfileId[];
  /** Names of that person: no call but an identify leads it back to them. */
  readonly apart: readonly ProfileId[];
}

/** `ProfileObject.held` and `drop`: events that came by these identifiers, for whom they go back to. */
export interface HeldEnvelope extends CallEnvelope {
  readonly origins: readonly ProfileId[];
  /** Sequence to begin at. */
  readonly after: number;
}

export interface DropEnvelope extends CallEnvelope {
  readonly origins: readonly ProfileId[];
  readonly to: ProfileId;
}

/** `ProfileObject.outbox`: the records from a sequence on, as many as fit into so many bytes. Answered with the JSON of an `OutboxMessage`. */
export interface OutboxEnvelope extends CallEnvelope {
  readonly from: number;
  readonly limitBytes: number;
}

/** `ProfileObject.confirm`: the records before `to` are safe on the cold path. */
export interface ConfirmEnvelope extends CallEnvelope {
  readonly epoch: number;
  readonly to: number;
}

/** Answer of `ProfileObject.sweep`, as JSON text. */
export interface SweepReply {
  /** Ruleset that the profile is on now; 0 where there is no profile. */
  readonly version: number;
  /** Memberships that were found changed, and announced. */
  readonly changed: number;
}

/** `ProfileObject.withdraw`: a no is the one thing written without consent, and only where there is something to withdraw from. */
export interface WithdrawEnvelope extends CallEnvelope {
  readonly consent: Consent;
}

/** Answer of `ingest`, sent as JSON text: an RPC returns a text cheaper than an object. */
export interface IngestReply {
  readonly accepted: number;
  readonly duplicates: number;
  /** Places in `items` whose (source, messageId) is held with another content: the first stands, these go to quarantine. */
  readonly conflicts: readonly number[];
  /** Places in `items` that were too many for one minute: not taken, these go to quarantine. None where absent. */
  readonly floods?: readonly number[];
  /** True where nothing was taken, because the person refuses to be known (`onlyKnown`). */
  readonly refused?: true;
  /** The profile that the last item went to: another than the object called where that one is a pointer. */
  readonly profileId: ProfileId;
  /** Of that profile; absent where there is none yet. */
  readonly rank?: Rank;
  /** The last device on the way there: who leads to it follows it, whoever it is given to. */
  readonly device?: ProfileId;
}

/** `ProfileObject.decide`. */
export interface DecideEnvelope extends CallEnvelope {
  /** The identifier that this profile was asked by, where the caller remembers that it leads here. */
  readonly via?: ProfileId;
  /** Evaluate at this instant (ms) over what the journal holds, instead of now. */
  readonly at?: number;
  /** What the request itself said about consent: any no in it wins over what is stored. */
  readonly consent?: Consent;
  readonly audiences: boolean;
  readonly traits: boolean;
  readonly explain: boolean;
  /** True where the answer is to say which household the person is in: the caller asks there. */
  readonly household?: true;
  /** True where the answer is to bear what a browser may be decided by for a while without asking: `membership`. */
  readonly membership?: true;
  /** Placements to be filled. */
  readonly placements?: PlacementsAsked;
}

/** What public decisions of a person depend on, until `nextChange` at most. */
export interface Membership {
  /** Audiences that the person is in, of those that are public or that a campaign names. */
  readonly audiences: readonly string[];
  /** What of each live campaign they were shown first, in which arm: that binds. */
  readonly shown: Readonly<Record<string, readonly [creative: string, arm: Arm]>>;
  /** Purposes that they said no to. */
  readonly denied: readonly Purpose[];
  /** ms; null where time alone changes nothing. */
  readonly until: number | null;
}

/** Placements to be filled, and by which decision: the same one asked again is answered alike. */
export interface PlacementsAsked {
  readonly keys: readonly string[];
  readonly decision: string;
  /** ms: after it nothing is written, and so no capped campaign is chosen. */
  readonly deadline: number;
  readonly trace: boolean;
}

/**
 * Answer of `decide`, one text whose first character says what follows: `=` the members of the reply's JSON object without braces, before them,
 * where a household was asked for or had a part, its id or nothing, `+`, how many hops it took and `|`; `@` the id of the profile that this identifier
 * points to (ask there), `!` a stable error code; `!moved` where `via` leads elsewhere by now.
 */
export type DecideReply = string;
