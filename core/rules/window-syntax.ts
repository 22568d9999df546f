import { parseDuration } from "../model/duration.ts";
import { isTimeZone, parseInstant } from "../model/instant.ts";
import { isJsonObject } from "../model/json.ts";
import { isCalendarUnit, type CalendarUnit } from "../model/local-calendar.ts";
import type { Window, WrittenInstant } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";

type Written = Readonly<Record<string, unknown>>;
type ReadWindow = (reading: Reading, written: Written, pointer: string) => Window | undefined;

interface WindowSyntax {
  readonly keys: readonly string[];
  readonly read: ReadWindow;
}

/** Every kind of window that is an object, known by any of its keys; the first that has one is meant. */
const KINDS: readonly WindowSyntax[] = [
  { keys: ["session"], read: readSession },
  { keys: ["calendar", "last", "complete", "timeZone"], read: readCalendar },
  { keys: ["from", "to"], read: readOffset },
  { keys: ["after", "before"], read: readAbsolute },
];

/** As long as a unit ever is, the hour of a clock set back aside. */
const LONGEST_UNIT_MS = { day: 86_400_000, week: 7 * 86_400_000, month: 31 * 86_400_000, year: 366 * 86_400_000 } as const;

/** Reads `within` (rules.md, "Events"). A window without it is the whole retained log. */
export function readWindow(reading: Reading, written: unknown, pointer: string): Window | undefined {
  if (typeof written === "string") return readSliding(reading, written, pointer);
  if (!isJsonObject(written)) {
    return reading.fault(pointer, "wrong_type", `A period is a span such as "7d", or dates such as {"after":"2026-01-01"}.`);
  }
  const kind = KINDS.find(({ keys }) => keys.some((key) => Object.hasOwn(written, key)));
  const faultsBefore = reading.faults.length;
  for (const key of Object.keys(written)) {
    if (kind && !kind.keys.includes(key))
      reading.fault(childPointer(pointer, key), "unknown_key", `“${key}” does not describe a period of this kind.`);
    else if (!kind) reading.fault(childPointer(pointer, key), "unknown_key", `“${key}” does not describe a period.`);
  }
  if (!kind && reading.faults.length === faultsBefore) {
    return reading.fault(pointer, "bad_window", `Say which period, as "7d", {"after":"2026-01-01"} or {"calendar":"month"}.`);
  }
  const window = kind?.read(reading, written, pointer);
  return reading.faults.length > faultsBefore ? undefined : window;
}

function readSliding(reading: Reading, written: string, pointer: string): Window | undefined {
  const ms = readRetainedSpan(reading, written, pointer);
  return ms === undefined ? undefined : { kind: "sliding", ms };
}

/** Reads a DURATION no longer than events are kept, in ms. */
export function readRetainedSpan(reading: Reading, written: string, pointer: string): number | undefined {
  const span = parseDuration(written);
  if (!span.ok)
    return reading.fault(
      pointer,
      span.error,
      `A span is a whole number and one of s, m, h, d, w, as "7d", and 100 years at most.`,
    );
  if (span.value > reading.retentionMs) {
    const days = Math.floor(reading.retentionMs / 86_400_000);
    return reading.fault(
      pointer,
      "longer_than_retention",
      `Events are kept for ${days} days: a longer period cannot be answered.`,
    );
  }
  return span.value;
}

function readOffset(reading: Reading, written: Written, pointer: string): Window | undefined {
  const fromMs = readEnd(reading, written, pointer, "from");
  const toMs = readEnd(reading, written, pointer, "to");
  if (fromMs === undefined || toMs === undefined) return undefined;
  if (fromMs <= toMs) return reading.fault(pointer, "bad_range", "The period ends before it begins: “from” is the longer span.");
  return { kind: "offset", fromMs, toMs };
}

