import { joiningOf } from "../../core/identity/joining.ts";
import type {
  AdmitEnvelope,
  AdoptEnvelope,
  CallEnvelope,
  EnvelopeItem,
  IngestEnvelope,
  IngestReply,
  LinkItem,
  PartEnvelope,
} from "../../core/model/envelope.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import type { Outcome } from "../../core/profile/delivery.ts";
import {
  MOST_IDENTIFIERS,
  newPointer,
  reclaimedBy,
  repoint,
  shortened,
  toPointer,
  toShared,
  toSplit,
  type Leading,
  type PointerHead,
  type ProfileHead,
} from "../../core/profile/head.ts";
import { LiveProfile } from "../../core/profile/live.ts";
import { clockOf, isPointer, type Holding } from "../profile/holding.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";
import { admissionOf, coming, mayLead, reportFull } from "./admission.ts";
import {
  bringTogether,
  dropped,
  forward,
  move,
  ofWhatIsNew,
  passedOn,
  personOf,
  reclaimed,
  reportShared,
  tellLeft,
} from "./pointer.ts";

/** How soon the alarm takes up what was cut off or has failed, ms. */
export const ALARM_AGAIN_MS = 5_000;

/** People that one identifier may have been said to be of, before it is taken for one that many share. */
const MOST_PEOPLE = 10;

/** What is the object's own to do: to keep what a person learns, and to be woken. */
interface Doings {
  /** Events into the journal of the person here. @param merged the profile whose whole journal it is, where it is one */
  readonly take: (
    envelope: IngestEnvelope,
    ruleset: LoadedRuleset | undefined,
    texts: readonly string[],
    merged?: Pick<AdoptEnvelope, "from" | "left" | "leaving">,
  ) => IngestReply;
  readonly durably: (memory: LiveProfile, work: (now: number) => boolean) => boolean;
  readonly ruleset: (call: CallEnvelope) => Promise<LoadedRuleset | undefined>;
  readonly setAlarm: (at: number) => Promise<void>;
  readonly deleteAlarm: () => Promise<void>;
}

/**
 * What an object does that is about more objects than itself: it is linked, handed over, split, asked whether there is room.
 * All but `admit`, which would wait for who waits for it, the object calls in turn: each waits for other objects, and what is
 * here may have changed after each `await`.
 */
export class Linking {
  readonly #env: Env;
  readonly #holding: Holding;
  readonly #doings: Doings;
  /** Identifiers that were admitted lately: until an event of theirs comes they are listed nowhere else. */
  #expected: readonly HashedIdentifier[] = [];

  constructor(env: Env, holding: Holding, doings: Doings) {
    this.#env = env;
    this.#holding = holding;
    this.#doings = doings;
  }

