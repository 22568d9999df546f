import type { LogEvent } from "../../core/model/event.ts";
import type { Json } from "../../core/model/json.ts";
import { History } from "../../core/profile/history.ts";
import { asRead } from "./as-read.ts";
import { Random } from "./random.ts";
import { DAY_MS } from "../../core/rules/factories.ts";
import { CATEGORIES, CHOICES, EVENT_NAMES, LARGEST_NUMBER, TRAIT_NAMES, traitKind, WORDS } from "./vocabulary.ts";

/** The instant at which the benchmark asks; a Wednesday, so that no unit of the calendar has only begun. */
export const NOW = Date.UTC(2026, 8, 16, 15, 30);

/**
 * What one person did: an `identify` that leaves some traits out and clears some, then track calls over the 60 days before
 * `NOW`. The same from the same seed.
 */
export function log(events: number, seed: number): LogEvent[] {
  const random = new Random(seed);
  const began = NOW - 60 * DAY_MS;
  const step = (60 * DAY_MS) / events;
  const traits = Object.fromEntries(
    TRAIT_NAMES.filter(() => random.percent(90)).map((name) => [name, random.percent(4) ? null : traitValue(name, random)]),
  );
  const others = Array.from({ length: events - 1 }, (_, at) =>
    trackCall(at + 1, Math.floor(began + (at + random.below(100) / 100 + 1) * step), random),
  );
  return asRead([identifyCall(0, began, traits), ...others]);
}

export function identifyCall(number: number, time: number, traits: Readonly<Record<string, Json>>): LogEvent {
  return { ...call(number, time), type: "identify", name: "$identify", properties: traits };
}

export function trackCall(number: number, time: number, random: Random): LogEvent {
  const properties = {
    value: (1 + random.below(10_000)) / 100,
    quantity: 1 + random.below(5),
    category: random.pick(CATEGORIES),
    currency: "EUR",
    orderId: `order-${number}`,
  };
  return { ...call(number, time), type: "track", name: random.pick(EVENT_NAMES), properties };
}

function call(number: number, time: number) {
  return { time, messageId: `message-${number}`, source: "web", channel: "web", party: "first" } as const;
}

export function traitValue(name: string, random: Random): Json {
  switch (traitKind(name)) {
    case "choice":
      return random.pick(CHOICES);
    case "number":
      return random.below(LARGEST_NUMBER);
    case "text":
      return random.some(WORDS, 3).join(" ");
    case "boolean":
      return random.percent(50);
  }
}

export function historyOf(events: readonly LogEvent[]): History {
  const history = new History("p");
  for (const event of events) history.insert(event);
  return history;
}
