import type { JournalEvent } from "../model/envelope.ts";
import { isCookie } from "../model/ids.ts";
import { jsonEquals, type Json } from "../model/json.ts";

/**
 * Whether two events of one (source, messageId) are one event delivered twice: equal without what a repeated delivery
 * changes: times of transport, the event's time where it was corrected by them, the cookie, which our own reply to the
 * first delivery may have set anew, and whether whom it names was proven or claimed, for a user's token may have ended in between.
 */
export function sameContent(one: JournalEvent, other: JournalEvent): boolean {
  return jsonEquals(content(one), content(other));
}

function content(event: JournalEvent): Json {
  const { type, name, timestamp, properties, context, groupId, origin, with: others = [], claims = [] } = event;
  const names = [origin, ...others, ...claims].filter((one) => !isCookie(one));
  return {
    type,
    name,
    properties,
    timestamp: timestamp ?? null,
    context: context ?? null,
    groupId: groupId ?? null,
    names: names.map(({ hash }) => hash).toSorted(),
  };
}

/** What a repeated delivery is known by. */
export function seenKey(event: { readonly source: string; readonly messageId: string }): string {
  // Source keys hold no space (worker/api), so this cannot join two different pairs into one text.
  return `${event.source} ${event.messageId}`;
}
