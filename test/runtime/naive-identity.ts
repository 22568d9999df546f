import { byPriority } from "../../core/model/identifier-settings.ts";
import type { JournalEvent } from "../../core/model/envelope.ts";
import { compareLogOrder, type EventType } from "../../core/model/event.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import { outranks, rankOf, type Ranked } from "../../core/model/rank.ts";

/**
 * The naive model of people: all events in one array, each with the group that it belongs to, and each identifier in a group.
 * Knows nothing of objects, pointers, pages or the order in which things come to be durable.
 */
export class NaiveIdentity {
  readonly ids = new Map<ProfileId, HashedIdentifier>();
  readonly #groupOf = new Map<ProfileId, number>();
  readonly events: { readonly event: JournalEvent; group: number }[] = [];
  /** Of an identifier that was split off: names of the person it was split from. */
  readonly #apart = new Map<ProfileId, readonly ProfileId[]>();
  #groups = 0;

  copy(): NaiveIdentity {
    const copy = new NaiveIdentity();
    for (const [name, one] of this.ids) copy.ids.set(name, one);
    for (const [name, group] of this.#groupOf) copy.#groupOf.set(name, group);
    for (const [name, people] of this.#apart) copy.#apart.set(name, people);
    copy.events.push(...this.events.map((one) => ({ ...one })));
    copy.#groups = this.#groups;
    return copy;
  }

  /** A call: its links, and its event, where it is taken for the first time. */
  call(bears: readonly HashedIdentifier[], type: EventType, event?: JournalEvent): void {
    for (const one of bears) this.#know(one);
    const [strongest, ...weaker] = bears.toSorted(byPriority());
    if (strongest !== undefined) for (const one of weaker) this.#link(one, strongest, type);
    const [origin] = bears;
    if (event !== undefined && origin !== undefined) this.events.push({ event, group: this.groupOf(origin.hash) });
  }

  #know(one: HashedIdentifier): void {
    this.ids.set(one.hash, one);
    if (!this.#groupOf.has(one.hash)) this.#groupOf.set(one.hash, ++this.#groups);
  }

  #link(one: HashedIdentifier, strongest: HashedIdentifier, type: EventType): void {
    const [from, to] = [this.groupOf(one.hash), this.groupOf(strongest.hash)];
    if (from === to) return;
    const isIdentify = type === "identify" && rankOf(strongest) === 3 && rankOf(one) === 1;
    if (this.#mayJoin(one, strongest, isIdentify)) {
      const [root, other] = [this.rootOf(from), this.rootOf(to)];
      this.#apart.delete((outranks(root, other) ? other : root).hash);
      for (const [name, group] of this.#groupOf) if (group === from) this.#groupOf.set(name, to);
      for (const each of this.events) if (each.group === from) each.group = to;
    } else if (isIdentify) {
      // The browser changes hands; what came by it stays.
      this.#groupOf.set(one.hash, to);
    }
  }

  #mayJoin(one: HashedIdentifier, strongest: HashedIdentifier, isIdentify: boolean): boolean {
    const [from, to] = [this.groupOf(one.hash), this.groupOf(strongest.hash)];
    // Both are users only where a server says that they are one.
    if (rankOf(one) < 3 && this.#hasUser(from) && this.#hasUser(to)) return false;
    const [root, other] = [this.rootOf(from), this.rootOf(to)];
    // The weaker of the two is asked, and remembers whom it was split from; only who identifies himself on it is heard all the same.
    const [asked, person] = outranks(root, other) ? [other.hash, from] : [root.hash, to];
    if (isIdentify && asked === one.hash) return true;
    return this.#apart.get(asked)?.some((name) => this.groupOf(name) === person) !== true;
  }

  /** Whether anything was split off and not linked since. */
  get hasSplit(): boolean {
    return this.#apart.size > 0;
  }

  #hasUser(group: number): boolean {
    return this.members(group).some((one) => rankOf(one) === 3);
  }

  groupOf(name: ProfileId): number {
    return this.#groupOf.get(name) ?? 0;
  }

  members(group: number): readonly HashedIdentifier[] {
    return [...this.#groupOf].flatMap(([name, of]) => (of === group ? (this.ids.get(name) ?? []) : []));
  }

  /** The firmest of a group, which the person is named by. */
  rootOf(group: number): Ranked {
    const all = this.members(group).map((one) => ({ hash: one.hash, rank: rankOf(one) }));
    return all.reduce((root, other) => (outranks(other, root) ? other : root));
  }

  groups(): readonly number[] {
    return [...new Set(this.#groupOf.values())];
  }

  /** Identifiers leave their person, together; their events follow by `takeBack`. */
  split(wanted: ProfileId, origins: readonly ProfileId[], apart: readonly ProfileId[]): void {
    const group = ++this.#groups;
    for (const name of origins) this.#groupOf.set(name, group);
    this.#apart.set(wanted, apart);
  }

  /** Events that came by some identifiers go to whoever one of them is, from whoever another is. */
  takeBack(wanted: ProfileId, origins: readonly ProfileId[], from: ProfileId): void {
    for (const each of this.events)
      if (each.group === this.groupOf(from) && origins.includes(each.event.origin.hash)) each.group = this.groupOf(wanted);
  }

  /** Who is who and has what, as a text that compares. */
  shown(): string {
    const people = this.groups().map((group) => {
      const names = this.members(group).map(({ hash }) => hash);
      return `${names.toSorted().join(" ")}: ${this.eventsOf(group)
        .map(({ messageId }) => messageId)
        .toSorted()
        .join(" ")}`;
    });
    return people.toSorted().join("\n");
  }

  eventsOf(group: number): readonly JournalEvent[] {
    return this.events.flatMap((each) => (each.group === group ? [each.event] : []));
  }

  /** Where a group lives: as the latest of its events says that speaks of it. */
  householdOf(group: number): ProfileId | null {
    const said = this.eventsOf(group)
      .filter(({ household }) => household !== undefined)
      .toSorted(compareLogOrder);
    return said.at(-1)?.household ?? null;
  }

  /** Everything that those did who live there now. */
  logOfHousehold(household: ProfileId): readonly JournalEvent[] {
    return this.groups().flatMap((group) => (this.householdOf(group) === household ? this.eventsOf(group) : []));
  }
}
