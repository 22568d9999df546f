import type { LinkItem } from "../model/envelope.ts";
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
 * Whether they are one then is told by whom they lead to, for who is asked may be a pointer himself, to another user: if not,
 * an `identify` moves the identifier itself, and every other call leaves it where it is.
 * @returns undefined where both are users, and no server said that they are one
 */
export function joiningOf(held: Ranked, wanted: Ranked, link: LinkItem): Joining | undefined {
  if (held.rank === 3 && wanted.rank === 3 && link.merge !== true) return undefined;
  const [weaker, firmer] = outranks(held, wanted) ? [wanted, held] : [held, wanted];
  const { why, merge, again, limits } = link;
  const type = weaker === wanted ? link.toType : undefined;
  const item: LinkItem = {
    to: firmer.hash,
    rank: firmer.rank,
    ...(type === undefined ? {} : { type }),
    identify: link.identify && weaker.rank === 1,
    ...(why === undefined ? {} : { why }),
    ...(merge === true ? { merge } : {}),
    ...(again === true ? { again } : {}),
    ...(limits === undefined ? {} : { limits }),
  };
  return { weaker, firmer, item };
}
