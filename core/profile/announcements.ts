import type { ChangeReason, JournalChange } from "../model/outbox.ts";
import type { MembershipChange } from "./memberships.ts";

/** What the memberships say now. */
interface Present {
  has(key: string): boolean;
  keys(): readonly string[];
}

/**
 * The memberships as they were announced, and what came since. A read finds changes and writes none: it is the next write
 * that announces them, and then the same ones whether the profile was in memory meanwhile or not. So all is counted from
 * the last write: the memberships of then, evaluated at the instant of then.
 */
export class Announcements {
  readonly #since: Map<string, number>;
  /** As of `#since`; undefined where that has changed. Most calls change nothing. */
  #members: Readonly<Record<string, number>> | undefined;
  /** What time alone changed since the last write. */
  #timed: MembershipChange[] = [];
  /** Audiences that were otherwise already at the instant of the last write, under the ruleset of now. */
  #differing = new Set<string>();

  /** @param members as announced, and since when, ms */
  constructor(members: Readonly<Record<string, number>>) {
    this.#since = new Map(Object.entries(members));
  }

  /** A ruleset was taken up: these are its memberships at the instant of the last write. */
  opened(present: Present): void {
    const keys = present.keys();
    this.#timed = [];
    this.#differing = new Set(keys.filter((key) => !this.#since.has(key)));
    for (const key of this.#since.keys()) if (!present.has(key)) this.#differing.add(key);
  }

  /** Time has gone on from there. */
  passed(changes: readonly MembershipChange[]): void {
    this.#timed.push(...changes);
  }

  /** Since when the profile is in an audience that it is in now, ms. What is announced only with the next write counts from now. */
  since(key: string, now: number): number {
    if (this.#differing.has(key)) return now;
    const change = this.#timed.findLast((one) => one.key === key);
    return change?.at ?? this.#since.get(key) ?? now;
  }

  /**
   * Announces what is due: first what time did, each at its instant; then, by `why`, where the profile stands otherwise
   * than was announced, and what happened to these audiences in between is nobody's business.
   */
  due(present: Present, now: number, ruleset: number, why: ChangeReason): JournalChange[] {
    const timed = this.#timed.filter(({ key }) => !this.#differing.has(key));
    const moved = [...this.#differing]
      .filter((key) => present.has(key) !== this.#since.has(key))
      .toSorted()
      .map((key) => ({ key, entered: present.has(key), at: now }));
    this.#timed = [];
    this.#differing.clear();
    return [...this.#announce(timed, ruleset, { kind: "time" }), ...this.#announce(moved, ruleset, why)];
  }

  /** Whether anything may have to be announced. */
  get areDue(): boolean {
    return this.#timed.length > 0 || this.#differing.size > 0;
  }

  /** Announces what an event changed. */
  byEvent(changes: readonly MembershipChange[], ruleset: number, why: ChangeReason): JournalChange[] {
    return this.#announce(changes, ruleset, why);
  }

  #announce(changes: readonly MembershipChange[], ruleset: number, reason: ChangeReason): JournalChange[] {
    if (changes.length === 0) return [];
    this.#members = undefined;
    // In an order of their own, not that in which an engine happened to find them.
    const ordered = changes.toSorted(
      (one, other) => one.at - other.at || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0),
    );
    return ordered.map(({ key: audience, entered, at }) => {
      if (entered) this.#since.set(audience, at);
      else this.#since.delete(audience);
      return { type: "change", audience, entered, at, ruleset, reason };
    });
  }

  /** As announced, for the head row. */
  members(): Readonly<Record<string, number>> {
    this.#members ??= Object.fromEntries(this.#since);
    return this.#members;
  }
}
