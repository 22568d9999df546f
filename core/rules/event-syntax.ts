import { isJsonObject } from "../model/json.ts";
import type { Aggregate, EventCondition } from "./ast.ts";
import { readCompare } from "./compare-syntax.ts";
import { childPointer, type Reading } from "./faults.ts";
import { readFilter, readPathAt } from "./filter-syntax.ts";
import { readWindow } from "./window-syntax.ts";

type Written = Readonly<Record<string, unknown>>;

/** How events are put into one number: one entry each (rules.md, "Events"). */
const AGGREGATES: ReadonlyMap<string, (reading: Reading, written: unknown, pointer: string) => Aggregate | undefined> = new Map([
  ["count", readCount],
  ["sum", readSum],
]);

/** In the language, not in this version of the engine. */
const NOT_YET: ReadonlySet<string> = new Set(["days", "avg", "min", "max", "distinct", "first", "last"]);

const MOST_NAMES = 10_000;

/** Reads a condition on events. */
export function readEventCondition(
  reading: Reading,
  written: Written,
  pointer: string,
  depth: number,
): EventCondition | undefined {
  const faultsBefore = reading.faults.length;
  const names = readNames(reading, written["event"], childPointer(pointer, "event"));
  const where = Object.hasOwn(written, "where")
    ? readFilter(reading, written["where"], childPointer(pointer, "where"), depth + 1)
    : undefined;
  const window = Object.hasOwn(written, "within")
    ? readWindow(reading, written["within"], childPointer(pointer, "within"))
    : ({ kind: "retained" } as const);
  const aggregate = readAggregate(reading, written, pointer);
  if (reading.faults.length > faultsBefore || !names || !window || !aggregate) return undefined;
  return { kind: "event", names, ...(where && { where }), window, aggregate };
}

/** A name, a list of names, or `"*"` alone. */
function readNames(reading: Reading, written: unknown, pointer: string): readonly string[] | "*" | undefined {
  if (written === "*") return "*";
  if (typeof written === "string")
    return written === "" ? reading.fault(pointer, "bad_event", "Give the name of an event.") : [written];
  if (!Array.isArray(written))
    return reading.fault(pointer, "wrong_type", `Give the name of an event, a list of names, or "*" for any.`);
  const list: readonly unknown[] = written;
  if (list.length === 0) return reading.fault(pointer, "empty_list", "The list needs at least one name of an event.");
  if (list.length > MOST_NAMES) return reading.fault(pointer, "list_too_long", "A list in a rule can hold 10,000 names at most.");
  reading.countOperands(pointer, list.length);
  const names: string[] = [];
  for (const [index, name] of list.entries()) {
    const place = childPointer(pointer, index);
    if (typeof name !== "string") reading.fault(place, "wrong_type", "The name of an event is a text.");
    else if (name === "") reading.fault(place, "bad_event", "Give the name of an event.");
    else if (name === "*") reading.fault(place, "bad_event", `"*" means any event: it stands alone, not in a list.`);
    else names.push(name);
  }
  return names.length === list.length ? names : undefined;
}

function readAggregate(reading: Reading, written: Written, pointer: string): Aggregate | undefined {
  const aggregates: (Aggregate | undefined)[] = [];
  for (const key of Object.keys(written)) {
    if (key === "event" || key === "where" || key === "within") continue;
    const place = childPointer(pointer, key);
    const read = AGGREGATES.get(key);
    if (read) aggregates.push(read(reading, written[key], place));
    else if (NOT_YET.has(key)) aggregates.push(reading.fault(place, "not_yet_available", `“${key}” is not available yet.`));
    else reading.fault(place, "unknown_key", `“${key}” does not belong beside “event”.`);
  }
  if (aggregates.length > 1) {
    return reading.fault(
      pointer,
      "several_aggregates",
      `Ask one thing of these events at a time, and join several conditions with "all".`,
    );
  }
  return aggregates.length === 1 ? aggregates[0] : { kind: "count", compare: { gte: 1 } };
}

function readCount(reading: Reading, written: unknown, pointer: string): Aggregate | undefined {
  if (!isJsonObject(written)) return reading.fault(pointer, "wrong_type", `Say how many, for example {"gte":2} for at least 2.`);
  const compare = readCompare(reading, written, pointer, new Set());
  return compare && { kind: "count", compare };
}

function readSum(reading: Reading, written: unknown, pointer: string): Aggregate | undefined {
  if (!isJsonObject(written))
    return reading.fault(pointer, "wrong_type", `Say what is added up and how much, for example {"of":"value","gte":100}.`);
  const of = Object.hasOwn(written, "of")
    ? readPathAt(reading, written["of"], childPointer(pointer, "of"))
    : reading.fault(pointer, "missing_key", `Say which property is added up, as "of".`);
  const compare = readCompare(reading, written, pointer, new Set(["of"]));
  return of && compare && { kind: "sum", of, compare };
}
