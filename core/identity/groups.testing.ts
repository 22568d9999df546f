import type { EventType } from "../model/event.ts";
import type { HashedIdentifier } from "../model/ids.ts";
import { rankOf } from "../model/rank.ts";

/** The weakest of these first; what is not among them is weaker still. */
const USUALLY: readonly string[] = ["phone", "emailSha256"];

/**
 * The naive model of identity: sets of identifiers, each with the users in it. Two sets become one where a call bears an
 * identifier of each, the strongest identifiers first, unless both have users; then an `identify` carries the device over, and every other call changes
 * nothing. Knows nothing of objects, pointers or names.
 */
export class Groups {
  readonly #groupOf = new Map<string, Map<string, HashedIdentifier>>();

  event(bears: readonly HashedIdentifier[], type: EventType): void {
    const [strongest, ...others] = bears.toSorted(
      (one, other) =>
        rankOf(other) - rankOf(one) ||
        USUALLY.indexOf(other.type) - USUALLY.indexOf(one.type) ||
        (one.hash < other.hash ? -1 : one.hash > other.hash ? 1 : 0),
    );
    if (strongest === undefined) return;
    for (const one of bears) this.#group(one);
    for (const one of others) this.#link(one, strongest, type);
  }

  #link(one: HashedIdentifier, firmest: HashedIdentifier, type: EventType): void {
    const [from, to] = [this.#group(one), this.#group(firmest)];
    if (from === to) return;
    const areUsers = hasUser(from) && hasUser(to);
    const isAlias = rankOf(one) === 3;
    if (areUsers && !isAlias) {
      if (type !== "identify" || rankOf(one) !== 1 || rankOf(firmest) !== 3) return;
      from.delete(one.hash);
      this.#put(one, to);
      return;
    }
    for (const each of from.values()) this.#put(each, to);
  }

  #group(of: HashedIdentifier): Map<string, HashedIdentifier> {
    const known = this.#groupOf.get(of.hash);
    if (known !== undefined) return known;
    const group = new Map([[of.hash, of]]);
    this.#groupOf.set(of.hash, group);
    return group;
  }

  #put(one: HashedIdentifier, to: Map<string, HashedIdentifier>): void {
    to.set(one.hash, one);
    this.#groupOf.set(one.hash, to);
  }

  /** The sets, as texts that compare. */
  partition(): readonly string[] {
    return [...new Set(this.#groupOf.values())].map((group) => [...group.keys()].toSorted().join(" ")).toSorted();
  }
}

function hasUser(group: ReadonlyMap<string, HashedIdentifier>): boolean {
  return [...group.values()].some((one) => rankOf(one) === 3);
}
