import { compareLogOrder, type LogEvent } from "./event.ts";

/** Where an event is in a list in log order, or would be put. Most come last, so that is tried first. */
export function placeInLog(list: readonly LogEvent[], event: LogEvent): number {
  const last = list.at(-1);
  if (last === undefined || compareLogOrder(last, event) < 0) return list.length;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const held = list[middle];
    if (held !== undefined && compareLogOrder(held, event) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Puts an event into its place in a list in log order.
 * @returns false where the list holds an event of that time, message and source already
 */
export function insertInLogOrder(list: LogEvent[], event: LogEvent): boolean {
  const place = placeInLog(list, event);
  if (place === list.length) {
    list.push(event);
    return true;
  }
  const held = list[place];
  if (held !== undefined && compareLogOrder(held, event) === 0) return false;
  list.splice(place, 0, event);
  return true;
}

/** How many events of a list in log order have `time <= instant`: they come first. */
export function countUntil(list: readonly LogEvent[], instant: number): number {
  let low = 0;
  let high = list.length;
  const last = list[high - 1];
  if (last !== undefined && last.time <= instant) return high; // nearly always, where the instant is now
  while (low < high) {
    const middle = (low + high) >>> 1;
    const held = list[middle];
    if (held !== undefined && held.time <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many events of a list in log order have `time < instant`. */
export function countBefore(list: readonly LogEvent[], instant: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const held = list[middle];
    if (held !== undefined && held.time < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
