import type { LogEvent } from "../model/event.ts";
import type { Scalar } from "./ast.ts";
import type { Column } from "./columns.ts";

/** Stands for "no event": before the first, and after the last. */
const NEVER_BEFORE = -1;
const NEVER_AFTER = 0x3fff_ffff;

/**
 * For each event where its value stood before and stands next, so that the number of distinct values of a run follows
 * from that of another run, one step for each event between them. Runs asked for one after the other lie close.
 */
export class Repeats implements Column {
  readonly #valueOf: (event: LogEvent) => Scalar | undefined;
  #previous: number[] = [];
  #next: number[] = [];
  readonly #latest = new Map<Scalar, number>();
  /** The run asked for last, and its number of values. */
  #from = 0;
  #to = 0;
  #count = 0;

  constructor(events: readonly LogEvent[], valueOf: (event: LogEvent) => Scalar | undefined) {
    this.#valueOf = valueOf;
    this.#build(events);
  }

  get size(): number {
    return this.#previous.length;
  }

  insert(events: readonly LogEvent[], index: number, event: LogEvent): void {
    if (index === this.size) this.#append(event);
    else this.#build(events);
  }

  /** How many distinct values `events[from]` to `events[to - 1]` have. */
  distinct(from: number, to: number): number {
    if (from >= this.#to || to <= this.#from) {
      this.#from = from;
      this.#to = from;
      this.#count = 0;
    }
    while (this.#from > from) if (this.#nextOf(--this.#from) >= this.#to) this.#count += 1;
    while (this.#to < to) if (this.#previousOf(this.#to++) < this.#from) this.#count += 1;
    while (this.#from < from) if (this.#nextOf(this.#from++) >= this.#to) this.#count -= 1;
    while (this.#to > to) if (this.#previousOf(--this.#to) < this.#from) this.#count -= 1;
    return this.#count;
  }

  #nextOf(index: number): number {
    return this.#next[index] ?? NEVER_BEFORE;
  }

  #previousOf(index: number): number {
    return this.#previous[index] ?? NEVER_AFTER;
  }

  #build(events: readonly LogEvent[]): void {
    this.#previous = [];
    this.#next = [];
    this.#latest.clear();
    for (const event of events) this.#append(event);
    this.#from = 0;
    this.#to = 0;
    this.#count = 0;
  }

  #append(event: LogEvent): void {
    const value = this.#valueOf(event);
    if (value === undefined) {
      // Seems to stand before and after within every run, so it is never counted.
      this.#previous.push(NEVER_AFTER);
      this.#next.push(NEVER_BEFORE);
      return;
    }
    const index = this.size;
    const previous = this.#latest.get(value) ?? NEVER_BEFORE;
    if (previous !== NEVER_BEFORE) this.#next[previous] = index;
    this.#previous.push(previous);
    this.#next.push(NEVER_AFTER);
    this.#latest.set(value, index);
  }
}
