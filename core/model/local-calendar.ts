import { create, toZonedDateTime } from "temporal-polyfill/fns/PlainDate";
import { dayNumber, type CalendarDate } from "./timestamp.ts";

/** A unit of the calendar; weeks are those of ISO 8601, from Monday. */
export type CalendarUnit = "day" | "week" | "month" | "year";

export function isCalendarUnit(text: unknown): text is CalendarUnit {
  return text === "day" || text === "week" || text === "month" || text === "year";
}

const DAY_MS = 86_400_000;

/** Beyond these days, some 270,000 years off, instants cannot be told: nothing that happens is there. */
const FARTHEST_DAY = 99_000_000;

/** First instants kept for a zone: ten years of days, in a few hundred kilobytes. */
const MOST_KEPT = 3_653;

/**
 * The dates of one time zone, as days since 1970-01-01. A date begins at its first instant and ends where the next begins,
 * so no instant has two dates and dates never go back, not even where clocks go back over midnight. Every question asks
 * for an instant near the one before, so what it takes to answer is kept: the zone's rules are read once a date.
 */
export class LocalDays {
  readonly #zone: string;
  readonly #starts = new Map<number, number>();
  #day = 0;
  #from = Infinity;
  #until = -Infinity;

  /** @param zone an IANA time zone for which `isTimeZone` holds */
  constructor(zone: string) {
    this.#zone = zone;
  }

  /** First instant of a day, ms; later ones than can be told are Infinity, earlier ones -Infinity. */
  start(day: number): number {
    if (!(Math.abs(day) <= FARTHEST_DAY)) return day < 0 ? -Infinity : Infinity;
    const held = this.#starts.get(day);
    if (held !== undefined) return held;
    const { year, month, day: ofMonth } = dateOf(day);
    const start = toZonedDateTime(create(year, month, ofMonth), this.#zone).epochMilliseconds;
    if (this.#starts.size >= MOST_KEPT) this.#starts.clear();
    this.#starts.set(day, start);
    return start;
  }

  /** The day of an instant, ms; Infinity and -Infinity for those that cannot be told. */
  dayOf(instant: number): number {
    if (this.#from <= instant && instant < this.#until) return this.#day;
    let day = Math.floor(instant / DAY_MS); // of UTC: at most a day off
    if (!(Math.abs(day) < FARTHEST_DAY)) return instant < 0 ? -Infinity : Infinity;
    while (instant < this.start(day)) day -= 1;
    while (this.start(day + 1) <= instant) day += 1;
    this.#day = day;
    this.#from = this.start(day);
    this.#until = this.start(day + 1);
    return day;
  }
}

/** The units of a zone, numbered upwards one by one. Remembers the last one asked for. */
export class LocalUnits {
  readonly #days: LocalDays;
  readonly #unit: CalendarUnit;
  #number = 0;
  #from = Infinity;
  #until = -Infinity;

  constructor(days: LocalDays, unit: CalendarUnit) {
    this.#days = days;
    this.#unit = unit;
  }

  /** The number of the unit that an instant, ms, lies in. */
  numberOf(instant: number): number {
    if (this.#from <= instant && instant < this.#until) return this.#number;
    const number = unitOfDay(this.#unit, this.#days.dayOf(instant));
    this.#number = number;
    this.#from = this.start(number);
    this.#until = this.start(number + 1);
    return number;
  }

  /** First instant of a unit, ms. */
  start(number: number): number {
    return this.#days.start(firstDayOfUnit(this.#unit, number));
  }
}

function unitOfDay(unit: CalendarUnit, day: number): number {
  if (!Number.isFinite(day)) return day;
  switch (unit) {
    case "day":
      return day;
    case "week":
      return Math.floor((day + 3) / 7); // 1970-01-01 was a Thursday
    case "month": {
      const { year, month } = dateOf(day);
      return year * 12 + month - 1;
    }
    case "year":
      return dateOf(day).year;
  }
}

function firstDayOfUnit(unit: CalendarUnit, number: number): number {
  if (!(Math.abs(number) <= FARTHEST_DAY)) return number;
  switch (unit) {
    case "day":
      return number;
    case "week":
      return number * 7 - 3;
    case "month": {
      const year = Math.floor(number / 12);
      return dayNumber({ year, month: number - year * 12 + 1, day: 1 });
    }
    case "year":
      return dayNumber({ year: number, month: 1, day: 1 });
  }
}

/** The date of a day since 1970-01-01: `dayNumber` backwards. */
export function dateOf(day: number): CalendarDate {
  const shifted = day + 719_468; // from 0000-03-01, so that the leap day ends a year
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch + (fromMarch < 10 ? 3 : -9);
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1 };
}
