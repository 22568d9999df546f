import type { Aggregate, CalendarWindow, Compare, OriginFilter, Scalar, ValueTest, VersionCompare, Window } from "./ast.ts";
import { pathText } from "./path.ts";
import type { Aside, EventWords, MatchWords, Phrases, SequenceWords } from "./phrases.ts";

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
  ["$list", "a change of a list"],
  ["$computed", "a computed trait"],
  ["$household", "news of the household"],
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
  trait: (path, test, denied, aside) => `whose ${path} ${predicate(test, denied, aside)}`,
  events,
  sequence,
  audience: (key, forMs, denied) =>
    forMs === undefined
      ? `who are ${denied ? "not " : ""}in the audience ${quoted(key)}`
      : `who have ${denied ? "not " : ""}been in the audience ${quoted(key)} without a break for ${fullSpan(forMs)}`,
  list: (key, denied) => `who are ${denied ? "not " : ""}on the list ${quoted(key)}`,
  bucket: ({ salt, from, to }, denied) =>
    `who fall ${denied ? "outside" : "in"} the part from ${percent(from)} to ${percent(to)} of the split ${quoted(salt)}`,
  household: (clause) => `whose household, taken as one person, is one ${clause}`,
  allOf: (filters) => list(filters, "and"),
  anyOf: (filters) => list(filters, "or"),
  property: (path, test, denied, aside) => `${path} ${predicate(test, denied, aside)}`,
  origin: (kind: OriginFilter["kind"], is, denied) => `${kind} is ${denied ? "not " : ""}${quoted(is)}`,
};

/** What is said of one value. What is denied is denied of a value that can be compared, as the rule does. */
function predicate(test: ValueTest, denied: boolean, { from, element = "" }: Aside): string {
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
    case "startsWith":
      return `${denied ? "is a text that does not start" : "starts"} with ${quoted(test.operand)}${anyCase}`;
    case "endsWith":
      return `${denied ? "is a text that does not end" : "ends"} with ${quoted(test.operand)}${anyCase}`;
    case "glob":
      return `${denied ? "is a text that does not look" : "looks"} like ${quoted(test.operand)}${anyCase}`;
    case "matches":
      return `${denied ? "is a text that does not match" : "matches"} the pattern ${quoted(test.operand)}${anyCase}`;
    case "hasAny":
    case "hasNone":
      return `${(test.op === "hasAny") !== denied ? "has" : "is a list without"} ${choices(test.operand)}${anyCase}`;
    case "hasAll":
      return `${denied ? "is a list that does not have" : "has"} all of ${choices(test.operand, "and")}${anyCase}`;
    case "size": {
      const amount = bounds(test.operand, denied);
      const many = amount ?? `a number that is not ${bounds(test.operand, false)}`;
      return `is a list of ${many} ${many === "exactly 1" ? "element" : "elements"}`;
    }
    case "some":
      return `${denied ? "is a list without" : "has"} an element with (${element})`;
    case "before":
    case "after":
      return (test.op === "before") !== denied ? `is before ${test.operand.text}` : `is ${test.operand.text} or later`;
    case "withinLast":
      return `is ${denied ? "a date that is not " : ""}${from === "now" ? `in the last ${span(test.operand)}` : `in the ${span(test.operand)} before the event`}`;
    case "olderThan":
      return `is ${denied ? "a date that is not yet" : "at least"} ${fullSpan(test.operand)} ${from === "now" ? "ago" : "before the event"}`;
    case "withinNext":
      return `is ${denied ? "a date that is not " : ""}${ahead(test.operand, from)}`;
    case "anniversary":
      return `${denied ? "is a date without an" : "has its"} anniversary ${ahead(test.operand.withinNext, from)}`;
    case "version": {
      const which = bounds(test.operand, denied);
      return which === undefined ? `is a version that is not ${bounds(test.operand, false)}` : `is a version of ${which}`;
    }
    case "cidr":
      return `is an address ${denied ? "outside" : "in"} ${choices(test.operand)}`;
    case "near": {
      const { lat, lon, km } = test.operand;
      return denied ? `is a place more than ${km} km from ${lat}, ${lon}` : `is at most ${km} km from ${lat}, ${lon}`;
    }
  }
}

function ahead(ms: number, from: Aside["from"]): string {
  return from === "now" ? `in the next ${span(ms)}` : `in the ${span(ms)} after the event`;
}

/** A span of time after "the": one of a unit is said without its number. */
function span(ms: number): string {
  return fullSpan(ms).replace(/^1 /, "");
}

function fullSpan(ms: number): string {
  const [unit, length] = UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? (["millisecond", 1] as const);
  const count = ms / length;
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
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

function bound(op: Bound, value: number | string): string {
  return `${BOUND[op]} ${value}`;
}

function range([low, high]: readonly [number | string, number | string]): string {
  return `from ${low} to ${high}`;
}

/** Bounds in words; a single one that is denied becomes its opposite. Undefined where several are denied. */
function bounds(compare: Compare | VersionCompare, denied: boolean): string | undefined {
  const { between, eq, ne, lt, lte, gt, gte } = compare;
  const singles = Object.entries({ gte, gt, lte, lt, eq, ne }).flatMap(([op, value]): [Bound, number | string][] =>
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

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}

function matched({ names, where }: MatchWords): string {
  return `${happening(names)}${where === undefined ? "" : ` (${where})`}`;
}

function sequence({ steps, window, without, sameSession }: SequenceWords, denied: boolean): string {
  const said = steps.map((step, index) => {
    const soon = step.withinMs === undefined ? "" : ` within ${fullSpan(step.withinMs)}`;
    return index === 0 ? matched(step) : `then${soon} ${matched(step)}`;
  });
  const between = without ? `, without ${matched(without)} in between` : "";
  const together = sameSession ? ", all in one session" : "";
  return `who ${denied ? "did not do" : "did"} ${said.join(", ")}${between}${together}${period(window)}`;
}

function events({ names, where, window, aggregate, aside }: EventWords, denied: boolean): string {
  const which = matched({ names, where });
  const when = period(window);
  if (aggregate.kind === "sum") {
    const total = `whose total ${pathText(aggregate.of)} of ${which}${when}`;
    const amount = bounds(aggregate.compare, denied);
    return amount === undefined ? `${total} is not ${bounds(aggregate.compare, false)}` : `${total} is ${amount}`;
  }
  if (aggregate.kind !== "count") return aggregated(aggregate, which, when, denied, aside);
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
  aside: Aside,
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
      return `whose ${aggregate.kind} ${pathText(aggregate.of)} of ${which}${when} ${predicate(aggregate.test, denied, aside)}`;
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
    case "sliding":
      return ` in the last ${span(window.ms)}`;
    case "offset":
      return ` between ${fullSpan(window.fromMs)} and ${fullSpan(window.toMs)} ago`;
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

function calendarPeriod({ unit, last, complete }: CalendarWindow): string {
  if (complete) return last === 1 ? ` in the last full ${unit}` : ` in the last ${last} full ${unit}s`;
  const current = unit === "day" ? " today" : ` this ${unit}`;
  return last === 1 ? current : `${current} or in the ${last === 2 ? unit : `${last - 1} ${unit}s`} before`;
}

function choices(values: readonly Scalar[], word: "and" | "or" = "or"): string {
  const named = values.slice(0, MOST_NAMED).map(quoted);
  const rest = values.length - named.length;
  return list(rest > 0 ? [...named, `${rest} more`] : named, word);
}

function quoted(value: Scalar): string {
  return typeof value === "string" ? `“${value}”` : String(value);
}

function list(items: readonly string[], word: "and" | "or"): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}
