/** Events of one profile within one minute of the server's clock. */
export interface Minute {
  /** Minutes since 1970. */
  readonly at: number;
  readonly events: number;
}

/** Above it the rest of a minute is turned away: no person does so much, a robot or a loop does. */
export const MOST_EVENTS_A_MINUTE = 3_000;

/** Events taken in the minute of `now`. */
export function eventsInMinute(minute: Minute | undefined, now: number): number {
  return minute !== undefined && minute.at === minuteOf(now) ? minute.events : 0;
}

/** With another event taken. */
export function countedIn(minute: Minute | undefined, now: number): Minute {
  return { at: minuteOf(now), events: eventsInMinute(minute, now) + 1 };
}

function minuteOf(ms: number): number {
  return Math.floor(ms / 60_000);
}
