import { Big } from "big.js";
import { compareLogOrder, type LogEvent } from "../model/event.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import type { Compare, ElementFilter, EventCondition, EventMatch, Filter, Path, Rule, Scalar, ValueTest, Window } from "./ast.ts";
import { foldCase } from "./case-folding.ts";
import { COMPUTED } from "../model/event.ts";
import type { GoldenRules } from "./golden-policy.ts";
import { audiencesNamedIn } from "./named-audiences.ts";
import { isInShare } from "./bucket.ts";
import { answerOfHousehold, computedAt, isOnList } from "./interpret-people.ts";
import { goldenTraitsAt } from "./interpret-golden.ts";
import { isFollowed } from "./interpret-sequence.ts";
import { instantsOfChange } from "./interpret-time.ts";
import { askValue, type When } from "./interpret-values.ts";
import { currentSession, isInUnits, localDate } from "./interpret-windows.ts";
import type { Truth } from "./truth.ts";

export type { Truth } from "./truth.ts";

/** When a rule is asked, and of whom. */
export interface Asked {
  readonly now: number;
  /** The instant at which the question is put; `now` may be before it, or after. */
  readonly present: number;
  readonly retentionMs: number;
  /** IANA name of the workspace's time zone, in which a date alone begins. */
  readonly zone: string;
  readonly profileId: string;
  /** The live audiences, by key, for rules that name others. */
  readonly audiences?: ReadonlyMap<string, Rule>;
  /** Where another value of a trait than the latest may win. */
  readonly golden?: GoldenRules | undefined;
}

/**
 * The reference interpreter: rules.md line by line, from scratch at every question, with nothing remembered and nothing
 * shared with the engine but the reading of values. Slow and obvious, because the engine is tested against it.
 * @param log all accepted events in the order they were accepted, duplicates included
 */
export function interpret(rule: Rule, log: readonly LogEvent[], asked: Asked): Truth {
  if (!isWhole(rule, asked.audiences)) return false;
  return interpretAt(rule, withoutDuplicates(log).toSorted(compareLogOrder), { ...asked, members: new Map() });
}

interface AskedOnce extends Asked {
  /** What other audiences were found to be, by key and instant: asked once in a question. */
  readonly members: Map<string, boolean>;
}

/** What every part of a rule is asked with. */
interface Seen extends AskedOnce {
  /** What is retained, in log order. */
  readonly log: readonly LogEvent[];
  readonly traits: ReadonlyMap<string, Json>;
  /** All accepted events, in log order. */
  readonly accepted: readonly LogEvent[];
}

function interpretAt(rule: Rule, accepted: readonly LogEvent[], asked: AskedOnce): Truth {
  return evaluate(rule, { ...asked, log: retained(accepted, asked), traits: traitsAt(accepted, asked), accepted });
}

/** Whether every audience that a rule names is there, and those that they name, none of them itself. */
function isWhole(rule: Rule, audiences: Asked["audiences"], within: readonly Rule[] = []): boolean {
  if (within.includes(rule)) return false;
  return audiencesNamedIn(rule).every(({ key }) => {
    const named = audiences?.get(key);
    return named !== undefined && isWhole(named, audiences, [...within, rule]);
  });
}

// What a rule sees

/** At most one event per (source, messageId): the first accepted stands. */
function withoutDuplicates(log: readonly LogEvent[]): readonly LogEvent[] {
  return log.filter((event, index) => {
    const first = log.findIndex(({ source, messageId }) => source === event.source && messageId === event.messageId);
    return first === index;
  });
}

/** Events with `max(now, present) - retention < time <= now`, ordered. */
function retained(accepted: readonly LogEvent[], { now, present, retentionMs }: Asked): readonly LogEvent[] {
  const horizon = Math.max(now, present) - retentionMs;
  return accepted.filter(({ time }) => horizon < time && time <= now);
}

/** For each top-level key the value of the latest identify that set it; null clears the key. Not cut by retention. */
function traitsAt(accepted: readonly LogEvent[], { now, golden }: Asked): ReadonlyMap<string, Json> {
  if (golden !== undefined) return goldenTraitsAt(accepted, now, golden);
  const traits = new Map<string, Json>();
  const identifies = accepted.filter(({ type, time }) => type === "identify" && time <= now);
  for (const { properties } of identifies) {
    for (const [key, value] of Object.entries(properties)) {
      if (value === null) traits.delete(key);
      else traits.set(key, value);
    }
  }
  return traits;
}

// Logic

