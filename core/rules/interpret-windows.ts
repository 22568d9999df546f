import type { LogEvent } from "../model/event.ts";
import { parseInstant } from "../model/instant.ts";
import type { CalendarWindow } from "./ast.ts";

/** The windows of the reference interpreter that need more than a line: as obvious as the rest, and shared with nothing. */

const HALF_HOUR = 30 * 60 * 1_000;
const DAY = 24 * 60 * 60 * 1_000;

/** Formatters take long to make and say nothing of a question, so they alone are kept. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The local date of an instant as `YYYY-MM-DD`, told by the platform. */
export function localDate(time: number, zone: string): string {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    const options = { timeZone: zone, calendar: "iso8601", year: "numeric", month: "2-digit", day: "2-digit" } as const;
    formatter = new Intl.DateTimeFormat("en-CA", options);
    formatters.set(zone, formatter);
  }
  const parts = new Map(formatter.formatToParts(time).map(({ type, value }) => [type, value]));
  const date = `${parts.get("year")?.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`;
  // A date that has begun is not taken back: where clocks go back over midnight, what comes again is of the new date.
  const next = new Date(Date.parse(date) + DAY).toISOString().slice(0, 10);
  return (parseInstant(next, zone) ?? Infinity) <= time ? next : date;
}

/** Units are numbered one by one, by date. */
function unitOf(date: string, unit: CalendarWindow["unit"]): number {
  const [year = 0, month = 0] = date.split("-").map(Number);
  const day = Date.parse(date) / DAY;
  switch (unit) {
    case "day":
      return day;
    case "week": {
      const monday = Date.parse("2024-01-01") / DAY;
      return Math.floor((day - monday) / 7);
    }
    case "month":
      return year * 12 + month;
    case "year":
      return year;
  }
}

/** The current unit and those before it, or the full units before it. */
export function isInUnits(time: number, { unit, last, complete, zone }: CalendarWindow, now: number): boolean {
  const unitsAgo = unitOf(localDate(now, zone), unit) - unitOf(localDate(time, zone), unit);
  return complete ? 1 <= unitsAgo && unitsAgo <= last : 0 <= unitsAgo && unitsAgo <= last - 1;
}

/**
 * Events of channel web or app, cut where a gap is longer than 30 min.
 * @param log in log order
 */
export function sessionsOf(log: readonly LogEvent[]): readonly (readonly LogEvent[])[] {
  const events = log.filter(({ channel }) => channel === "web" || channel === "app");
  const sessions: LogEvent[][] = [];
  for (const event of events) {
    const session = sessions.at(-1);
    const before = session?.at(-1);
    if (session && before && event.time - before.time <= HALF_HOUR) session.push(event);
    else sessions.push([event]);
  }
  return sessions;
}

/**
 * The last session, if its end is no more than 30 min ago.
 * @param log in log order, none later than `now`
 */
export function currentSession(log: readonly LogEvent[], now: number): readonly LogEvent[] {
  const last = sessionsOf(log).at(-1) ?? [];
  const end = last.at(-1)?.time ?? -Infinity;
  return now - end <= HALF_HOUR ? last : [];
}
