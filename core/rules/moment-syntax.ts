import { parseDuration } from "../model/duration.ts";
import { parseInstant } from "../model/instant.ts";
import { isJsonObject } from "../model/json.ts";
import type { Operands, WrittenInstant } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";

/** Reads an instant of a rule; a date alone begins in the workspace's zone. */
export function readMoment(reading: Reading, operand: unknown, pointer: string): WrittenInstant | undefined {
  reading.countOperands(pointer, 1);
  if (typeof operand !== "string") return reading.fault(pointer, "wrong_type", `A date is a text, as "2026-01-31".`);
  const ms = parseInstant(operand, reading.zone);
  if (ms !== undefined) return { ms, text: operand };
  return reading.fault(pointer, "bad_instant", `Give a date as "2026-01-31", or a moment as "2026-01-31T18:00:00+01:00".`);
}

/** Reads a span of time from or to an instant: milliseconds. Values may be older than events are kept. */
export function readSpan(reading: Reading, operand: unknown, pointer: string): number | undefined {
  reading.countOperands(pointer, 1);
  if (typeof operand !== "string") return reading.fault(pointer, "wrong_type", `A span of time is a text, as "7d".`);
  const span = parseDuration(operand);
  if (span.ok) return span.value;
  return reading.fault(pointer, span.error, `A span is a whole number and one of s, m, h, d, w, as "7d", and 100 years at most.`);
}

export function readAnniversary(reading: Reading, operand: unknown, pointer: string): Operands["anniversary"] | undefined {
  if (!isJsonObject(operand))
    return reading.fault(pointer, "wrong_type", `Say how soon the day comes, for example {"withinNext":"7d"}.`);
  for (const key of Object.keys(operand)) {
    if (key !== "withinNext")
      reading.fault(childPointer(pointer, key), "unknown_key", `“${key}” says nothing of an anniversary: say “withinNext”.`);
  }
  if (!Object.hasOwn(operand, "withinNext"))
    return reading.fault(pointer, "missing_key", `Say how soon the day comes, as "withinNext".`);
  const withinNext = readSpan(reading, operand["withinNext"], childPointer(pointer, "withinNext"));
  return withinNext === undefined ? undefined : { withinNext };
}
