import type { LogEvent } from "../model/event.ts";

/** Tries that the search takes at most; then only the events at both ends are told. */
const MOST_TRIES = 10_000;

/** One step of a sequence: the events that may take it, in log order, and how long after the step before. */
interface Step {
  readonly events: readonly LogEvent[];
  readonly withinMs: number;
}

/**
 * A choice of different events that takes all steps, the first at `start`, the last at `end`: for showing why a sequence
 * is true, where it is known that there is one.
 */
export function chosenEvents(steps: readonly Step[], start: number, end: number): readonly LogEvent[] {
  let tries = 0;
  const choose = (chosen: readonly LogEvent[]): readonly LogEvent[] | undefined => {
    const step = steps[chosen.length];
    if (step === undefined) return chosen;
    const earliest = chosen.at(-1)?.time ?? start;
    const isLast = chosen.length === steps.length - 1;
    const latest = chosen.length === 0 ? start : Math.min(end, earliest + step.withinMs);
    for (const event of step.events) {
      if (event.time < (isLast ? end : earliest) || event.time > latest || chosen.includes(event)) continue;
      if ((tries += 1) > MOST_TRIES) return undefined;
      const found = choose([...chosen, event]);
      if (found) return found;
    }
    return undefined;
  };
  const found = choose([]);
  if (found) return found;
  const first = steps[0]?.events.find(({ time }) => time === start);
  const last = steps.at(-1)?.events.findLast(({ time }) => time === end);
  return [first, last].filter((event) => event !== undefined);
}
