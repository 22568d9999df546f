import type { Aggregate, Compare, Path } from "./ast.ts";
import { Bounds } from "./bounds.ts";
import { unscaled } from "./decimal.ts";
import { pathText } from "./path.ts";
import type { SelectedEvents } from "./selected-events.ts";
import type { Tri } from "./truth.ts";

/**
 * What a condition makes of the events it sees. Any aggregate can be one: a region is some numbering of its results such
 * that the answer follows from it; where it rises with the aggregate and that only falls, the next change is found fast.
 */
export interface Tally {
  /** The region of the aggregate over `events[from]` to `events[to - 1]` of the selected events. */
  region(selected: SelectedEvents, from: number, to: number): number;
  answer(region: number): Tri;
  /** True when the region cannot rise while the earliest events leave. */
  fallsOnly(selected: SelectedEvents): boolean;
  /** The aggregate itself, to be shown. */
  show(selected: SelectedEvents, from: number, to: number): number;
}

/** The tally of each aggregate: one case each (rules.md, "Events"). */
export function tallyOf(aggregate: Aggregate): Tally {
  switch (aggregate.kind) {
    case "count":
      return new CountTally(aggregate.compare);
    case "sum":
      return new SumTally(aggregate.of, aggregate.compare);
  }
}

/** What a condition says of no events at all: no events is a count and a sum of 0 (rules.md, "Logic"). */
export function answerOfNothing(aggregate: Aggregate): Tri {
  const bounds = new Bounds(aggregate.compare);
  return bounds.answer(bounds.region(0));
}

class CountTally implements Tally {
  readonly #bounds: Bounds;

  constructor(compare: Compare) {
    this.#bounds = new Bounds(compare);
  }

  region(_: SelectedEvents, from: number, to: number): number {
    return this.#bounds.region(to - from);
  }

  answer(region: number): Tri {
    return this.#bounds.answer(region);
  }

  fallsOnly(): boolean {
    return true;
  }

  show(_: SelectedEvents, from: number, to: number): number {
    return to - from;
  }
}

class SumTally implements Tally {
  readonly #bounds: Bounds;
  readonly #of: Path;
  /** The path as a text: sums over one property share their running totals under it. */
  readonly #key: string;

  constructor(of: Path, compare: Compare) {
    this.#bounds = new Bounds(compare);
    this.#of = of;
    this.#key = pathText(of);
  }

  region(selected: SelectedEvents, from: number, to: number): number {
    const totals = selected.totals(this.#of, this.#key);
    totals.refine(this.#bounds.digits, selected.events);
    return this.#bounds.scaledRegion(totals.between(from, to), totals.digits);
  }

  answer(region: number): Tri {
    return this.#bounds.answer(region);
  }

  fallsOnly(selected: SelectedEvents): boolean {
    return selected.totals(this.#of, this.#key).fallsOnly;
  }

  show(selected: SelectedEvents, from: number, to: number): number {
    const totals = selected.totals(this.#of, this.#key);
    return unscaled(totals.between(from, to), totals.digits);
  }
}
