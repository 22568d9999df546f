import { DurableObject } from "cloudflare:workers";
import {
  ENVELOPE_VERSION,
  type AdmitEnvelope,
  type AdoptEnvelope,
  type CallEnvelope,
  type ConfirmEnvelope,
  type DecideEnvelope,
  type DecideReply,
  type DropEnvelope,
  type EnvelopeItem,
  type HeldEnvelope,
  type IngestEnvelope,
  type IngestReply,
  type LeaveEnvelope,
  type LinkItem,
  type OutboxEnvelope,
  type PartEnvelope,
  type StageEnvelope,
  type SweepReply,
  type WithdrawEnvelope,
} from "../../core/model/envelope.ts";
import { joiningOf } from "../../core/identity/joining.ts";
import { forbidsProfile } from "../../core/consent/consent.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import type { Outcome } from "../../core/profile/delivery.ts";
import { messageOf, nothingOf, pullOf } from "../../core/profile/departure.ts";
import { explainAt } from "../../core/profile/explain.ts";
import { MOST_EVENTS_A_MINUTE } from "../../core/profile/flood.ts";
import {
  MOST_IDENTIFIERS,
  newPointer,
  newProfile,
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
import { eventsAmong } from "../../core/profile/journal.ts";
import { LiveProfile } from "../../core/profile/live.ts";
import type { ProfileWrite } from "../../core/profile/writes.ts";
import { admissionOf, coming, mayLead, reportFull } from "../identifier/admission.ts";
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
} from "../identifier/pointer.ts";
import { heldRuleset, rulesetOf, type LoadedRuleset } from "../ruleset/load.ts";
import { isBeforeHorizon } from "./decided.ts";
import { Decider } from "./decider.ts";
import { eventPage } from "./events.ts";
import { OVERLOADED } from "./overload.ts";
import { shownTree } from "./reply.ts";
import { ProfileStore } from "./store.ts";
import { profileView } from "./view.ts";

/** A pointer in memory, or a person, or null: nobody. */
type Memory = LiveProfile | PointerHead | null;

/** How soon the alarm takes up what was cut off or has failed, ms. */
const ALARM_AGAIN_MS = 5_000;

/**
 * The object that an identifier names: a person's profile, or a pointer to it. A shell: it initialises, calls core,
 * persists in one transaction and answers. Memory is a cache, storage is the truth; whatever throws before it is durable
 * takes the memory with it.
 */
