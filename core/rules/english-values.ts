import type { Compare, Scalar, ValueTest, VersionCompare } from "./ast.ts";
import type { Aside } from "./phrases.ts";
import { OPPOSITE, boundsInWords, fewNamed, joinWords, lastNumber, wholeUnits, type Bound, type BoundWords } from "./phrasing.ts";

/** What English says of one value, of numbers and of spans. */

/** What is denied is denied of a value that can be compared, as the rule does. */
export function predicate(test: ValueTest, denied: boolean, { from, element = "" }: Aside): string {
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
      return `is ${BOUNDS.bound(denied ? OPPOSITE[test.op] : test.op, test.operand)}`;
    case "between":
      return `is ${denied ? "a number that is not " : ""}${BOUNDS.range(test.operand)}`;
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
      const many = howMany(test.operand, denied, "element");
      if (many !== undefined) return `is a list of ${many}`;
      return `is a list whose number of elements is not ${bounds(test.operand, false)}`;
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
export function span(ms: number): string {
  return fullSpan(ms).replace(/^1 /, "");
}

export function fullSpan(ms: number): string {
  const { count, unit } = wholeUnits(ms);
  return counted(String(count), count, unit);
}

const BOUND: Record<Bound, string> = {
  eq: "exactly",
  ne: "anything but",
  lt: "less than",
  lte: "at most",
  gt: "more than",
  gte: "at least",
};

const BOUNDS: BoundWords<number | string> = {
  bound: (op, value) => `${BOUND[op]} ${value}`,
  range: ([low, high]) => `from ${low} to ${high}`,
  outside: ([low, high]) => `less than ${low} or more than ${high}`,
  and: "and",
};

/** Undefined where several bounds are denied. */
export function bounds(compare: Compare | VersionCompare, denied: boolean): string | undefined {
  return boundsInWords<number | string>(compare, denied, BOUNDS);
}

/** Bounds on how many there are of something; undefined where several bounds are denied. */
export function howMany(compare: Compare, denied: boolean, noun: string): string | undefined {
  const words = bounds(compare, denied);
  return words === undefined ? undefined : counted(words, lastNumber(compare), noun);
}

function counted(words: string, last: number, noun: string): string {
  return `${words} ${last === 1 ? noun : `${noun}s`}`;
}

export function choices(values: readonly Scalar[], word: "and" | "or" = "or"): string {
  const { named, rest } = fewNamed(values);
  const texts = named.map(quoted);
  return joinWords(rest > 0 ? [...texts, `${rest} more`] : texts, word);
}

export function quoted(value: Scalar): string {
  return typeof value === "string" ? `“${value}”` : String(value);
}
