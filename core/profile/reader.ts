import { isAnyCall, type LogEvent } from "../model/event.ts";
import { countUntil } from "../model/log.ts";
import type { FlatSequence } from "../rules/artifact.ts";
import { shareOf } from "../rules/bucket.ts";
import { findEvents, type Finding } from "../rules/event-window.ts";
import { findAnswer, findListed } from "../rules/facts.ts";
import type { Selects, TraitProgram } from "../rules/program.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { NOT_THE_SAME, type RulesetChange } from "../rules/ruleset-change.ts";
import { SelectedEvents } from "../rules/selected-events.ts";
import { findSequence } from "../rules/sequence.ts";
import type { SequenceEvents } from "../rules/sequence-walk.ts";
import { triOf } from "../rules/truth.ts";
import { Winners } from "./golden-record.ts";
import { valueSetBy, type History } from "./history.ts";

/**
 * Among so few events it is selected anew for each question: a profile has about a thousand selections, and to keep what
 * each selects would take as much room as the events themselves.
 */
const SHORT = 64;

/** Of the selections of a name most select nothing of one person: they share this, which nobody adds to. */
const NOTHING = new SelectedEvents([], false);

/** The instants of a question: at `now`, over what is retained at `present`, the later of the two. */
export interface Instant {
  readonly now: number;
  readonly present: number;
}

/**
 * Evaluates the conditions of a ruleset over one history, but those on other audiences. Keeps the
 * events that a selection selects among many: so its filter is asked once an event, however many conditions count them.
 */
export class ConditionReader {
  readonly ruleset: Ruleset;
  readonly history: History;
  readonly #selected = new Map<number, SelectedEvents>();
  /** What was selected last: conditions on one selection are asked one after the other. */
  #lately = { selection: NaN, selected: NOTHING };
  readonly #shares = new Map<string, number>();
  /** By trait, where another value than the latest may win. */
  readonly #winners = new Map<string, Winners>();

  constructor(ruleset: Ruleset, history: History) {
    this.ruleset = ruleset;
    this.history = history;
  }

