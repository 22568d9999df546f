import type { LogEvent } from "../model/event.ts";
import type { EventMatch, SequenceCondition } from "./ast.ts";
import { sessionsOf } from "./interpret-windows.ts";

/**
 * Whether some choice of events fits a sequence (rules.md, "Sequence"): tries them all.
 * @param log what is retained, in log order
 * @param matches whether an event is of those a step means
 * @param isWithin whether it lies in the outer window
 */
export function isFollowed(
  { steps, without, sameSession }: SequenceCondition,
  log: readonly LogEvent[],
  matches: (event: LogEvent, match: EventMatch) => boolean,
  isWithin: (event: LogEvent) => boolean,
): boolean {
  const sessions = sessionsOf(log);
  const within = log.filter(isWithin);

  const isBroken = (first: LogEvent, last: LogEvent): boolean =>
    without !== undefined && log.some((event) => first.time < event.time && event.time < last.time && matches(event, without));

  const areOfOneSession = (chosen: readonly LogEvent[]): boolean =>
    sessions.some((session) => chosen.every((event) => session.includes(event)));

  const isChosen = (chosen: readonly LogEvent[]): boolean => {
    const step = steps[chosen.length];
    const first = chosen[0];
    const last = chosen.at(-1);
    if (step === undefined) {
      return first !== undefined && last !== undefined && !isBroken(first, last) && (!sameSession || areOfOneSession(chosen));
    }
    const { withinMs = Infinity } = step;
    return within.some((event) => {
      const follows = last === undefined || (last.time <= event.time && event.time - last.time <= withinMs);
      return follows && !chosen.includes(event) && matches(event, step) && isChosen([...chosen, event]);
    });
  };
  return isChosen([]);
}
