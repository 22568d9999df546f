import { seeded } from "../scripts/replay/random.ts";
import { eventName, TRAITS, traitName } from "./audiences.ts";

const DAY_MS = 86_400_000;

/** A call in the shape of the Segment HTTP API. */
export type Call = Readonly<Record<string, unknown>>;

export function userId(group: string, at: number): string {
  return `${group}-${String(at).padStart(4, "0")}`;
}

/**
 * What one person did: an `identify` with all traits, then events spread over the 60 days before `now`, about as large as
 * a shop's are. Ids are of the person and the place, so that events made twice are the same.
 */
export function history(user: string, events: number, now: number): Call[] {
  const traits = Object.fromEntries(Array.from({ length: TRAITS }, (_, at) => [traitName(at), "gold"]));
  const began = now - 60 * DAY_MS;
  const identify: Call = {
    type: "identify",
    userId: user,
    traits,
    messageId: `${user}-0`,
    timestamp: new Date(began).toISOString(),
  };
  const step = (60 * DAY_MS - 60_000) / events;
  return [identify, ...Array.from({ length: events - 1 }, (_, at) => eventCall(user, at + 1, began + (at + 1) * step))];
}

/** One event of a person; `time` undefined: it happens as it is sent. */
export function eventCall(user: string, number: number, time?: number): Call {
  const random = seeded(number);
  return {
    type: "track",
    userId: user,
    event: eventName(number),
    messageId: `${user}-${number}`,
    ...(time === undefined ? {} : { timestamp: new Date(time).toISOString() }),
    properties: {
      value: Math.round(random() * 10_000) / 100,
      quantity: 1 + (number % 5),
      category: `category ${number % 12}`,
      currency: "EUR",
      orderId: `order-${number}`,
    },
  };
}
