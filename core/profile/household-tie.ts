import { forbidsProfile } from "../consent/consent.ts";
import type { JournalEvent } from "../model/envelope.ts";
import { OWN_SOURCE } from "../model/campaign.ts";
import { compareLogOrder, STANDING_FACTS } from "../model/event.ts";
import { HOUSEHOLD, type HouseholdFact, type Leaver, type TellEnvelope } from "../model/household.ts";
import type { ProfileId } from "../model/ids.ts";

/**
 * What ties a person to a household. Which one that is follows from the journal: the latest statement in it, while consent allows a
 * profile at all. What is kept beside the journal is how far the household has it.
 */

/** The latest statement of the journal; its place in the log decides, whenever it arrives. */
export type Statement = Pick<JournalEvent, "name" | "type" | "time" | "messageId" | "source" | "channel" | "party"> & {
  readonly household: ProfileId | null;
};

/** Of a head. */
export interface HouseholdTie {
  readonly said?: Statement;
  /** Who is fed; null for none. */
  readonly at: ProfileId | null;
  /** Since when, ms; of none 0. */
  readonly since: number;
  /** Of what is fed: raised where it begins anew, and by every other household. */
  readonly generation: number;
  /** Records before it have arrived there. */
  readonly fed: number;
  /** Members who are still to be let go: this one, of households before, and those that it took in. */
  readonly leaving: readonly Leaver[];
  /** A household that has no room; asked again when it is said again. */
  readonly full?: ProfileId;
}

export const UNTIED: HouseholdTie = { at: null, since: 0, generation: 0, fed: 0, leaving: [] };

/** With what an event says of a household; the same tie where that is nothing, or something later is known. */
export function saying(tie: HouseholdTie | undefined, event: JournalEvent): HouseholdTie | undefined {
  if (event.household === undefined) return tie;
  const { full: _, ...before } = tie ?? UNTIED;
  if (before.said !== undefined && compareLogOrder(logged(event), logged(before.said)) < 0) return tie;
  return { ...before, said: statementOf(event, event.household) };
}

function statementOf(event: JournalEvent, household: ProfileId | null): Statement {
  const { name, type, time, messageId, source, channel, party } = event;
  return { name, type, time, messageId, source, channel, party, household };
}

function logged(of: JournalEvent | Statement): Parameters<typeof compareLogOrder>[0] {
  return { ...of, properties: {} };
}

/** The household that the journal and consent name; null for none. */
export function wantedOf({ said, full }: HouseholdTie, consent: Parameters<typeof forbidsProfile>[0] | null): ProfileId | null {
  const household = said?.household ?? null;
  return household === full || forbidsProfile(consent ?? {}) ? null : household;
}

/** Tied to another household, or to none; the one before is to let the person go. */
export function tiedTo(tie: HouseholdTie, at: ProfileId | null, member: ProfileId, clock: number): HouseholdTie {
  return { ...begunAnew({ ...tie, leaving: [...tie.leaving, ...leaverOf(tie, member)] }, clock), at, since: clock };
}

/** All is to be fed once more: the journal was rewritten, or the household does not know it. */
export function begunAnew(tie: HouseholdTie, clock: number): HouseholdTie {
  // No generation comes twice, also where an object was lost and knows of none before.
  return { ...tie, generation: Math.max(tie.generation + 1, clock), fed: 0 };
}

function leaverOf({ at, generation }: HouseholdTie, member: ProfileId): readonly Leaver[] {
  return at === null ? [] : [{ household: at, member, upTo: generation }];
}

/** What of a tie outlasts the profile, which is a pointer from now on: whoever takes in the journal sees to it that it is let go. */
export function severed(tie: HouseholdTie, member: ProfileId): HouseholdTie {
  return { ...UNTIED, generation: tie.generation, leaving: [...tie.leaving, ...leaverOf(tie, member)] };
}

/** The household has all before a sequence, of a generation. */
export function fedTo(tie: HouseholdTie, generation: number, to: number): HouseholdTie {
  return tie.generation === generation ? { ...tie, fed: to } : tie;
}

/** A household has no room for a generation. */
export function shutOut(tie: HouseholdTie, generation: number): HouseholdTie {
  return tie.generation === generation && tie.at !== null ? { ...tie, full: tie.at } : tie;
}

/** Households have let go. */
export function released(tie: HouseholdTie, gone: readonly Leaver[]): HouseholdTie {
  return { ...tie, leaving: tie.leaving.filter((one) => !gone.includes(one)) };
}

/** True where a household is to be told something. @param seq of the head */
export function isFeedDue({ at, fed, leaving }: HouseholdTie, seq: number): boolean {
  return leaving.length > 0 || (at !== null && fed < seq);
}

/** The fact by which a person's rules know that he came into a household, which has told nothing yet, or left one. */
export function tieFact({ at, generation }: HouseholdTie, profileId: ProfileId, now: number): JournalEvent {
  return householdFact({ household: at, answers: {} }, `$tie:${padded(generation)}`, profileId, now);
}

/** What a household tells, as an event of a person who is in it. */
export function toldFact(
  { at: household, since, generation }: HouseholdTie,
  profileId: ProfileId,
  told: Told,
  now: number,
): JournalEvent {
  const { version, at, answers } = told;
  // Who comes into it is told under another id than before he left.
  const id = `$told:${padded(generation)}:${padded(version)}`;
  // What it has answered for long holds for him since he came.
  return { ...householdFact({ household, answers }, id, profileId, now), time: Math.max(at, since) };
}

type Told = Pick<TellEnvelope, "version" | "at" | "answers">;

function householdFact(properties: HouseholdFact, messageId: string, profileId: ProfileId, now: number): JournalEvent {
  return {
    name: STANDING_FACTS.household,
    type: "fact",
    time: now,
    receivedAt: now,
    messageId,
    source: OWN_SOURCE,
    channel: "crm",
    party: "first",
    origin: { type: HOUSEHOLD, hash: profileId },
    properties,
  };
}

/** Ids are compared as texts. */
function padded(count: number): string {
  return String(count).padStart(16, "0");
}

/** True of what a household told: it concerns the one whom it was told, and goes nowhere with his journal. */
export function isHouseholdFact({ type, name }: Pick<JournalEvent, "type" | "name">): boolean {
  return type === "fact" && name === STANDING_FACTS.household;
}
