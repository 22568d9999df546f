import type { LogEvent } from "../model/event.ts";
import { ownProperty, type Json, type JsonObject } from "../model/json.ts";
import { countUntil, insertInLogOrder } from "../model/log.ts";
import { isSessionEvent, Sessions } from "../model/sessions.ts";

const NO_EVENTS: readonly LogEvent[] = [];

/**
 * What a profile's journal holds, in memory and in the order of the log, by name and by the traits it set. It keeps
 * events beyond their retention: windows cut them, and an `identify` counts for traits for ever (rules.md, "What a rule
 * sees").
 */
export class History {
  readonly #events: LogEvent[] = [];
  readonly #byName = new Map<string, LogEvent[]>();
  readonly #byTrait = new Map<string, LogEvent[]>();
  readonly sessions = new Sessions();

  /**
   * Takes in an accepted event, late or not. Duplicates are the caller's to drop: here only one that would stand in the
   * same place, of equal time, message and source, is told.
   * @returns false for such a one, which changes nothing
   */
  insert(event: LogEvent): boolean {
    if (!insertInLogOrder(this.#events, event)) return false;
    insertUnder(this.#byName, event.name, event);
    if (isSessionEvent(event)) this.sessions.insert(event.time);
    if (event.type === "identify") for (const key of Object.keys(event.properties)) insertUnder(this.#byTrait, key, event);
    return true;
  }

  /** All events, in log order. */
  get events(): readonly LogEvent[] {
    return this.#events;
  }

  /** Events of a name, in log order. The list grows as events come in. */
  named(name: string): readonly LogEvent[] {
    return this.#byName.get(name) ?? NO_EVENTS;
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** The identify events that set or cleared a top-level key, in log order. */
  settersOf(trait: string): readonly LogEvent[] {
    return this.#byTrait.get(trait) ?? NO_EVENTS;
  }

  /** Every top-level key that was ever set. */
  traitKeys(): Iterable<string> {
    return this.#byTrait.keys();
  }

  /** Traits at an instant: of each key the latest value set, without those that are null. */
  traitsAt(now: number): JsonObject {
    const traits: [string, Json][] = [];
    for (const [key, setters] of this.#byTrait) {
      const value = valueSetBy(setters[countUntil(setters, now) - 1], key);
      if (value !== undefined && value !== null) traits.push([key, value]);
    }
    return Object.fromEntries(traits); // defines own properties, `__proto__` too
  }
}

/** The value that an identify gave a top-level key; null where it cleared it, undefined where there is no such call. */
export function valueSetBy(setter: LogEvent | undefined, key: string): Json | undefined {
  return setter && ownProperty(setter.properties, key);
}

function insertUnder(lists: Map<string, LogEvent[]>, key: string, event: LogEvent): void {
  const list = lists.get(key);
  if (list) insertInLogOrder(list, event);
  else lists.set(key, [event]);
}
