import type { LinkItem } from "../model/envelope.ts";
import type { EventType } from "../model/event.ts";
import { BROWSER_COOKIE, isCookie, PERSON_COOKIE, type HashedIdentifier } from "../model/ids.ts";

/** What an event asks of the object of one of its identifiers. */
export interface Link {
  readonly from: HashedIdentifier;
  readonly item: LinkItem;
}

/**
 * The links that an event asks for.
 * - A user's other identifiers lead to the user. Only a browser's ever move, and only by an identify: it may change hands,
 *   while an e-mail or a card is whose it was first.
 * - An anonymous id leads to the person whom the browser's cookie names. Where the cookie names a browser that is nobody's
 *   either, the greater name leads to the smaller, so that both directions at once agree and no circle can come about.
 * @param origin the identifier whose profile the event belongs to
 */
export function linksOf(origin: HashedIdentifier, others: readonly HashedIdentifier[], type: EventType): readonly Link[] {
  if (origin.type === "userId")
    return others.filter((from) => from.type !== PERSON_COOKIE).map((from) => toUser(from, origin, type));
  return origin.type === "anonymousId" ? others.filter(isCookie).map((cookie) => toCookie(origin, cookie)) : [];
}

function toUser(from: HashedIdentifier, user: HashedIdentifier, type: EventType): Link {
  const isBrowser = from.type === "anonymousId" || from.type === BROWSER_COOKIE;
  return { from, item: { to: user.hash, identify: type === "identify" && isBrowser } };
}

function toCookie(anonymous: HashedIdentifier, cookie: HashedIdentifier): Link {
  const isGiven = cookie.type === PERSON_COOKIE || anonymous.hash > cookie.hash;
  const [from, to] = isGiven ? [anonymous, cookie] : [cookie, anonymous];
  return { from, item: { to: to.hash, identify: false } };
}
