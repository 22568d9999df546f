import { fromEpochMilliseconds, toZonedDateTimeISO } from "temporal-polyfill/fns/Instant";
import { create, toZonedDateTime } from "temporal-polyfill/fns/PlainDate";
import type { CalendarDate } from "./timestamp.ts";

/**
 * The first instant of a date in a zone: midnight, or where clocks jump over midnight the instant at which they do.
 * @param zone an IANA time zone for which `isTimeZone` holds
 * @returns ms since 1970
 */
export function firstInstantOf({ year, month, day }: CalendarDate, zone: string): number {
  return toZonedDateTime(create(year, month, day), zone).epochMilliseconds;
}

/** The date that calendars of a zone show at an instant, in ms since 1970. */
export function dateAt(ms: number, zone: string): CalendarDate {
  const { year, month, day } = toZonedDateTimeISO(fromEpochMilliseconds(ms), zone);
  return { year, month, day };
}
