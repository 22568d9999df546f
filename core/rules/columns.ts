import type { LogEvent } from "../model/event.ts";
import type { LocalDays } from "../model/local-calendar.ts";

/** Something worked out of each event of a list, kept up to date as events come in. */
export interface Column {
  /** Events taken in. */
  readonly size: number;
  /** Takes in an event that was just put at `index` of the list. */
  insert(events: readonly LogEvent[], index: number, event: LogEvent): void;
}

/** Which events of a list have something, so that the first, the last and the number of those in any run are found fast. */
export class Positions implements Column {
  size: number;
  readonly #has: (event: LogEvent) => boolean;
  readonly #at: number[] = [];

  constructor(events: readonly LogEvent[], has: (event: LogEvent) => boolean) {
    this.#has = has;
    this.size = events.length;
    for (const [index, event] of events.entries()) if (has(event)) this.#at.push(index);
  }

  insert(_: readonly LogEvent[], index: number, event: LogEvent): void {
    const place = this.#countBefore(index);
    for (let later = place; later < this.#at.length; later++) this.#at[later] = (this.#at[later] ?? 0) + 1;
    if (this.#has(event)) this.#at.splice(place, 0, index);
    this.size += 1;
  }

  /** How many of `events[from]` to `events[to - 1]` have it. */
  count(from: number, to: number): number {
    return this.#countBefore(to) - this.#countBefore(from);
  }

  /** Index of the first of those that has it, or -1. */
  first(from: number, to: number): number {
    const index = this.#at[this.#countBefore(from)] ?? -1;
    return index < to ? index : -1;
  }

  /** Index of the last of those that has it, or -1. */
  last(from: number, to: number): number {
    const index = this.#at[this.#countBefore(to) - 1] ?? -1;
    return index >= from ? index : -1;
  }

  #countBefore(index: number): number {
    const at = this.#at;
    let high = at.length;
    if ((at[high - 1] ?? -1) < index) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((at[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The local date of each event, counted: events are in order of time, so dates are too, and a difference is a number of dates. */
export class Dates implements Column {
  readonly #days: LocalDays;
  /** How many dates begin before or at each event. */
  readonly #ranks: number[] = [];

  constructor(events: readonly LogEvent[], days: LocalDays) {
    this.#days = days;
    for (const [index, event] of events.entries()) this.insert(events, index, event);
  }

  get size(): number {
    return this.#ranks.length;
  }

  insert(events: readonly LogEvent[], index: number, event: LogEvent): void {
    const ranks = this.#ranks;
    const before = events[index - 1];
    const after = index < ranks.length ? events[index + 1] : undefined;
    const day = this.#days.dayOf(event.time);
    const rank = ranks[index - 1] ?? 0;
    if (before && this.#days.dayOf(before.time) === day) ranks.splice(index, 0, rank);
    else {
      const isNew = !(after && this.#days.dayOf(after.time) === day);
      ranks.splice(index, 0, rank + 1);
      if (isNew) for (let later = index + 1; later < ranks.length; later++) ranks[later] = (ranks[later] ?? 0) + 1;
    }
  }

  /** How many dates `events[from]` to `events[to - 1]` lie on. */
  count(from: number, to: number): number {
    return from < to ? (this.#ranks[to - 1] ?? 0) - (this.#ranks[from] ?? 0) + 1 : 0;
  }
}
