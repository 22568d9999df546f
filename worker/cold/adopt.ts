import type { ProfileId } from "../../core/model/ids.ts";
import { NOBODY, retire, type Standing } from "./apply.ts";
import type { Gathered } from "./gather.ts";
import { countedName } from "./outcomes.ts";
import type { Tally } from "./tally.ts";

/**
 * When an identifier is linked to a person, its object becomes a pointer and the person takes over its journal: the same
 * events come again under the person's own sequences, each with the profile that held it before, which counted it as far as
 * its row says. So that row is retired and owes that many, and each that comes is
 * taken back from the rollups once.
 */

/** An identifier of which nothing has come yet: its row is made all the same, so that what is still under way finds it retired. */
export const NEVER_SEEN: Standing = { ...NOBODY, epoch: 1 };

/** The other identifiers that these people's new events came by: they are pointers from then on. */
export function identifiersOf(gathered: ReadonlyMap<ProfileId, Gathered>): readonly ProfileId[] {
  const found = new Set<ProfileId>();
  for (const [profile, { events }] of gathered) {
    for (const { origin, via } of events) {
      if (origin.hash !== profile) found.add(origin.hash);
      if (via !== undefined && via !== profile) found.add(via);
    }
  }
  return [...found];
}

/**
 * Retires an identifier's row, where it is not yet, and takes back what it had counted of the events that came.
 * @param tally holds the new events of those people @param exits takes the identifier's leaving of its audiences
 * @returns the same standing where nothing changed
 */
export function adopt(
  identifier: ProfileId,
  before: Standing,
  gathered: ReadonlyMap<ProfileId, Gathered>,
  tally: Tally,
  exits: Tally,
  now: number,
): Standing {
  const standing = before.owed === null ? retire(before, now, exits) : before;
  let owed = standing.owed ?? 0;
  for (const [profile, { events }] of gathered) {
    if (profile === identifier) continue;
    for (const event of events) {
      const { via, source, time } = event;
      // What came by it after it was linked is forwarded, not taken over.
      if (via !== identifier || owed === 0) continue;
      tally.uncount(source, countedName(event), time);
      owed--;
    }
  }
  return owed === standing.owed ? standing : { ...standing, owed };
}
