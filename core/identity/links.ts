import type { LinkItem } from "../model/envelope.ts";
import type { EventType } from "../model/event.ts";
import { byPriority, type IdentifierSettings } from "../model/identifier-settings.ts";
import type { HashedIdentifier } from "../model/ids.ts";
import { outranks, rankOf, type Ranked } from "../model/rank.ts";

/** What an event asks of the object of one of its identifiers. */
export interface Link {
  readonly from: HashedIdentifier;
  readonly item: LinkItem;
  /** Links of an earlier turn are made before: where two cannot both be, the stronger one stands. */
  readonly turn: number;
}

/**
 * The links that an event asks for: each of its identifiers is one person's with the strongest among them, and of each two
 * the weaker in rank leads to the firmer. Each gives way alone: where it cannot be that person's, the others are all the same.
 * A device that is somebody's is given to another only where he identifies himself on it; all else is whose it was first. Two
 * users are one only by an `alias` of a server.
 */
export function linksOf(
  origin: HashedIdentifier,
  others: readonly HashedIdentifier[],
  type: EventType,
  { priority, limits }: IdentifierSettings = {},
): readonly Link[] {
  if (others.length === 0) return [];
  const [strongest = origin, ...weaker] = [origin, ...others].toSorted(byPriority(priority));
  // Where a user is named, no two of the others can be in each other's way.
  const isOrdered = rankOf(strongest) < 3;
  return weaker.map((other, place) => {
    const [from, to] = outranks(ranked(other), ranked(strongest)) ? [strongest, other] : [other, strongest];
    const [rank, toRank] = [rankOf(from), rankOf(to)];
    const item: LinkItem = {
      to: to.hash,
      rank: toRank,
      type: from.type,
      toType: to.type,
      identify: type === "identify" && toRank === 3 && rank === 1,
      // Two users in one call are there for one reason: a server says that they are one.
      ...(rank === 3 ? ({ merge: true } as const) : {}),
      ...(limits === undefined ? {} : { limits }),
    };
    return { from, item, turn: isOrdered ? place : 0 };
  });
}

function ranked(identifier: HashedIdentifier): Ranked {
  return { hash: identifier.hash, rank: rankOf(identifier) };
}
