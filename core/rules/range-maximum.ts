import type { LogEvent } from "../model/event.ts";
import type { Column } from "./columns.ts";

const SMALLEST = 8;

/**
 * The greatest value of any run of events: a tree over them, each place the greatest of its two children, so a question
 * and a new event at the end take as many steps as the tree is high. Events without a value count as -Infinity.
 */
export class RangeMaximum implements Column {
  size = 0;
  readonly #valueOf: (event: LogEvent) => number | undefined;
  /** Room for half as many leaves, from the middle on; the children of n are 2n and 2n + 1. */
  #tree = new Float64Array(2 * SMALLEST).fill(-Infinity);

  constructor(events: readonly LogEvent[], valueOf: (event: LogEvent) => number | undefined) {
    this.#valueOf = valueOf;
    for (const event of events) this.insert(events, this.size, event);
  }

  insert(_: readonly LogEvent[], index: number, event: LogEvent): void {
    if (this.size === this.#tree.length / 2) this.#grow();
    const tree = this.#tree;
    const leaves = tree.length / 2;
    const place = leaves + index;
    const atEnd = index === this.size;
    if (!atEnd) tree.copyWithin(place + 1, place, leaves + this.size);
    tree[place] = this.#valueOf(event) ?? -Infinity;
    this.size += 1;
    if (atEnd) for (let at = place >> 1; at > 0; at >>= 1) this.#settle(at);
    else this.#settleAll();
  }

  /** The greatest value of `events[from]` to `events[to - 1]`; -Infinity where none has one. */
  between(from: number, to: number): number {
    const tree = this.#tree;
    let greatest = -Infinity;
    let low = tree.length / 2 + from;
    let high = tree.length / 2 + to;
    while (low < high) {
      if (low % 2 === 1) greatest = Math.max(greatest, tree[low++] ?? -Infinity);
      if (high % 2 === 1) greatest = Math.max(greatest, tree[--high] ?? -Infinity);
      low >>= 1;
      high >>= 1;
    }
    return greatest;
  }

  #settle(at: number): void {
    this.#tree[at] = Math.max(this.#tree[2 * at] ?? -Infinity, this.#tree[2 * at + 1] ?? -Infinity);
  }

  #settleAll(): void {
    for (let at = this.#tree.length / 2 - 1; at > 0; at--) this.#settle(at);
  }

  #grow(): void {
    const leaves = this.#tree.subarray(this.#tree.length / 2);
    this.#tree = new Float64Array(this.#tree.length * 2).fill(-Infinity);
    this.#tree.set(leaves, this.#tree.length / 2);
    this.#settleAll();
  }
}