export class ProfileObject extends DurableObject<Env> {
  /** Where what is new leaves for the cold path. */
  queue: Pick<Queue, "send"> = this.env.OUTBOX;
  readonly #store = new ProfileStore(this.ctx.storage);
  #memory: Memory | undefined;
  readonly #decider = new Decider(this.env.NAME_KEY, (person, reservations) => {
    this.#durably(person, (now) => {
      person.reserve(reservations, now);
      return true;
    });
  });
  /** What must wait for another object runs one after the other; everything else runs in one go. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Identifiers that were admitted lately: until an event of theirs comes they are listed nowhere else. */
  #expected: readonly HashedIdentifier[] = [];
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
    const memory = this.#wake(envelope);
    // To who reads, another workspace's person is nobody; who writes must not take nobody for an empty place.
    if (memory === null && this.#memory !== null) throw new Error("this object is another workspace's");
    const alone = this.#waiting === 0 && !isPointer(memory) && memory?.head.former === undefined && envelope.items.every(isText);
    if (alone) return JSON.stringify(this.#take(envelope, ruleset, envelope.items.filter(isText)));
    return JSON.stringify(await this.#inTurn(() => this.#walk(envelope, ruleset)));
  }

  /** Answers from memory; writes only the room that a campaign with a cap takes, before the answer leaves. */
  async decide(envelope: DecideEnvelope): Promise<DecideReply> {
    const loaded = await this.#ruleset(envelope).catch(() => undefined);
    if (loaded === undefined) return "!unavailable";
    const memory = this.#wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (envelope.via !== undefined && memory?.head.left?.includes(envelope.via) === true) return "!moved";
    return this.#decider.answer(envelope, memory, loaded, Date.now());
  }

  /** Where this identifier leads: `""` nobody, `=` a profile here, `@` and the id of the profile it points to. */
  resolve(envelope: CallEnvelope): string {
    const memory = this.#wake(envelope);
    if (memory === null) return "";
    return isPointer(memory) ? `@${memory.to}` : "=";
  }

  /** The profile as `GET /api/profiles/:id` shows it, JSON after `=`; `""` and `@` as `resolve`. */
  async profile(envelope: CallEnvelope): Promise<string> {
    const loaded = await this.#ruleset(envelope).catch(() => undefined);
    return this.#told(envelope, (memory) => shown(profileView(envelope.name, memory, loaded, clockOf(memory))));
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
      return shown(shownTree(explainAt(loaded.rules, memory.history, envelope.audience, { now, present })));
    });
  }

  #told(envelope: CallEnvelope, tell: (memory: LiveProfile) => string): string {
    const memory = this.#wake(envelope);
    if (memory === null) return "";
    return isPointer(memory) ? `@${memory.to}` : tell(memory);
  }

  /**
   * Which of these (source, messageId) the journal holds: asked by a pointer that moved on, of a repeated delivery. With the
   * identifier that an event came by, also what that one took along when it left.
   */
  holds(envelope: CallEnvelope & { readonly events: readonly (readonly [string, string, ProfileId?])[] }): boolean[] {
    const memory = this.#wake(envelope);
    if (!(memory instanceof LiveProfile)) return envelope.events.map(() => false);
    const { left = [] } = memory.head;
    return envelope.events.map(
      ([source, messageId, origin]) => memory.holds(source, messageId) || (origin !== undefined && left.includes(origin)),
    );
  }

  /** Where this identifier leads at first, how firmly, why and since when: JSON after `=`; `""` where it does not lead anywhere, nor was split from anybody. */
  link(envelope: CallEnvelope): string {
    const memory = this.#wake(envelope);
    if (!isPointer(memory)) {
      const { isShared: shared, apart } = memory?.head ?? {};
      return shared === undefined && apart === undefined ? "" : shown({ shared, apart });
    }
    const { to, rank = 3, linked, moving, former } = memory;
    return shown({ to, rank, ...linked, moving, former });
  }

  /** Puts a page of another journal where nobody sees it. @returns `@` and an id where this is a pointer by now */
  stage(envelope: StageEnvelope): string {
    const memory = this.#wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (memory === null && this.#memory !== null) throw new Error("this object is another workspace's");
    this.#store.stage(envelope.from, envelope.page, envelope.texts);
    return "";
  }

  /** Takes in what was staged, in one step. @returns JSON of an `IngestReply` after `=`, or `@` and an id as `stage` */
  async adopt(envelope: AdoptEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    const texts = this.#store.staged(envelope.from, envelope.pages);
    if (texts === undefined) throw new Error("a page of a journal that is to be taken in is missing");
    const reply = this.#take({ ...envelope, items: texts, adopting: true }, ruleset, texts, envelope);
    this.#store.dropStaged(envelope.from);
    return shown(reply);
  }

  /** Whether there is room here for an identifier and what comes along with it: `=` or `!full`; `@` and an id for a pointer. With too many people's there is none. */
  async admit(envelope: AdmitEnvelope): Promise<string> {
    const { identifier, identifiers } = envelope;
    const asked = this.#wake(envelope);
    if (isPointer(asked)) return `@${asked.to}`;
    if (asked === null) return "=";
    const hasLeft = asked.head.left?.includes(identifier) === true;
    if (asked.head.isShared === true || (envelope.again === true && hasLeft)) return "!full";
    const before = this.#expected;
    this.#expected = [...before, ...identifiers].slice(-MOST_IDENTIFIERS);
    const { excess, elsewhere } = await admissionOf(this.env, asked, before, envelope, clockOf(asked));
    if (excess !== undefined) this.#expected = this.#expected.filter((one) => !identifiers.includes(one));
    if (excess !== undefined && !hasLeft) await reportFull(this.env, asked, identifier, excess);
    const memory = this.#wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (memory === null) return "=";
    const others = elsewhere.filter((one) => !this.#expected.some(({ hash }) => hash === one));
    // What was refused may still be listed: an event bore it.
    const gone = excess === undefined ? others : [...others, identifier];
    if (gone.length > 0) this.#durably(memory, () => memory.noteLeft(gone, true));
    if (excess !== undefined) return "!full";
    if (memory.head.left?.includes(identifier) === true) this.#durably(memory, () => memory.noteLeft([identifier], false));
    return "=";
  }

  /** Identifiers that led here lead elsewhere from now on, or here again. @returns `@` and an id for a pointer */
  leave(envelope: LeaveEnvelope): string {
    const memory = this.#wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (memory !== null) this.#durably(memory, () => memory.noteLeft(envelope.identifiers, envelope.hasLeft));
    return "";
  }

  /**
   * Splits this identifier from its person: it is a profile of its own from now on, and takes back what came by it.
   * @returns `done`, `pending` where that goes on by the alarm, or `!not_linked` to that person, neither now nor before
   */
  async part(envelope: PartEnvelope): Promise<string> {
    return this.#inTurn(async () => {
      await this.#finishMove(envelope.name);
      const memory = this.#wake(envelope);
      const { name, from, origins, apart } = envelope;
      if (isPointer(memory)) {
        if ((await this.#passOn(envelope, memory)) === "pending") throw new Error("a split is still under way here");
        const head = toSplit(memory, name, Date.now(), { from, origins }, apart);
        this.#memory = undefined;
        await this.#setAlarm(Date.now() + ALARM_AGAIN_MS);
        this.#store.commit({ head, open: [] });
        // Said again, perhaps because the answer was lost: it goes on where it was, or is done.
      } else if (memory?.head.apart?.includes(from) !== true) return "!not_linked";
      return this.#finishReclaim(envelope);
    });
  }

  /** A page of the events that came by some identifiers: JSON of `HeldEvents` and the consent after `=`; `!busy` while some are on their way. */
  held({ origins, after, ...envelope }: HeldEnvelope): string {
    const memory = this.#wake(envelope);
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
    const memory = this.#wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    if (memory === null) return "";
    // Also of what no event came by: who remembers that it led here must learn that it does not.
    this.#durably(memory, () => memory.noteLeft(origins, true));
    const rewrite = memory.without(new Set(origins), to, Date.now());
    if (rewrite === undefined) return "";
    this.#memory = undefined;
    this.#store.rewrite(rewrite);
    const woken = new LiveProfile(rewrite.head, memory.profileId, rewrite.open, this.#store);
    this.#memory = woken;
    const { retentionMs = 0, newest = 0 } = woken.head;
    this.#settle(woken, ruleset, { retentionMs, ruleset: newest });
    // Where no ruleset could be read, what it changed is found out later.
    await this.#armAgain(woken);
    return "";
  }

  /** Keeps a no. Nobody is created for it: who is not known has nothing to withdraw. @returns `@` and an id for a pointer */
  async withdraw(envelope: WithdrawEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#wake(envelope);
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
    const memory = this.#wake(envelope);
    if (memory instanceof LiveProfile) return JSON.stringify(pullOf(memory, envelope.from, envelope.limitBytes));
    return JSON.stringify(nothingOf(envelope, memory?.epoch ?? 0));
  }

  /** What the cold path has made safe need not be sent again. @returns whether that was news */
  confirm(envelope: ConfirmEnvelope): boolean {
    const memory = this.#wake(envelope);
    if (!(memory instanceof LiveProfile)) return false;
    return this.#durably(memory, (now) => memory.confirm(envelope.epoch, envelope.to, now));
  }

  /** Takes up the newest ruleset and what time has changed; writes only where that is news. @returns JSON of a `SweepReply` */
  async sweep(envelope: CallEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope);
    const memory = this.#wake(envelope);
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
      const pointer = this.#moving();
      if (pointer === undefined) {
        await this.#reclaimByAlarm();
        await this.#wakeByAlarm();
      } else if (pointer.name !== undefined) {
        const { name } = pointer;
        await this.#inTurn(() => this.#finishMove(name));
      }
    } catch {
      await this.#setAlarm(Date.now() + ALARM_AGAIN_MS);
    }
  }

  async #reclaimByAlarm(): Promise<void> {
    const head = this.#memory instanceof LiveProfile ? this.#memory.head : (this.#memory ?? this.#store.head()?.head);
    if (head?.reclaim === undefined || head.name === undefined) return;
    const call = callOf(head, head.name);
    if ((await this.#inTurn(() => this.#finishReclaim(call))) === "pending") await this.#setAlarm(Date.now() + ALARM_AGAIN_MS);
  }

  /** What is still to come back after a split comes back. May be cut off anywhere and done again. */
  async #finishReclaim(call: CallEnvelope): Promise<"done" | "pending"> {
    const memory = this.#wake(call);
    if (isPointer(memory)) return this.#passOn(call, memory);
    if (memory?.head.reclaim === undefined) return "done";
    const { reclaim } = memory.head;
    const ruleset = await this.#ruleset(call).catch(() => undefined);
    const found = await reclaimed(this.env, memory.head, reclaim);
    if (found === undefined) return "pending";
    const { texts, consent } = found;
    const told = { ...call, receivedAt: Date.now(), items: texts, adopting: true, ...(consent === null ? {} : { consent }) };
    this.#take(told, ruleset, texts, { from: reclaim.from });
    await dropped(this.env, memory.head, reclaim, call.name);
    const settled = this.#wake(call);
    if (settled instanceof LiveProfile) this.#durably(settled, () => settled.reclaimed());
    return "done";
  }

  async #passOn(call: CallEnvelope, { reclaim, ...pointer }: PointerHead): Promise<"done" | "pending"> {
    if (reclaim === undefined) return "done";
    if ((await passedOn(this.env, pointer, call.name, reclaim)) === "pending") return "pending";
    const settled = this.#wake(call);
    if (isPointer(settled)) this.#becomePointer(reclaimedBy(settled));
    return "done";
  }

  async #wakeByAlarm(): Promise<void> {
    const head = this.#memory instanceof LiveProfile ? this.#memory.head : this.#store.head()?.head;
    // A head of format 1 does not know whose it is until it is written again.
    if (head?.kind !== "profile" || head.name === undefined) return;
    const call = callOf(head, head.name);
    const ruleset = await this.#ruleset(call).catch(() => undefined);
    const memory = this.#wake(call);
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
    this.#memory = undefined;
    this.#store.compact(compaction);
    const woken = new LiveProfile(compaction.head, memory.profileId, compaction.open, this.#store);
    this.#memory = woken;
    return woken;
  }

  /** Sees to it that the alarm is set without a write of the head: an alarm went off, or was lost. */
  async #armAgain(memory: LiveProfile): Promise<void> {
    const at = memory.arm(clockOf(memory));
    if (at !== undefined) await this.#setAlarm(at);
  }

  /** Rows this object has written since it woke, for tests of what a call costs. */
  get rowsWritten(): number {
    return this.#store.rowsWritten;
  }

  /** How often it has set its alarm since it woke: each is a written row too. */
  alarmsSet = 0;

  async #walk(envelope: IngestEnvelope, ruleset: LoadedRuleset | undefined): Promise<IngestReply> {
    const total: Outcome = { accepted: 0, duplicates: 0, conflicts: [], floods: [] };
    let went: Pick<IngestReply, "profileId" | "rank" | "device" | "refused"> = { profileId: envelope.name };
    let next = 0;
    while (next < envelope.items.length) {
      const item = envelope.items[next];
      if (item === undefined) break;
      if (!isText(item)) {
        await this.#link(envelope, item);
        const led = this.#wake(envelope);
        if (isPointer(led)) went = { profileId: led.to, rank: led.rank ?? 3 };
        next++;
        continue;
      }
      const start = next;
      const texts = takeTexts(envelope.items, start);
      next += texts.length;
      const memory = this.#wake(envelope);
      const former = isPointer(memory) ? undefined : memory?.head.former;
      const take = (some: readonly string[]): IngestReply => this.#take(envelope, ruleset, some);
      const reply = isPointer(memory)
        ? await this.#forward(memory, envelope, texts)
        : former === undefined
          ? take(texts)
          : await ofWhatIsNew(this.env, { ...envelope, former }, envelope, texts, envelope.name, take);
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
    const reply = await forward(this.env, pointer, envelope, texts);
    const isByDevice = pointer.rank === 1;
    const to = isByDevice ? (reply.device ?? pointer.to) : reply.profileId;
    if (to !== pointer.to && this.#wake(envelope) === pointer)
      this.#becomePointer(shortened(pointer, to, isByDevice ? 1 : reply.rank));
    return isByDevice ? reply : { ...reply, device: envelope.name };
  }

  /**
   * Events into the journal of this person: one transaction, one row, no `await`: nothing can slip between.
   * @param merged the profile whose whole journal it is, where it is one
   */
  #take(
    envelope: IngestEnvelope,
    ruleset: LoadedRuleset | undefined,
    texts: readonly string[],
    merged?: Pick<AdoptEnvelope, "from" | "left">,
  ): IngestReply {
    const begun = Math.max(Date.now(), envelope.receivedAt);
    if (envelope.onlyKnown === true && !isTakenBy(this.#wake(envelope)))
      return { ...NOTHING_TAKEN, profileId: envelope.name, ...(this.#wake(envelope) === null ? {} : { refused: true }) };
    const memory = this.#wake(envelope) ?? new LiveProfile(newProfile(envelope, begun), envelope.name, [], this.#store);
    if (!(memory instanceof LiveProfile)) throw new Error("events were given to a pointer");
    let outcome = { accepted: 0, duplicates: 0, conflicts: [] as number[], floods: [] as number[] };
    this.#durably(memory, (now) => {
      const { consent } = memory.head;
      const adopting = envelope.adopting === true;
      const delivery = { texts, now: Math.max(now, begun), ruleset };
      outcome =
        merged === undefined
          ? memory.deliver({
              ...delivery,
              mostAMinute: adopting ? Infinity : (envelope.mostAMinute ?? MOST_EVENTS_A_MINUTE),
              isDestinationWaiting: envelope.isDestinationWaiting === true,
            })
          : memory.adopt(delivery);
      const hasMoved =
        merged !== undefined && [memory.noteLeft(merged.left ?? [], true), memory.noteLeft([merged.from], false)].includes(true);
      if (envelope.consent !== undefined) memory.state(envelope.consent, adopting);
      const states = JSON.stringify(consent) !== JSON.stringify(memory.head.consent);
      if (states && outcome.accepted === 0) memory.announce();
      // A repeated delivery teaches nothing and so writes nothing.
      if (outcome.accepted === 0 && !states && !hasMoved) return false;
      memory.told(envelope.retentionMs, envelope.ruleset);
      return true;
    });
    if (memory.head.seq === 0) return { ...outcome, profileId: envelope.name };
    const { rank } = memory;
    return { ...outcome, profileId: envelope.name, rank, ...(rank === 1 ? { device: envelope.name } : {}) };
  }

  async #link(envelope: IngestEnvelope, link: LinkItem): Promise<void> {
    const memory = this.#wake(envelope);
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
      if (this.#wake(envelope) !== null) return this.#link(envelope, link);
      this.#becomePointer(newPointer(envelope, now, leading));
    } else if (memory instanceof LiveProfile) {
      const holdsSplit = !link.identify || link.again === true;
      if (memory.head.isShared === true || (holdsSplit && (await this.#isApart(memory.head, link.to)))) return;
      // What has not come back yet after a split goes on by the alarm, to whom it leads then.
      await this.#finishReclaim(envelope);
      if (!(await this.#mayLead(envelope, link))) return;
      const own = this.#wake(envelope);
      if (!(own instanceof LiveProfile)) return;
      this.#becomePointer(toPointer(own.head, now, leading));
    } else if (memory.to !== link.to) {
      // A journal still on its way belongs to the person before.
      await this.#finishMove(envelope.name);
      const settled = this.#wake(envelope);
      if (isPointer(settled) && settled.to !== link.to) await this.#linkAgain(envelope, settled, link, leading, now);
    }
    await this.#finishMove(envelope.name);
  }

  /** Whether whom a link leads to has room for this identifier, and what is its own. What a server says is one has no limit. */
  async #mayLead(envelope: IngestEnvelope, link: LinkItem): Promise<boolean> {
    const memory = this.#wake(envelope);
    const own = memory instanceof LiveProfile ? memory : undefined;
    return link.merge === true || mayLead(this.env, envelope, envelope.name, link, coming(envelope.name, own, link, Date.now()));
  }

  /** Whether who is meant is a person that this identifier was split from, by whatever name: perhaps that of his e-mail. */
  async #isApart(head: ProfileHead, to: ProfileId): Promise<boolean> {
    const { apart = [] } = head;
    if (apart.length === 0) return false;
    const people = [to, ...apart].map((hash) => personOf(this.env, head, { hash, rank: 1 }));
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
      const { areOne, leadsTo, ...found } = await bringTogether(this.env, pointer, held, joining, envelope.receivedAt);
      if (leadsTo.hash !== held.hash) pointer = this.#becomePointer(shortened(pointer, leadsTo.hash, leadsTo.rank));
      if (areOne) return;
      ({ areUsers } = found);
    }
    if (!link.identify) return areUsers ? this.#noteOther(envelope, pointer, wanted.hash) : undefined;
    if (!(await this.#mayLead(envelope, link))) return;
    // What was to come back is the former person's, and not the next one's.
    if ((await this.#finishReclaim(envelope)) === "pending") throw new Error("a split is still under way here");
    await tellLeft(this.env, pointer, pointer.to, envelope.name);
    const moved = reclaimedBy(repoint(pointer, now, leading));
    if (moved.former.length > MOST_PEOPLE) return this.#becomeShared(envelope, moved);
    this.#becomePointer(moved);
    if (pointer.former.includes(moved.to)) await tellLeft(this.env, moved, moved.to, envelope.name, false);
  }

  /** Another user says that it is his, and it is not: too many who say so, and it is nobody's. */
  async #noteOther(envelope: IngestEnvelope, pointer: PointerHead, other: ProfileId): Promise<void> {
    const { others = [] } = pointer;
    if (others.includes(other)) return;
    const noted = { ...pointer, others: [...others, other] };
    if (noted.others.length >= MOST_PEOPLE) {
      await tellLeft(this.env, pointer, pointer.to, envelope.name);
      return this.#becomeShared(envelope, noted);
    }
    this.#becomePointer(noted);
  }

  /** A kiosk, a family's phone number, a clerk's card: from now on it leads to nobody, and says so where people look. */
  async #becomeShared(envelope: IngestEnvelope, pointer: PointerHead): Promise<void> {
    const { former, to, others = [] } = pointer;
    await reportShared(this.env, pointer, envelope.name, [...former, to, ...others]);
    const head = toShared(pointer, Date.now());
    this.#memory = undefined;
    this.#store.commit({ head, open: [] });
  }

  #becomePointer(head: PointerHead): PointerHead {
    // A journal that is still on its way stays until it has arrived, wherever it is to go by then.
    const isOnItsWay = isPointer(this.#memory ?? null) && head.moving;
    const open = this.#memory instanceof LiveProfile ? this.#memory.open : isOnItsWay ? this.#store.head()?.open : undefined;
    this.#memory = undefined;
    this.#store.commit({ head, open: open ?? [] });
    this.#memory = head;
    return head;
  }

  /** The journal this object gathered before it was linked goes to the person. May be cut off anywhere and done again. */
  async #finishMove(name: ProfileId): Promise<void> {
    const pointer = this.#moving();
    if (pointer === undefined) return;
    await this.#setAlarm(Date.now() + ALARM_AGAIN_MS);
    const moved = await move(this.env, pointer, name, this.#store);
    this.#memory = moved;
    if (moved.reclaim === undefined) await this.ctx.storage.deleteAlarm();
  }

  /**
   * Runs what changes memory and makes it durable in one go, where it says that there is something to be; what leaves for
   * the cold path does so after that. If anything throws, memory is dropped and the next call reads storage.
   */
  #durably(memory: LiveProfile, work: (now: number) => boolean): boolean {
    const before = this.#memory;
    this.#memory = undefined;
    const now = clockOf(memory);
    const learnt = work(now);
    if (learnt) this.#commit(memory, memory.toWrite(now));
    // Who was nobody is nobody still, where nothing was kept of them.
    this.#memory = learnt ? memory : before;
    return learnt;
  }

  #commit(memory: LiveProfile, write: ProfileWrite): void {
    this.#store.commit(write);
    // Without an `await` in between both are written together, and the reply waits for both.
    if (write.arm !== undefined) this.ctx.waitUntil(this.#setAlarm(write.arm));
    if (write.send !== undefined) this.#send(messageOf(memory, write.send.from, write.send.to));
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

  /** What storage holds, for the workspace that asks: another's is nobody. */
  #wake(envelope: CallEnvelope): Memory {
    this.#memory ??= this.#load(envelope.name);
    const workspace = this.#memory instanceof LiveProfile ? this.#memory.head.workspace : this.#memory?.workspace;
    return workspace === envelope.workspace ? this.#memory : null;
  }

  /** The pointer here whose journal is still on its way; an alarm asks, which does not know the name of its object. */
  #moving(): PointerHead | undefined {
    if (this.#memory instanceof LiveProfile) return undefined;
    const head = this.#memory ?? this.#store.head()?.head;
    return head?.kind === "pointer" && head.moving ? head : undefined;
  }

  #load(name: ProfileId): Memory {
    const stored = this.#store.head();
    if (stored === undefined) return null;
    const { head, open } = stored;
    return head.kind === "pointer" ? head : new LiveProfile(head, name, open, this.#store);
  }

  /** The newest ruleset that the caller or this object knows: never an older one than was written under. */
  async #ruleset(envelope: CallEnvelope): Promise<LoadedRuleset | undefined> {
    for (;;) {
      const version = Math.max(envelope.ruleset, this.#version(envelope));
      const held = heldRuleset(envelope.workspace, version);
      if (held !== undefined) return held;
      const loaded = await rulesetOf(this.env.PUBLISHED, envelope.workspace, version, envelope.retentionMs);
      // Another call may have gone on to a newer one meanwhile.
      if (this.#version(envelope) <= version) return loaded;
    }
  }

  #version(envelope: CallEnvelope): number {
    const memory = this.#wake(envelope);
    return memory instanceof LiveProfile ? memory.version : 0;
  }
}

/**
 * Calls of `ingest` that wait at one object, for a ruleset or for another object, before it turns more away: each holds up to
 * a batch of events in memory, and 128 MB is all that the objects of an isolate share.
 */
export const MOST_IN_FLIGHT = 200;

/** The call that an alarm makes in the place of a caller: with what the head knows. */
function callOf(head: ProfileHead | PointerHead, name: ProfileId): CallEnvelope {
  const { workspace, jurisdiction, retentionMs = 0 } = head;
  const { ruleset, newest = 0 } = head.kind === "profile" ? head : { ruleset: 0 };
  return { v: ENVELOPE_VERSION, workspace, jurisdiction, name, retentionMs, ruleset: Math.max(ruleset, newest) };
}

function clockOf(memory: LiveProfile): number {
  return Math.max(Date.now(), memory.clock);
}

function shown(answer: object): string {
  return `=${JSON.stringify(answer)}`;
}

function isPointer(memory: Memory): memory is PointerHead {
  return memory !== null && !(memory instanceof LiveProfile);
}

/** Characters of a page of events that go back to where they came from. */
const PAGE_CHARACTERS = 4_000_000;

/** People that one identifier may have been said to be of, before it is taken for one that many share. */
const MOST_PEOPLE = 10;

const NOTHING_TAKEN = { accepted: 0, duplicates: 0, conflicts: [] } as const;

/** Whether what others say of a person may be kept: not of nobody, and not of who refuses to be known. */
function isTakenBy(memory: Memory): boolean {
  return memory instanceof LiveProfile && !forbidsProfile(memory.head.consent ?? {});
}

function isText(item: EnvelopeItem): item is string {
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
