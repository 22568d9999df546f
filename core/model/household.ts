import type { Cap } from "./campaign.ts";
import type { Purpose } from "./consent.ts";
import type { CallEnvelope } from "./envelope.ts";
import type { LogEvent } from "./event.ts";
import type { ProfileId } from "./ids.ts";
import type { JsonObject } from "./json.ts";

/**
 * What crosses between a person's object and a household's (docs/decisions/093). A household is named as an identifier of the kind
 * `household` would be; it holds, of each member, what that one's journal holds.
 */
export const HOUSEHOLD = "household";

/** Members that a household may have: more is no household but a placeholder that many share. */
export const MOST_MEMBERS = 50;

/** An event of a member: with its place in that one's journal, -1 for what compaction has left of older ones. */
export interface FedEvent {
  readonly sequence: number;
  readonly event: LogEvent;
}

/** A member who is to be let go, in the state of a generation or of any before it. */
export interface Leaver {
  readonly household: ProfileId;
  readonly member: ProfileId;
  readonly upTo: number;
}

/** `HouseholdObject.feed`: events of a member's journal from a sequence on. */
export interface FeedEnvelope extends CallEnvelope {
  readonly member: ProfileId;
  /** Of the member's journal as a whole: with a greater one all that was fed before is void. */
  readonly generation: number;
  /** Sequences `from` up to but not including `to`; what was left out is nothing to the household. */
  readonly from: number;
  readonly to: number;
  /** JSON texts of `FedEvent`s. */
  readonly events: readonly string[];
  /** False where more follows: until then nothing is concluded from it. */
  readonly isWhole: boolean;
  /** Members who became one with this one: in the same step what came of them is gone. */
  readonly instead: readonly Leaver[];
  /** The member's clock, ms: what the household tells is no earlier. */
  readonly at: number;
}

/**
 * Answer of `feed`: `=` and the sequence to go on from; `!again`: from the start, under a new generation, for the household does not know
 * the member; `!over`: a newer generation is known, or the member was let go; `!full`: there is no room.
 */
export type FeedReply = string;

/** `HouseholdObject.release`: the member's events leave. */
export interface ReleaseEnvelope extends CallEnvelope {
  readonly member: ProfileId;
  readonly upTo: number;
}

/** `ProfileObject.tell`: what the household answers to what rules ask of it, from an instant on. */
export interface TellEnvelope extends CallEnvelope {
  readonly household: ProfileId;
  /** Rises with each change of the answers, in a household's every life. */
  readonly version: number;
  /** ms */
  readonly at: number;
  /** By question, see `householdQuestion`. */
  readonly answers: Readonly<Record<string, boolean | "unknown">>;
}

/** `HouseholdObject.reserve`: room under a campaign's caps that all of a household share. Answered with true where it is held, or was. */
export interface ReserveEnvelope extends CallEnvelope {
  /** `DECISION:PLACEMENT`, as the impression's id will be. */
  readonly id: string;
  readonly campaign: string;
  readonly caps: readonly Cap[];
  /** IANA name; of caps by the calendar. */
  readonly zone: string;
  /** ms; until then an impression confirms it. */
  readonly until: number;
}

/** `HouseholdObject.standing`: the audiences that the household is in as if it were one person. */
export interface StandingEnvelope extends CallEnvelope {
  /** Audiences for these purposes are not told. */
  readonly denied: readonly Purpose[];
  /** Evaluate at this instant (ms) instead of now. */
  readonly at?: number;
}

/** Answer of `standing`, JSON after `=`; `""` where there is no such household. */
export interface HouseholdStanding {
  readonly ruleset: number;
  /** Sorted. */
  readonly audiences: readonly string[];
  readonly members: readonly ProfileId[];
  readonly events: number;
}

/** Properties of a `$household` fact. */
export interface HouseholdFact extends JsonObject {
  readonly household: ProfileId | null;
  readonly answers: JsonObject;
}
