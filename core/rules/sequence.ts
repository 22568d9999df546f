import type { LogEvent } from "../model/event.ts";
import { countBefore, countUntil } from "../model/log.ts";
import type { Sessions } from "../model/sessions.ts";
import type { FlatStep } from "./artifact.ts";
import type { Finding } from "./event-window.ts";
import { AssignedSteps, LatestStarts } from "./sequence-steps.ts";
import type { Span } from "./spans.ts";
import { FALSE, TRUE } from "./truth.ts";

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
interface Chain {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly until: number;
}

/**
 * Evaluates a sequence at `now`, exactly: the value, and the first later instant at which time changes it.
 * @param horizon as of `findEvents`
 * @returns the choice that makes it true now
 */
export function findSequence(
  program: SequenceProgram,
  events: SequenceEvents,
  now: number,
  horizon: number,
  finding: Finding,
): Chain | undefined {
  finding.from = 0;
  finding.to = 0;
  finding.value = FALSE;
  finding.next = Infinity;
  if (events.steps.some((list) => list.length === 0)) return undefined;
  let held: Chain | undefined;
  // Chains come in the order of their ends, and of two ends the later comes into the window no earlier.
  for (const chain of chains(program, events, horizon)) {
    if (chain.from <= now) {
      if (now < chain.until && (held === undefined || held.until < chain.until)) held = chain;
      if (held) finding.next = held.until;
    } else if (held === undefined) {
      finding.next = chain.from;
      return undefined;
    } else if (chain.from > finding.next) break;
    else finding.next = Math.max(finding.next, chain.until);
  }
  if (held) finding.value = TRUE;
  return held;
}

/**
 * For every instant at which a choice of events can end, the one that begins latest: a window that moves on loses it last,
 * and whatever must not lie between has least room there. Walks the instants at which events of any step lie. Events of
 * one instant may stand in any order, so there several steps may be taken by different events.
 */
function* chains(
  { steps, span, sameSession }: SequenceProgram,
  { steps: lists, without, sessions }: SequenceEvents,
  horizon: number,
): Iterable<Chain> {
  const at = lists.map((list) =>
    Math.max(countUntil(list, horizon), span.after === -Infinity ? 0 : countBefore(list, span.after)),
  );
  const latest = steps.map((_, index) => new LatestStarts(steps[index + 1]?.withinMs ?? Infinity));
  const assigned = new AssignedSteps();
  let session = NaN;
  for (;;) {
    let instant = Infinity;
    for (const [step, list] of lists.entries()) instant = Math.min(instant, list[at[step] ?? 0]?.time ?? Infinity);
    if (instant === Infinity || instant >= span.before) return;
    const before = at.slice();
    for (const [step, list] of lists.entries()) while (list[at[step] ?? 0]?.time === instant) at[step] = (at[step] ?? 0) + 1;
    if (sameSession && sessions.endOf(instant) !== session) {
      session = sessions.endOf(instant);
      for (const starts of latest) starts.clear();
    }
    const reached = steps.map(() => -Infinity);
    for (const first of steps.keys()) {
      const start = first === 0 ? instant : (latest[first - 1]?.at(instant) ?? -Infinity);
      if (start === -Infinity) continue;
      assigned.clear();
      for (let step = first; step < steps.length; step++) {
        if (!assigned.add(lists[step] ?? [], before[step] ?? 0, at[step] ?? 0)) break;
        reached[step] = Math.max(reached[step] ?? -Infinity, start);
      }
    }
    for (const [step, start] of reached.entries()) if (start > -Infinity) latest[step]?.push(instant, start);
    const start = reached.at(-1) ?? -Infinity;
    if (start === -Infinity || isBetween(without, start, instant)) continue;
    const from = span.enters(instant);
    const until = span.leaves(start, sessions);
    if (from < until) yield { start, end: instant, from, until };
  }
}

/** Whether an event lies strictly between two instants. */
function isBetween(events: readonly LogEvent[] | undefined, start: number, end: number): boolean {
  return events !== undefined && countUntil(events, start) < countBefore(events, end);
}
