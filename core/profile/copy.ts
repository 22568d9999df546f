import type { LogEvent } from "../model/event.ts";
import type { CopiedJournal, JournalCopy } from "../model/panel.ts";
import type { JournalEvent } from "../model/envelope.ts";
import { eventsAmong } from "./journal.ts";
import type { LiveProfile } from "./live.ts";

/** Characters of the events that one call copies. */
const MOST_CHARACTERS = 1_000_000;

/** The journal as rules see it, from where a copy of it ends. */
export function copyOf(profile: LiveProfile, held: CopiedJournal): JournalCopy {
  const { epoch, seq, members, rewrites = 0 } = profile.head;
  const isAnew = held.epoch !== epoch || held.rewrites !== rewrites || held.next > seq;
  const from = isAnew ? 0 : held.next;
  const events: string[] = [];
  let room = MOST_CHARACTERS;
  const add = (event: JournalEvent): void => {
    const text = JSON.stringify(logged(event));
    events.push(text);
    room -= text.length;
  };
  if (from === 0) for (const event of profile.base) add(event);
  const copy = { epoch, rewrites, isAnew, events, members: Object.keys(members) };
  for (const { event, sequence } of eventsAmong(profile.records(from))) {
    if (room <= 0) return { ...copy, next: sequence, isWhole: false };
    add(event);
  }
  return { ...copy, next: seq, isWhole: true };
}

function logged({ name, type, time, messageId, source, channel, party, properties }: JournalEvent): LogEvent {
  return { name, type, time, messageId, source, channel, party, properties };
}
