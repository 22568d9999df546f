import { seeded } from "../../scripts/replay/random.ts";

/** Chances of the generators: the same from the same seed. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  /** An integer from 0 up to but not `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  /** True in so many of a hundred. */
  percent(chance: number): boolean {
    return this.#next() * 100 < chance;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }

  /** So many different ones, at most all. */
  some<T>(from: readonly T[], count: number): T[] {
    const left = [...from];
    return Array.from({ length: Math.min(count, from.length) }, () => left.splice(this.below(left.length), 1)).flat();
  }
}
