import type { LogEvent } from "../model/event.ts";

/**
 * For one step of a sequence: how late a choice of events can begin that takes this step at an earlier instant, not longer
 * ago than the next step allows. Instants come in order, so what can never be the latest again is dropped.
 */
export class LatestStarts {
  readonly #withinMs: number;
  /** Instants at which the step was taken, ascending, and the latest beginning of each, descending. */
  #instants: number[] = [];
  #starts: number[] = [];
  #first = 0;

  /** @param withinMs how long after this step the next may be taken */
  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  clear(): void {
    this.#instants = [];
    this.#starts = [];
    this.#first = 0;
  }

  push(instant: number, start: number): void {
    while (this.#starts.length > this.#first && (this.#starts.at(-1) ?? 0) <= start) {
      this.#starts.pop();
      this.#instants.pop();
    }
    this.#starts.push(start);
    this.#instants.push(instant);
  }

  /** The latest beginning for a next step at an instant, later than all that were pushed; -Infinity for none. */
  at(instant: number): number {
    while (this.#first < this.#instants.length && instant - (this.#instants[this.#first] ?? 0) > this.#withinMs) this.#first += 1;
    return this.#starts[this.#first] ?? -Infinity;
  }
}

/** Whether different events of one instant can take steps that follow each other: a matching, grown step by step. */
export class AssignedSteps {
  /** The events that may take each step so far. */
  readonly #candidates: (readonly LogEvent[])[] = [];
  readonly #stepOf = new Map<LogEvent, number>();

  clear(): void {
    this.#candidates.length = 0;
    this.#stepOf.clear();
  }

  /**
   * Adds the next step, which `events[from]` to `events[to - 1]` may take.
   * @returns false where not all steps so far can be taken by different events
   */
  add(events: readonly LogEvent[], from: number, to: number): boolean {
    if (from === to) return false;
    this.#candidates.push(events.slice(from, to));
    return this.#assign(this.#candidates.length - 1, new Set());
  }

  #assign(step: number, asked: Set<LogEvent>): boolean {
    for (const event of this.#candidates[step] ?? []) {
      if (asked.has(event)) continue;
      asked.add(event);
      const taken = this.#stepOf.get(event);
      if (taken !== undefined && !this.#assign(taken, asked)) continue;
      this.#stepOf.set(event, step);
      return true;
    }
    return false;
  }
}
