import type { Consent } from "../../core/model/consent.ts";
import {
  ENVELOPE_VERSION,
  type CallEnvelope,
  type IngestEnvelope,
  type IngestReply,
  type JournalEvent,
  type LinkItem,
} from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { isEvent } from "../../core/model/outbox.ts";
import type { Joining } from "../../core/identity/joining.ts";
import type { Ranked } from "../../core/model/rank.ts";
import { moved, shortened, type Home, type PointerHead, type Reclaim } from "../../core/profile/head.ts";
import { isHouseholdFact } from "../../core/profile/household-tie.ts";
import { readRecord } from "../../core/profile/journal.ts";
import type { HeldEvents } from "../../core/profile/split.ts";
import { keepRejected } from "../quarantine/stub.ts";
import { followed, MOST_POINTERS, profileStub } from "../profile/stub.ts";
import type { ProfileStore } from "../profile/store.ts";

/**
 * Gives events that came by this identifier to the person it is. Called in turn with links, so that which events went
 * where is decided by the order in which this object accepted them.
 */
export function forward(
  env: Env,
  pointer: PointerHead,
  envelope: IngestEnvelope,
  texts: readonly string[],
): Promise<IngestReply> {
  return ofWhatIsNew(env, pointer, envelope, texts, pointer.to, (items) => give(env, pointer, { ...envelope, items }));
}

/**
 * A repeated delivery may be held by a person this identifier was before: what came while it was theirs stays theirs.
 * @param person whom the rest goes to
 */
export async function ofWhatIsNew(
  env: Env,
  head: Home & Pick<PointerHead, "former">,
  envelope: CallEnvelope,
  texts: readonly string[],
  person: ProfileId,
  take: (texts: readonly string[]) => IngestReply | Promise<IngestReply>,
): Promise<IngestReply> {
  if (head.former.length === 0) return take(texts);
  const fresh = await notHeldBefore(env, head, envelope, texts);
  const items = fresh.flatMap((place) => texts[place] ?? []);
  if (items.length === 0) return { accepted: 0, duplicates: texts.length, conflicts: [], profileId: person };
  const reply = await take(items);
  return {
    ...reply,
    duplicates: reply.duplicates + texts.length - items.length,
    conflicts: reply.conflicts.flatMap((place) => fresh[place] ?? []),
    floods: (reply.floods ?? []).flatMap((place) => fresh[place] ?? []),
  };
}

/** @returns the places of the events that no former person holds, whoever that is by now */
async function notHeldBefore(
  env: Env,
  head: Home & Pick<PointerHead, "former">,
  envelope: CallEnvelope,
  texts: readonly string[],
): Promise<number[]> {
  const events = texts.map((text): readonly [string, string] => {
    const { source, messageId }: JournalEvent = JSON.parse(text);
    return [source, messageId];
  });
  const { v, workspace, jurisdiction, ruleset, retentionMs } = envelope;
  const held = await Promise.all(
    head.former.map(async (hash) => {
      const { hash: name } = await personOf(env, head, { hash, rank: 1 });
      return profileStub(env, home(head), name).holds({ v, workspace, jurisdiction, ruleset, retentionMs, name, events });
    }),
  );
  return events.flatMap((_, place) => (held.some((answers) => answers[place] === true) ? [] : [place]));
}

/** An identifier's own events, from the person it led to. @returns undefined while that person's records are still on their way to the cold path */
export async function reclaimed(
  env: Env,
  head: Home,
  { from, origins }: Reclaim,
): Promise<{ readonly texts: readonly string[]; readonly consent: Consent | null } | undefined> {
  const texts: string[] = [];
  let consent: Consent | null = null;
  for (let after: number | null = 0; after !== null;) {
    const place: number = after;
    const answer = await followed(from, (of) =>
      profileStub(env, home(head), of).held({ ...callFrom(head, of), origins, after: place }),
    );
    if (answer === "!busy") return undefined;
    if (!answer.startsWith("=")) throw new Error("who has the events of a split cannot be asked");
    const page: HeldEvents & { readonly consent: Consent | null } = JSON.parse(answer.slice(1));
    // They were counted where they were.
    for (const text of page.texts) {
      const { via: _, ...event }: JournalEvent = JSON.parse(text);
      texts.push(JSON.stringify({ ...event, restored: true }));
    }
    consent = page.consent;
    after = page.next;
  }
  return { texts, consent };
}

/**
 * Of an identifier that was linked again before all had come back: that is theirs now to whom it leads. Where that is the one
 * who has it, there is nothing to move.
 * @returns `pending` as `reclaimed` says undefined
 */
