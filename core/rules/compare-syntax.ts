import { isJsonObject } from "../model/json.ts";
import type { Compare } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";
import { readNumber, readRange } from "./operand-syntax.ts";

const BOUNDS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "lte", "gt", "gte"]);

/**
 * Reads COMPARE (rules.md, "Traits"): one or more bounds on a number.
 * @param beside keys of the same object that are no bounds, as `of`
 */
export function readCompare(
  reading: Reading,
  written: Readonly<Record<string, unknown>>,
  pointer: string,
  beside: ReadonlySet<string>,
): Compare | undefined {
  const compare: Record<string, number | readonly [number, number]> = {};
  let bounds = 0;
  let faulty = false;
  for (const key of Object.keys(written)) {
    if (beside.has(key)) continue;
    bounds += 1;
    const place = childPointer(pointer, key);
    const bound = readBound(reading, key, written[key], place);
    if (bound === undefined) faulty = true;
    else compare[key] = bound;
  }
  if (bounds === 0) return reading.fault(pointer, "missing_operator", `Say how many, for example {"gte":2} for at least 2.`);
  return faulty ? undefined : compare;
}

/** Reads COMPARE where it is all of an operand. */
export function readCompareAlone(reading: Reading, written: unknown, pointer: string): Compare | undefined {
  if (!isJsonObject(written)) return reading.fault(pointer, "wrong_type", `Say how many, for example {"gte":2} for at least 2.`);
  return readCompare(reading, written, pointer, new Set());
}

function readBound(
  reading: Reading,
  key: string,
  written: unknown,
  place: string,
): number | readonly [number, number] | undefined {
  if (BOUNDS.has(key)) return readNumber(reading, written, place);
  if (key === "between") return readRange(reading, written, place);
  return reading.fault(place, "unknown_operator", `“${key}” is not a way to compare a number.`);
}
