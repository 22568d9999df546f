import { isAnyCall, type LogEvent } from "../model/event.ts";
import { countUntil } from "../model/log.ts";
import { findEvents, type Finding } from "../rules/event-window.ts";
import type { TraitProgram } from "../rules/program.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { SelectedEvents } from "../rules/selected-events.ts";
import { valueSetBy, type History } from "./history.ts";

/** Of the selections of a name most select nothing of one person: they share this, which nobody adds to. */
const NOTHING = new SelectedEvents([], false);

/** The instants of a question: at `now`, over what is retained at `present`, the later of the two. */
export interface Instant {
  readonly now: number;
  readonly present: number;
}

/**
 * Evaluates the conditions of a ruleset over one history. Keeps, for each selection that was asked about, the events it
 * selects: so its filter is asked once an event, however many conditions count them.
 */
export class ConditionReader {
  readonly #ruleset: Ruleset;
  readonly #history: History;
  readonly #selected = new Map<number, SelectedEvents>();

  constructor(ruleset: Ruleset, history: History) {
    this.#ruleset = ruleset;
    this.#history = history;
  }

  /** Takes note of an event that was just put into the history, under a selection of its name. */
  note(selection: number, event: LogEvent): void {
    const selected = this.#selected.get(selection);
    if (!selected || !(this.#ruleset.selects(selection)?.(event) ?? true)) return;
    if (selected === NOTHING) this.#selected.delete(selection);
    else selected.insert(event);
  }

  /** Evaluates a condition. What it found stands in `finding` until the next question. */
  find(condition: number, { now, present }: Instant, finding: Finding): void {
    const program = this.#ruleset.program(condition);
    if (program.kind === "trait") {
      findTrait(program, this.#history.settersOf(program.key), now, finding);
    } else {
      const horizon = present > now ? present - this.#ruleset.retentionMs : -Infinity;
      findEvents(program, this.selected(program.selection), this.#history.sessions, now, horizon, finding);
    }
  }

  /** The events of the history that a selection selects. */
  selected(selection: number): SelectedEvents {
    const held = this.#selected.get(selection);
    if (held) return held;
    const found = this.#select(selection);
    const selected = found.events.length === 0 ? NOTHING : found;
    this.#selected.set(selection, selected);
    return selected;
  }

  #select(selection: number): SelectedEvents {
    const names = this.#ruleset.artifact.selections[selection]?.names ?? [];
    const selects = this.#ruleset.selects(selection);
    if (names === "*") return new SelectedEvents(this.#history.events.filter(selects ?? isAnyCall), false);
    const [name, ...others] = names;
    if (name !== undefined && others.length === 0) {
      const named = this.#history.named(name);
      // Without a filter the history's own list serves, and grows by itself.
      return selects ? new SelectedEvents(named.filter(selects), false) : new SelectedEvents(named, true);
    }
    const named = new Set(names);
    return new SelectedEvents(
      this.#history.events.filter((event) => named.has(event.name) && (selects?.(event) ?? true)),
      false,
    );
  }
}

/** Evaluates a condition on a trait: its value now, and the first later instant at which time or an identify changes the answer. */
function findTrait(program: TraitProgram, setters: readonly LogEvent[], now: number, finding: Finding): void {
  const to = countUntil(setters, now);
  finding.from = 0;
  finding.to = to;
  let value = valueSetBy(setters[to - 1], program.key);
  finding.value = program.check(value, now);
  finding.next = program.next?.(value, now) ?? Infinity;
  for (let at = to; at < setters.length; at++) {
    const setter = setters[at];
    if (!setter || setters[at + 1]?.time === setter.time) continue; // of those at one instant the last counts
    if (finding.next < setter.time) return; // time comes first
    value = valueSetBy(setter, program.key);
    if (program.check(value, setter.time) !== finding.value) {
      finding.next = setter.time;
      return;
    }
    finding.next = program.next?.(value, setter.time) ?? Infinity;
  }
}