  /** The reader of another ruleset that takes over what both select. */
  carriedTo(ruleset: Ruleset, { selectionTo }: RulesetChange): ConditionReader {
    const reader = new ConditionReader(ruleset, this.history);
    for (const [selection, selected] of this.#selected) {
      const same = selectionTo[selection] ?? NOT_THE_SAME;
      if (same !== NOT_THE_SAME) reader.#selected.set(same, selected);
    }
    for (const [salt, share] of this.#shares) reader.#shares.set(salt, share);
    // Two rulesets that have something in common have the same policies.
    for (const [trait, winners] of this.#winners) reader.#winners.set(trait, winners);
    return reader;
  }

  /** Takes note of an event that was just put into the history, under a selection of its name. */
  note(selection: number, event: LogEvent): void {
    if (selection === this.#lately.selection) this.#lately = { selection: NaN, selected: NOTHING };
    const selected = this.#selected.get(selection);
    if (!selected || !(this.ruleset.selects(selection)?.(event) ?? true)) return;
    if (selected === NOTHING) this.#selected.delete(selection);
    else selected.insert(event);
  }

  /** Evaluates a condition. What it found stands in `finding` until the next question. */
  find(condition: number, instant: Instant, finding: Finding): void {
    const { history, ruleset } = this;
    const { now } = instant;
    const flat = ruleset.condition(condition);
    switch (flat.kind) {
      case "event":
      case "sequence":
      case "trait": {
        const program = ruleset.program(condition);
        const horizon = this.#horizon(instant);
        if (program.kind === "trait") this.#findTrait(program, now, finding);
        else if (program.kind === "sequence") findSequence(program, this.#eventsOf(program), now, horizon, finding);
        else findEvents(program, this.selected(program.selection), history.sessions, now, horizon, finding);
        return;
      }
      case "list":
        findListed(history.listed(flat.key), now, finding);
        return;
      case "household":
        findAnswer(flat.question, history.toldByHousehold, now, finding);
        return;
      case "bucket": {
        const share = this.share(flat.salt);
        finding.value = triOf(flat.from <= share && share < flat.to);
        finding.next = Infinity;
        return;
      }
      case "audience":
        throw new Error("what audiences say is not in the history");
    }
  }

  /** The events that a sequence was found in at an instant, by their first and last; undefined where it was not. */
  findChain(condition: number, instant: Instant): { readonly start: number; readonly end: number } | undefined {
    const program = this.ruleset.program(condition);
    if (program.kind !== "sequence") throw new Error(`condition ${condition} is no sequence`);
    const finding: Finding = { value: 0, next: Infinity, from: 0, to: 0 };
    return findSequence(program, this.#eventsOf(program), instant.now, this.#horizon(instant), finding);
  }

  /** The events of the history that a selection selects. Short lists hold until the next question. */
  selected(selection: number): SelectedEvents {
    if (selection === this.#lately.selection) return this.#lately.selected;
    const held = this.#selected.get(selection);
    if (held) return held;
    const names = this.ruleset.artifact.selections[selection]?.names ?? [];
    const among = this.#among(names);
    const selected = this.#select(names, among, this.ruleset.selects(selection));
    if (among.length > SHORT) this.#selected.set(selection, selected);
    else this.#lately = { selection, selected };
    return selected;
  }

  /** The events that set what a trait condition reads, in log order. */
  settersOf({ key, isComputed }: TraitProgram): readonly LogEvent[] {
    return isComputed ? this.history.computersOf(key) : this.history.settersOf(key);
  }

  /** What says which value of a trait wins; undefined where that is the latest. */
  winnersOf(trait: string): Winners | undefined {
    const { golden } = this.ruleset;
    if (golden === undefined || golden.policyOf(trait) === "recent") return undefined;
    const held = this.#winners.get(trait);
    if (held) return held;
    const winners = new Winners(trait, golden);
    this.#winners.set(trait, winners);
    return winners;
  }

  /** Evaluates a condition on a trait: its value now, and the first later instant at which time or an identify changes the answer. */
  #findTrait(program: TraitProgram, now: number, finding: Finding): void {
    const { key, isComputed } = program;
    const setters = this.settersOf(program);
    const winners = isComputed ? undefined : this.winnersOf(key);
    const to = countUntil(setters, now);
    finding.from = 0;
    finding.to = to;
    let value = winners ? winners.after(setters, to) : valueSetBy(setters[to - 1], key);
    finding.value = program.check(value, now);
    finding.next = program.next?.(value, now) ?? Infinity;
    for (let at = to; at < setters.length; at++) {
      const setter = setters[at];
      if (!setter || setters[at + 1]?.time === setter.time) continue; // of those at one instant the last counts
      if (finding.next < setter.time) return; // time comes first
      value = winners ? winners.after(setters, at + 1) : valueSetBy(setter, key);
      if (program.check(value, setter.time) !== finding.value) {
        finding.next = setter.time;
        return;
      }
      finding.next = program.next?.(value, setter.time) ?? Infinity;
    }
  }

  /** Where the profile lies in a split of all profiles. */
  share(salt: string): number {
    const held = this.#shares.get(salt);
    if (held !== undefined) return held;
    const share = shareOf(salt, this.history.profileId);
    this.#shares.set(salt, share);
    return share;
  }

  #horizon({ now, present }: Instant): number {
    return present > now ? present - this.ruleset.retentionMs : -Infinity;
  }

  #eventsOf({ steps, without }: Pick<FlatSequence, "steps"> & { readonly without: number | undefined }): SequenceEvents {
    return {
      steps: steps.map(({ selection }) => this.selected(selection).events),
      without: without === undefined ? undefined : this.selected(without).events,
      sessions: this.history.sessions,
    };
  }

  /** The events among which a selection selects, in log order. */
  #among(names: readonly string[] | "*"): readonly LogEvent[] {
    const [name, ...others] = names;
    return names !== "*" && name !== undefined && others.length === 0 ? this.history.named(name) : this.history.events;
  }

  #select(names: readonly string[] | "*", among: readonly LogEvent[], selects: Selects | undefined): SelectedEvents {
    if (names === "*") return ownList(among.filter(selects ?? isAnyCall));
    if (names.length === 1) {
      if (selects) return ownList(among.filter(selects));
      // Without a filter the history's own list serves, and grows by itself.
      return among.length === 0 ? NOTHING : new SelectedEvents(among, true);
    }
    const named = new Set(names);
    return ownList(among.filter((event) => named.has(event.name) && (selects?.(event) ?? true)));
  }
}

function ownList(events: readonly LogEvent[]): SelectedEvents {
  return events.length === 0 ? NOTHING : new SelectedEvents(events, false);
}
