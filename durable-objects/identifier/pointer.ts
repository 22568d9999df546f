import {
  ENVELOPE_VERSION,
  type CallEnvelope,
  type IngestEnvelope,
  type IngestReply,
  type JournalEvent,
} from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { isChange } from "../../core/model/outbox.ts";
import { moved, type PointerHead } from "../../core/profile/head.ts";
import { readRecord } from "../../core/profile/journal.ts";
import { keepRejected } from "../quarantine/stub.ts";
import { profileStub } from "../profile/stub.ts";
import type { ProfileStore } from "../profile/store.ts";

/**
 * Gives events that came by this identifier to the person it is. Called in turn with links, so that which events went
 * where is decided by the order in which this object accepted them.
 */
export async function forward(
  env: Env,
  pointer: PointerHead,
  envelope: IngestEnvelope,
  texts: readonly string[],
): Promise<IngestReply> {
  const fresh = pointer.former.length === 0 ? texts.map((_, place) => place) : await notHeldBefore(env, pointer, envelope, texts);
  const items = fresh.flatMap((place) => texts[place] ?? []);
  if (items.length === 0) return { accepted: 0, duplicates: texts.length, conflicts: [], profileId: pointer.to };
  const reply = await give(env, pointer, { ...envelope, items });
  return {
    ...reply,
    duplicates: reply.duplicates + texts.length - items.length,
    conflicts: reply.conflicts.flatMap((place) => fresh[place] ?? []),
    floods: (reply.floods ?? []).flatMap((place) => fresh[place] ?? []),
  };
}

/**
 * A repeated delivery may be held by the person this identifier was before: what came while it was theirs stays theirs.
 * @returns the places of the events that no former person holds
 */
async function notHeldBefore(
  env: Env,
  pointer: PointerHead,
  envelope: CallEnvelope,
  texts: readonly string[],
): Promise<number[]> {
  const events = texts.map((text): readonly [string, string] => {
    const { source, messageId }: JournalEvent = JSON.parse(text);
    return [source, messageId];
  });
  const { v, workspace, jurisdiction, ruleset, retentionMs } = envelope;
  const held = await Promise.all(
    pointer.former.map((name) =>
      profileStub(env, home(pointer), name).holds({ v, workspace, jurisdiction, ruleset, retentionMs, name, events }),
    ),
  );
  return events.flatMap((_, place) => (held.some((answers) => answers[place] === true) ? [] : [place]));
}

/**
 * Moves the journal that this identifier gathered while it was nobody's to the person it is now, chunk by chunk, each
 * event with its origin. The person drops what has arrived before, so this may be cut off anywhere and begun again.
 * @returns the head without a journal, already durable
 */
export async function move(env: Env, pointer: PointerHead, store: ProfileStore): Promise<PointerHead> {
  for (const events of journalPages(store, pointer.epoch)) {
    const items = events.map((event) => JSON.stringify(event));
    const reply = await give(env, pointer, {
      ...callFrom(pointer),

      receivedAt: pointer.clock,
      adopting: true,
      items,
    });
    const refused = reply.conflicts.flatMap((place) => events[place] ?? []);
    if (refused.length > 0) await keepRejected(env, home(pointer), refused.map(conflicting));
  }
  if (pointer.consent !== null) {
    const said = {
      ...callFrom(pointer),

      receivedAt: pointer.clock,
      adopting: true,
      items: [],
      consent: pointer.consent,
    };
    await give(env, pointer, said);
  }
  const head = moved(pointer);
  store.clearJournal(head);
  return head;
}

/**
 * The events of the whole journal in pages of one chunk, read before the first is sent: a cursor does not survive an
 * `await`. Changes of membership stay: the person's are found anew. So does what an erasure left behind.
 */
function journalPages(store: ProfileStore, epoch: number): readonly (readonly JournalEvent[])[] {
  const sealed = [...store.chunks(0)].filter((chunk) => chunk.epoch >= epoch).map(({ records }) => records);
  const journal = [...sealed, store.head()?.open ?? []].map(eventsOf);
  return [store.base(), ...journal].filter((page) => page.length > 0);
}

function eventsOf(records: readonly string[]): readonly JournalEvent[] {
  return records.map(readRecord).filter((record) => !isChange(record));
}

async function give(env: Env, pointer: PointerHead, envelope: IngestEnvelope): Promise<IngestReply> {
  const reply: IngestReply = JSON.parse(
    await profileStub(env, home(pointer), pointer.to).ingest({ ...envelope, name: pointer.to }),
  );
  return reply;
}

/** A call that no Worker made: the person called uses the newest ruleset it knows itself. */
function callFrom(pointer: PointerHead): CallEnvelope & { readonly name: ProfileId } {
  return {
    v: ENVELOPE_VERSION,
    workspace: pointer.workspace,
    jurisdiction: pointer.jurisdiction,
    name: pointer.to,
    ruleset: 0,
    retentionMs: 0,
  };
}

function home(pointer: PointerHead): { readonly id: string; readonly jurisdiction: string | null } {
  return { id: pointer.workspace, jurisdiction: pointer.jurisdiction };
}

function conflicting(event: JournalEvent): Parameters<typeof keepRejected>[2][number] {
  const { source, messageId, receivedAt } = event;
  return { source, messageId, code: "conflicting_duplicate", at: receivedAt, payload: JSON.stringify(event) };
}