  /** Goes through links and events in their order. */
  async walk(envelope: IngestEnvelope, ruleset: LoadedRuleset | undefined): Promise<IngestReply> {
    const total: Outcome = { accepted: 0, duplicates: 0, conflicts: [], floods: [] };
    let went: Pick<IngestReply, "profileId" | "rank" | "device" | "refused"> = { profileId: envelope.name };
    let next = 0;
    while (next < envelope.items.length) {
      const item = envelope.items[next];
      if (item === undefined) break;
      if (!isText(item)) {
        await this.#link(envelope, item);
        const led = this.#holding.wake(envelope);
        if (isPointer(led)) went = { profileId: led.to, rank: led.rank ?? 3 };
        next++;
        continue;
      }
      const start = next;
      const texts = takeTexts(envelope.items, start);
      next += texts.length;
      const memory = this.#holding.wake(envelope);
      const take = (some: readonly string[]): IngestReply => this.#doings.take(envelope, ruleset, some);
      const reply = isPointer(memory)
        ? await this.#forward(memory, envelope, texts)
        : await ofWhatIsNew(this.#env, { ...envelope, former: memory?.head.former ?? [] }, envelope, texts, envelope.name, take);
      total.accepted += reply.accepted;
      total.duplicates += reply.duplicates;
      total.conflicts.push(...reply.conflicts.map((place) => place + start));
      total.floods.push(...(reply.floods ?? []).map((place) => place + start));
      went = {
        profileId: reply.profileId,
        ...(reply.rank === undefined ? {} : { rank: reply.rank }),
        ...(reply.device === undefined ? {} : { device: reply.device }),
        ...(reply.refused === true || went.refused === true ? { refused: true } : {}),
      };
    }
    return { ...total, ...went };
  }

  /** Whose way has grown longer by a merge is told by the answer, and goes the shorter one from then on. */
  async #forward(pointer: PointerHead, envelope: IngestEnvelope, texts: readonly string[]): Promise<IngestReply> {
    const reply = await forward(this.#env, pointer, envelope, texts);
    const isByDevice = pointer.rank === 1;
    const to = isByDevice ? (reply.device ?? pointer.to) : reply.profileId;
    if (to !== pointer.to && this.#holding.wake(envelope) === pointer)
      this.#holding.becomePointer(shortened(pointer, to, isByDevice ? 1 : reply.rank));
    return isByDevice ? reply : { ...reply, device: envelope.name };
  }

  async #link(envelope: IngestEnvelope, link: LinkItem): Promise<void> {
    const memory = this.#holding.wake(envelope);
    const now = Math.max(Date.now(), envelope.receivedAt);
    const leading: Leading = {
      to: link.to,
      rank: link.rank ?? 3,
      at: envelope.receivedAt,
      ...(link.why === undefined ? {} : { why: link.why }),
    };
    if (memory === null) {
      if (!(await this.#mayLead(envelope, link))) return;
      // Meanwhile somebody may have been merged into who was nobody.
      if (this.#holding.wake(envelope) !== null) return this.#link(envelope, link);
      this.#holding.becomePointer(newPointer(envelope, now, leading));
    } else if (memory instanceof LiveProfile) {
      const holdsSplit = !link.identify || link.again === true;
      if (memory.head.isShared === true || (holdsSplit && (await this.#isApart(memory.head, link.to)))) return;
      // What has not come back yet after a split goes on by the alarm, to whom it leads then.
      await this.finishReclaim(envelope);
      if (!(await this.#mayLead(envelope, link))) return;
      const own = this.#holding.wake(envelope);
      if (!(own instanceof LiveProfile)) return;
      this.#holding.becomePointer(toPointer(own.head, now, leading));
    } else if (memory.to !== link.to) {
      // A journal still on its way belongs to the person before.
      await this.finishMove(envelope.name);
      const settled = this.#holding.wake(envelope);
      if (isPointer(settled) && settled.to !== link.to) await this.#linkAgain(envelope, settled, link, leading, now);
    }
    await this.finishMove(envelope.name);
  }

  /** Whether whom a link leads to has room for this identifier, and what is its own. What a server says is one has no limit. */
  async #mayLead(envelope: IngestEnvelope, link: LinkItem): Promise<boolean> {
    const memory = this.#holding.wake(envelope);
    const own = memory instanceof LiveProfile ? memory : undefined;
    return link.merge === true || mayLead(this.#env, envelope, envelope.name, link, coming(envelope.name, own, link, Date.now()));
  }

  /** Whether who is meant is a person that this identifier was split from, by whatever name: perhaps that of his e-mail. */
  async #isApart(head: ProfileHead, to: ProfileId): Promise<boolean> {
    const { apart = [] } = head;
    if (apart.length === 0) return false;
    const people = [to, ...apart].map((hash) => personOf(this.#env, head, { hash, rank: 1 }));
    const [person, ...others] = (await Promise.all(people)).map(({ hash }) => hash);
    return person !== undefined && others.includes(person);
  }

  /** The identifier is somebody's already, and is said to be another's. */
  async #linkAgain(envelope: IngestEnvelope, before: PointerHead, link: LinkItem, leading: Leading, now: number): Promise<void> {
    let pointer = before;
    const held = { hash: pointer.to, rank: pointer.rank ?? 3 };
    const wanted = { hash: link.to, rank: link.rank ?? 3 };
    const joining = joiningOf(held, wanted, link);
    let areUsers = joining === undefined;
    if (joining !== undefined) {
      const { areOne, leadsTo, ...found } = await bringTogether(this.#env, pointer, held, joining, envelope.receivedAt);
      if (leadsTo.hash !== held.hash) pointer = this.#holding.becomePointer(shortened(pointer, leadsTo.hash, leadsTo.rank));
      if (areOne) return;
      ({ areUsers } = found);
    }
    if (!link.identify) return areUsers ? this.#noteOther(envelope, pointer, wanted.hash) : undefined;
    if (!(await this.#mayLead(envelope, link))) return;
    // What was to come back is the former person's, and not the next one's.
    if ((await this.finishReclaim(envelope)) === "pending") throw new Error("a split is still under way here");
    await tellLeft(this.#env, pointer, pointer.to, envelope.name);
    const moved = reclaimedBy(repoint(pointer, now, leading));
    if (moved.former.length > MOST_PEOPLE) return this.#becomeShared(envelope, moved);
    this.#holding.becomePointer(moved);
    if (pointer.former.includes(moved.to)) await tellLeft(this.#env, moved, moved.to, envelope.name, false);
  }

  /** Another user says that it is his, and it is not: too many who say so, and it is nobody's. */
  async #noteOther(envelope: IngestEnvelope, pointer: PointerHead, other: ProfileId): Promise<void> {
    const { others = [] } = pointer;
    if (others.includes(other)) return;
    const noted = { ...pointer, others: [...others, other] };
    if (noted.others.length >= MOST_PEOPLE) {
      await tellLeft(this.#env, pointer, pointer.to, envelope.name);
      return this.#becomeShared(envelope, noted);
    }
    this.#holding.becomePointer(noted);
  }

  /** A kiosk, a family's phone number, a clerk's card: from now on it leads to nobody, and says so where people look. */
  async #becomeShared(envelope: IngestEnvelope, pointer: PointerHead): Promise<void> {
    const { former, to, others = [] } = pointer;
    await reportShared(this.#env, pointer, envelope.name, [...former, to, ...others]);
    const head = toShared(pointer, Date.now());
    this.#holding.becomeProfile(head);
  }

  /** Whether there is room here for an identifier and what comes along with it: `=` or `!full`; `@` and an id for a pointer. With too many people's there is none. */
  async admit(envelope: AdmitEnvelope): Promise<string> {
    const { identifier, identifiers } = envelope;
    const asked = this.#holding.wake(envelope);
    if (isPointer(asked)) return `@${asked.to}`;
    if (asked === null) return "=";
    const hasLeft = asked.head.left?.includes(identifier) === true;
    if (asked.head.isShared === true || (envelope.again === true && hasLeft)) return "!full";
    const before = this.#expected;
    this.#expected = [...before, ...identifiers].slice(-MOST_IDENTIFIERS);
    const { excess, elsewhere } = await admissionOf(this.#env, asked, before, envelope, clockOf(asked));
    if (excess !== undefined) this.#expected = this.#expected.filter((one) => !identifiers.includes(one));
    if (excess !== undefined && !hasLeft) await reportFull(this.#env, asked, identifier, excess);
    const memory = this.#holding.wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (memory === null) return "=";
    const others = elsewhere.filter((one) => !this.#expected.some(({ hash }) => hash === one));
    // What was refused may still be listed: an event bore it.
    const gone = excess === undefined ? others : [...others, identifier];
    if (gone.length > 0) this.#doings.durably(memory, () => memory.noteLeft(gone, true));
    if (excess !== undefined) return "!full";
    if (memory.head.left?.includes(identifier) === true) this.#doings.durably(memory, () => memory.noteLeft([identifier], false));
    return "=";
  }

  /**
   * Splits this identifier from its person: it is a profile of its own from now on, and takes back what came by it.
   * @returns `done`, `pending` where that goes on by the alarm, or `!not_linked` to that person, neither now nor before
   */
  async part(envelope: PartEnvelope): Promise<string> {
    await this.finishMove(envelope.name);
    const memory = this.#holding.wake(envelope);
    const { name, from, origins, apart } = envelope;
    if (isPointer(memory)) {
      if ((await this.#passOn(envelope, memory)) === "pending") throw new Error("a split is still under way here");
      const head = toSplit(memory, name, Date.now(), { from, origins }, apart);
      await this.#doings.setAlarm(Date.now() + ALARM_AGAIN_MS);
      this.#holding.becomeProfile(head);
      // Said again, perhaps because the answer was lost: it goes on where it was, or is done.
    } else if (memory?.head.apart?.includes(from) !== true) return "!not_linked";
    return this.finishReclaim(envelope);
  }

  /** The journal this object gathered before it was linked goes to the person. May be cut off anywhere and done again. */
  async finishMove(name: ProfileId): Promise<void> {
    const pointer = this.#holding.moving();
    if (pointer === undefined) return;
    await this.#doings.setAlarm(Date.now() + ALARM_AGAIN_MS);
    const moved = await move(this.#env, pointer, name, this.#holding.store);
    this.#holding.memory = moved;
    if (moved.reclaim === undefined) await this.#doings.deleteAlarm();
  }

  /** What is still to come back after a split comes back. May be cut off anywhere and done again. */
  async finishReclaim(call: CallEnvelope): Promise<"done" | "pending"> {
    const memory = this.#holding.wake(call);
    if (isPointer(memory)) return this.#passOn(call, memory);
    if (memory?.head.reclaim === undefined) return "done";
    const { reclaim } = memory.head;
    const ruleset = await this.#doings.ruleset(call).catch(() => undefined);
    const found = await reclaimed(this.#env, memory.head, reclaim);
    if (found === undefined) return "pending";
    const { texts, consent } = found;
    const told = { ...call, receivedAt: Date.now(), items: texts, adopting: true, ...(consent === null ? {} : { consent }) };
    this.#doings.take(told, ruleset, texts, { from: reclaim.from });
    await dropped(this.#env, memory.head, reclaim, call.name);
    const settled = this.#holding.wake(call);
    if (settled instanceof LiveProfile) this.#doings.durably(settled, () => settled.reclaimed());
    return "done";
  }

  async #passOn(call: CallEnvelope, { reclaim, ...pointer }: PointerHead): Promise<"done" | "pending"> {
    if (reclaim === undefined) return "done";
    if ((await passedOn(this.#env, pointer, call.name, reclaim)) === "pending") return "pending";
    const settled = this.#holding.wake(call);
    if (isPointer(settled)) this.#holding.becomePointer(reclaimedBy(settled));
    return "done";
  }
}

export function isText(item: EnvelopeItem): item is string {
  return typeof item === "string";
}

/** The events from here to the next link. */
function takeTexts(items: readonly EnvelopeItem[], from: number): string[] {
  const texts: string[] = [];
  for (const item of items.slice(from)) {
    if (!isText(item)) break;
    texts.push(item);
  }
  return texts;
}
