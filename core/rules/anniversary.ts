import { dateAt, firstInstantOf } from "../model/zoned-date.ts";
import type { CalendarDate } from "../model/timestamp.ts";

/** The last year that a date of the rule language can have. */
const LAST_YEAR = 9_999;

const DAY_MS = 86_400_000;

/** The 400 years after which the calendar repeats itself. */
const CYCLE_MS = 146_097 * DAY_MS;

/**
 * The years in which a date comes back, in a zone: each at the first instant of the date, 29 February as 1 March where
 * there is none (rules.md, `anniversary`). The first is in the year after the date's own.
 */
export class Anniversaries {
  readonly #zone: string;
  readonly #date: CalendarDate;

  /** @param value ms since 1970, of an instant of that date in the zone */
  constructor(value: number, zone: string) {
    this.#zone = zone;
    this.#date = dateAt(value, zone);
  }

  /** The first later than `instant`; Infinity after the year 9999. */
  after(instant: number): number {
    let year = Math.max(this.#date.year + 1, new Date(instant).getUTCFullYear() - 1);
    while (this.#roughly(year) + 2 * DAY_MS < instant) year += 1;
    for (; year <= LAST_YEAR; year++) {
      const at = this.#in(year);
      if (at > instant) return at;
    }
    return Infinity;
  }

  /** First instant after `now` from which on one is no longer, or at last, at most `spanMs` ahead; Infinity for never. */
  nextChange(now: number, spanMs: number): number {
    const next = this.after(now);
    if (next === Infinity) return Infinity;
    return now < next - spanMs ? next - spanMs : this.#lastBeforeGap(next, spanMs);
  }

  /** From one on, the first that is not followed by another within the span. */
  #lastBeforeGap(next: number, spanMs: number): number {
    let year = dateAt(next, this.#zone).year;
    // The calendar repeats itself after 400 years, clocks that are set and all.
    const lastYear = Math.min(year + 400, LAST_YEAR - 1);
    for (; year <= lastYear; year++) {
      if (this.#roughly(year + 1) - this.#roughly(year) + DAY_MS <= spanMs) continue; // near, however clocks are set
      const at = this.#in(year);
      if (this.#in(year + 1) - at > spanMs) return at;
    }
    return this.#in(LAST_YEAR);
  }

  /** Within a day and a bit of the anniversary, which is dearer to know. */
  #roughly(year: number): number {
    return Date.UTC(year + 400, this.#date.month - 1, this.#date.day) - CYCLE_MS; // `Date.UTC` misreads years below 100
  }

  #in(year: number): number {
    const { month, day } = this.#date;
    const isLeapDay = month === 2 && day === 29 && !isLeapYear(year);
    return firstInstantOf(isLeapDay ? { year, month: 3, day: 1 } : { year, month, day }, this.#zone);
  }
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
