import { BROWSER_COOKIE, PERSON_COOKIE, type HashedIdentifier, type ProfileId } from "./ids.ts";

/** How firmly an identifier is one person's: 3 a user's, 2 a card's or an e-mail's, 1 a device's. */
export type Rank = 1 | 2 | 3;

/** Identifiers of a device: several people may use it, one after the other. */
const OF_A_DEVICE: ReadonlySet<string> = new Set([
  "anonymousId",
  BROWSER_COOKIE,
  "ext:deviceId",
  "ext:advertisingId",
  "ext:idfa",
  "ext:idfv",
  "ext:gaid",
  "ext:aaid",
]);

export function rankOf({ type }: Pick<HashedIdentifier, "type">): Rank {
  if (type === "userId" || type === PERSON_COOKIE) return 3;
  return OF_A_DEVICE.has(type) ? 1 : 2;
}

/** The name of an object and its rank. */
export interface Ranked {
  readonly hash: ProfileId;
  readonly rank: Rank;
}

/**
 * Which of two is the other's person when they are linked: the one of higher rank, of equal ones the smaller name. Pointers
 * lead upwards in this order alone, so both directions at once settle the same way and no circle can come about.
 */
export function outranks(one: Ranked, other: Ranked): boolean {
  return one.rank === other.rank ? one.hash < other.hash : one.rank > other.rank;
}
