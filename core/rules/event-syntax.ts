import { AGGREGATES } from "./aggregate-syntax.ts";
import type { Aggregate, EventCondition, EventMatch, Filter, Window } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";
import { readFilter } from "./filter-syntax.ts";
import { readWindow } from "./window-syntax.ts";

type Written = Readonly<Record<string, unknown>>;

const MOST_NAMES = 10_000;

/** Reads a condition on events. */
export function readEventCondition(
  reading: Reading,
  written: Written,
  pointer: string,
  depth: number,
): EventCondition | undefined {
  const faultsBefore = reading.faults.length;
  const match = readMatch(reading, written, pointer, depth);
  const window = Object.hasOwn(written, "within")
    ? readWindow(reading, written["within"], childPointer(pointer, "within"))
    : ({ kind: "retained" } as const);
  const aggregate = readAggregate(reading, written, pointer, depth);
  if (reading.faults.length > faultsBefore || !match || !window || !aggregate) return undefined;
  return { kind: "event", ...match, window, aggregate: inZoneOf(window, aggregate) };
}

/** Reads which events are meant: `event` and `where`. */
export function readMatch(reading: Reading, written: Written, pointer: string, depth: number): EventMatch | undefined {
  const names = readNames(reading, written["event"], childPointer(pointer, "event"));
  if (!Object.hasOwn(written, "where")) return names && { names };
  const where = readWhere(reading, written, pointer, depth);
  return names && where && { names, where };
}

/** Reads the filter on events, where there is one. */
export function readWhere(reading: Reading, written: Written, pointer: string, depth: number): Filter | undefined {
  if (!Object.hasOwn(written, "where")) return undefined;
  return readFilter(reading, written["where"], childPointer(pointer, "where"), depth + 1);
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

/** Dates are told apart in the window's zone, if it names one. */
function inZoneOf(window: Window, aggregate: Aggregate): Aggregate {
  const named = aggregate.kind === "days" && window.kind === "calendar" && window.zoneNamed;
  return named ? { ...aggregate, zone: window.zone } : aggregate;
}

function readAggregate(reading: Reading, written: Written, pointer: string, depth: number): Aggregate | undefined {
  const aggregates: (Aggregate | undefined)[] = [];
  for (const key of Object.keys(written)) {
    if (key === "event" || key === "where" || key === "within") continue;
    const place = childPointer(pointer, key);
    const read = AGGREGATES.get(key);
    if (read) aggregates.push(read(reading, written[key], place, depth));
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