function evaluate(rule: Rule, seen: Seen): Truth {
  switch (rule.kind) {
    case "all":
      return all(rule.of.map((part) => evaluate(part, seen)));
    case "any":
      return any(rule.of.map((part) => evaluate(part, seen)));
    case "none":
      return not(any(rule.of.map((part) => evaluate(part, seen))));
    case "not":
      return not(evaluate(rule.part, seen));
    case "atLeast": {
      const values = rule.of.map((part) => evaluate(part, seen));
      const trues = values.filter((value) => value === true).length;
      const unknowns = values.filter((value) => value === "unknown").length;
      if (trues >= rule.least) return true;
      return trues + unknowns < rule.least ? false : "unknown";
    }
    case "everyone":
      return true;
    case "trait": {
      const [key = "", ...rest] = rule.path;
      const value = key === COMPUTED ? computedAt(seen.accepted, seen.now) : seen.traits.get(key);
      return ask(follow(value, rest), rule.test, { at: seen.now, zone: seen.zone });
    }
    case "event":
      return aggregate(rule, seen);
    case "sequence": {
      const { log, now, zone } = seen;
      const matches = (event: LogEvent, match: EventMatch): boolean => isMatch(event, match, zone);
      return isFollowed(rule, log, matches, (event) => isWithin(event, rule.window, log, now));
    }
    case "audience":
      return isMember(rule.key, rule.forMs, seen);
    case "list":
      return isOnList(seen.accepted, rule.key, seen.now);
    case "bucket":
      return isInShare(rule, seen.profileId);
    case "household":
      return answerOfHousehold(seen.accepted, rule.rule, seen.now);
  }
}

/** The audience's own value now or, with a span, at every instant of it: asked wherever it may have changed. */
function isMember(key: string, forMs: number | undefined, seen: Seen): boolean {
  const rule = seen.audiences?.get(key);
  if (rule === undefined) throw new Error(`no audience ${key}`);
  const { accepted, now } = seen;
  const present = Math.max(now, seen.present);
  const isIn = (at: number): boolean => {
    const place = `${at} ${key}`;
    const held = seen.members.get(place) ?? interpretAt(rule, accepted, { ...seen, now: at, present }) === true;
    seen.members.set(place, held);
    return held;
  };
  if (forMs === undefined) return isIn(now);
  return [now - forMs, ...instantsOfChange(rule, seen, now - forMs, now)].every(isIn);
}

function not(value: Truth): Truth {
  return value === "unknown" ? "unknown" : !value;
}

function all(values: readonly Truth[]): Truth {
  if (values.includes(false)) return false;
  return values.includes("unknown") ? "unknown" : true;
}

function any(values: readonly Truth[]): Truth {
  if (values.includes(true)) return true;
  return values.includes("unknown") ? "unknown" : false;
}

// Traits and properties

function follow(value: Json | undefined, path: Path): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
  return follow(value[key], rest);
}

function ask(value: Json | undefined, test: ValueTest, when: When): Truth {
  const missing = value === undefined || value === null;
  if (test.op === "exists") return missing !== test.operand;
  if (missing) return "unknown";
  const same = (operand: Scalar): boolean => {
    if (test.ignoreCase && typeof value === "string" && typeof operand === "string") return foldCase(value) === foldCase(operand);
    return value === operand;
  };
  switch (test.op) {
    case "eq":
      return same(test.operand);
    case "ne":
      return !same(test.operand);
    case "in":
      return test.operand.some(same);
    case "notIn":
      return !test.operand.some(same);
    case "contains":
      if (typeof value !== "string") return "unknown";
      return test.ignoreCase ? foldCase(value).includes(foldCase(test.operand)) : value.includes(test.operand);
    case "lt":
    case "lte":
    case "gt":
    case "gte":
    case "between":
      if (typeof value !== "number" || !Number.isFinite(value)) return "unknown";
      return compare(new Big(String(value)), { [test.op]: test.operand });
    case "size":
      return Array.isArray(value) ? compare(new Big(value.length), test.operand) : "unknown";
    case "some":
      return Array.isArray(value) ? value.some((element: Json) => ofElement(test.operand, element, when) === true) : "unknown";
    default:
      return askValue(value, test, when);
  }
}

/** What `some` asks of one element: a filter over its properties. */
function ofElement(where: ElementFilter, element: Json, when: When): Truth {
  switch (where.kind) {
    case "all":
      return all(where.of.map((part) => ofElement(part, element, when)));
    case "any":
      return any(where.of.map((part) => ofElement(part, element, when)));
    case "none":
      return not(any(where.of.map((part) => ofElement(part, element, when))));
    case "not":
      return not(ofElement(where.part, element, when));
    case "property":
      return ask(follow(element, where.path), where.test, when);
  }
}

// Events

