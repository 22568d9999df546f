import type { LinkItem } from "../model/envelope.ts";
import type { EventType } from "../model/event.ts";
import type { HashedIdentifier } from "../model/ids.ts";

/** What an event asks of the object of one of its identifiers. */
export interface Link {
  readonly from: HashedIdentifier;
  readonly item: LinkItem;
}

/**
 * The links that an event asks for: its user's other identifiers lead to the user. Only an anonymous id ever moves, and only
 * by an identify: a browser may change hands, an e-mail or a card is whose it was first.
 * @param origin the identifier whose profile the event belongs to
 */
export function linksOf(origin: HashedIdentifier, others: readonly HashedIdentifier[], type: EventType): readonly Link[] {
  if (origin.type !== "userId") return [];
  return others.map((from) => ({
    from,
    item: { to: origin.hash, identify: type === "identify" && from.type === "anonymousId" },
  }));
}
