import type { Aggregate, CalendarWindow, Compare, OriginFilter, Scalar, ValueTest, Window } from "./ast.ts";
import { pathText } from "./path.ts";
import type { EventWords, Phrases } from "./phrases.ts";

/** Values of a list that are named; the rest are counted. */
const MOST_NAMED = 5;

const CALLS: ReadonlyMap<string, string> = new Map([
  ["$page", "a page view"],
  ["$screen", "a screen view"],
  ["$identify", "an identification"],
  ["$group", "a group assignment"],
  ["$alias", "an alias"],
  ["$impression", "an ad view"],
  ["$click", "an ad click"],
]);

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

export const ENGLISH: Phrases = {
  sentence: (clause) => `People ${clause}.`,
  everyone: "Everyone.",
  noOne: "No one.",
  anyone: "who are anyone at all",
  nobody: "who are no one",
  all: (clauses) => list(clauses, "and"),
  any: (clauses) => list(clauses, "or"),
  atLeast: (least, clauses) =>
    `who fit at least ${least} of these ${clauses.length}: ${clauses.map((clause) => `(${clause})`).join(", ")}`,
  trait: (path, test, denied) => `whose ${path} ${predicate(test, denied)}`,
  events,
  allOf: (filters) => list(filters, "and"),
  anyOf: (filters) => list(filters, "or"),
  property: (path, test, denied) => `${path} ${predicate(test, denied)}`,
  origin: (kind: OriginFilter["kind"], is, denied) => `${kind} is ${denied ? "not " : ""}${quoted(is)}`,
};

/** What is said of one value. What is denied is denied of a value that can be compared, as the rule does. */
function predicate(test: ValueTest, denied: boolean): string {
  const anyCase = test.ignoreCase ? " in upper or lower case" : "";
  switch (test.op) {
    case "eq":
    case "ne":
      return (test.op === "eq") !== denied
        ? `is ${quoted(test.operand)}${anyCase}`
        : `is known and is not ${quoted(test.operand)}${anyCase}`;
    case "in":
    case "notIn":
      return (test.op === "in") !== denied
        ? `is ${choices(test.operand)}${anyCase}`
        : `is known and is not ${choices(test.operand)}${anyCase}`;
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return `is ${bound(denied ? OPPOSITE[test.op] : test.op, test.operand)}`;
    case "between":
      return denied ? `is a number that is not ${range(test.operand)}` : `is ${range(test.operand)}`;
    case "exists":
      return test.operand !== denied ? "is known" : "is not known";
    case "contains":
      return denied
        ? `is a text that does not contain ${quoted(test.operand)}${anyCase}`
        : `contains ${quoted(test.operand)}${anyCase}`;
  }
}

type Bound = "eq" | "ne" | "lt" | "lte" | "gt" | "gte";

const OPPOSITE = { eq: "ne", ne: "eq", lt: "gte", lte: "gt", gt: "lte", gte: "lt" } as const satisfies Record<Bound, Bound>;

const BOUND: Record<Bound, string> = {
  eq: "exactly",
  ne: "anything but",
  lt: "less than",
  lte: "at most",
  gt: "more than",
  gte: "at least",
};

function bound(op: Bound, value: number): string {
  return `${BOUND[op]} ${value}`;
}

function range([low, high]: readonly [number, number]): string {
  return `from ${low} to ${high}`;
}

/** Bounds in words; a single one that is denied becomes its opposite. Undefined where several are denied. */
function bounds(compare: Compare, denied: boolean): string | undefined {
  const { between, eq, ne, lt, lte, gt, gte } = compare;
  const singles = Object.entries({ gte, gt, lte, lt, eq, ne }).flatMap(([op, value]): [Bound, number][] =>
    value !== undefined && isBound(op) ? [[op, value]] : [],
  );
  if (denied && singles.length + (between ? 1 : 0) > 1) return undefined;
  if (denied && between) return `less than ${between[0]} or more than ${between[1]}`;
  const words = singles.map(([op, value]) => bound(denied ? OPPOSITE[op] : op, value));
  return [...words, ...(between ? [range(between)] : [])].join(" and ");
}

function isBound(op: string): op is Bound {
  return Object.hasOwn(BOUND, op);
}

