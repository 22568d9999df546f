import type { LogEvent } from "../../core/model/event.ts";
import type { Json } from "../../core/model/json.ts";
import { logicClosure, testClosure, type Ask } from "./logic-closures.ts";
import type { Closure } from "./person.ts";
import { DAY_MS } from "../../core/rules/factories.ts";
import { SETTINGS } from "./ruleset.ts";
import type { Aggregate, Bound, Calendar, EventCondition, Filter, PropertyTest, SequenceCondition, Within } from "./rules.ts";

/** Conditions on events, each asked of the person's events of its name. Never unknown. */
export function eventClosure(condition: EventCondition, wanted: boolean): Closure {
  const { event, where, within } = condition;
  const selects = where && filterClosure(where);
  const seen = windowOf(within);
  const holds = measureOf(condition);
  return ({ events }, now) => holds(events.get(event) ?? NO_EVENTS, seen(now), selects) === wanted;
}

const NO_EVENTS: readonly LogEvent[] = [];

function filterClosure(filter: Filter): Ask<LogEvent> {
  return logicClosure<PropertyTest, LogEvent>(filter, true, (test, wanted) => testClosure(test.property, test, wanted));
}

/** `from <= time < to`; instants are whole milliseconds. */
interface Seen {
  readonly from: number;
  readonly to: number;
}

function windowOf(within: Within | undefined): (now: number) => Seen {
  if (typeof within !== "object") {
    const ms = within === undefined ? SETTINGS.retentionMs : daysMs(within);
    return (now) => ({ from: now - ms + 1, to: now + 1 });
  }
  let last: (Seen & { readonly now: number }) | undefined;
  return (now) => {
    if (last?.now !== now) last = { now, ...unitsOf(within, now) };
    return last;
  };
}

function daysMs(span: `${number}d`): number {
  return Number.parseInt(span, 10) * DAY_MS;
}

/** Units of the calendar in UTC. */
function unitsOf({ calendar, last, complete }: Calendar, now: number): Seen {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const units = (ago: number): number => {
    if (calendar === "month") return Date.UTC(year, month - ago, 1);
    if (calendar === "day") return Date.UTC(year, month, day - ago);
    return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7) - 7 * ago);
  };
  return complete ? { from: units(last), to: units(0) } : { from: units(last - 1), to: now + 1 };
}

type Measure = (events: readonly LogEvent[], seen: Seen, selects: Ask<LogEvent> | undefined) => boolean;

function measureOf(aggregate: Aggregate): Measure {
  if ("count" in aggregate) {
    const holds = boundOf(aggregate.count);
    return (events, seen, selects) => {
      let count = 0;
      for (const event of events) if (isSeen(event, seen, selects)) count += 1;
      return holds(count);
    };
  }
  if ("sum" in aggregate) {
    const { of } = aggregate.sum;
    const holds = boundOf(aggregate.sum, 100);
    return (events, seen, selects) => {
      let cents = 0; // whole, so that money adds up
      for (const event of events) {
        const value = isSeen(event, seen, selects) ? event.properties[of] : undefined;
        if (typeof value === "number") cents += Math.round(value * 100);
      }
      return holds(cents);
    };
  }
  const { of } = aggregate.distinct;
  const holds = boundOf(aggregate.distinct);
  return (events, seen, selects) => {
    const values = new Set<Json>();
    for (const event of events) {
      const value = isSeen(event, seen, selects) ? event.properties[of] : undefined;
      if (value !== undefined && value !== null && typeof value !== "object") values.add(value);
    }
    return holds(values.size);
  };
}

function isSeen(event: LogEvent, { from, to }: Seen, selects: Ask<LogEvent> | undefined): boolean {
  return from <= event.time && event.time < to && (selects === undefined || selects(event, event.time));
}

function boundOf(bound: Bound, scale = 1): (value: number) => boolean {
  if ("gte" in bound) {
    const least = bound.gte * scale;
    return (value) => value >= least;
  }
  const most = bound.lte * scale;
  return (value) => value <= most;
}

/**
 * Steps of different names: an event can be a step if one that can be the step before is at or before it, and near enough.
 * The latest such is always as good as any.
 */
export function sequenceClosure({ sequence: [first, ...later], within }: SequenceCondition, wanted: boolean): Closure {
  const ms = daysMs(within);
  const steps = later.map((step) => ({ event: step.event, ms: daysMs(step.within) }));
  return ({ events }, now) => {
    const timesOf = (name: string): number[] =>
      (events.get(name) ?? []).map(({ time }) => time).filter((time) => now - ms < time && time <= now);
    let reached = timesOf(first.event);
    for (const step of steps) {
      const before = reached;
      reached = timesOf(step.event).filter((time) => {
        const nearest = before.findLast((earlier) => earlier <= time);
        return nearest !== undefined && time - nearest <= step.ms;
      });
    }
    return reached.length > 0 === wanted;
  };
}
