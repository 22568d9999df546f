import type { JournalEvent } from "../model/envelope.ts";
import type { FedEvent } from "../model/household.ts";
import { isEvent } from "../model/outbox.ts";
import { isHouseholdFact, type HouseholdTie } from "./household-tie.ts";
import { readRecord, type NumberedText } from "./journal.ts";

/** A page of a journal for the household. */
export interface FeedPage {
  readonly from: number;
  readonly to: number;
  /** JSON texts of `FedEvent`s. */
  readonly events: readonly string[];
  readonly isWhole: boolean;
}

/** About so many characters of the journal from where the household has it. */
export function feedPage(
  { fed }: HouseholdTie,
  journal: { readonly base: readonly JournalEvent[]; readonly records: Iterable<NumberedText>; readonly seq: number },
  room: number,
): FeedPage {
  const events: string[] = [];
  let left = room;
  const add = (sequence: number, event: JournalEvent): void => {
    if (isHouseholdFact(event)) return;
    const text = JSON.stringify(fedEvent(sequence, event));
    events.push(text);
    left -= text.length;
  };
  if (fed === 0) for (const event of journal.base) add(-1, event);
  for (const { text, sequence } of journal.records) {
    const record = readRecord(text);
    if (!isEvent(record) || isHouseholdFact(record)) continue;
    // So there is always an event in the page after.
    if (left <= 0) return { from: fed, to: sequence, events, isWhole: false };
    add(sequence, record);
  }
  return { from: fed, to: journal.seq, events, isWhole: true };
}

function fedEvent(sequence: number, event: JournalEvent): FedEvent {
  const { name, type, time, messageId, source, channel, party, properties } = event;
  return { sequence, event: { name, type, time, messageId, source, channel, party, properties } };
}
