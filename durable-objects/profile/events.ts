import { compareLogOrder } from "../../core/model/event.ts";
import type { NumberedEvent } from "../../core/profile/journal.ts";
import { isoOrNull } from "./reply.ts";

/** A page of a journal as `GET /api/profiles/:id/events` shows it. */
export interface EventPage {
  readonly events: readonly object[];
  /** Sequence of the last event shown, to go on from; null at the end. */
  readonly next: number | null;
}

/**
 * Newest first by the event's own time. The place to go on from is an event, not a count: events that arrive between two
 * pages move nothing.
 */
export function eventPage(journal: Iterable<NumberedEvent>, limit: number, before?: number): EventPage {
  const all = [...journal];
  const anchor = before === undefined ? undefined : all.find(({ sequence }) => sequence === before);
  all.sort((one, other) => newestFirst(one, other));
  const from = anchor === undefined ? 0 : all.indexOf(anchor) + 1;
  const page = all.slice(from, from + limit);
  const more = from + limit < all.length;
  return { events: page.map(shown), next: more ? (page.at(-1)?.sequence ?? null) : null };
}

function newestFirst(one: NumberedEvent, other: NumberedEvent): number {
  return compareLogOrder(other.event, one.event) || other.sequence - one.sequence;
}

function shown({ event, sequence }: NumberedEvent): object {
  const { messageId, name, type, time, receivedAt, source, channel, party, origin, properties, context, edge, claims } = event;
  return {
    messageId,
    name,
    type,
    time: isoOrNull(time),
    receivedAt: isoOrNull(receivedAt),
    source,
    channel,
    party,
    origin,
    sequence,
    properties,
    ...(context === undefined ? {} : { context }),
    ...(edge === undefined ? {} : { edge }),
    ...(claims === undefined ? {} : { claims }),
  };
}
