import { COMPUTED, STANDING_FACTS, type LogEvent } from "../model/event.ts";
import { ownProperty, type Json, type JsonObject } from "../model/json.ts";
import { countUntil, insertInLogOrder } from "../model/log.ts";
import { isSessionEvent, Sessions } from "../model/sessions.ts";
import type { GoldenPolicies } from "../rules/golden-policy.ts";
import { Contest } from "./golden-record.ts";

const NO_EVENTS: readonly LogEvent[] = [];

/**
 * What a profile's journal holds, in memory and in the order of the log, by name and by the traits it set. It keeps
 * events beyond their retention: windows cut them, and an `identify` counts for traits for ever (rules.md, "What a rule
 * sees").
 */
export class History {
  /** Of the profile whose journal this is: what splits of all profiles go by. */
  readonly profileId: string;
  readonly sessions = new Sessions();
  readonly #events: LogEvent[] = [];
  readonly #byName = new Map<string, LogEvent[]>();
  readonly #byTrait = new Map<string, LogEvent[]>();
  readonly #byComputed = new Map<string, LogEvent[]>();
  readonly #byList = new Map<string, LogEvent[]>();

  constructor(profileId: string) {
    this.profileId = profileId;
  }

  /**
   * Takes in an accepted event, late or not. Duplicates are the caller's to drop: here only one that would stand in the
   * same place, of equal time, message and source, is told.
   * @returns false for such a one, which changes nothing
   */
  insert(event: LogEvent): boolean {
    if (!insertInLogOrder(this.#events, event)) return false;
    insertUnder(this.#byName, event.name, event);
    if (isSessionEvent(event)) this.sessions.insert(event.time);
    if (event.type === "identify") for (const key of Object.keys(event.properties)) insertUnder(this.#byTrait, key, event);
    if (event.type === "fact") this.#insertFact(event);
    return true;
  }

  #insertFact(fact: LogEvent): void {
    if (fact.name === STANDING_FACTS.computed) {
      for (const key of Object.keys(fact.properties)) insertUnder(this.#byComputed, key, fact);
    } else if (fact.name === STANDING_FACTS.list) {
      const list = fact.properties["list"];
      if (typeof list === "string") insertUnder(this.#byList, list, fact);
    }
  }

  /** All events, in log order. */
  get events(): readonly LogEvent[] {
    return this.#events;
  }

  /** Events of a name, in log order. The list grows as events come in. */
  named(name: string): readonly LogEvent[] {
    return this.#byName.get(name) ?? NO_EVENTS;
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** The identify events that set or cleared a top-level key, in log order. */
  settersOf(trait: string): readonly LogEvent[] {
    return this.#byTrait.get(trait) ?? NO_EVENTS;
  }

  /** The facts that set or cleared a computed trait, in log order. */
  computersOf(name: string): readonly LogEvent[] {
    return this.#byComputed.get(name) ?? NO_EVENTS;
  }

  computedNames(): Iterable<string> {
    return this.#byComputed.keys();
  }

  /** The facts that put an identifier on a list or took one off, in log order. */
  listed(list: string): readonly LogEvent[] {
    return this.#byList.get(list) ?? NO_EVENTS;
  }

  lists(): Iterable<string> {
    return this.#byList.keys();
  }

  /** The facts that a household told, and that the profile came into one or left, in log order. */
  get toldByHousehold(): readonly LogEvent[] {
    return this.named(STANDING_FACTS.household).filter(isFact);
  }

  /** Every top-level key that was ever set. */
  traitKeys(): Iterable<string> {
    return this.#byTrait.keys();
  }

  /**
   * Traits at an instant, without those that are cleared; computed ones under `computed`.
   * @param golden what says which value wins; absent where that is the latest
   */
  traitsAt(now: number, golden?: GoldenPolicies): JsonObject {
    const traits = golden === undefined ? latestValues(this.#byTrait, now) : this.#winningValues(now, golden);
    const computed = latestValues(this.#byComputed, now);
    const own = traits.filter(([key]) => key !== COMPUTED);
    if (computed.length > 0) own.push([COMPUTED, Object.fromEntries(computed)]);
    return Object.fromEntries(own); // defines own properties, `__proto__` too
  }

  #winningValues(now: number, golden: GoldenPolicies): [string, Json][] {
    return [...this.#byTrait.keys()].flatMap((key): [string, Json][] => {
      const winner = this.contestAt(key, now, golden).winner();
      return winner === undefined ? [] : [[key, winner.value]];
    });
  }

  /** What was set of a trait up to an instant, and what wins of it. */
  contestAt(trait: string, now: number, golden: GoldenPolicies | undefined): Contest {
    const contest = new Contest(trait, golden);
    const setters = this.settersOf(trait);
    for (const setter of setters.slice(0, countUntil(setters, now))) contest.take(setter);
    return contest;
  }
}

function latestValues(settersByKey: ReadonlyMap<string, readonly LogEvent[]>, now: number): [string, Json][] {
  const values: [string, Json][] = [];
  for (const [key, setters] of settersByKey) {
    const value = valueSetBy(setters[countUntil(setters, now) - 1], key);
    if (value !== undefined && value !== null) values.push([key, value]);
  }
  return values;
}

function isFact(event: LogEvent): boolean {
  return event.type === "fact";
}

/** The value that an identify gave a top-level key, or a fact a computed trait; null where it cleared it, undefined where there is no such call. */
export function valueSetBy(setter: LogEvent | undefined, key: string): Json | undefined {
  return setter && ownProperty(setter.properties, key);
}

function insertUnder(lists: Map<string, LogEvent[]>, key: string, event: LogEvent): void {
  const list = lists.get(key);
  if (list) insertInLogOrder(list, event);
  else lists.set(key, [event]);
}