function readEnd(reading: Reading, written: Written, pointer: string, key: "from" | "to"): number | undefined {
  if (!Object.hasOwn(written, key)) {
    return reading.fault(pointer, "missing_key", `Give "from" and "to", as {"from":"90d","to":"30d"}.`);
  }
  const place = childPointer(pointer, key);
  const text = written[key];
  if (typeof text !== "string") return reading.fault(place, "wrong_type", `A span is a text, as "30d".`);
  return readRetainedSpan(reading, text, place);
}

function readCalendar(reading: Reading, written: Written, pointer: string): Window | undefined {
  const unit = readUnit(reading, written, pointer);
  const { last = 1, complete = false } = written;
  if (typeof last !== "number") reading.fault(childPointer(pointer, "last"), "wrong_type", "Give a whole number.");
  else if (!Number.isInteger(last) || last < 1)
    reading.fault(childPointer(pointer, "last"), "bad_range", "Give a whole number from 1.");
  if (typeof complete !== "boolean")
    reading.fault(childPointer(pointer, "complete"), "wrong_type", `"complete" is true or false.`);
  const zoneNamed = Object.hasOwn(written, "timeZone");
  const zone = zoneNamed ? readZone(reading, written["timeZone"], childPointer(pointer, "timeZone")) : reading.zone;
  if (!unit || typeof last !== "number" || typeof complete !== "boolean" || zone === undefined) return undefined;
  reading.warnIfCut(pointer, { agoMs: LONGEST_UNIT_MS[unit] * (complete ? last + 1 : last) });
  return { kind: "calendar", unit, last, complete, zone, zoneNamed };
}

function readUnit(reading: Reading, written: Written, pointer: string): CalendarUnit | undefined {
  if (!Object.hasOwn(written, "calendar"))
    return reading.fault(pointer, "missing_key", `Say which unit is meant, as {"calendar":"month"}.`);
  const place = childPointer(pointer, "calendar");
  const unit = written["calendar"];
  if (typeof unit !== "string") return reading.fault(place, "wrong_type", `A unit is a text, as "month".`);
  if (isCalendarUnit(unit)) return unit;
  return reading.fault(place, "unknown_value", `A unit is "day", "week", "month" or "year".`);
}

function readZone(reading: Reading, written: unknown, pointer: string): string | undefined {
  if (typeof written !== "string") return reading.fault(pointer, "wrong_type", `A time zone is a text, as "Europe/Paris".`);
  if (isTimeZone(written)) return written;
  return reading.fault(pointer, "bad_time_zone", `Give the name of a time zone, as "Europe/Paris"; an offset is none.`);
}

function readSession(reading: Reading, written: Written, pointer: string): Window | undefined {
  if (written["session"] === true) return { kind: "session" };
  return reading.fault(childPointer(pointer, "session"), "wrong_type", `"session" is only ever true.`);
}

function readAbsolute(reading: Reading, written: Written, pointer: string): Window | undefined {
  const faultsBefore = reading.faults.length;
  const after = readInstant(reading, written, pointer, "after");
  const before = readInstant(reading, written, pointer, "before");
  if (reading.faults.length > faultsBefore) return undefined;
  if (after && before && after.ms >= before.ms) {
    return reading.fault(pointer, "bad_range", "The period ends before it begins: “after” is the earlier of the two.");
  }
  if (after) reading.warnIfCut(pointer, { at: after.ms });
  else if (before) reading.warnIfCut(pointer, { at: before.ms - 1 }); // begins where what is kept does, unless nothing of it is
  return { kind: "absolute", ...(after && { after }), ...(before && { before }) };
}

function readInstant(reading: Reading, written: Written, pointer: string, key: "after" | "before"): WrittenInstant | undefined {
  if (!Object.hasOwn(written, key)) return undefined;
  const place = childPointer(pointer, key);
  const text = written[key];
  if (typeof text !== "string") return reading.fault(place, "wrong_type", `A date is a text, as "2026-01-31".`);
  const ms = parseInstant(text, reading.zone);
  if (ms === undefined) {
    return reading.fault(place, "bad_instant", `Give a date as "2026-01-31", or a moment as "2026-01-31T18:00:00+01:00".`);
  }
  return { ms, text };
}
