import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { JournalEvent } from "../model/envelope.ts";
import { STANDING_FACTS } from "../model/event.ts";
import type { HashedIdentifier } from "../model/ids.ts";

/** The source that facts about lists come from: no source of a workspace can have this key. */
export const LISTS_SOURCE = "$lists";

/** That an identifier came onto a list, or went off it. */
export interface ListChange {
  readonly list: string;
  readonly identifier: HashedIdentifier;
  readonly on: boolean;
  /** ms: when the upload that did it was accepted, or the instant at which the entry expired. */
  readonly at: number;
}

/**
 * The fact that a change is in the journal of a person who bears the identifier. Its id follows from what it says and to
 * whom, so whoever tells it again, by whatever way, tells the same one.
 * @param person the identifier that the person's profile is named by: a fact belongs to it as a call of theirs would
 * @param receivedAt ms, not before the change
 */
export function listFact({ list, identifier, on, at }: ListChange, person: HashedIdentifier, receivedAt: number): JournalEvent {
  const said = JSON.stringify([list, identifier.hash, on, at, person.hash]);
  return {
    messageId: `list-${bytesToHex(sha256(utf8ToBytes(said))).slice(0, 32)}`,
    source: LISTS_SOURCE,
    channel: "crm",
    party: "first",
    type: "fact",
    name: STANDING_FACTS.list,
    time: at,
    receivedAt,
    origin: person,
    ...(identifier.hash === person.hash ? {} : { with: [identifier] }),
    properties: { list, identifier: identifier.hash, on },
  };
}
