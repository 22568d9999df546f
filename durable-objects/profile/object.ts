import { DurableObject } from "cloudflare:workers";
import {
  type AdmitEnvelope,
  type AdoptEnvelope,
  type CallEnvelope,
  type ConfirmEnvelope,
  type DecideEnvelope,
  type DecideReply,
  type DropEnvelope,
  type HeldEnvelope,
  type IngestEnvelope,
  type IngestReply,
  type LeaveEnvelope,
  type OutboxEnvelope,
  type PartEnvelope,
  type StageEnvelope,
  type SweepReply,
  type WithdrawEnvelope,
} from "../../core/model/envelope.ts";
import { Feeding } from "../household/feeding.ts";
import type { TellEnvelope } from "../../core/model/household.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import type { CopyEnvelope } from "../../core/model/panel.ts";
import { copyOf } from "../../core/profile/copy.ts";
import { messageOf, nothingOf, pullOf } from "../../core/profile/departure.ts";
import { explainAt } from "../../core/profile/explain.ts";
import { phraseOf } from "../../core/profile/explain-words.ts";
import { newProfile } from "../../core/profile/head.ts";
import { isFeedDue, toldFact } from "../../core/profile/household-tie.ts";
import { eventsAmong } from "../../core/profile/journal.ts";
import { LiveProfile } from "../../core/profile/live.ts";
import type { ProfileWrite } from "../../core/profile/writes.ts";
import { ENGLISH } from "../../core/rules/english.ts";
import { FRENCH } from "../../core/rules/french.ts";
import { ALARM_AGAIN_MS, isText, Linking } from "../identifier/linking.ts";
import { newestRuleset, type LoadedRuleset } from "../ruleset/load.ts";
import { isBeforeHorizon } from "./decided.ts";
import { deliver, paceOf } from "./conversions.ts";
import { Decider } from "./decider.ts";
import { eventPage } from "./events.ts";
import { callOf, clockOf, Holding, isPointer, isTakenBy } from "./holding.ts";
import { OVERLOADED } from "./overload.ts";
import { shownTree } from "./reply.ts";
import { ProfileStore } from "./store.ts";
import { profileView } from "./view.ts";

/**
 * The object that an identifier names: a person's profile, or a pointer to it. A shell: it initialises, calls core,
 * persists in one transaction and answers. Memory is a cache, storage is the truth; whatever throws before it is durable
 * takes the memory with it.
 */
