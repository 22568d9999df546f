/** A date of the calendar, checked to be real. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const ZERO = 48;
const DAY_MS = 86_400_000;

/** The number that `length` ASCII digits at `from` spell, or -1. */
function digits(text: string, from: number, length: number): number {
  let value = 0;
  for (let at = from; at < from + length; at++) {
    const digit = text.charCodeAt(at) - ZERO; // NaN beyond the end
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar, for any year; `Date.UTC` misreads those below 100. */
export function dayNumber({ year, month, day }: CalendarDate): number {
  const shifted = month <= 2 ? year - 1 : year; // years from March, so that the leap day ends one
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The date that the ten characters `YYYY-MM-DD` at the start of a text spell, if it is one of the calendar. */
export function leadingDate(text: string): CalendarDate | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  if (year < 0 || text[4] !== "-" || text[7] !== "-") return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return { year, month, day };
}

/**
 * Reads a full timestamp, `YYYY-MM-DDThh:mm[:ss[.fraction]]` with `Z`, `+hh:mm` or `-hh:mm` (rules.md, "Instant"); a
 * fraction beyond milliseconds is cut off. By hand, since this is asked of every event and `Date` accepts far more.
 * @returns ms since 1970, or undefined for everything else, a date alone too
 */
export function parseTimestamp(text: string): number | undefined {
  const date = leadingDate(text);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  if (date === undefined || text[10] !== "T" || text[13] !== ":") return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return undefined;
  let at = 16;
  let second = 0;
  let ms = 0;
  if (text[at] === ":") {
    second = digits(text, at + 1, 2);
    if (second < 0 || second > 59) return undefined;
    at += 3;
    if (text[at] === ".") {
      const from = ++at;
      for (let digit = digits(text, at, 1); digit >= 0; digit = digits(text, ++at, 1)) {
        const place = at - from;
        if (place < 3) ms += digit * (place === 0 ? 100 : place === 1 ? 10 : 1);
      }
      if (at === from) return undefined;
    }
  }
  const offset = offsetMinutes(text, at);
  if (offset === undefined) return undefined;
  return dayNumber(date) * DAY_MS + (hour * 60 + minute - offset) * 60_000 + second * 1_000 + ms;
}

/** Minutes east of UTC that the rest of the text says, from `at`. */
function offsetMinutes(text: string, at: number): number | undefined {
  const sign = text[at];
  if (sign === "Z") return text.length === at + 1 ? 0 : undefined;
  if ((sign !== "+" && sign !== "-") || text.length !== at + 6 || text[at + 3] !== ":") return undefined;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  return sign === "-" ? -(hours * 60 + minutes) : hours * 60 + minutes;
}
