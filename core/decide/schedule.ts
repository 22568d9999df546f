import { fromEpochMilliseconds, toZonedDateTimeISO } from "temporal-polyfill/fns/Instant";
import { create, toZonedDateTime } from "temporal-polyfill/fns/PlainDateTime";
import type { Schedule } from "../model/campaign.ts";
import { dateOf } from "../model/local-calendar.ts";
import { dayNumber } from "../model/timestamp.ts";

/** Whether a campaign runs at an instant, and until when that stands at most, ms; Infinity for ever. */
export interface Running {
  readonly isOn: boolean;
  readonly until: number;
}

const ALWAYS: Running = { isOn: true, until: Infinity };
const WHOLE_DAY = [{ from: 0, to: 1_440 }] as const;

/**
 * Days and hours are those that clocks show in the schedule's zone. Where clocks go forward over an hour, one that begins in
 * it begins when they have; where they go back, what lies twice is taken the first time and lasts until it ends.
 */
export function runningAt(schedule: Schedule, now: number): Running {
  const { from, to, days, hours } = schedule;
  if (from !== null && now < from) return { isOn: false, until: from };
  if (to !== null && now >= to) return { isOn: false, until: Infinity };
  const end = to ?? Infinity;
  if (days.length === 0 && hours.length === 0) return end === Infinity ? ALWAYS : { isOn: true, until: end };
  const { isOn, until } = byTheClock(schedule, now);
  return { isOn, until: Math.min(until, end) };
}

/** A week and a day: by then every day of the week has come once. */
const DAYS_AHEAD = 8;

function byTheClock({ timeZone, days, hours }: Schedule, now: number): Running {
  const local = toZonedDateTimeISO(fromEpochMilliseconds(now), timeZone);
  const today = dayNumber(local);
  const spans = hours.length === 0 ? WHOLE_DAY : hours;
  // Yesterday too: hours of its end may still last where clocks have gone back over midnight.
  const windows: [number, number][] = [];
  for (let day = today - 1; day <= today + DAYS_AHEAD; day++) {
    if (days.length > 0 && !days.includes(weekday(day))) continue;
    for (const span of spans) windows.push([instantOf(day, span.from, timeZone), instantOf(day, span.to, timeZone)]);
  }
  windows.sort((one, other) => one[0] - other[0]);
  let until = -Infinity;
  for (const [from, to] of windows) {
    if (until > now) {
      if (from > until) break;
      until = Math.max(until, to);
    } else if (from <= now && now < to) until = to;
    else if (from > now) return { isOn: false, until: from };
  }
  return until > now ? { isOn: true, until } : { isOn: false, until: Infinity };
}

/** 1 Monday to 7 Sunday. @param day since 1970-01-01, a Thursday */
function weekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** @param minute since midnight, up to 1,440, which is the midnight after */
function instantOf(day: number, minute: number, zone: string): number {
  const { year, month, day: ofMonth } = dateOf(minute === 1_440 ? day + 1 : day);
  const hour = minute === 1_440 ? 0 : Math.floor(minute / 60);
  return toZonedDateTime(create(year, month, ofMonth, hour, minute % 60), zone).epochMilliseconds;
}
