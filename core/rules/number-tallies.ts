import type { LogEvent } from "../model/event.ts";
import type { LocalDays } from "../model/local-calendar.ts";
import type { Compare, Path, Scalar } from "./ast.ts";
import { Bounds } from "./bounds.ts";
import { Dates, Positions } from "./columns.ts";
import { unscaled } from "./decimal.ts";
import { pathText, readPath } from "./path.ts";
import { RangeMaximum } from "./range-maximum.ts";
import { Repeats } from "./repeats.ts";
import type { ColumnKind, SelectedEvents } from "./selected-events.ts";
import type { Tally } from "./tally.ts";
import { numberAt, totalsOf, type Totals } from "./totals.ts";
import { UNKNOWN, type Tri } from "./truth.ts";

/** Region of an aggregate of nothing that is unknown; those of its bounds come after it. */
const NONE = 0;

function scalarAt(event: LogEvent, path: Path): Scalar | undefined {
  const value = readPath(event.properties, path);
  return typeof value === "string" || typeof value === "boolean" ? value : numberAt(event, path);
}

/** Distinct local dates. */
export class DatesTally implements Tally {
  readonly #bounds: Bounds;
  readonly #dates: ColumnKind<Dates>;

  constructor(days: LocalDays, zone: string, compare: Compare) {
    this.#bounds = new Bounds(compare);
    this.#dates = { key: `dates ${zone}`, is: Dates, make: (events) => new Dates(events, days) };
  }

  region(selected: SelectedEvents, from: number, to: number): number {
    return this.#bounds.region(this.show(selected, from, to));
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

  show(selected: SelectedEvents, from: number, to: number): number {
    return selected.column(this.#dates).count(from, to);
  }

  counted({ events }: SelectedEvents, from: number, to: number): readonly LogEvent[] {
    return events.slice(from, to);
  }
}

/** Distinct scalars. */
export class DistinctTally implements Tally {
  readonly #bounds: Bounds;
  readonly #of: Path;
  readonly #repeats: ColumnKind<Repeats>;

  constructor(of: Path, compare: Compare) {
    this.#bounds = new Bounds(compare);
    this.#of = of;
    const valueOf = (event: LogEvent): Scalar | undefined => scalarAt(event, of);
    this.#repeats = { key: `repeats ${pathText(of)}`, is: Repeats, make: (events) => new Repeats(events, valueOf) };
  }

  region(selected: SelectedEvents, from: number, to: number): number {
    return this.#bounds.region(this.show(selected, from, to));
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

  show(selected: SelectedEvents, from: number, to: number): number {
    return selected.column(this.#repeats).distinct(from, to);
  }

  counted({ events }: SelectedEvents, from: number, to: number): readonly LogEvent[] {
    return events.slice(from, to).filter((event) => scalarAt(event, this.#of) !== undefined);
  }
}

/** The average, never divided: the sum is compared with each bound times how many numbers there are. */
export class AverageTally implements Tally {
  readonly #bounds: Bounds;
  readonly #of: Path;
  readonly #totals: ColumnKind<Totals>;
  readonly #numbers: ColumnKind<Positions>;

  constructor(of: Path, compare: Compare) {
    this.#bounds = new Bounds(compare);
    this.#of = of;
    this.#totals = totalsOf(of);
    const isNumber = (event: LogEvent): boolean => numberAt(event, of) !== undefined;
    this.#numbers = { key: `numbers ${pathText(of)}`, is: Positions, make: (events) => new Positions(events, isNumber) };
  }

  region(selected: SelectedEvents, from: number, to: number): number {
    const count = selected.column(this.#numbers).count(from, to);
    if (count === 0) return NONE;
    const totals = selected.column(this.#totals);
    totals.refine(this.#bounds.digits, selected.events);
    return 1 + this.#bounds.averageRegion(totals.between(from, to), totals.digits, count);
  }

  answer(region: number): Tri {
    return region === NONE ? UNKNOWN : this.#bounds.answer(region - 1);
  }

  fallsOnly(): boolean {
    return false;
  }

  growsWithEvents(): boolean {
    return false;
  }

  show(selected: SelectedEvents, from: number, to: number): number | null {
    const count = selected.column(this.#numbers).count(from, to);
    if (count === 0) return null;
    const totals = selected.column(this.#totals);
    const total = totals.between(from, to);
    const quotient = Number(total) / count; // before the point is put back, so that 0.6 of three is 0.2
    const isPlain = Number.isSafeInteger(total) && !String(quotient).includes("e");
    return isPlain ? unscaled(quotient, totals.digits) : unscaled(total, totals.digits) / count;
  }

  counted({ events }: SelectedEvents, from: number, to: number): readonly LogEvent[] {
    return events.slice(from, to).filter((event) => numberAt(event, this.#of) !== undefined);
  }
}

/** The greatest number, or the least, which is the greatest of their opposites. */
export class GreatestTally implements Tally {
  readonly #bounds: Bounds;
  readonly #of: Path;
  readonly #sign: 1 | -1;
  readonly #greatest: ColumnKind<RangeMaximum>;

  constructor(kind: "min" | "max", of: Path, compare: Compare) {
    this.#bounds = new Bounds(compare);
    this.#of = of;
    this.#sign = kind === "max" ? 1 : -1;
    const signed = (event: LogEvent): number | undefined => {
      const value = numberAt(event, of);
      return value === undefined ? undefined : this.#sign * value;
    };
    this.#greatest = { key: `${kind} ${pathText(of)}`, is: RangeMaximum, make: (events) => new RangeMaximum(events, signed) };
  }

  /** Falls as events leave: the least number rises then, so its regions are numbered downwards. */
  region(selected: SelectedEvents, from: number, to: number): number {
    const value = this.show(selected, from, to);
    if (value === null) return NONE;
    const region = this.#bounds.region(value);
    return this.#sign === 1 ? 1 + region : 1 + this.#bounds.highest - region;
  }

  answer(region: number): Tri {
    if (region === NONE) return UNKNOWN;
    return this.#bounds.answer(this.#sign === 1 ? region - 1 : 1 + this.#bounds.highest - region);
  }

  fallsOnly(): boolean {
    return true;
  }

  growsWithEvents(): boolean {
    return true;
  }

  show(selected: SelectedEvents, from: number, to: number): number | null {
    const greatest = selected.column(this.#greatest).between(from, to);
    return greatest === -Infinity ? null : this.#sign * greatest + 0; // never -0
  }

  counted({ events }: SelectedEvents, from: number, to: number): readonly LogEvent[] {
    return events.slice(from, to).filter((event) => numberAt(event, this.#of) !== undefined);
  }
}
