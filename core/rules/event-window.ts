import type { LogEvent } from "../model/event.ts";
import { countBefore, countUntil } from "../model/log.ts";
import type { Sessions } from "../model/sessions.ts";
import type { SelectedEvents } from "./selected-events.ts";
import type { Span } from "./spans.ts";
import type { Tally } from "./tally.ts";
import { FALSE, type Tri } from "./truth.ts";

/** A condition on events, made ready: what it reads, when it sees it, and what it makes of it. */
export interface EventProgram {
  readonly kind: "event";
  /** Index of its selection. */
  readonly selection: number;
  readonly span: Span;
  readonly tally: Tally;
}

/** What a condition says at an instant. One such object serves many questions, so read it before asking again. */
export interface Finding {
  value: Tri;
  /** First later instant at which time alone changes the value; Infinity where it never does. */
  next: number;
  /** The events seen: `events[from]` to `events[to - 1]`. */
  from: number;
  to: number;
}

export const newFinding = (): Finding => ({ value: FALSE, next: Infinity, from: 0, to: 0 });

/**
 * Evaluates a condition on events at `now`, over the log as `present` retains it (rules.md, "What a rule sees").
 * @param horizon `present - retention` where `present` is later than `now`, else -Infinity: nothing at or before it is seen
 */
export function findEvents(
  program: EventProgram,
  selected: SelectedEvents,
  sessions: Sessions,
  now: number,
  horizon: number,
  finding: Finding,
): void {
  const { events } = selected;
  const { span } = program;
  const { after, before } = span;
  let first = horizon === -Infinity ? 0 : countUntil(events, horizon);
  if (after !== -Infinity) first = Math.max(first, countBefore(events, after));
  const end = before === Infinity ? events.length : countBefore(events, before);
  const from = Math.max(first, span.left(events, now, sessions));
  const to = Math.max(from, Math.min(end, span.entered(events, now)));
  const region = program.tally.region(selected, from, to, now);
  finding.from = from;
  finding.to = to;
  finding.value = program.tally.answer(region);
  finding.next =
    to >= end && program.tally.fallsOnly(selected)
      ? firstFall(program, selected, sessions, from, to, region, now)
      : firstChange(program, selected, sessions, from, to, end, now);
}

/**
 * Walks the instants at which events enter or leave, in order; all that share an instant move together. Where events can
 * only raise the region, it takes strides: as long as possible while nothing on the way can change the answer. Where time
 * alone comes first to change what is said of the events seen, that is the change.
 */
function firstChange(
  { span, tally }: EventProgram,
  selected: SelectedEvents,
  sessions: Sessions,
  from: number,
  to: number,
  end: number,
  now: number,
): number {
  const { events } = selected;
  const value = tally.answer(tally.region(selected, from, to, now));
  const strides = tally.growsWithEvents(selected);
  let stride = 1;
  for (;;) {
    if (strides && stride > 1) {
      const leaves = from < end ? span.leaves(timeAt(events, Math.min(from + stride, end) - 1), sessions) : Infinity;
      const enters = to < end ? span.enters(timeAt(events, Math.min(to + stride, end) - 1)) : Infinity;
      const ahead = Math.min(leaves, enters);
      const laterFrom = Math.max(from, span.left(events, ahead, sessions));
      const laterTo = Math.max(laterFrom, Math.min(end, span.entered(events, ahead)));
      // Whatever is seen on the way holds the events that stay, and nothing but those that were seen or come in.
      const least = tally.region(selected, Math.min(laterFrom, to), to, now);
      const most = tally.region(selected, from, laterTo, now);
      if (laterTo + laterFrom > to + from && allAnswer(tally, least, most, value)) {
        from = laterFrom;
        to = laterTo;
        stride *= 2;
        continue;
      }
    }
    stride = stride > 2 ? stride >> 1 : stride === 2 ? 1 : 2;
    const leaves = from < to ? span.leaves(timeAt(events, from), sessions) : Infinity;
    const enters = to < end ? span.enters(timeAt(events, to)) : Infinity;
    const instant = Math.min(leaves, enters);
    const turns = tally.next?.(selected, from, to, now) ?? Infinity;
    if (turns < instant) return turns;
    if (instant === Infinity) return Infinity;
    // Mostly one event at a time; where it is a whole unit of the calendar, few of its events are asked by themselves.
    if (enters <= instant) to += 1;
    if (to < end && span.enters(timeAt(events, to)) <= instant) to = Math.min(end, span.entered(events, instant));
    if (leaves <= instant) from += 1;
    if (from < to && span.leaves(timeAt(events, from), sessions) <= instant)
      from = Math.min(to, span.left(events, instant, sessions));
    if (tally.answer(tally.region(selected, from, to, instant)) !== value) return instant;
    now = instant;
  }
}

/**
 * The same where no event is still to enter and the tally only falls as events leave, so its region does too: jumps from
 * one region to the next by binary search, of which there are a handful, instead of walking a thousand events.
 */
function firstFall(
  { span, tally }: EventProgram,
  selected: SelectedEvents,
  sessions: Sessions,
  from: number,
  to: number,
  region: number,
  now: number,
): number {
  const { events } = selected;
  const value = tally.answer(region);
  const turns = tally.next?.(selected, from, to, now) ?? Infinity;
  while (from < to && tally.region(selected, to, to, now) < region) {
    let low = from + 1;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (tally.region(selected, middle, to, now) < region) high = middle;
      else low = middle + 1;
    }
    const instant = span.leaves(timeAt(events, low - 1), sessions);
    from = Math.min(to, span.left(events, instant, sessions));
    region = tally.region(selected, from, to, now);
    if (tally.answer(region) !== value) return Math.min(instant, turns);
  }
  return turns;
}

/** Whether all regions from one to another have the same answer. */
function allAnswer(tally: Tally, least: number, most: number, value: Tri): boolean {
  for (let region = least; region <= most; region++) if (tally.answer(region) !== value) return false;
  return true;
}

function timeAt(events: readonly LogEvent[], index: number): number {
  return events[index]?.time ?? Infinity;
}
