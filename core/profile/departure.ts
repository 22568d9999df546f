import type { OutboxEnvelope } from "../model/envelope.ts";
import { LARGEST_MESSAGE, OUTBOX_VERSION, type OutboxMessage, type OutboxState } from "../model/outbox.ts";
import type { ProfileHead } from "./head.ts";
import type { LiveProfile } from "./live.ts";
import { message, pulled, type Sender } from "./outbox.ts";

/** The records `from` up to but not including `to` as a message, which lies within one write: nothing comes between. */
export function messageOf(profile: LiveProfile, from: number, to: number): OutboxMessage {
  const records: string[] = [];
  let characters = 0;
  let first = from;
  for (const { text, sequence } of profile.records(from)) {
    if (records.length === 0) first = sequence;
    records.push(text);
    characters += text.length;
    // Longer than any message: what else there is need not be read to know it.
    if (characters > LARGEST_MESSAGE) break;
  }
  return message(senderOf(profile), first, to, records, stateOf(profile.head));
}

/** The answer to a pull. What was compacted is gone: it had been confirmed. */
export function pullOf(profile: LiveProfile, from: number, limitBytes: number): OutboxMessage {
  const { seq } = profile.head;
  let first = Math.min(from, seq);
  const texts: string[] = [];
  let room = limitBytes;
  for (const { text, sequence } of profile.records(first)) {
    if (texts.length === 0) first = sequence;
    else if (sequence !== first + texts.length) break;
    texts.push(text);
    room -= text.length;
    if (room < 0) break;
  }
  return pulled(senderOf(profile), first, seq, texts, limitBytes, stateOf(profile.head));
}

/** The answer to a pull where there is no profile, or no profile any more. */
export function nothingOf({ workspace, jurisdiction, name, from }: OutboxEnvelope, epoch: number): OutboxMessage {
  return { v: OUTBOX_VERSION, workspace, jurisdiction, profile: name, epoch, from, to: from, records: [] };
}

function senderOf({ head, profileId }: LiveProfile): Sender {
  return { workspace: head.workspace, jurisdiction: head.jurisdiction, profile: profileId, epoch: head.epoch };
}

function stateOf({ members, ruleset, state, identifiers, firstSeen, lastSeen, household }: ProfileHead): OutboxState {
  const at = household?.at ?? null;
  const stands = { members, ruleset, nextChange: state?.next ?? null, identifiers, firstSeen, lastSeen };
  return at === null ? stands : { ...stands, household: at };
}
