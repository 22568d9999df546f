import type { LinkItem } from "../model/envelope.ts";
import type { EventType } from "../model/event.ts";
import type { HashedIdentifier, ProfileId } from "../model/ids.ts";
import type { Rank, Ranked } from "../model/rank.ts";
import { joiningOf, type Joining } from "./joining.ts";
import { linksOf } from "./links.ts";

/** Where an object leads; its rank is as of the writing of it. */
interface Pointer {
  readonly to: ProfileId;
  readonly rank: Rank;
}

/** What an object answers: the person at the end of the way, and the last device on it. */
interface Went {
  readonly profileId: ProfileId;
  readonly rank?: Rank;
  readonly device?: ProfileId;
}

/**
 * The objects of identifiers in memory, without journals, storage, crashes and waiting: what `ProfileObject` does with a link
 * and with an event that goes through it, by the same rules.
 */
export class IdentityObjects {
  /** Of an object that is a pointer; every other one that was called is a person. */
  readonly #pointers = new Map<ProfileId, Pointer>();
  /** Who holds an event. */
  readonly #persons = new Set<ProfileId>();
  readonly #all = new Set<ProfileId>();
  /** The longest way that an event has gone, in pointers. */
  longestWay = 0;

  /** As the Worker gives an event to objects: its links to those of its weaker identifiers, itself to the one it came by. */
  event(bears: readonly HashedIdentifier[], type: EventType): void {
    const [origin, ...others] = bears;
    if (origin === undefined) return;
    for (const { hash } of bears) this.#all.add(hash);
    for (const { from, item } of linksOf(origin, others, type)) this.#link(from.hash, item);
    this.#give(origin.hash, 0);
  }

  /** @returns where the identifier leads then; without a rank where it is its own */
  #link(name: ProfileId, link: LinkItem): Went {
    const pointer = this.#pointers.get(name);
    const wanted = { hash: link.to, rank: link.rank ?? 3 };
    if (pointer === undefined) {
      this.#pointers.set(name, { to: wanted.hash, rank: wanted.rank });
      this.#move(name);
    } else if (pointer.to !== link.to) {
      const held = { hash: pointer.to, rank: pointer.rank };
      const joining = joiningOf(held, wanted, link);
      const areOne = joining !== undefined && this.#bringTogether(name, held, joining);
      if (!areOne && link.identify) this.#pointers.set(name, { to: wanted.hash, rank: wanted.rank });
    }
    const at = this.#pointers.get(name);
    return at === undefined ? { profileId: name } : { profileId: at.to, rank: at.rank };
  }

  #bringTogether(name: ProfileId, held: Ranked, { weaker, firmer, item }: Joining): boolean {
    const isShort = this.#link(weaker.hash, item).profileId === firmer.hash;
    const [one, other] = isShort ? [firmer, firmer] : [this.#personOf(weaker), this.#personOf(firmer)];
    const leadsTo = held.hash === weaker.hash ? one : other;
    this.#shorten(name, leadsTo.hash, leadsTo.rank);
    return one.hash === other.hash;
  }

  #personOf(name: Ranked): Ranked {
    let at = name;
    for (let next = this.#pointers.get(at.hash); next !== undefined; next = this.#pointers.get(at.hash))
      at = { hash: next.to, rank: next.rank };
    return at;
  }

  /** What it gathered goes to who it is now, wherever he is. */
  #move(name: ProfileId): void {
    const pointer = this.#pointers.get(name);
    if (!this.#persons.delete(name) || pointer === undefined) return;
    const person = this.#personOf({ hash: pointer.to, rank: pointer.rank });
    this.#persons.add(person.hash);
    this.#shorten(name, person.hash, person.rank);
  }

  #give(name: ProfileId, way: number): Went {
    this.longestWay = Math.max(this.longestWay, way);
    const pointer = this.#pointers.get(name);
    if (pointer === undefined) {
      this.#persons.add(name);
      // As a person whom no event of his own has named answers: the one who leads to him knows better.
      return { profileId: name, rank: 1, device: name };
    }
    const given = this.#give(pointer.to, way + 1);
    const went = given.profileId === pointer.to ? { ...given, rank: pointer.rank } : given;
    const isByDevice = pointer.rank === 1;
    this.#shorten(name, isByDevice ? (went.device ?? pointer.to) : went.profileId, isByDevice ? 1 : went.rank);
    return isByDevice ? went : { ...went, device: name };
  }

  #shorten(name: ProfileId, to: ProfileId, rank: Rank | undefined): void {
    const pointer = this.#pointers.get(name);
    if (pointer === undefined || pointer.to === to) return;
    this.#pointers.set(name, { to, rank: rank === undefined || rank < pointer.rank ? pointer.rank : rank });
  }

  /** The sets of identifiers that lead to one person, as `Groups.partition` gives them. */
  partition(): readonly string[] {
    const members = new Map<ProfileId, ProfileId[]>();
    for (const name of this.#all) {
      let root = name;
      for (let next = this.#pointers.get(root); next !== undefined; next = this.#pointers.get(root)) root = next.to;
      const held = members.get(root);
      if (held === undefined) members.set(root, [name]);
      else held.push(name);
    }
    return [...members.values()].map((names) => names.toSorted().join(" ")).toSorted();
  }
}
