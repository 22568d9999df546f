import { isAnyCall, STANDING_FACTS, type LogEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import { countUntil } from "../model/log.ts";
import { isSessionEvent } from "../model/sessions.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { changeBetween, type RulesetChange } from "../rules/ruleset-change.ts";
import { Evaluation } from "./evaluation.ts";
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
  /**
   * The same memberships under another ruleset, at the instant these are settled to: what both rulesets have in common is
   * taken over, the rest is evaluated. These are done with.
   */
  under(ruleset: Ruleset): Memberships;
  /** What changed since the last call. Opening is no change. */
  changes(): readonly MembershipChange[];
}

/** Evaluates a history under a ruleset, and maintains the result from there on. */
export function openMemberships(ruleset: Ruleset, history: History, now: number): Memberships {
  const reader = new ConditionReader(ruleset, history);
  return new MaintainedMemberships(reader, new Evaluation(reader, { now, present: now }));
}

/**
 * Memberships at any instant, past or future, over what the history holds: events after `now` are not seen yet, and of
 * those before it only what is retained at `present`.
 */
export function membershipsAt(ruleset: Ruleset, history: History, instant: Instant): { keys: string[]; nextChange: number } {
  const reader = new ConditionReader(ruleset, history);
  const memberships = new MaintainedMemberships(reader, new Evaluation(reader, instant));
  return { keys: [...memberships.keys()], nextChange: memberships.nextChange };
}

/** Leads each event to the conditions that read something it changed, and to no others. */
class MaintainedMemberships implements Memberships {
  readonly #ruleset: Ruleset;
  readonly #history: History;
  readonly #reader: ConditionReader;
  readonly #evaluation: Evaluation;
  #keys: readonly string[] | undefined;
  #changes: MembershipChange[] = [];
  /** Selections of events of sessions that hold some: any event of a session may change what is asked of them. */
  readonly #ofSessions = new Set<number>();
  /** Values that the conditions on a trait were last evaluated with, where no later one is known: most calls repeat them. */
  readonly #traits = new Map<string, Json | undefined>();

