import type { LogEvent } from "../model/event.ts";

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
