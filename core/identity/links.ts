import type { LinkItem } from "../model/envelope.ts";
import type { EventType } from "../model/event.ts";
import type { HashedIdentifier } from "../model/ids.ts";
import { outranks, rankOf, type Ranked } from "../model/rank.ts";

/** What an event asks of the object of one of its identifiers. */
export interface Link {
  readonly from: HashedIdentifier;
  readonly item: LinkItem;
}

/**
 * The links that an event asks for: each of its identifiers leads to the firmest among them. A device that is somebody's is
 * given to another only where he identifies himself on it; all else is whose it was first. Two users are one only by an
 * `alias` of a server.
 */
export function linksOf(origin: HashedIdentifier, others: readonly HashedIdentifier[], type: EventType): readonly Link[] {
  if (others.length === 0) return [];
  const all = [origin, ...others];
  const to = all.map(ranked).reduce((one, other) => (outranks(other, one) ? other : one));
  return all
    .filter(({ hash }) => hash !== to.hash)
    .map((from) => {
      const rank = rankOf(from);
      const identify = type === "identify" && to.rank === 3 && rank === 1;
      // Two users in one call are there for one reason: a server says that they are one.
      const merge = rank === 3 ? ({ merge: true } as const) : {};
      return { from, item: { to: to.hash, rank: to.rank, identify, ...merge } };
    });
}

function ranked(identifier: HashedIdentifier): Ranked {
  return { hash: identifier.hash, rank: rankOf(identifier) };
}