function aggregate({ names, where, window, aggregate: asked }: EventCondition, { log, now, zone }: Seen): Truth {
  const matching = log.filter(
    (event) => isMatch(event, { names, ...(where && { where }) }, zone) && isWithin(event, window, log, now),
  );
  switch (asked.kind) {
    case "count":
      return compare(new Big(matching.length), asked.compare);
    case "sum": {
      let sum = new Big(0);
      for (const { properties } of matching) {
        const value = follow(properties, asked.of);
        if (typeof value === "number" && Number.isFinite(value)) sum = sum.plus(String(value));
      }
      return compare(sum, asked.compare);
    }
    case "days":
      return compare(new Big(new Set(matching.map(({ time }) => localDate(time, asked.zone))).size), asked.compare);
    case "avg": {
      const numbers = numbersOf(matching, asked.of);
      const sum = numbers.reduce((total, number) => total.plus(number), new Big(0));
      return numbers.length === 0 ? "unknown" : compareAverage(sum, numbers.length, asked.compare);
    }
    case "min": {
      const [least] = numbersOf(matching, asked.of).toSorted((a, b) => a.cmp(b));
      return least === undefined ? "unknown" : compare(least, asked.compare);
    }
    case "max": {
      const [greatest] = numbersOf(matching, asked.of).toSorted((a, b) => b.cmp(a));
      return greatest === undefined ? "unknown" : compare(greatest, asked.compare);
    }
    case "distinct": {
      const scalars = matching
        .map(({ properties }) => follow(properties, asked.of))
        .filter((value) => ["string", "boolean", "number"].includes(typeof value));
      return compare(new Big(new Set(scalars.map((value) => JSON.stringify(value))).size), asked.compare);
    }
    case "first":
    case "last": {
      const values = matching
        .map(({ properties }) => follow(properties, asked.of))
        .filter((value) => value !== undefined && value !== null);
      return ask(asked.kind === "first" ? values[0] : values.at(-1), asked.test, { at: now, zone });
    }
  }
}

/** Numeric values only, each as the decimal it is written as. */
function numbersOf(events: readonly LogEvent[], of: Path): Big[] {
  return events
    .map(({ properties }) => follow(properties, of))
    .filter((value): value is number => typeof value === "number" && Number.isFinite(value))
    .map((value) => new Big(String(value)));
}

/** The sum against each bound times how many: above, at or below zero is what is left of one after the other. */
function compareAverage(sum: Big, count: number, { between, ...singles }: Compare): boolean {
  const bounds = [...Object.entries(singles), ...(between ? [["gte", between[0]] as const, ["lte", between[1]] as const] : [])];
  return bounds.every(([op, bound]) => compare(sum.minus(new Big(String(bound)).times(count)), { [op]: 0 }));
}

function isMatch(event: LogEvent, { names, where }: EventMatch, zone: string): boolean {
  return isNamed(event, names) && (where === undefined || filter(where, event, zone) === true);
}

function isNamed(event: LogEvent, names: readonly string[] | "*"): boolean {
  if (names === "*") return event.type === "track" || event.type === "page" || event.type === "screen";
  return names.includes(event.name);
}

/** @param log all of it, on which sessions are cut */
function isWithin(event: LogEvent, window: Window, log: readonly LogEvent[], now: number): boolean {
  const { time } = event;
  switch (window.kind) {
    case "retained":
      return true;
    case "sliding":
      return now - window.ms < time && time <= now;
    case "absolute": {
      const { after, before } = window;
      return (after === undefined || after.ms <= time) && (before === undefined || time < before.ms);
    }
    case "offset":
      return now - window.fromMs < time && time <= now - window.toMs;
    case "calendar":
      return isInUnits(time, window, now);
    case "session":
      return currentSession(log, now).includes(event);
  }
}

function filter(where: Filter, event: LogEvent, zone: string): Truth {
  switch (where.kind) {
    case "all":
      return all(where.of.map((part) => filter(part, event, zone)));
    case "any":
      return any(where.of.map((part) => filter(part, event, zone)));
    case "none":
      return not(any(where.of.map((part) => filter(part, event, zone))));
    case "not":
      return not(filter(where.part, event, zone));
    case "property":
      return ask(follow(event.properties, where.path), where.test, { at: event.time, zone }); // never changes as time passes
    case "source":
      return event.source === where.is;
    case "party":
      return event.party === where.is;
    case "channel":
      return event.channel === where.is;
  }
}

/** COMPARE: all bounds must hold. Numbers count as the decimals they are written as. */
function compare(value: Big, { eq, ne, lt, lte, gt, gte, between }: Compare): boolean {
  return (
    (eq === undefined || value.eq(String(eq))) &&
    (ne === undefined || !value.eq(String(ne))) &&
    (lt === undefined || value.lt(String(lt))) &&
    (lte === undefined || value.lte(String(lte))) &&
    (gt === undefined || value.gt(String(gt))) &&
    (gte === undefined || value.gte(String(gte))) &&
    (between === undefined || (value.gte(String(between[0])) && value.lte(String(between[1]))))
  );
}
