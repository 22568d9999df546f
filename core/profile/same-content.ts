import type { JournalEvent } from "../model/envelope.ts";
import { isCookie } from "../model/ids.ts";
import { jsonEquals, type Json } from "../model/json.ts";

/**
 * Whether two events of one (source, messageId) are one event delivered twice: equal without what a repeated delivery
 * changes: times of transport, the event's time where it was corrected by them, and the cookie, which our own reply to the
 * first delivery may have set anew.
 */
export function sameContent(one: JournalEvent, other: JournalEvent): boolean {
  return jsonEquals(content(one), content(other));
}

function content(event: JournalEvent): Json {
  const { type, name, timestamp, properties, context, groupId, origin, with: others } = event;
  return {
    type,
    name,
    properties,
    origin: isCookie(origin) ? null : origin.hash,
    timestamp: timestamp ?? null,
    context: context ?? null,
    groupId: groupId ?? null,
    with: (others ?? []).filter((other) => !isCookie(other)).map(({ hash }) => hash),
  };
}

/** What a repeated delivery is known by. */
export function seenKey(event: { readonly source: string; readonly messageId: string }): string {
  // Source keys hold no space (worker/api), so this cannot join two different pairs into one text.
  return `${event.source} ${event.messageId}`;
}
