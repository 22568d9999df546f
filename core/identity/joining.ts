import type { IngestReply, LinkItem } from "../model/envelope.ts";
import { outranks, type Ranked } from "../model/rank.ts";

/** Of two whom a link brings together: the weaker is asked to lead to the firmer. */
export interface Joining {
  readonly weaker: Ranked;
  readonly firmer: Ranked;
  readonly item: LinkItem;
}

/**
 * Who is to lead to whom where an identifier that is somebody's (`held`) is said to be another's (`wanted`): the two are one
 * person. Each waits only for who outranks it, so no two wait for each other.
 * @returns undefined where both are users, and no server said that they are one
 */
export function joiningOf(held: Ranked, wanted: Ranked, link: LinkItem): Joining | undefined {
  if (held.rank === 3 && wanted.rank === 3 && link.merge !== true) return undefined;
  const [weaker, firmer] = outranks(held, wanted) ? [wanted, held] : [held, wanted];
  const { why, merge } = link;
  const item: LinkItem = {
    to: firmer.hash,
    rank: firmer.rank,
    identify: link.identify && weaker.rank === 1,
    ...(why === undefined ? {} : { why }),
    ...(merge === true ? { merge } : {}),
  };
  return { weaker, firmer, item };
}

/**
 * Whether the two are one, by what the weaker answered: where it leads now. If not, it turned out to be another user's, or
 * too many people's: then an `identify` moves the identifier itself, and every other call leaves it where it is.
 */
export function areJoined({ weaker, firmer }: Joining, led: Pick<IngestReply, "profileId" | "rank">): boolean {
  const isOne = led.profileId === firmer.hash || led.rank !== 3 || firmer.rank !== 3;
  return isOne && led.profileId !== weaker.hash;
}
