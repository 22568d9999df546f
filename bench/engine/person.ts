import type { LogEvent } from "../../core/model/event.ts";
import type { Json } from "../../core/model/json.ts";
import type { Ask, Fields } from "./logic-closures.ts";

/** A person as closures and peers read one: a plain object of traits and, for the closures, events by name. */
export interface Person extends Fields {
  /** The traits that are not null. */
  readonly properties: Readonly<Record<string, Json>>;
  /** In order of time. */
  readonly events: ReadonlyMap<string, readonly LogEvent[]>;
}

export type Closure = Ask<Person>;

/** @param log in order of time */
export function personOf(log: readonly LogEvent[]): Person {
  const traits: Record<string, Json> = {};
  const events = new Map<string, LogEvent[]>();
  for (const event of log) {
    const named = events.get(event.name);
    if (named) named.push(event);
    else events.set(event.name, [event]);
    if (event.type === "identify") Object.assign(traits, event.properties);
  }
  const known = Object.entries(traits).filter(([, value]) => value !== null);
  return { properties: Object.fromEntries(known), events };
}