export class ProfileObject extends DurableObject<Env> {
  /** Where what is new leaves for the cold path. */
  queue: Pick<Queue, "send"> = this.env.OUTBOX;
  readonly #holding = new Holding(new ProfileStore(this.ctx.storage));
  readonly #linking = new Linking(this.env, this.#holding, {
    take: (...call) => this.#take(...call),
    durably: (...call) => this.#durably(...call),
    ruleset: (call) => this.#ruleset(call),
    setAlarm: (at) => this.#setAlarm(at),
    deleteAlarm: () => this.ctx.storage.deleteAlarm(),
  });
  readonly #decider = new Decider(this.env, this.#holding, (person, reservations) => {
    this.#durably(person, (now) => {
      person.reserve(reservations, now);
      return true;
    });
  });
  readonly #feeding = new Feeding(this.env, this.#holding, (...call) => this.#durably(...call));
  /** What must wait for another object runs one after the other; everything else runs in one go. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Calls of `ingest` that have begun and not ended. */
  #inFlight = 0;

  /**
   * Applies events and links in their order; when it returns they are durable. @returns JSON of an `IngestReply`
   * @throws `OVERLOADED` where too many calls wait here already
   */
  async ingest(envelope: IngestEnvelope): Promise<string> {
    if (this.#inFlight >= MOST_IN_FLIGHT) throw new Error(OVERLOADED);
    this.#inFlight++;
    try {
      return await this.#ingest(envelope);
    } finally {
      this.#inFlight--;
    }
  }

  async #ingest(envelope: IngestEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#holding.wake(envelope);
    // To who reads, another workspace's person is nobody; who writes must not take nobody for an empty place.
    if (memory === null && this.#holding.memory !== null) throw new Error("this object is another workspace's");
    const alone = this.#waiting === 0 && !isPointer(memory) && memory?.head.former === undefined && envelope.items.every(isText);
    if (alone) return JSON.stringify(this.#take(envelope, ruleset, envelope.items.filter(isText)));
    return JSON.stringify(await this.#inTurn(() => this.#linking.walk(envelope, ruleset)));
  }

  /** Answers from memory; writes only the room that a campaign with a cap takes, before the answer leaves. */
  async decide(envelope: DecideEnvelope): Promise<DecideReply> {
    const loaded = await this.#ruleset(envelope).catch(() => undefined);
    if (loaded === undefined) return "!unavailable";
    return this.#decider.decide(envelope, loaded);
  }

  /** Keeps what a household answers, while the person is in it. */
  async tell(envelope: TellEnvelope): Promise<void> {
    const ruleset = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#holding.wake(envelope);
    if (!(memory instanceof LiveProfile) || memory.tie.at !== envelope.household) return;
    const receivedAt = clockOf(memory);
    const text = JSON.stringify(toldFact(memory.tie, memory.profileId, envelope, receivedAt));
    this.#take({ ...envelope, receivedAt, items: [text], mostAMinute: Infinity }, ruleset, [text]);
  }

  /** Where this identifier leads: `""` nobody, `=` a profile here, `@` and the id of the profile it points to. */
  resolve(envelope: CallEnvelope): string {
    const memory = this.#holding.wake(envelope);
    if (memory === null) return "";
    return isPointer(memory) ? `@${memory.to}` : "=";
  }

  /** The profile as `GET /api/profiles/:id` shows it, JSON after `=`; `""` and `@` as `resolve`. */
  async profile(envelope: CallEnvelope): Promise<string> {
    const loaded = await this.#ruleset(envelope).catch(() => undefined);
    return this.#told(envelope, (memory) => shown(profileView(envelope.name, memory, loaded, clockOf(memory))));
  }

  /** The journal from where a copy of it ends, JSON of a `JournalCopy` after `=`; `""` and `@` as `resolve`. */
  copy(envelope: CopyEnvelope): string {
    return this.#told(envelope, (memory) => shown(copyOf(memory, envelope.held)));
  }

  /** A page of the journal, JSON after `=`; `""` and `@` as `resolve`. */
  events(envelope: CallEnvelope & { readonly limit: number; readonly before?: number }): string {
    return this.#told(envelope, (memory) => shown(eventPage(eventsAmong(memory.records()), envelope.limit, envelope.before)));
  }

  /** Why the profile is in an audience or not, JSON after `=`; `""` and `@` as `resolve`, `!` a code. */
  async explain(envelope: CallEnvelope & { readonly audience: string; readonly at?: number }): Promise<string> {
    const loaded = await this.#ruleset(envelope).catch(() => undefined);
    return this.#told(envelope, (memory) => {
      if (loaded === undefined) return "!unavailable";
      if (!loaded.audiences.has(envelope.audience)) return "!unknown_audience";
      const present = clockOf(memory);
      const now = envelope.at ?? present;
      if (envelope.at !== undefined && isBeforeHorizon(now, present, envelope)) return "!at_before_horizon";
      const tree = explainAt(loaded.rules, memory.history, envelope.audience, { now, present });
      const { zone } = loaded.rules.artifact;
      return shown(shownTree(tree, (node) => ({ en: phraseOf(node, zone, ENGLISH), fr: phraseOf(node, zone, FRENCH) })));
    });
  }

  #told(envelope: CallEnvelope, tell: (memory: LiveProfile) => string): string {
    const memory = this.#holding.wake(envelope);
    if (memory === null) return "";
    return isPointer(memory) ? `@${memory.to}` : tell(memory);
  }

  /**
   * Which of these (source, messageId) the journal holds: asked by a pointer that moved on, of a repeated delivery. With the
   * identifier that an event came by, also what that one took along when it left.
   */
  holds(envelope: CallEnvelope & { readonly events: readonly (readonly [string, string, ProfileId?])[] }): boolean[] {
    const memory = this.#holding.wake(envelope);
    if (!(memory instanceof LiveProfile)) return envelope.events.map(() => false);
    const { left = [] } = memory.head;
    return envelope.events.map(
      ([source, messageId, origin]) => memory.holds(source, messageId) || (origin !== undefined && left.includes(origin)),
    );
  }

  /** Where this identifier leads at first, how firmly, why and since when: JSON after `=`; `""` where it does not lead anywhere, nor was split from anybody. */
  link(envelope: CallEnvelope): string {
    const memory = this.#holding.wake(envelope);
    if (!isPointer(memory)) {
      const { isShared: shared, apart } = memory?.head ?? {};
      return shared === undefined && apart === undefined ? "" : shown({ shared, apart });
    }
    const { to, rank = 3, linked, moving, former } = memory;
    return shown({ to, rank, ...linked, moving, former });
  }

  /** Puts a page of another journal where nobody sees it. @returns `@` and an id where this is a pointer by now */
  stage(envelope: StageEnvelope): string {
    const memory = this.#holding.wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (memory === null && this.#holding.memory !== null) throw new Error("this object is another workspace's");
    this.#holding.store.stage(envelope.from, envelope.page, envelope.texts);
    return "";
  }

  /** Takes in what was staged, in one step. @returns JSON of an `IngestReply` after `=`, or `@` and an id as `stage` */
  async adopt(envelope: AdoptEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#holding.wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    const texts = this.#holding.store.staged(envelope.from, envelope.pages);
    if (texts === undefined) throw new Error("a page of a journal that is to be taken in is missing");
    const reply = this.#take({ ...envelope, items: texts, adopting: true }, ruleset, texts, envelope);
    this.#holding.store.dropStaged(envelope.from);
    return shown(reply);
  }

  /** Whether there is room here for an identifier and what comes along with it: `=` or `!full`; `@` and an id for a pointer. With too many people's there is none. */
  admit(envelope: AdmitEnvelope): Promise<string> {
    return this.#linking.admit(envelope);
  }

  /**
   * Splits this identifier from its person: it is a profile of its own from now on, and takes back what came by it.
   * @returns `done`, `pending` where that goes on by the alarm, or `!not_linked` to that person, neither now nor before
   */
  part(envelope: PartEnvelope): Promise<string> {
    return this.#inTurn(() => this.#linking.part(envelope));
  }

  /** Identifiers that led here lead elsewhere from now on, or here again. @returns `@` and an id for a pointer */
  leave(envelope: LeaveEnvelope): string {
    const memory = this.#holding.wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (memory !== null) this.#durably(memory, () => memory.noteLeft(envelope.identifiers, envelope.hasLeft));
    return "";
  }

  /** A page of the events that came by some identifiers: JSON of `HeldEvents` and the consent after `=`; `!busy` while some are on their way. */
  held({ origins, after, ...envelope }: HeldEnvelope): string {
    const memory = this.#holding.wake(envelope);
    if (memory === null) return shown({ texts: [], next: null, consent: null });
    if (isPointer(memory)) return `@${memory.to}`;
    const page = memory.heldBy(new Set(origins), after, PAGE_CHARACTERS);
    if (page !== undefined) return shown({ ...page, consent: memory.head.consent });
    const { outbox, seq } = memory.head;
    this.#send(messageOf(memory, outbox, seq));
    return "!busy";
  }

  /** What came by some identifiers is another profile's again, and safe there. @returns `@` and an id for a pointer */
  async drop({ origins, to, ...envelope }: DropEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#holding.wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (memory === null) return "";
    // Also of what no event came by: who remembers that it led here must learn that it does not.
    this.#durably(memory, () => memory.noteLeft(origins, true));
    const rewrite = memory.without(new Set(origins), to, Date.now());
    if (rewrite === undefined) return "";
    this.#holding.memory = undefined;
    this.#holding.store.rewrite(rewrite);
    const woken = new LiveProfile(rewrite.head, memory.profileId, rewrite.open, this.#holding.store);
    this.#holding.memory = woken;
    const { retentionMs = 0, newest = 0 } = woken.head;
    this.#settle(woken, ruleset, { retentionMs, ruleset: newest });
    // Where no ruleset could be read, what it changed is found out later.
    await this.#armAgain(woken);
    return "";
  }

  /** Keeps a no. Nobody is created for it: who is not known has nothing to withdraw. @returns `@` and an id for a pointer */
  async withdraw(envelope: WithdrawEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#holding.wake(envelope);
    if (memory === null) return "";
    if (isPointer(memory)) return `@${memory.to}`;
    this.#durably(memory, (now) => {
      memory.state(envelope.consent, false);
      memory.told(envelope.retentionMs, envelope.ruleset);
      if (ruleset !== undefined) memory.memberships(ruleset.version, ruleset.rules, now);
      memory.announce();
      return true;
    });
    return "=";
  }

  /** Records from a sequence on, for the cold path: JSON of an `OutboxMessage`, without records where there is no profile. */
  outbox(envelope: OutboxEnvelope): string {
    const memory = this.#holding.wake(envelope);
    if (memory instanceof LiveProfile) return JSON.stringify(pullOf(memory, envelope.from, envelope.limitBytes));
    return JSON.stringify(nothingOf(envelope, memory?.epoch ?? 0));
  }

  /** What the cold path has made safe need not be sent again. @returns whether that was news */
  confirm(envelope: ConfirmEnvelope): boolean {
    const memory = this.#holding.wake(envelope);
    if (!(memory instanceof LiveProfile)) return false;
    return this.#durably(memory, (now) => memory.confirm(envelope.epoch, envelope.to, now));
  }

  /** Takes up the newest ruleset and what time has changed; writes only where that is news. @returns JSON of a `SweepReply` */
  async sweep(envelope: CallEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope);
    const memory = this.#holding.wake(envelope);
    const reply = (version: number, changed: number): string => JSON.stringify({ version, changed } satisfies SweepReply);
    if (!(memory instanceof LiveProfile)) return reply(0, 0);
    const changed = this.#settle(memory, ruleset, envelope);
    const settled = this.#compact(memory, ruleset);
    await this.#armAgain(settled);
    return reply(settled.version, changed);
  }

  /** @returns how many memberships were found changed; those are durable then */
  #settle(memory: LiveProfile, ruleset: LoadedRuleset | undefined, told: Pick<CallEnvelope, "retentionMs" | "ruleset">): number {
    let changed = 0;
    this.#durably(memory, (now) => {
      const { head } = memory;
      if (ruleset === undefined) return false;
      memory.memberships(ruleset.version, ruleset.rules, now);
      if (!memory.isNews) return false;
      memory.told(told.retentionMs, told.ruleset);
      changed = memory.announce();
      return memory.head !== head;
    });
    return changed;
  }

  /**
   * Does what is due though nobody asks: what time changed, what must leave, a move that was cut off. Caught and armed again
   * for ever: an alarm that fails its retries is deleted.
   */
  override async alarm(): Promise<void> {
    try {
      const pointer = this.#holding.moving();
      if (pointer === undefined) {
        await this.#reclaimByAlarm();
        await this.#wakeByAlarm();
        await this.#feeding.run();
      } else if (pointer.name !== undefined) {
        const { name } = pointer;
        await this.#inTurn(() => this.#linking.finishMove(name));
      }
    } catch {
      await this.#setAlarm(Date.now() + ALARM_AGAIN_MS);
    }
  }

  async #reclaimByAlarm(): Promise<void> {
    const head = this.#holding.head();
    if (head?.reclaim === undefined || head.name === undefined) return;
    const call = callOf(head, head.name);
    if ((await this.#inTurn(() => this.#linking.finishReclaim(call))) === "pending")
      await this.#setAlarm(Date.now() + ALARM_AGAIN_MS);
  }

  async #wakeByAlarm(): Promise<void> {
    const head = this.#holding.head();
    // A head of format 1 does not know whose it is until it is written again.
    if (head?.kind !== "profile" || head.name === undefined) return;
    const call = callOf(head, head.name);
    const ruleset = await this.#ruleset(call).catch(() => undefined);
    const memory = this.#holding.wake(call);
    if (!(memory instanceof LiveProfile)) return;
    memory.alarmWentOff();
    this.#settle(memory, ruleset, call);
    const now = clockOf(memory);
    const send = memory.sendNow(now);
    if (send !== undefined) this.#send(messageOf(memory, send.from, send.to));
    await this.#armAgain(this.#compact(memory, ruleset));
  }

  /** Lets what is no longer retained leave the journal, where its time has come. @returns the profile as it is from then on */
  #compact(memory: LiveProfile, ruleset: LoadedRuleset | undefined): LiveProfile {
    const compaction = ruleset && memory.compact(clockOf(memory), ruleset.rules.retentionMs);
    if (compaction === undefined) return memory;
    this.#holding.memory = undefined;
    this.#holding.store.compact(compaction);
    const woken = new LiveProfile(compaction.head, memory.profileId, compaction.open, this.#holding.store);
    this.#holding.memory = woken;
    return woken;
  }

  /** Sees to it that the alarm is set without a write of the head: an alarm went off, or was lost. */
  async #armAgain(memory: LiveProfile): Promise<void> {
    const at = memory.arm(clockOf(memory));
    if (at !== undefined) await this.#setAlarm(at);
  }

  /** Rows this object has written since it woke, for tests of what a call costs. */
  get rowsWritten(): number {
    return this.#holding.store.rowsWritten;
  }

  /** How often it has set its alarm since it woke: each is a written row too. */
  alarmsSet = 0;

  /**
   * Events into the journal of this person: one transaction, one row, no `await`: nothing can slip between.
   * @param merged the profile whose whole journal it is, where it is one
   */
  #take(
    envelope: IngestEnvelope,
    ruleset: LoadedRuleset | undefined,
    texts: readonly string[],
    merged?: Pick<AdoptEnvelope, "from" | "left" | "leaving">,
  ): IngestReply {
    const begun = Math.max(Date.now(), envelope.receivedAt);
    if (envelope.onlyKnown === true && !isTakenBy(this.#holding.wake(envelope)))
      return { ...NOTHING_TAKEN, profileId: envelope.name, ...(this.#holding.wake(envelope) === null ? {} : { refused: true }) };
    const memory =
      this.#holding.wake(envelope) ?? new LiveProfile(newProfile(envelope, begun), envelope.name, [], this.#holding.store);
    if (!(memory instanceof LiveProfile)) throw new Error("events were given to a pointer");
    let outcome = { accepted: 0, duplicates: 0, conflicts: [] as number[], floods: [] as number[] };
    this.#durably(memory, (now) => {
      const { consent } = memory.head;
      const adopting = envelope.adopting === true;
      const delivery = { texts, now: Math.max(now, begun), ruleset };
      outcome = merged === undefined ? deliver(memory, { ...delivery, ...paceOf(envelope) }, ruleset) : memory.adopt(delivery);
      const hasMoved = merged !== undefined && memory.tookIn(merged);
      if (envelope.consent !== undefined) memory.state(envelope.consent, adopting);
      const states = JSON.stringify(consent) !== JSON.stringify(memory.head.consent);
      if (states) memory.announce();
      // A repeated delivery teaches nothing and so writes nothing.
      if (outcome.accepted === 0 && !states && !hasMoved) return false;
      memory.told(envelope.retentionMs, envelope.ruleset);
      return true;
    });
    if (memory.head.seq === 0) return { ...outcome, profileId: envelope.name };
    const { rank } = memory;
    return { ...outcome, profileId: envelope.name, rank, ...(rank === 1 ? { device: envelope.name } : {}) };
  }

  /**
   * Runs what changes memory and makes it durable in one go, where it says that there is something to be; what leaves for
   * the cold path does so after that. If anything throws, memory is dropped and the next call reads storage.
   */
  #durably(memory: LiveProfile, work: (now: number) => boolean): boolean {
    const before = this.#holding.memory;
    this.#holding.memory = undefined;
    const now = clockOf(memory);
    const learnt = work(now);
    if (learnt) this.#commit(memory, memory.toWrite(now));
    // Who was nobody is nobody still, where nothing was kept of them.
    this.#holding.memory = learnt ? memory : before;
    return learnt;
  }

  #commit(memory: LiveProfile, write: ProfileWrite): void {
    this.#holding.store.commit(write);
    // Without an `await` in between both are written together, and the reply waits for both.
    if (write.arm !== undefined) this.ctx.waitUntil(this.#setAlarm(write.arm));
    if (write.send !== undefined) this.#send(messageOf(memory, write.send.from, write.send.to));
    if (isFeedDue(memory.tie, memory.head.seq)) this.ctx.waitUntil(this.#feed().catch(() => undefined));
  }

  /** Once what is written is durable. */
  async #feed(): Promise<void> {
    await this.ctx.storage.sync();
    await this.#feeding.run();
  }

  #setAlarm(at: number): Promise<void> {
    this.alarmsSet++;
    return this.ctx.storage.setAlarm(at);
  }

  /** Once what is written is durable. Whether it arrives is not waited for: until it is confirmed it is sent again. */
  #send(message: OutboxMessage): void {
    this.ctx.waitUntil(
      this.ctx.storage
        .sync()
        .then(() => this.queue.send(message))
        .catch(() => undefined),
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const mine = this.#turn.then(work).finally(() => this.#waiting--);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** The newest ruleset that the caller or this object knows. */
  #ruleset(envelope: CallEnvelope): Promise<LoadedRuleset | undefined> {
    return newestRuleset(this.env.PUBLISHED, envelope, () => this.#version(envelope));
  }

  #version(envelope: CallEnvelope): number {
    const memory = this.#holding.wake(envelope);
    return memory instanceof LiveProfile ? memory.version : 0;
  }
}

/**
 * Calls of `ingest` that wait at one object, for a ruleset or for another object, before it turns more away: each holds up to
 * a batch of events in memory, and 128 MB is all that the objects of an isolate share.
 */
export const MOST_IN_FLIGHT = 200;

function shown(answer: object): string {
  return `=${JSON.stringify(answer)}`;
}

/** Characters of a page of events that go back to where they came from. */
const PAGE_CHARACTERS = 4_000_000;

const NOTHING_TAKEN = { accepted: 0, duplicates: 0, conflicts: [] } as const;