export async function passedOn(env: Env, pointer: PointerHead, name: ProfileId, reclaim: Reclaim): Promise<"done" | "pending"> {
  const [person, holder] = await Promise.all([
    personOf(env, pointer, { hash: pointer.to, rank: pointer.rank ?? 3 }),
    personOf(env, pointer, { hash: reclaim.from, rank: 1 }),
  ]);
  if (person.hash === holder.hash) return "done";
  const found = await reclaimed(env, pointer, reclaim);
  if (found === undefined) return "pending";
  const { texts: items, consent } = found;
  const told = { receivedAt: Date.now(), items, adopting: true, ...(consent === null ? {} : { consent }) };
  await profileStub(env, home(pointer), person.hash).ingest({ ...callFrom(pointer, person.hash), ...told });
  await dropped(env, pointer, reclaim, name);
  return "done";
}

/** Tells the person that they are safe where they belong. */
export async function dropped(env: Env, head: Home, { from, origins }: Reclaim, to: ProfileId): Promise<void> {
  await followed(from, (of) => profileStub(env, home(head), of).drop({ ...callFrom(head, of), origins, to }));
}

/** Whom a name leads to in the end. */
export async function personOf(env: Env, asker: Home, name: Ranked): Promise<Ranked> {
  let at = name;
  for (let pointers = 0; pointers <= MOST_POINTERS; pointers++) {
    const next = await linkAt(env, asker, at.hash);
    if (next === undefined) return at;
    at = { hash: next.to, rank: next.rank };
  }
  throw new Error("pointers lead on and on");
}

/** Where an object leads, if it does: asked of the one who leads there, for a person whom no event of his own has named does not know how firm his name is. */
async function linkAt(env: Env, asker: Home, name: ProfileId): Promise<Required<Pick<PointerHead, "to" | "rank">> | undefined> {
  const text = await profileStub(env, home(asker), name).link(callFrom(asker, name));
  const { to, rank = 3 }: Partial<Pick<PointerHead, "to" | "rank">> = text === "" ? {} : JSON.parse(text.slice(1));
  return to === undefined ? undefined : { to, rank };
}

/** Asks another object for a link. @returns where it leads then, and how firmly that is one person's */
async function askLink(
  env: Env,
  pointer: PointerHead,
  name: ProfileId,
  item: LinkItem,
  receivedAt: number,
): Promise<Pick<IngestReply, "profileId" | "rank">> {
  const reply: IngestReply = JSON.parse(
    await profileStub(env, home(pointer), name).ingest({ ...callFrom(pointer, name), receivedAt, items: [item] }),
  );
  return reply;
}

/** What came of bringing two together. */
interface Together {
  readonly areOne: boolean;
  /** True of two users, who never become one by themselves: whatever else kept them apart may pass. */
  readonly areUsers: boolean;
  /** Whom the one that was `held` leads to. */
  readonly leadsTo: Ranked;
}

/** Brings two together, where they can be. */
export async function bringTogether(
  env: Env,
  pointer: PointerHead,
  held: Ranked,
  { weaker, firmer, item }: Joining,
  receivedAt: number,
): Promise<Together> {
  const led = await askLink(env, pointer, weaker.hash, item, receivedAt);
  if (led.profileId === firmer.hash) return { areOne: true, areUsers: false, leadsTo: firmer };
  const [one, other] = await Promise.all([personOf(env, pointer, weaker), personOf(env, pointer, firmer)]);
  const areUsers = one.rank === 3 && other.rank === 3;
  return { areOne: one.hash === other.hash, areUsers, leadsTo: held.hash === weaker.hash ? one : other };
}

/** Tells a person that an identifier leads elsewhere from now on, or to him again. What was asked by way of it is then asked anew. */
export async function tellLeft(
  env: Env,
  pointer: PointerHead,
  person: ProfileId,
  identifier: ProfileId,
  hasLeft = true,
): Promise<void> {
  await followed(person, (of) =>
    profileStub(env, home(pointer), of).leave({ ...callFrom(pointer, of), identifiers: [identifier], hasLeft }),
  );
}

/** Characters of a page: far below what one call takes (32 MB), and of what one row does (2 MB, three bytes a character at worst). */
const PAGE_CHARACTERS = 600_000;

/**
 * Moves the journal that this identifier gathered while it was nobody's to the person it is now, each event with its origin:
 * page by page where nobody sees it, and then all of it in one step. It may be cut off anywhere and begun again: pages take the
 * place of those before, and the person drops what it has. A person who has become a pointer says where to, and it begins again there.
 * @param name of this object
 * @returns the head without a journal, already durable
 */
