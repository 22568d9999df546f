import type { LogEvent } from "../model/event.ts";
import type { Path } from "./ast.ts";
import { fractionDigits, LARGEST_EXACT, scaled, type Scaled } from "./decimal.ts";
import { pathText, readPath } from "./path.ts";
import type { Column } from "./columns.ts";
import type { ColumnKind } from "./selected-events.ts";

/** The number that an event has at a path, if it has one (rules.md, "Events": numeric values only). */
export function numberAt(event: LogEvent, path: Path): number | undefined {
  const value = readPath(event.properties, path);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** What an event adds to a sum over `path`. */
function amountOf(event: LogEvent, path: Path): number {
  return numberAt(event, path) ?? 0;
}

/**
 * Running totals of one property over a list of events, so that the sum of any run of them is one subtraction. All are
 * scaled by the same power of ten, raised when a number needs more digits; they are numbers until one grows too large to
 * be exact, from then on BigInts.
 */
export class Totals implements Column {
  readonly #path: Path;
  #digits = 0;
  #wide = false;
  #negative = false;
  /** One more than events; the first is zero. */
  #sums: Scaled[] = [0];

  constructor(path: Path, events: readonly LogEvent[]) {
    this.#path = path;
    for (const event of events) this.#admit(amountOf(event, path));
    this.#rebuild(events);
  }

  /** Events taken in. */
  get size(): number {
    return this.#sums.length - 1;
  }

  /** Digits after the point that the totals are scaled by. */
  get digits(): number {
    return this.#digits;
  }

  /** True when no event adds less than nothing: then a sum only falls while events leave it. */
  get fallsOnly(): boolean {
    return !this.#negative;
  }

  /** The sum over `events[from]` to `events[to - 1]`, scaled by `digits`. */
  between(from: number, to: number): Scaled {
    return difference(this.#sums[to] ?? 0, this.#sums[from] ?? 0);
  }

  /** Takes in an event that was just put at `index` of the list. */
  insert(events: readonly LogEvent[], index: number, event: LogEvent): void {
    const amount = amountOf(event, this.#path);
    const scaleStands = !this.#admit(amount);
    const added = scaled(amount, this.#digits);
    if (scaleStands && (this.#wide || typeof added === "number")) {
      this.#sums.splice(index + 1, 0, this.#sums[index] ?? 0);
      for (let at = index + 1; at < this.#sums.length; at++) this.#sums[at] = this.#plus(this.#sums[at] ?? 0, added);
      if (!this.#mustWiden(index + 1)) return;
    }
    this.#rebuild(events);
  }

  /** Makes the scale at least as fine as a bound that the sums are compared with. */
  refine(digits: number, events: readonly LogEvent[]): void {
    if (digits <= this.#digits) return;
    this.#digits = digits;
    this.#rebuild(events);
  }

  /** Notes what an amount asks of the totals. Returns true when it raised the scale. */
  #admit(amount: number): boolean {
    if (amount < 0) this.#negative = true;
    const digits = fractionDigits(amount);
    if (digits <= this.#digits) return false;
    this.#digits = digits;
    return true;
  }

  #plus(sum: Scaled, added: Scaled): Scaled {
    return this.#wide ? BigInt(sum) + BigInt(added) : Number(sum) + Number(added);
  }

  /** True when a number among the sums is no longer sure to be exact. */
  #mustWiden(from: number): boolean {
    if (this.#wide) return false;
    for (let at = from; at < this.#sums.length; at++) {
      if (Math.abs(Number(this.#sums[at])) > LARGEST_EXACT) return true;
    }
    return false;
  }

  #rebuild(events: readonly LogEvent[]): void {
    let sum: Scaled = 0;
    const sums: Scaled[] = [sum];
    for (const event of events) {
      const amount = scaled(amountOf(event, this.#path), this.#digits);
      if (typeof amount !== "number" && !this.#wide) {
        this.#widen(events);
        return;
      }
      sum = this.#plus(sum, amount);
      sums.push(sum);
    }
    this.#sums = sums;
    if (this.#mustWiden(1)) this.#widen(events);
  }

  #widen(events: readonly LogEvent[]): void {
    this.#wide = true;
    this.#rebuild(events);
  }
}

/** Running totals of a property: sums and averages over it share them. */
export function totalsOf(of: Path): ColumnKind<Totals> {
  return { key: `totals ${pathText(of)}`, is: Totals, make: (events) => new Totals(of, events) };
}

function difference(a: Scaled, b: Scaled): Scaled {
  return typeof a === "number" && typeof b === "number" ? a - b : BigInt(a) - BigInt(b);
}
