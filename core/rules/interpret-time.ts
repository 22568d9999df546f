import type { LogEvent } from "../model/event.ts";
import { parseInstant } from "../model/instant.ts";
import type { Rule } from "./ast.ts";
import { audiencesNamedIn } from "./named-audiences.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Midnights are looked for so far around: no test goes beyond. */
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
  const dates = (JSON.stringify(known.accepted).match(/"[^"]*"/g) ?? []).flatMap((quoted) => {
    const ms = parseInstant(quoted.slice(1, -1), known.zone);
    return ms === undefined ? [] : [ms];
  });
  const moments = [...known.accepted.map(({ time }) => time), ...dates, ...numbers];
  const spans = [0, AFTER_SESSION_MS, ...numbers];
  if (text.includes('"calendar"') || text.includes('"anniversary"')) {
    const longest = Math.min(Math.max(...spans), MOST_DAYS * DAY_MS);
    const zones = [known.zone, ...(text.match(/(?<="zone":")[^"]+/g) ?? [])];
    moments.push(...zones.flatMap((zone) => midnights(from - longest, to + longest, zone)));
  }
  const instants = moments.flatMap((moment) => spans.flatMap((span) => [moment - span, moment + span]));
  const ofOthers = audiencesNamedIn(rule).flatMap((key) => {
    const named = known.audiences?.get(key);
    // One that has to hold for some time changes that long after: the time is among the spans.
    const earlier = named ? instantsOfChange(named, known, from - Math.max(...spans), to) : [];
    return earlier.flatMap((instant) => spans.map((span) => instant + span));
  });
  return [...new Set([...instants, ...ofOthers])].filter((instant) => from < instant && instant <= to);
}

function midnights(from: number, to: number, zone: string): number[] {
  const days = Math.ceil((to - from) / DAY_MS) + 3;
  return Array.from({ length: days }, (_, day) => {
    const date = new Date(from + (day - 1) * DAY_MS).toISOString().slice(0, 10);
    return parseInstant(date, zone) ?? Number.NaN;
  });
}
