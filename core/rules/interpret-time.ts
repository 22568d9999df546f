import type { LogEvent } from "../model/event.ts";
import { parseInstant } from "../model/instant.ts";
import type { Rule } from "./ast.ts";
import { audiencesNamedIn } from "./named-audiences.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Longer ones are taken for dates where midnights are looked for. */
const MOST_DAYS = 1_500;
const AFTER_SESSION_MS = 30 * 60 * 1_000 + 1;

/** What the instants are looked for in. */
interface Known {
  /** All accepted events. */
  readonly accepted: readonly LogEvent[];
  readonly zone: string;
  readonly audiences?: ReadonlyMap<string, Rule>;
}

/**
 * Every instant in `from < t <= to` at which time or an event may change a rule, and many more. Nothing changes but some
 * span that the rule names before or after an event or a date that an event bears, or at a midnight: so all numbers of
 * the rule are taken for spans and for dates, and every text of the events for a date.
 */
export function instantsOfChange(rule: Rule, known: Known, from: number, to: number): readonly number[] {
  const text = JSON.stringify(rule);
  const numbers = (text.match(/\d+/g) ?? []).map(Number);
  const dates = known.accepted.flatMap((event) => datesIn(event, known.zone));
  const moments = [...known.accepted.map(({ time }) => time), ...dates, ...numbers];
  const spans = [0, AFTER_SESSION_MS, ...numbers];
  const longest = Math.max(...spans.filter((span) => span <= MOST_DAYS * DAY_MS));
  if (text.includes('"calendar"') || text.includes('"anniversary"')) {
    const zones = [known.zone, ...(text.match(/(?<="zone":")[^"]+/g) ?? [])];
    moments.push(...zones.flatMap((zone) => midnights(from - longest, to + longest, zone)));
  }
  const instants = moments.flatMap((moment) => spans.flatMap((span) => [moment - span, moment + span]));
  const ofOthers = audiencesNamedIn(rule).flatMap(({ key, forMs = 0 }) => {
    const named = known.audiences?.get(key);
    const earlier = named ? instantsOfChange(named, known, from - forMs, to) : [];
    return earlier.flatMap((instant) => [instant, instant + forMs]);
  });
  return [...new Set([...instants, ...ofOthers])].filter((instant) => from < instant && instant <= to);
}

/** Dates take long to read and say nothing of a question, so they alone are kept, of one zone at a time. */
const datesRead = new WeakMap<LogEvent, { readonly zone: string; readonly dates: readonly number[] }>();

/** Every text of an event that is a date, ms. */
function datesIn(event: LogEvent, zone: string): readonly number[] {
  const held = datesRead.get(event);
  if (held?.zone === zone) return held.dates;
  const dates = (JSON.stringify(event.properties).match(/"[^"]*"/g) ?? []).flatMap((quoted) => {
    const ms = parseInstant(quoted.slice(1, -1), zone);
    return ms === undefined ? [] : [ms];
  });
  datesRead.set(event, { zone, dates });
  return dates;
}

function midnights(from: number, to: number, zone: string): number[] {
  const days = Math.ceil((to - from) / DAY_MS) + 3;
  return Array.from({ length: days }, (_, day) => {
    const date = new Date(from + (day - 1) * DAY_MS).toISOString().slice(0, 10);
    return parseInstant(date, zone) ?? Number.NaN;
  });
}