function events({ names, where, window, aggregate }: EventWords, denied: boolean): string {
  const which = `${happening(names)}${where === undefined ? "" : ` (${where})`}`;
  const when = period(window);
  if (aggregate.kind === "sum") {
    const total = `whose total ${pathText(aggregate.of)} of ${which}${when}`;
    const amount = bounds(aggregate.compare, denied);
    return amount === undefined ? `${total} is not ${bounds(aggregate.compare, false)}` : `${total} is ${amount}`;
  }
  if (aggregate.kind !== "count") return aggregated(aggregate, which, when, denied);
  const { compare } = aggregate;
  const happened = whetherAtAll(compare);
  if (happened !== undefined) return happened !== denied ? `who did ${which}${when}` : `who did not do ${which}${when}`;
  const times = bounds(compare, denied);
  return times === undefined
    ? `who did not do ${which} ${bounds(compare, false)} times${when}`
    : `who did ${which} ${times} times${when}`;
}

/** @param which the events in words, with the period in `when` */
function aggregated(
  aggregate: Exclude<Aggregate, { readonly kind: "count" | "sum" }>,
  which: string,
  when: string,
  denied: boolean,
): string {
  switch (aggregate.kind) {
    case "days": {
      const number = bounds(aggregate.compare, denied);
      return number === undefined
        ? `who did not do ${which} on ${bounds(aggregate.compare, false)} different days${when}`
        : `who did ${which} on ${number} different days${when}`;
    }
    case "avg":
    case "min":
    case "max":
    case "distinct": {
      const value = `whose ${AGGREGATE[aggregate.kind]} ${pathText(aggregate.of)} of ${which}${when}`;
      const amount = bounds(aggregate.compare, denied);
      if (amount !== undefined) return `${value} is ${amount}`;
      const known = aggregate.kind === "distinct" ? "" : "known and is ";
      return `${value} is ${known}not ${bounds(aggregate.compare, false)}`;
    }
    case "first":
    case "last":
      return `whose ${aggregate.kind} ${pathText(aggregate.of)} of ${which}${when} ${predicate(aggregate.test, denied)}`;
  }
}

const AGGREGATE = {
  avg: "average",
  min: "lowest",
  max: "highest",
  distinct: "number of different values of",
} as const;

/** True for "at least once", false for "never", undefined for any other number of times. */
function whetherAtAll(compare: Compare): boolean | undefined {
  if (Object.keys(compare).length !== 1) return undefined;
  if (compare.gte === 1 || compare.gt === 0 || compare.ne === 0) return true;
  if (compare.lt === 1 || compare.lte === 0 || compare.eq === 0) return false;
  return undefined;
}

function happening(names: readonly string[] | "*"): string {
  if (names === "*") return "anything";
  return list(
    names.map((name) => CALLS.get(name) ?? quoted(name)),
    "or",
  );
}

function period(window: Window): string {
  switch (window.kind) {
    case "retained":
      return "";
    case "sliding": {
      const [count, unit] = span(window.ms);
      return count === 1 ? ` in the last ${unit}` : ` in the last ${count} ${unit}s`;
    }
    case "offset":
      return ` between ${plural(...span(window.fromMs))} and ${plural(...span(window.toMs))} ago`;
    case "calendar":
      return `${calendarPeriod(window)}${window.zoneNamed ? ` (by the calendar of ${window.zone})` : ""}`;
    case "session":
      return " in the current session";
    case "absolute": {
      const from = window.after ? ` from ${window.after.text} on` : "";
      return window.before ? `${from} before ${window.before.text}` : from;
    }
  }
}

/** A span as a number of the largest unit that it is whole in. */
function span(spanMs: number): readonly [number, string] {
  const [unit, ms] = UNITS.find(([, length]) => spanMs % length === 0) ?? (["millisecond", 1] as const);
  return [spanMs / ms, unit];
}

function plural(count: number, unit: string): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

function calendarPeriod({ unit, last, complete }: CalendarWindow): string {
  if (complete) return last === 1 ? ` in the last full ${unit}` : ` in the last ${last} full ${unit}s`;
  const current = unit === "day" ? " today" : ` this ${unit}`;
  return last === 1 ? current : `${current} or in the ${last === 2 ? unit : `${last - 1} ${unit}s`} before`;
}

function choices(values: readonly Scalar[]): string {
  const named = values.slice(0, MOST_NAMED).map(quoted);
  const rest = values.length - named.length;
  return list(rest > 0 ? [...named, `${rest} more`] : named, "or");
}

function quoted(value: Scalar): string {
  return typeof value === "string" ? `“${value}”` : String(value);
}

function list(items: readonly string[], word: "and" | "or"): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}
