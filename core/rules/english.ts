import type { Aggregate, CalendarWindow, OriginFilter, Window } from "./ast.ts";
import { bounds, fullSpan, howMany, predicate, quoted, span } from "./english-values.ts";
import { pathText } from "./path.ts";
import type { Aside, EventWords, MatchWords, Phrases, SequenceWords } from "./phrases.ts";
import { fewNamed, joinWords, percentDigits, whetherAtAll } from "./phrasing.ts";

const CALLS: ReadonlyMap<string, string> = new Map([
  ["$page", "a page view"],
  ["$screen", "a screen view"],
  ["$identify", "an identification"],
  ["$group", "a group assignment"],
  ["$alias", "an alias"],
  ["$impression", "an ad view"],
  ["$click", "an ad click"],
  ["$conversion", "a conversion"],
  ["$list", "a change of a list"],
  ["$computed", "a computed trait"],
  ["$household", "news of the household"],
]);

export const ENGLISH: Phrases = {
  sentence: (clause) => `People ${clause}.`,
  everyone: "Everyone.",
  noOne: "No one.",
  anyone: "who are anyone at all",
  nobody: "who are no one",
  all: (clauses) => joinWords(clauses, "and"),
  any: (clauses) => joinWords(clauses, "or"),
  atLeast: (least, clauses) =>
    `who fit at least ${least} of these ${clauses.length}: ${clauses.map((clause) => `(${clause})`).join(", ")}`,
  trait: (path, test, denied, aside) => `whose ${path} ${predicate(test, denied, aside)}`,
  events,
  sequence,
  audience,
  list: (key, denied) => `who are ${denied ? "not " : ""}on the list ${quoted(key)}`,
  bucket: ({ salt, from, to }, denied) =>
    `who fall ${denied ? "outside" : "in"} the part from ${percentDigits(from)}% to ${percentDigits(to)}% of the split ${quoted(salt)}`,
  household: (clause) => `whose household, taken as one person, is one ${clause}`,
  parts: {
    all: "who fit all of these",
    any: "who fit at least one of these",
    none: "who fit none of these",
    not: "who do not fit this",
    atLeast: (least, of) => `who fit at least ${least} of these ${of}`,
    household: "whose household fits what is asked of it",
    unavailable: "who are in an audience that is not there or cannot be evaluated",
  },
  allOf: (filters) => joinWords(filters, "and"),
  anyOf: (filters) => joinWords(filters, "or"),
  property: (path, test, denied, aside) => `${path} ${predicate(test, denied, aside)}`,
  origin: (kind: OriginFilter["kind"], is, denied) => `${kind} is ${denied ? "not " : ""}${quoted(is)}`,
};

function matched({ names, where }: MatchWords): string {
  return `${happening(names)}${where === undefined ? "" : ` (${where})`}`;
}

/** Not to have been in it all the time is to have been outside it at some. */
function audience(key: string, forMs: number | undefined, denied: boolean): string {
  if (forMs === undefined) return `who are ${denied ? "not " : ""}in the audience ${quoted(key)}`;
  return denied
    ? `who were outside the audience ${quoted(key)} at some moment of the last ${span(forMs)}`
    : `who have been in the audience ${quoted(key)} without a break for ${fullSpan(forMs)}`;
}

/** The steps are said as one thing that people complete or do not, since "did not do A, then B" says that they did B. */
function sequence({ steps, window, without, sameSession }: SequenceWords, denied: boolean): string {
  const said = steps.map((step, index) => {
    const soon = step.withinMs === undefined ? "" : ` within ${fullSpan(step.withinMs)}`;
    return index === 0 ? matched(step) : `then${soon} ${matched(step)}`;
  });
  const bounded = [...(sameSession ? ["in one session"] : []), ...(window.kind === "retained" ? [] : [period(window).trim()])];
  const together = bounded.length > 0 ? `, all ${joinWords(bounded, "and")}` : "";
  const between = without ? `, without ${matched(without)} in between` : "";
  return `who ${denied ? "did not complete" : "completed"} the sequence ${said.join(", ")}${together}${between}`;
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
  const times = howMany(compare, denied, "time");
  return times === undefined
    ? `who did not do ${which} ${howMany(compare, false, "time")}${when}`
    : `who did ${which} ${times}${when}`;
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
      const days = howMany(aggregate.compare, denied, "different day");
      return days === undefined
        ? `who did not do ${which} on ${howMany(aggregate.compare, false, "different day")}${when}`
        : `who did ${which} on ${days}${when}`;
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

function happening(names: readonly string[] | "*"): string {
  if (names === "*") return "anything";
  const { named, rest } = fewNamed(names);
  const texts = named.map((name) => CALLS.get(name) ?? quoted(name));
  return joinWords(rest > 0 ? [...texts, `${rest} more`] : texts, "or");
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
