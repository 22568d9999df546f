import { DurableObject } from "cloudflare:workers";
import type { Consent } from "../../core/model/consent.ts";
import { forbidsProfile, strictest } from "../../core/consent/consent.ts";
import type {
  CallEnvelope,
  DecideEnvelope,
  DecideReply,
  EnvelopeItem,
  IngestEnvelope,
  IngestReply,
  JournalEvent,
  LinkItem,
  WithdrawEnvelope,
} from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { newPointer, newProfile, repoint, toPointer, type PointerHead } from "../../core/profile/head.ts";
import { LiveProfile } from "../../core/profile/live.ts";
import { explainAt } from "../../core/profile/explain.ts";
import type { Memberships } from "../../core/profile/memberships.ts";
import { forward, move } from "../identifier/pointer.ts";
import { heldRuleset, rulesetOf, type LoadedRuleset } from "../ruleset/load.ts";
import { decidedAt, decidedOf, decidedOfNobody, decidedWithoutConsent } from "./decided.ts";
import { eventPage } from "./events.ts";
import { encodeDecided, encodeReply, shownTree } from "./reply.ts";
import { ProfileStore } from "./store.ts";
import { profileView } from "./view.ts";

/** A pointer in memory, or a person, or null: nobody. */
type Memory = LiveProfile | PointerHead | null;

/** How soon the alarm takes up a move that was cut off, ms. */
const MOVE_AGAIN_MS = 5_000;

/**
 * The object that an identifier names: a person's profile, or a pointer to it. A shell: it initialises, calls core,
 * persists in one transaction and answers. Memory is a cache, storage is the truth; whatever throws before it is durable
 * takes the memory with it.
 */
