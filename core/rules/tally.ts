import type { LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { Compare, Path } from "./ast.ts";
import { Bounds } from "./bounds.ts";
import { unscaled } from "./decimal.ts";
import type { ColumnKind, SelectedEvents } from "./selected-events.ts";
import { numberAt, totalsOf, type Totals } from "./totals.ts";
import type { Tri } from "./truth.ts";

/**
 * What a condition makes of the events it sees. Any aggregate can be one: a region is some numbering of its results such
 * that the answer follows from it; where it rises with the aggregate and that only falls, the next change is found fast.
 */
export interface Tally {
  /** The region of the aggregate over `events[from]` to `events[to - 1]` of the selected events, asked at `now`. */
  region(selected: SelectedEvents, from: number, to: number, now: number): number;
  answer(region: number): Tri;
  /**
   * No later than the first instant after `now` at which time alone changes the answer over these same events; Infinity
   * where it never does. Missing where the region never depends on `now`.
   */
  readonly next?: ((selected: SelectedEvents, from: number, to: number, now: number) => number) | undefined;
  /** True when the region cannot rise while the earliest events leave. */
  fallsOnly(selected: SelectedEvents): boolean;
  /** True when, besides, it cannot fall while later events enter. */
  growsWithEvents(selected: SelectedEvents): boolean;
  /** The aggregate itself, to be shown; null where there is none. */
  show(selected: SelectedEvents, from: number, to: number): Json;
  /** Those of the events that it was made from. */
  counted(selected: SelectedEvents, from: number, to: number): readonly LogEvent[];
}

export class CountTally implements Tally {
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

  growsWithEvents(): boolean {
    return true;
  }

  show(_: SelectedEvents, from: number, to: number): number {
    return to - from;
  }

  counted({ events }: SelectedEvents, from: number, to: number): readonly LogEvent[] {
    return events.slice(from, to);
  }
}

export class SumTally implements Tally {
  readonly #bounds: Bounds;
  readonly #of: Path;
  readonly #totals: ColumnKind<Totals>;

  constructor(of: Path, compare: Compare) {
    this.#bounds = new Bounds(compare);
    this.#of = of;
    this.#totals = totalsOf(of);
  }

  region(selected: SelectedEvents, from: number, to: number): number {
    const totals = selected.column(this.#totals);
    totals.refine(this.#bounds.digits, selected.events);
    return this.#bounds.scaledRegion(totals.between(from, to), totals.digits);
  }

  answer(region: number): Tri {
    return this.#bounds.answer(region);
  }

  fallsOnly(selected: SelectedEvents): boolean {
    return selected.column(this.#totals).fallsOnly;
  }

  growsWithEvents(selected: SelectedEvents): boolean {
    return this.fallsOnly(selected);
  }

  show(selected: SelectedEvents, from: number, to: number): number {
    const totals = selected.column(this.#totals);
    return unscaled(totals.between(from, to), totals.digits);
  }

  counted({ events }: SelectedEvents, from: number, to: number): readonly LogEvent[] {
    return events.slice(from, to).filter((event) => numberAt(event, this.#of) !== undefined);
  }
}
