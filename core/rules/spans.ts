import type { LogEvent } from "../model/event.ts";
import { LocalUnits, type CalendarUnit, type LocalDays } from "../model/local-calendar.ts";
import { countBefore, countUntil } from "../model/log.ts";
import { SESSION_GAP_MS, type Sessions } from "../model/sessions.ts";
import type { FlatWindow } from "./artifact.ts";

/**
 * When a window sees an event: from the instant it enters to the one at which it leaves. Of two events the later enters
 * and leaves no earlier than the other, so what a window sees is a run of the log; one that leaves no later than it enters
 * is never seen. No window outlasts the retention.
 */
export interface Span {
  /** Only events with `after <= time < before` are ever seen, whatever the instant. */
  readonly after: number;
  readonly before: number;
  /** First instant at which an event of the instant `time` is seen. */
  enters(time: number): number;
  /** First instant at which it no longer is. */
  leaves(time: number, sessions: Sessions): number;
  /** How many of the first events of a list in log order have entered at `now`. */
  entered(events: readonly LogEvent[], now: number): number;
  /** How many have left. */
  left(events: readonly LogEvent[], now: number, sessions: Sessions): number;
}

/** What windows need to know of their workspace. */
export interface SpanSettings {
  readonly retentionMs: number;
  /** The dates of a time zone. */
  readonly daysIn: (zone: string) => LocalDays;
}

/** The span of each kind of window: one case each (rules.md, "Events"). */
export function spanOf(window: FlatWindow, { retentionMs, daysIn }: SpanSettings): Span {
  switch (window.kind) {
    case "retained":
      return new RollingSpan(retentionMs, 0);
    case "sliding":
      return new RollingSpan(Math.min(window.ms, retentionMs), 0);
    case "absolute":
      return new RollingSpan(retentionMs, 0, window.after, window.before);
    case "offset":
      return new RollingSpan(Math.min(window.fromMs, retentionMs), window.toMs);
    case "calendar":
      return new CalendarSpan(daysIn(window.zone), window, retentionMs);
    case "session":
      return new SessionSpan(retentionMs);
  }
}

/** `now - fromMs < time <= now - toMs` */
class RollingSpan implements Span {
  readonly after: number;
  readonly before: number;
  readonly #fromMs: number;
  readonly #toMs: number;

  constructor(fromMs: number, toMs: number, after = -Infinity, before = Infinity) {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
    this.after = after;
    this.before = before;
  }

  enters(time: number): number {
    return time + this.#toMs;
  }

  leaves(time: number): number {
    return time + this.#fromMs;
  }

  entered(events: readonly LogEvent[], now: number): number {
    return countUntil(events, now - this.#toMs);
  }

  left(events: readonly LogEvent[], now: number): number {
    return countUntil(events, now - this.#fromMs);
  }
}

/** Whole units of the calendar: events enter with their time or at the end of their unit, and leave at the end of another. */
class CalendarSpan implements Span {
  readonly after = -Infinity;
  readonly before = Infinity;
  readonly #last: number;
  readonly #complete: boolean;
  readonly #retentionMs: number;
  /** One for each question: each is asked of instants close to the one before. */
  readonly #now: LocalUnits;
  readonly #entering: LocalUnits;
  readonly #leaving: LocalUnits;
  /** The unit that the two instants below belong to. */
  #number = NaN;
  #begins = 0;
  #ends = 0;

  constructor(
    days: LocalDays,
    { unit, last, complete }: { readonly unit: CalendarUnit; readonly last: number; readonly complete: boolean },
    retentionMs: number,
  ) {
    this.#last = last;
    this.#complete = complete;
    this.#retentionMs = retentionMs;
    this.#now = new LocalUnits(days, unit);
    this.#entering = new LocalUnits(days, unit);
    this.#leaving = new LocalUnits(days, unit);
  }

  enters(time: number): number {
    return this.#complete ? this.#entering.start(this.#entering.numberOf(time) + 1) : time;
  }

  leaves(time: number): number {
    const units = this.#leaving;
    const unitsLater = this.#complete ? this.#last + 1 : this.#last;
    return Math.min(time + this.#retentionMs, units.start(units.numberOf(time) + unitsLater));
  }

  entered(events: readonly LogEvent[], now: number): number {
    this.#turn(now);
    return this.#complete ? countBefore(events, this.#ends) : countUntil(events, now);
  }

  left(events: readonly LogEvent[], now: number): number {
    this.#turn(now);
    return Math.max(countUntil(events, now - this.#retentionMs), countBefore(events, this.#begins));
  }

  /** Works out where the window begins and ends, once in each unit. */
  #turn(now: number): void {
    const number = this.#now.numberOf(now);
    if (number === this.#number) return;
    const current = this.#now.start(number);
    this.#number = number;
    this.#begins = this.#now.start(this.#complete ? number - this.#last : number - this.#last + 1);
    this.#ends = current;
  }
}

/** The current session, of events that sessions are made of: they leave together, once the session has ended. */
class SessionSpan implements Span {
  readonly after = -Infinity;
  readonly before = Infinity;
  readonly #retentionMs: number;

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs;
  }

  enters(time: number): number {
    return time;
  }

  leaves(time: number, sessions: Sessions): number {
    return Math.min(time + this.#retentionMs, sessions.endOf(time) + SESSION_GAP_MS + 1);
  }

  entered(events: readonly LogEvent[], now: number): number {
    return countUntil(events, now);
  }

  left(events: readonly LogEvent[], now: number, sessions: Sessions): number {
    const start = sessions.currentStart(now);
    if (start === undefined) return countUntil(events, now);
    return Math.max(countUntil(events, now - this.#retentionMs), countBefore(events, start));
  }
}
