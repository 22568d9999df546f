import { parseDuration } from "../model/duration.ts";
import { parseInstant } from "../model/instant.ts";
import { isJsonObject } from "../model/json.ts";
import type { Window, WrittenInstant } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";

/** Keys of windows that are in the language, not in this version of the engine. */
const NOT_YET = ["from", "to", "calendar", "session"] as const;

/** Reads `within` (rules.md, "Events"). A window without it is the whole retained log. */
export function readWindow(reading: Reading, written: unknown, pointer: string): Window | undefined {
  if (typeof written === "string") return readSliding(reading, written, pointer);
  if (!isJsonObject(written)) {
    return reading.fault(pointer, "wrong_type", `A period is a span such as "7d", or dates such as {"after":"2026-01-01"}.`);
  }
  if (NOT_YET.some((key) => Object.hasOwn(written, key))) {
    return reading.fault(pointer, "not_yet_available", "Periods of this kind are not available yet.");
  }
  return readAbsolute(reading, written, pointer);
}

function readSliding(reading: Reading, written: string, pointer: string): Window | undefined {
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
  return { kind: "sliding", ms: span.value };
}

function readAbsolute(reading: Reading, written: Readonly<Record<string, unknown>>, pointer: string): Window | undefined {
  const faultsBefore = reading.faults.length;
  for (const key of Object.keys(written)) {
    if (key !== "after" && key !== "before")
      reading.fault(childPointer(pointer, key), "unknown_key", `“${key}” does not describe a period.`);
  }
  const after = readInstant(reading, written, pointer, "after");
  const before = readInstant(reading, written, pointer, "before");
  if (reading.faults.length > faultsBefore) return undefined;
  if (!after && !before) return reading.fault(pointer, "bad_window", `Give "after", "before", or both.`);
  if (after && before && after.ms >= before.ms) {
    return reading.fault(pointer, "bad_range", "The period ends before it begins: “after” is the earlier of the two.");
  }
  return { kind: "absolute", ...(after && { after }), ...(before && { before }) };
}

function readInstant(
  reading: Reading,
  written: Readonly<Record<string, unknown>>,
  pointer: string,
  key: "after" | "before",
): WrittenInstant | undefined {
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
