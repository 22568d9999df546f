import type { LogEvent } from "../model/event.ts";
import { countBefore, countUntil } from "../model/log.ts";
import type { Sessions } from "../model/sessions.ts";
import type { FlatStep } from "./artifact.ts";
import { AssignedSteps } from "./assigned-steps.ts";
import type { Span } from "./spans.ts";

/** A sequence, made ready. */
export interface SequenceProgram {
  readonly kind: "sequence";
  readonly steps: readonly FlatStep[];
  readonly span: Span;
  /** Index of the selection of events that must not lie between the first and the last. */
  readonly without: number | undefined;
  readonly sameSession: boolean;
}

/** One profile's events that a sequence is about, each list in log order. */
export interface SequenceEvents {
  /** By step. */
  readonly steps: readonly (readonly LogEvent[])[];
  readonly without: readonly LogEvent[] | undefined;
  readonly sessions: Sessions;
}

/** A choice of events that fits, by the instants of its first and last, and when the window sees it all: `from <= now < until`. */
export interface Chain {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly until: number;
}

/** Stands for an instant at which nothing was. */
const NEVER = -Infinity;

/**
 * For every instant at which a choice of events can end, the one that begins latest: a window that moves on loses it last,
 * and whatever must not lie between has least room there. Walks the instants at which events of any step lie, and only
 * from the first event on that has not left the window: those before are in no choice that is seen now or later.
 *
 * Of each step it is enough to know when it was last taken, and the latest beginning of all choices up to there. Nothing
 * that was taken earlier begins later: where of two choices the one begins later and the other ends later, they cross,
 * and the first's steps up to there are followed by the other's.
 *
 * One object serves many walks, one after the other, and holds nothing of the events in between.
 */
export class SequenceWalk {
  #session = NaN;
  /** By step, as all that follow: events of its list that were passed. */
  readonly #passed: number[] = [];
  /** The same before the instant that is being looked at. */
  readonly #before: number[] = [];
  /** Instant at which it was last taken. */
  readonly #taken: number[] = [];
  /** Latest beginning of a choice that takes it then. */
  readonly #starts: number[] = [];
  /** Latest beginning of one that takes it at the instant that is being looked at. */
  readonly #reached: number[] = [];
  readonly #assigned = new AssignedSteps();

  /**
   * @param horizon as of `findEvents`
   * @returns false where it is plain that no choice is seen at `now` or later
   */
  begin(program: SequenceProgram, events: SequenceEvents, now: number, horizon: number): boolean {
    this.#session = NaN;
    const { span } = program;
    for (let step = 0; step < program.steps.length; step++) {
      const list = events.steps[step] ?? [];
      if (list.length === 0) return false;
      let first = span.left(list, now, events.sessions);
      if (horizon !== NEVER) first = Math.max(first, countUntil(list, horizon));
      if (span.after !== NEVER) first = Math.max(first, countBefore(list, span.after));
      if (first >= list.length) return false;
      this.#passed[step] = first;
      this.#taken[step] = NEVER;
      this.#starts[step] = NEVER;
    }
    return true;
  }

  /** The next choice, in the order of their ends; undefined where there is none. Of the same as `begin`. */
  next({ span, steps, sameSession }: SequenceProgram, { steps: lists, without, sessions }: SequenceEvents): Chain | undefined {
    const last = steps.length - 1;
    const ends = lists[last] ?? [];
    while ((this.#passed[last] ?? 0) < ends.length) {
      const instant = this.#nextInstant(lists);
      if (instant >= span.before) return undefined;
      if (sameSession) this.#enterSession(sessions.endOf(instant));
      this.#take(steps, lists, instant);
      if (this.#taken[last] !== instant) continue;
      const start = this.#starts[last] ?? NEVER;
      if (isBetween(without, start, instant)) continue;
      const from = span.enters(instant);
      const until = span.leaves(start, sessions);
      if (from < until) return { start, end: instant, from, until };
    }
    return undefined;
  }

  #nextInstant(lists: readonly (readonly LogEvent[])[]): number {
    let instant = Infinity;
    for (let step = 0; step < lists.length; step++) {
      const time = lists[step]?.[this.#passed[step] ?? 0]?.time ?? Infinity;
      if (time < instant) instant = time;
    }
    return instant;
  }

  /** Nothing goes on from one session into another. */
  #enterSession(session: number): void {
    if (session === this.#session) return;
    this.#session = session;
    this.#taken.fill(NEVER);
    this.#starts.fill(NEVER);
  }

  /** Passes the events of an instant, and takes the steps that they can take. */
  #take(steps: readonly FlatStep[], lists: readonly (readonly LogEvent[])[], instant: number): void {
    let only: LogEvent | undefined;
    let isOne = true;
    for (let step = 0; step < lists.length; step++) {
      const list = lists[step] ?? [];
      let passed = this.#passed[step] ?? 0;
      this.#before[step] = passed;
      for (let event = list[passed]; event?.time === instant; event = list[++passed]) {
        only ??= event;
        if (event !== only) isOne = false;
      }
      this.#passed[step] = passed;
    }
    if (isOne) this.#takeOne(steps, instant);
    else this.#takeSeveral(steps, lists, instant);
  }

  /** One event takes one step: from the last on, so that none follows what it has just taken itself. */
  #takeOne(steps: readonly FlatStep[], instant: number): void {
    for (let step = steps.length - 1; step >= 0; step--) {
      if (this.#passed[step] === this.#before[step]) continue;
      const start = this.#startFor(steps, step, instant);
      if (start === NEVER) continue;
      this.#taken[step] = instant;
      this.#starts[step] = start;
    }
  }

  /** Events of one instant may stand in any order, so several steps may be taken by different ones. */
  #takeSeveral(steps: readonly FlatStep[], lists: readonly (readonly LogEvent[])[], instant: number): void {
    const reached = this.#reached;
    for (let step = 0; step < steps.length; step++) reached[step] = NEVER;
    for (let first = 0; first < steps.length; first++) {
      const start = this.#startFor(steps, first, instant);
      if (start === NEVER) continue;
      this.#assigned.clear();
      for (let step = first; step < steps.length; step++) {
        if (!this.#assigned.add(lists[step] ?? [], this.#before[step] ?? 0, this.#passed[step] ?? 0)) break;
        reached[step] = Math.max(reached[step] ?? NEVER, start);
      }
    }
    this.#assigned.clear();
    for (let step = 0; step < steps.length; step++) {
      const start = reached[step] ?? NEVER;
      if (start === NEVER) continue;
      this.#taken[step] = instant;
      this.#starts[step] = start;
    }
  }

  /** The latest beginning of a choice that takes a step at an instant and those before it earlier. */
  #startFor(steps: readonly FlatStep[], step: number, instant: number): number {
    if (step === 0) return instant;
    const taken = this.#taken[step - 1] ?? NEVER;
    return instant - taken <= (steps[step]?.withinMs ?? Infinity) ? (this.#starts[step - 1] ?? NEVER) : NEVER;
  }
}

/** Whether an event lies strictly between two instants. */
function isBetween(events: readonly LogEvent[] | undefined, start: number, end: number): boolean {
  return events !== undefined && countUntil(events, start) < countBefore(events, end);
}
