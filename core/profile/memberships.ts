import { isAnyCall, type LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { countUntil } from "../model/log.ts";
import { isSessionEvent } from "../model/sessions.ts";
import { newFinding, type Finding } from "../rules/event-window.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { TRUE, type Tri } from "../rules/truth.ts";
import { Deadlines } from "./deadlines.ts";
import { valueSetBy, type History } from "./history.ts";
import { ConditionReader, type Instant } from "./reader.ts";

/** An audience that a profile came into or left. */
export interface MembershipChange {
  readonly key: string;
  readonly entered: boolean;
  /** ms: the exact instant where time alone did it, the `now` of the call where an event did. */
  readonly at: number;
}

/** The audiences of one profile, maintained: current after every event and at every instant it is settled to. */
export interface Memberships {
  /**
   * Takes in what an event changed; call it once for each event, after `history.insert`. Touches only the conditions that
   * read the event's name, a trait it sets or, if it is of a session, sessions. Settle to `now` before inserting: else what time alone changed meanwhile is
   * told as if the event had been known.
   */
  apply(event: LogEvent, now: number): void;
  /** Settles what time alone has changed up to `now`; one comparison where that is nothing. An earlier `now` than before changes nothing. */
  settle(now: number): void;
  /** ms: no later than the first instant at which time alone changes an audience; Infinity where it never does. */
  readonly nextChange: number;
  /** Keys of the audiences the profile is in, sorted. The same array until something changes. */
  keys(): readonly string[];
  has(key: string): boolean;
  /** Rises whenever a membership or `nextChange` changes: a cached reply holds while it stands. */
  readonly revision: number;
  /** Conditions looked at so far. */
  readonly touched: number;
  /** What changed since the last call. Opening is no change. */
  changes(): readonly MembershipChange[];
}

/** Evaluates a history under a ruleset, and maintains the result from there on. */
export function openMemberships(ruleset: Ruleset, history: History, now: number): Memberships {
  return new MaintainedMemberships(ruleset, history, { now, present: now });
}

/**
 * Memberships at any instant, past or future, over what the history holds: events after `now` are not seen yet, and of
 * those before it only what is retained at `present`.
 */
export function membershipsAt(ruleset: Ruleset, history: History, instant: Instant): { keys: string[]; nextChange: number } {
  const memberships = new MaintainedMemberships(ruleset, history, instant);
  return { keys: [...memberships.keys()], nextChange: memberships.nextChange };
}

class MaintainedMemberships implements Memberships {
  nextChange: number = Infinity;
  revision = 0;
  touched = 0;
  readonly #ruleset: Ruleset;
  readonly #history: History;
  readonly #reader: ConditionReader;
  readonly #deadlines: Deadlines;
  /** By condition. Both begin as the ruleset's for an empty log, so what nothing was heard of costs nothing. */
  readonly #values: Int8Array;
  /** By audience. */
  readonly #members: Uint8Array;
  #keys: readonly string[] | undefined;
  #now: number;
  #opened = false;
  #changes: MembershipChange[] = [];
  /** Audiences of more than one condition, one of whose values changed at the instant being settled; marked in the ruleset. */
  #dirty: number[] = [];
  readonly #finding: Finding = newFinding();
  /** Selections of events of sessions that hold some: any event of a session may change what is asked of them. */
  readonly #ofSessions = new Set<number>();
  /** Values that the conditions on a trait were last evaluated with, where no later one is known: most calls repeat them. */
  readonly #traits = new Map<string, Json | undefined>();

  constructor(ruleset: Ruleset, history: History, instant: Instant) {
    this.#ruleset = ruleset;
    this.#history = history;
    this.#reader = new ConditionReader(ruleset, history);
    this.#deadlines = new Deadlines(ruleset.conditionCount);
    this.#values = ruleset.emptyValues.slice();
    this.#members = ruleset.emptyMembers.slice();
    this.#now = instant.now;
    this.#open(instant);
  }

  apply(event: LogEvent, now: number): void {
    this.settle(now);
    const instant = { now: this.#now, present: this.#now };
    const ruleset = this.#ruleset;
    const named = ruleset.selectionsNamed(event.name);
    for (const selection of named) this.#applyTo(selection, event, instant);
    if (isAnyCall(event)) for (const selection of ruleset.selectionsOfAnyCall) this.#applyTo(selection, event, instant);
    if (isSessionEvent(event)) for (const selection of this.#ofSessions) this.#evaluateSelection(selection, instant);
    if (event.type === "identify") for (const key of Object.keys(event.properties)) this.#applyTrait(key, instant);
    this.#finish(this.#now);
  }

  settle(now: number): void {
    if (now <= this.#now) return;
    while (this.nextChange <= now && this.nextChange < Infinity) {
      const at = this.nextChange;
      for (const condition of this.#deadlines.due(at)) this.#evaluate(condition, { now: at, present: at });
      this.#finish(at);
    }
    this.#now = now;
  }

  keys(): readonly string[] {
    if (this.#keys) return this.#keys;
    const { audienceKeys } = this.#ruleset;
    const keys: string[] = [];
    for (let audience = 0; audience < this.#members.length; audience++) {
      if (this.#members[audience] === 1) keys.push(audienceKeys[audience] ?? "");
    }
    this.#keys = keys;
    return keys;
  }

  has(key: string): boolean {
    const audience = this.#ruleset.audienceIndex(key);
    return audience !== undefined && this.#members[audience] === 1;
  }

  changes(): readonly MembershipChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  /** Evaluates all that the history can have changed from the values for an empty log. */
  #open(instant: Instant): void {
    const ruleset = this.#ruleset;
    const selections = new Set<number>();
    for (const name of this.#history.names()) {
      for (const selection of ruleset.selectionsNamed(name)) selections.add(selection);
    }
    if (this.#history.events.some(isAnyCall)) for (const selection of ruleset.selectionsOfAnyCall) selections.add(selection);
    for (const selection of selections) {
      this.#evaluateSelection(selection, instant);
      if (ruleset.isOfSessions(selection) && this.#reader.selected(selection).events.length > 0) this.#ofSessions.add(selection);
    }
    for (const key of this.#history.traitKeys()) this.#applyTrait(key, instant);
    this.#finish(instant.now);
    this.revision = 0;
    this.#opened = true;
  }

  #applyTo(selection: number, event: LogEvent, instant: Instant): void {
    this.#reader.note(selection, event);
    if (!this.#ruleset.isOfSessions(selection)) this.#evaluateSelection(selection, instant);
    else if (this.#reader.selected(selection).events.length > 0) this.#ofSessions.add(selection);
  }

  #evaluateSelection(selection: number, instant: Instant): void {
    const { start, list } = this.#ruleset.conditionsBySelection;
    const end = start[selection + 1] ?? 0;
    for (let at = start[selection] ?? 0; at < end; at++) this.#evaluate(list[at] ?? 0, instant);
  }

  #applyTrait(key: string, instant: Instant): void {
    const conditions = this.#ruleset.conditionsOnTrait(key);
    if (conditions.length === 0) return;
    const setters = this.#history.settersOf(key);
    const known = countUntil(setters, instant.now);
    const value = valueSetBy(setters[known - 1], key);
    const settled = known === setters.length;
    const comparable = settled && typeof value !== "object";
    if (comparable && this.#traits.has(key) && this.#traits.get(key) === value) return;
    if (comparable) this.#traits.set(key, value);
    else this.#traits.delete(key);
    for (const condition of conditions) {
      if (settled) this.#answer(condition, value, instant.now);
      else this.#evaluate(condition, instant);
    }
  }

  /** Evaluates a condition on a trait whose value is known and has no later one: the same as `#evaluate`, without the search. */
  #answer(condition: number, value: Json | undefined, now: number): void {
    this.touched += 1;
    const program = this.#ruleset.program(condition);
    if (program.kind !== "trait") return;
    const answer = program.check(value, now);
    this.#deadlines.set(condition, program.next?.(value, now) ?? Infinity);
    if (this.#values[condition] !== answer) this.#changeValue(condition, answer, now);
  }

  #evaluate(condition: number, instant: Instant): void {
    this.touched += 1;
    const finding = this.#finding;
    this.#reader.find(condition, instant, finding);
    this.#deadlines.set(condition, finding.next);
    if (this.#values[condition] !== finding.value) this.#changeValue(condition, finding.value, instant.now);
  }

  #changeValue(condition: number, value: Tri, at: number): void {
    this.#values[condition] = value;
    const { marks, audiencesByCondition } = this.#ruleset;
    const { start, list } = audiencesByCondition;
    const end = start[condition + 1] ?? 0;
    for (let index = start[condition] ?? 0; index < end; index++) {
      const audience = list[index] ?? 0;
      if (this.#ruleset.bareCondition(audience) >= 0) this.#setMember(audience, value === TRUE, at);
      else if (marks[audience] === 0) {
        marks[audience] = 1;
        this.#dirty.push(audience);
      }
    }
  }

  /** Evaluates audiences once all conditions of an instant are known, so that none flickers in between. */
  #finish(at: number): void {
    const ruleset = this.#ruleset;
    for (const audience of this.#dirty) {
      ruleset.marks[audience] = 0;
      this.#setMember(audience, ruleset.audienceValue(audience, this.#values) === TRUE, at);
    }
    if (this.#dirty.length > 0) this.#dirty = [];
    const nextChange = this.#deadlines.earliest();
    if (nextChange !== this.nextChange) this.revision += 1;
    this.nextChange = nextChange;
  }

  #setMember(audience: number, is: boolean, at: number): void {
    const value = is ? 1 : 0;
    if (this.#members[audience] === value) return;
    this.#members[audience] = value;
    this.#keys = undefined;
    this.revision += 1;
    if (this.#opened) this.#changes.push({ key: this.#ruleset.audienceKeys[audience] ?? "", entered: is, at });
  }
}
