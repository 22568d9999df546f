import type { LogEvent } from "./event.ts";

/** Longest gap between two events of one session, and from its last event to an instant at which it is current. */
export const SESSION_GAP_MS = 30 * 60_000;

/** True of events that sessions are made of: any call of a site or an app, an identify too. */
export function isSessionEvent({ channel }: LogEvent): boolean {
  return channel === "web" || channel === "app";
}

/**
 * The sessions of a profile (rules.md, "Session"): first and last instant of each. An event may be late: it starts a
 * session, makes one longer or joins two. Events are never taken out, so none is ever cut.
 */
export class Sessions {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** Takes in the instant of an event, ms. */
  insert(time: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    const next = this.#countFrom(time);
    const joinsBefore = next > 0 && time - (ends[next - 1] ?? 0) <= SESSION_GAP_MS;
    const joinsNext = next < starts.length && (starts[next] ?? 0) - time <= SESSION_GAP_MS;
    if (joinsBefore && joinsNext) {
      ends.splice(next - 1, 1);
      starts.splice(next, 1);
    } else if (joinsBefore) ends[next - 1] = Math.max(ends[next - 1] ?? 0, time);
    else if (joinsNext) starts[next] = time;
    else {
      starts.splice(next, 0, time);
      ends.splice(next, 0, time);
    }
  }

  /** First instant of the session that is current at `now`; undefined where none is. */
  currentStart(now: number): number | undefined {
    const last = this.#countFrom(now) - 1;
    const end = this.#ends[last];
    return end !== undefined && now - end <= SESSION_GAP_MS ? this.#starts[last] : undefined;
  }

  /** Last instant of the session that an event of the instant `time` is in. */
  endOf(time: number): number {
    return this.#ends[this.#countFrom(time) - 1] ?? -Infinity;
  }

  /** How many sessions start at or before an instant. */
  #countFrom(instant: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    if (high > 0 && (starts[high - 1] ?? 0) <= instant) return high; // nearly always
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