export class ProfileObject extends DurableObject<Env> {
  readonly #store = new ProfileStore(this.ctx.storage);
  #memory: Memory | undefined;
  /** The reply parts that stay the same until a membership changes. */
  #decided:
    | { readonly revision: number; readonly engine: Memberships; readonly consent: Consent | null; readonly text: string }
    | undefined;
  /** What must wait for another object runs one after the other; everything else runs in one go. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Applies events and links in their order; when it returns they are durable. @returns JSON of an `IngestReply` */
  async ingest(envelope: IngestEnvelope): Promise<string> {
    const ruleset = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#wake(envelope);
    // To who reads, another workspace's person is nobody; who writes must not take nobody for an empty place.
    if (memory === null && this.#memory !== null) throw new Error("this object is another workspace's");
    const alone = this.#waiting === 0 && !isPointer(memory) && envelope.items.every(isText);
    if (alone) return JSON.stringify(this.#take(envelope, ruleset, envelope.items.filter(isText)));
    return JSON.stringify(await this.#inTurn(() => this.#walk(envelope, ruleset)));
  }

  /** Answers from memory; writes nothing. */
  async decide(envelope: DecideEnvelope): Promise<DecideReply> {
    const loaded = await this.#ruleset(envelope).catch(() => undefined);
    if (loaded === undefined) return "!unavailable";
    const memory = this.#wake(envelope);
    if (isPointer(memory)) return `@${memory.to}`;
    const now = Math.max(Date.now(), memory?.head.clock ?? 0);
    const asOf = envelope.at ?? now;
    if (memory === null) return encodeReply(asOf, encodeDecided(decidedOfNobody(envelope, loaded)));
    const stored = memory.head.consent;
    const consent = strictest(stored ?? {}, envelope.consent ?? {});
    if (forbidsProfile(consent)) return encodeReply(asOf, encodeDecided(decidedWithoutConsent(loaded)));
    if (envelope.at !== undefined) {
      if (isBeforeHorizon(envelope.at, now, envelope)) return "!at_before_horizon";
      return encodeReply(asOf, encodeDecided(decidedAt(envelope, memory, loaded, consent, envelope.at, now)));
    }
    const engine = memory.memberships(loaded.version, loaded.rules, now);
    const usual = envelope.audiences && !envelope.traits && !envelope.explain && envelope.consent === undefined;
    const last = this.#decided;
    const same = last?.revision === engine.revision && last.engine === engine && last.consent === stored;
    if (usual && same && last !== undefined) return encodeReply(now, last.text);
    const found = { keys: engine.keys(), nextChange: engine.nextChange, now, present: now };
    const text = encodeDecided(decidedOf(envelope, memory, loaded, consent, found));
    if (usual) this.#decided = { revision: engine.revision, engine, consent: stored, text };
    return encodeReply(now, text);
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
    const memory = this.#wake(envelope);
    if (memory === null) return "";
    if (isPointer(memory)) return `@${memory.to}`;
    return `=${JSON.stringify(profileView(envelope.name, memory, loaded, Math.max(Date.now(), memory.head.clock)))}`;
  }

  /** A page of the journal, JSON after `=`; `""` and `@` as `resolve`. */
  events(envelope: CallEnvelope & { readonly limit: number; readonly before?: number }): string {
    const memory = this.#wake(envelope);
    if (memory === null) return "";
    if (isPointer(memory)) return `@${memory.to}`;
    return `=${JSON.stringify(eventPage(this.#journal(memory), envelope.limit, envelope.before))}`;
  }

  /** Why the profile is in an audience or not, JSON after `=`; `""` and `@` as `resolve`, `!` a code. */
  async explain(envelope: CallEnvelope & { readonly audience: string; readonly at?: number }): Promise<string> {
    const loaded = await this.#ruleset(envelope).catch(() => undefined);
    const memory = this.#wake(envelope);
    if (memory === null) return "";
    if (isPointer(memory)) return `@${memory.to}`;
    if (loaded === undefined) return "!unavailable";
    if (!loaded.audiences.has(envelope.audience)) return "!unknown_audience";
    const present = Math.max(Date.now(), memory.head.clock);
    if (envelope.at !== undefined && isBeforeHorizon(envelope.at, present, envelope)) return "!at_before_horizon";
    return `=${JSON.stringify(shownTree(explainAt(loaded.rules, memory.history, envelope.audience, { now: envelope.at ?? present, present })))}`;
  }

  /** Which of these (source, messageId) the journal holds: asked by a pointer that moved on, of a repeated delivery. */
  holds(envelope: CallEnvelope & { readonly events: readonly (readonly [string, string])[] }): boolean[] {
    const memory = this.#wake(envelope);
    return envelope.events.map(([source, messageId]) => memory instanceof LiveProfile && memory.holds(source, messageId));
  }

  /** Keeps a no. Nobody is created for it: who is not known has nothing to withdraw. @returns `@` and an id for a pointer */
  withdraw(envelope: WithdrawEnvelope): string {
    const memory = this.#wake(envelope);
    if (memory === null) return "";
    if (isPointer(memory)) return `@${memory.to}`;
    this.#durably(memory, () => {
      memory.state(envelope.consent, false);
      this.#commit(memory);
    });
    return "=";
  }

  /** Takes up a move that was cut off. Caught and armed again for ever: an alarm that fails its retries is deleted. */
  override async alarm(): Promise<void> {
    if (this.#moving() === undefined) return;
    try {
      await this.#inTurn(() => this.#finishMove());
    } catch {
      await this.ctx.storage.setAlarm(Date.now() + MOVE_AGAIN_MS);
    }
  }

  /** Rows this object has written since it woke, for tests of what a call costs. */
  get rowsWritten(): number {
    return this.#store.rowsWritten;
  }

  async #walk(envelope: IngestEnvelope, ruleset: LoadedRuleset | undefined): Promise<IngestReply> {
    const total = { accepted: 0, duplicates: 0, conflicts: [] as number[], profileId: envelope.name };
    let next = 0;
    while (next < envelope.items.length) {
      const item = envelope.items[next];
      if (item === undefined) break;
      if (!isText(item)) {
        await this.#link(envelope, item);
        next++;
        continue;
      }
      const start = next;
      const texts = takeTexts(envelope.items, start);
      next += texts.length;
      const memory = this.#wake(envelope);
      const reply = isPointer(memory) ? await forward(this.env, memory, envelope, texts) : this.#take(envelope, ruleset, texts);
      total.accepted += reply.accepted;
      total.duplicates += reply.duplicates;
      total.conflicts.push(...reply.conflicts.map((place) => place + start));
      total.profileId = reply.profileId;
    }
    return total;
  }

  /** Events into the journal of this person: one transaction, one row, no `await`: nothing can slip between. */
  #take(envelope: IngestEnvelope, ruleset: LoadedRuleset | undefined, texts: readonly string[]): IngestReply {
    const now = Math.max(Date.now(), envelope.receivedAt);
    const memory = this.#wake(envelope) ?? new LiveProfile(newProfile(envelope, now), envelope.name);
    if (!(memory instanceof LiveProfile)) throw new Error("events were given to a pointer");
    return this.#durably(memory, () => {
      const { head } = memory;
      const { accepted, duplicates, conflicts } = memory.deliver(texts, now, (sequence) => this.#eventAt(memory, sequence));
      if (envelope.consent !== undefined) memory.state(envelope.consent, envelope.adopting === true);
      // A repeated delivery teaches nothing and so writes nothing.
      const learnt = accepted > 0 || JSON.stringify(head.consent) !== JSON.stringify(memory.head.consent);
      if (learnt) {
        if (ruleset !== undefined) memory.memberships(ruleset.version, ruleset.rules, now);
        this.#commit(memory);
      }
      return { accepted, duplicates, conflicts, profileId: envelope.name };
    });
  }

  async #link(envelope: IngestEnvelope, link: LinkItem): Promise<void> {
    const memory = this.#wake(envelope);
    const now = Math.max(Date.now(), envelope.receivedAt);
    if (memory === null) {
      this.#becomePointer(newPointer(envelope, now, link.to));
    } else if (memory instanceof LiveProfile) {
      this.#becomePointer(toPointer(memory.head, now, link.to));
    } else if (memory.to !== link.to && link.identify) {
      // A journal still on its way belongs to the person before.
      await this.#finishMove();
      const settled = this.#wake(envelope);
      if (isPointer(settled)) this.#becomePointer(repoint(settled, now, link.to));
    }
    await this.#finishMove();
  }

  #becomePointer(head: PointerHead): void {
    const open = this.#memory instanceof LiveProfile ? this.#memory.open : [];
    this.#memory = undefined;
    this.#store.commit(head, { texts: open, bytes: 0 });
    this.#memory = head;
  }

  /** The journal this object gathered before it was linked goes to the person. May be cut off anywhere and done again. */
  async #finishMove(): Promise<void> {
    const pointer = this.#moving();
    if (pointer === undefined) return;
    await this.ctx.storage.setAlarm(Date.now() + MOVE_AGAIN_MS);
    this.#memory = await move(this.env, pointer, this.#store);
    await this.ctx.storage.deleteAlarm();
  }

  #commit(memory: LiveProfile): void {
    const head = memory.toWrite();
    const sealed = this.#store.commit(head, { texts: memory.open, bytes: memory.openBytes });
    memory.head = sealed ? { ...head, openFrom: head.seq } : head;
    if (!sealed) return;
    memory.open = [];
    memory.openBytes = 0;
  }

  /** Runs what changes memory and storage together: if it throws, memory is dropped and the next call reads storage. */
  #durably<T>(memory: LiveProfile, work: () => T): T {
    this.#memory = undefined;
    const result = work();
    this.#memory = memory;
    return result;
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
    if (stored.head.kind === "pointer") return stored.head;
    const live = new LiveProfile(stored.head, name);
    let sequence = 0;
    for (const chunk of this.#store.chunks()) {
      for (const [place, event] of chunk.events.entries()) live.recall(event, chunk.first + place);
      sequence = chunk.first + chunk.events.length;
    }
    for (const event of stored.open) live.recallOpen(event as JournalEvent, JSON.stringify(event), sequence++);
    return live;
  }

  #eventAt(memory: LiveProfile, sequence: number): JournalEvent {
    const { openFrom } = memory.head;
    if (sequence >= openFrom) return JSON.parse(memory.open[sequence - openFrom] ?? "");
    const chunk = this.#store.chunkOf(sequence);
    const event = chunk?.events[sequence - chunk.first];
    if (event === undefined) throw new Error(`the journal has no event ${sequence}`);
    return event;
  }

  *#journal(memory: LiveProfile): Iterable<JournalEvent> {
    for (const chunk of this.#store.chunks()) yield* chunk.events;
    for (const text of memory.open) yield JSON.parse(text) as JournalEvent;
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

/** At or before it the log is no longer whole, so there is no answer. */
function isBeforeHorizon(at: number, present: number, { retentionMs }: CallEnvelope): boolean {
  return at <= present - retentionMs;
}

function isPointer(memory: Memory): memory is PointerHead {
  return memory !== null && !(memory instanceof LiveProfile);
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