  /** @param change what has been evaluated already, if anything has */
  constructor(reader: ConditionReader, evaluation: Evaluation, change?: RulesetChange) {
    const { ruleset } = reader;
    this.#ruleset = ruleset;
    this.#history = reader.history;
    this.#reader = reader;
    this.#evaluation = evaluation;
    if (change) this.#findOfSessions();
    else this.#open();
    this.#evaluation.revision = 0;
    this.#evaluation.onChange = (audience, entered, at) => {
      this.#keys = undefined;
      this.#changes.push({ key: ruleset.audienceKeys[audience] ?? "", entered, at });
    };
  }

  get nextChange(): number {
    return this.#evaluation.nextChange;
  }

  get revision(): number {
    return this.#evaluation.revision;
  }

  get touched(): number {
    return this.#evaluation.touched;
  }

  apply(event: LogEvent, now: number): void {
    this.settle(now);
    const { index } = this.#ruleset;
    const named = index.selectionsNamed(event.name);
    const selections = isAnyCall(event) ? [...named, ...index.selectionsOfAnyCall] : named;
    for (const selection of selections) this.#reader.note(selection, event);
    this.#evaluateSelections(selections);
    if (isSessionEvent(event)) this.#evaluateSelections(this.#ofSessions, true);
    if (event.type === "identify") for (const key of Object.keys(event.properties)) this.#applyTrait(key);
    if (event.type === "fact") this.#applyFact(event);
    this.#evaluation.finish();
  }

  settle(now: number): void {
    this.#evaluation.settle(now);
  }

  under(ruleset: Ruleset): Memberships {
    const change = changeBetween(this.#ruleset, ruleset);
    const isMostlyNew = change === undefined || change.newConditions.length > ruleset.conditionCount / 2;
    if (isMostlyNew) return openMemberships(ruleset, this.#history, this.#evaluation.now);
    const reader = this.#reader.carriedTo(ruleset, change);
    return new MaintainedMemberships(reader, this.#evaluation.carriedTo(reader, change), change);
  }

  keys(): readonly string[] {
    if (this.#keys) return this.#keys;
    const { audienceKeys } = this.#ruleset;
    const keys: string[] = [];
    for (const audience of this.#evaluation.audiences()) keys.push(audienceKeys[audience] ?? "");
    this.#keys = keys;
    return keys;
  }

  has(key: string): boolean {
    const audience = this.#ruleset.audienceIndex(key);
    return audience !== undefined && this.#evaluation.isMember(audience);
  }

  changes(): readonly MembershipChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  /** Evaluates all that the history can have changed from the values for an empty log. */
  #open(): void {
    const { index } = this.#ruleset;
    const history = this.#history;
    const selections = new Set<number>();
    for (const name of history.names()) for (const selection of index.selectionsNamed(name)) selections.add(selection);
    if (history.events.some(isAnyCall)) for (const selection of index.selectionsOfAnyCall) selections.add(selection);
    this.#evaluateSelections(selections, true);
    for (const key of history.traitKeys()) this.#applyTrait(key);
    for (const name of history.computedNames()) this.#evaluateAll(index.onComputed(name));
    for (const list of history.lists()) this.#evaluateAll(index.onList(list));
    if (history.toldByHousehold.length > 0) this.#evaluateAll(index.onHousehold);
    this.#evaluateAll(index.onShare);
    this.#evaluation.finish();
  }

  /** Selections of events of sessions that hold some, among all of the ruleset. */
  #findOfSessions(): void {
    for (const [selection] of this.#ruleset.artifact.selections.entries()) {
      if (this.#ruleset.isOfSessions(selection) && this.#reader.selected(selection).events.length > 0)
        this.#ofSessions.add(selection);
    }
  }

  /** @param sessionsToo else those of events of sessions are only remembered, to be evaluated for any event of a session */
  #evaluateSelections(selections: Iterable<number>, sessionsToo = false): void {
    const { index } = this.#ruleset;
    const { start, list } = index.bySelection;
    let sequences: Set<number> | undefined;
    for (const selection of selections) {
      if (this.#ruleset.isOfSessions(selection)) {
        if (this.#reader.selected(selection).events.length > 0) this.#ofSessions.add(selection);
        if (!sessionsToo) continue;
      }
      const end = start[selection + 1] ?? 0;
      for (let at = start[selection] ?? 0; at < end; at++) {
        const condition = list[at] ?? 0;
        if (index.sequences.size > 0 && index.sequences.has(condition)) (sequences ??= new Set()).add(condition);
        else this.#evaluation.evaluate(condition);
      }
    }
    if (sequences) this.#evaluateAll(sequences);
  }

  #evaluateAll(conditions: Iterable<number>): void {
    for (const condition of conditions) this.#evaluation.evaluate(condition);
  }

  #applyTrait(key: string): void {
    const conditions = this.#ruleset.index.onTrait(key);
    if (conditions.length === 0) return;
    const setters = this.#history.settersOf(key);
    const known = countUntil(setters, this.#evaluation.now);
    const winners = this.#reader.winnersOf(key);
    const value = winners ? winners.after(setters, known) : valueSetBy(setters[known - 1], key);
    const settled = known === setters.length;
    const comparable = settled && typeof value !== "object";
    if (comparable && this.#traits.has(key) && this.#traits.get(key) === value) this.#evaluation.unsettleAll(conditions);
    else if (settled) this.#evaluation.answer(this.#ruleset.traitTable(key), value);
    else this.#evaluateAll(conditions);
    if (comparable) this.#traits.set(key, value);
    else this.#traits.delete(key);
  }

  #applyFact({ name, properties }: LogEvent): void {
    const { index } = this.#ruleset;
    switch (name) {
      case STANDING_FACTS.computed:
        for (const key of Object.keys(properties)) this.#evaluateAll(index.onComputed(key));
        return;
      case STANDING_FACTS.list:
        if (typeof properties["list"] === "string") this.#evaluateAll(index.onList(properties["list"]));
        return;
      case STANDING_FACTS.household:
        this.#evaluateAll(index.onHousehold);
    }
  }
}