export async function move(env: Env, pointer: PointerHead, name: ProfileId, store: ProfileStore): Promise<PointerHead> {
  const pages = journalPages(store, pointer.epoch, name);
  let { to, rank } = pointer;
  for (let tries = 0; tries <= MOST_POINTERS; tries++) {
    const answer = await adoptedBy(env, pointer, name, to, pages);
    if (answer === "elsewhere") {
      ({ to, rank } = (await linkAt(env, pointer, to)) ?? { to, rank });
      continue;
    }
    const refused = answer.conflicts.map((place): JournalEvent => JSON.parse(pages.flat()[place] ?? ""));
    if (refused.length > 0) await keepRejected(env, home(pointer), refused.map(conflicting));
    const head = moved(to === pointer.to ? pointer : shortened(pointer, to, rank));
    store.clearJournal(head);
    return head;
  }
  throw new Error("a person is merged on and on");
}

/** @returns the places of events whose id is held with another content, or `elsewhere` where the one asked is a pointer by now */
async function adoptedBy(
  env: Env,
  pointer: PointerHead,
  from: ProfileId,
  to: ProfileId,
  pages: readonly (readonly string[])[],
): Promise<{ readonly conflicts: readonly number[] } | "elsewhere"> {
  const person = profileStub(env, home(pointer), to);
  const call = callFrom(pointer, to);
  for (const [page, texts] of pages.entries()) {
    const answer = await person.stage({ ...call, from, page, texts });
    if (answer.startsWith("@")) return "elsewhere";
  }
  const { clock: receivedAt, consent, left, household } = pointer;
  const answer = await person.adopt({
    ...call,
    from,
    pages: pages.length,
    receivedAt,
    ...(consent === null ? {} : { consent }),
    ...(left === undefined ? {} : { left }),
    ...(household === undefined ? {} : { leaving: household.leaving }),
  });
  if (answer.startsWith("@")) return "elsewhere";
  const { conflicts }: IngestReply = JSON.parse(answer.slice(1));
  return { conflicts };
}

/**
 * The events of the whole journal in pages, read before the first is sent: a cursor does not survive an `await`. Changes of
 * membership stay: the person's are found anew. So does what an erasure left behind, and what a household told: it tells the person itself.
 */
function journalPages(store: ProfileStore, epoch: number, via: ProfileId): readonly (readonly string[])[] {
  const sealed = [...store.chunks(0)].filter((chunk) => chunk.epoch >= epoch).map(({ records }) => records);
  const journal = [...sealed, store.head()?.open ?? []].flatMap(eventsOf);
  const pages: string[][] = [];
  let room = 0;
  for (const event of [...store.base(), ...journal]) {
    if (isHouseholdFact(event)) continue;
    const text = JSON.stringify({ ...event, via });
    if (pages.length === 0 || room < text.length) {
      pages.push([]);
      room = PAGE_CHARACTERS;
    }
    pages.at(-1)?.push(text);
    room -= text.length;
  }
  return pages;
}

function eventsOf(records: readonly string[]): readonly JournalEvent[] {
  return records.map(readRecord).filter(isEvent);
}

async function give(env: Env, pointer: PointerHead, envelope: IngestEnvelope): Promise<IngestReply> {
  const reply: IngestReply = JSON.parse(
    await profileStub(env, home(pointer), pointer.to).ingest({ ...envelope, name: pointer.to }),
  );
  // As in `linkAt`.
  return reply.profileId === pointer.to ? { ...reply, rank: pointer.rank ?? 3 } : reply;
}

/** A call that no Worker made: the person called uses the newest ruleset it knows itself. */
export function callFrom(pointer: Home, name: ProfileId): CallEnvelope {
  const { workspace, jurisdiction } = pointer;
  return { v: ENVELOPE_VERSION, workspace, jurisdiction, name, ruleset: 0, retentionMs: 0 };
}

export function home(pointer: Home): { readonly id: string; readonly jurisdiction: string | null } {
  return { id: pointer.workspace, jurisdiction: pointer.jurisdiction };
}

function conflicting(event: JournalEvent): Parameters<typeof keepRejected>[2][number] {
  const { source, messageId, receivedAt } = event;
  return { source, messageId, code: "conflicting_duplicate", at: receivedAt, payload: JSON.stringify(event) };
}

/** Reports an identifier that is too many people's. */
export async function reportShared(env: Env, pointer: PointerHead, name: ProfileId, people: readonly ProfileId[]): Promise<void> {
  const payload = JSON.stringify({ identifier: name, people });
  await keepRejected(env, home(pointer), [
    { source: "", messageId: null, code: "shared_identifier", at: pointer.clock, payload },
  ]);
}
