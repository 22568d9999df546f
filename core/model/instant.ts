import { create, toZonedDateTime } from "temporal-polyfill/fns/PlainDate";
import { leadingDate, parseTimestamp } from "./timestamp.ts";

export { parseTimestamp };

/**
 * Reads an instant of data or of a rule (rules.md, "Instant"): a full timestamp, or a date alone, which is the first
 * instant of that date in the zone, where clocks that jump over midnight too.
 * @param zone an IANA time zone for which `isTimeZone` holds
 * @returns ms since 1970, or undefined for any other form
 */
export function parseInstant(text: string, zone: string): number | undefined {
  if (text.length !== 10) return parseTimestamp(text);
  const date = leadingDate(text);
  if (date === undefined) return undefined;
  return toZonedDateTime(create(date.year, date.month, date.day), zone).epochMilliseconds;
}

/** True of a time zone's IANA name. An offset such as `+01:00` is none: it knows no daylight saving. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
