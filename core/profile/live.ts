import { SHOWN_FACTS, type Reservation } from "../model/campaign.ts";
import type { Consent } from "../model/consent.ts";
import { restate, strictest } from "../consent/consent.ts";
import type { AdoptEnvelope, JournalEvent } from "../model/envelope.ts";
import type { LogEvent } from "../model/event.ts";
import type { ProfileId } from "../model/ids.ts";
import { rankOf, type Rank } from "../model/rank.ts";
import type { ChangeReason, JournalChange } from "../model/outbox.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { Announcements } from "./announcements.ts";
import type { Delivery, Outcome, Standing } from "./delivery.ts";
import { countedIn, eventsInMinute } from "./flood.ts";
import { MOST_IDENTIFIERS, STATE_FORMAT, withIdentifiers, type ProfileHead } from "./head.ts";
import { History } from "./history.ts";
import { feedPage, type FeedPage } from "./household-feed.ts";
import { saying, tiedTo, tieFact, UNTIED, wantedOf, type HouseholdTie } from "./household-tie.ts";
import { eventsAmong, type NumberedText, type SealedChunk, type SealedJournal } from "./journal.ts";
import { openMemberships, type Memberships } from "./memberships.ts";
import { appended, isNudgeDue, SEAL_MS, sealDelay } from "./outbox.ts";
import { OpenJournal } from "./open-journal.ts";
import { sameContent } from "./same-content.ts";
import { withoutOrigins, type HeldEvents, type RewriteWrite } from "./split.ts";
import {
  compactionOf,
  withAlarm,
  withConfirmed,
  withoutAlarm,
  withSent,
  type CompactionWrite,
  type ProfileWrite,
} from "./writes.ts";

/**
 * A profile in memory: a cache over its head row and journal, which are the truth. Of the journal it reads what it needs
 * when it needs it: most decisions need the head alone. It is changed by whole deliveries; whoever cannot make a change
 * durable throws this object away and wakes another.
 */
export class LiveProfile {
  readonly profileId: ProfileId;
  head: ProfileHead;
  readonly #sealed: SealedJournal;
  readonly #journal: OpenJournal;
  #history: History | undefined;
  readonly #announcements: Announcements;
  #version = -1;
  #memberships: Memberships | undefined;
  /** Greatest instant acted at: what a read learns lives in memory until the next write. */
  #clock: number;
  /** The instant the memberships are settled to. */
  #settledTo = -1;
  /** How long the records of this delivery may wait before they leave. */
  #sealMs = SEAL_MS;
  #standing: { readonly revision: number; readonly of: Memberships | ProfileHead; readonly standing: Standing } | undefined;

  /**
   * @param profileId the name of its object
   * @param open records of the open chunk
   */
  constructor(head: ProfileHead, profileId: ProfileId, open: readonly string[], sealed: SealedJournal) {
    this.head = head;
    this.profileId = profileId;
    this.#sealed = sealed;
    this.#journal = new OpenJournal(head.openFrom, open, sealed, head.seen);
    this.#announcements = new Announcements(head.members);
    this.#clock = head.clock;
  }

  /** All events, in the order of the log. */
  get history(): History {
    if (this.#history !== undefined) return this.#history;
    const history = new History(this.profileId);
    // Something has left only where something was sealed off before.
    for (const event of this.base) history.insert(logEvent(event));
    for (const { event } of this.#journal.readAll()) history.insert(logEvent(event));
    this.#history = history;
    return history;
  }

  /** Texts of the journal's records from a sequence on. */
  records(from = 0): Iterable<NumberedText> {
    return this.#journal.records(from);
  }

  /** What is left of events that have left the journal. */
  get base(): readonly JournalEvent[] {
    return this.head.openFrom > 0 ? this.#sealed.base() : [];
  }

  /** Texts of the open chunk, as the head row stores them. */
  get open(): readonly string[] {
    return this.#journal.open;
  }

  /** True when the journal holds this (source, messageId). */
  holds(source: string, messageId: string): boolean {
    return this.#journal.placeOf({ source, messageId }) !== undefined;
  }

  /** Applies a delivery. Of two events with one (source, messageId) the first accepted stands; an identical one changes nothing. */
  deliver(delivery: Delivery): Outcome {
    const { texts, now, ruleset, mostAMinute } = delivery;
    const outcome: Outcome = { accepted: 0, duplicates: 0, conflicts: [], floods: [] };
    this.#sealMs = sealDelay(this.head.seq > 0 ? now - this.head.clock : undefined, delivery.isDestinationWaiting);
    // One that was fetched before a newer one was written is none: what is in memory goes on, or it is found out later.
    if (ruleset === undefined || ruleset.version < this.version) this.#settle(now);
    else this.memberships(ruleset.version, ruleset.rules, now);
    const heldAt = this.#journal.reader();
    for (const [place, text] of texts.entries()) {
      const event: JournalEvent = JSON.parse(text);
      const held = this.#journal.placeOf(event);
      if (held !== undefined) {
        if (sameContent(event, heldAt(held))) outcome.duplicates++;
        else outcome.conflicts.push(place);
      } else if (eventsInMinute(this.head.minute, this.#clock) >= mostAMinute) {
        outcome.floods.push(place);
      } else {
        this.#accept(event, text);
        outcome.accepted++;
      }
    }
    if (outcome.accepted > 0) this.announce();
    return outcome;
  }

  /**
   * Takes in the journal of another profile in one step: what the memberships were meanwhile is nobody's business, only how
   * they stand at the end of it.
   */
  adopt({ texts, now, ruleset }: Pick<Delivery, "texts" | "now" | "ruleset">): Outcome {
    const outcome: Outcome = { accepted: 0, duplicates: 0, conflicts: [], floods: [] };
    const isNew = ruleset !== undefined && ruleset.version >= this.version;
    if (isNew) this.memberships(ruleset.version, ruleset.rules, now);
    else this.#settle(now);
    if (this.head.seq > 0) this.#announceDue();
    // From here on there is no engine: events are taken in unseen.
    this.#memberships = undefined;
    const heldAt = this.#journal.reader();
    for (const [place, text] of texts.entries()) {
      const event: JournalEvent = JSON.parse(text);
      const held = this.#journal.placeOf(event);
      if (held === undefined) {
        this.#accept(event, text);
        outcome.accepted++;
      } else if (sameContent(event, heldAt(held))) outcome.duplicates++;
      else outcome.conflicts.push(place);
    }
    const { behind } = this.head;
    if (outcome.accepted > 0 && behind !== undefined) this.head = { ...this.head, behind: { ...behind, by: "merge" } };
    if (isNew) this.memberships(ruleset.version, ruleset.rules, now);
    if (outcome.accepted > 0) this.announce();
    return outcome;
  }

  #accept(event: JournalEvent, text: string): void {
    const { source, messageId } = event;
    const isFirst = this.head.seq === 0;
    const isLate = !isFirst && event.time < this.head.lastSeen;
    if (!isFirst) this.#announceDue();
    this.#append(text, event);
    const household = saying(this.head.household, event);
    this.head = {
      ...this.head,
      ...(household === undefined ? {} : { household }),
      // What others said of a person before they came is no visit of theirs.
      firstSeen: event.type === "fact" ? this.head.firstSeen : Math.min(this.head.firstSeen, event.time),
      lastSeen: isFirst ? event.time : Math.max(this.head.lastSeen, event.time),
      identifiers: withIdentifiers(this.head.identifiers, event),
      minute: countedIn(this.head.minute, this.#clock),
    };
    if (event.type === "fact" && event.name === SHOWN_FACTS.impression) this.#confirmReserved(messageId);
    const logged = logEvent(event);
    this.#history?.insert(logged);
    const engine = this.#memberships;
    if (engine === undefined) {
      this.head = { ...this.head, behind: { source, messageId } };
      return;
    }
    engine.apply(logged, this.#clock);
    const changes = engine.changes();
    const why: ChangeReason = { kind: isLate ? "correction" : "event", source, messageId };
    if (isFirst) {
      // With the first event the person begins to be: what is true of anybody is entered by it too.
      this.#announcements.opened(engine);
      this.#appendChanges(this.#announcements.due(engine, this.#clock, this.#version, why));
    } else this.#appendChanges(this.#announcements.byEvent(changes, this.#version, why));
  }

  /** Comes into the household that the journal names by now, or leaves the one before. */
  #tie(): void {
    const wanted = wantedOf(this.tie, this.head.consent);
    if (wanted === this.tie.at) return;
    this.amendTie((tie) => tiedTo(tie, wanted, this.profileId, this.#clock));
    const fact = tieFact(this.tie, this.profileId, this.#clock);
    this.#accept(fact, JSON.stringify(fact));
  }

  /** What ties the person to a household. */
  get tie(): HouseholdTie {
    return this.head.household ?? UNTIED;
  }

  /** Changes that: in memory, and in the head with the next write. */
  amendTie(amend: (tie: HouseholdTie) => HouseholdTie): void {
    this.head = { ...this.head, household: amend(this.tie) };
  }

  /**
   * Takes note of whose journal was taken in: who had left that one, and which households are to let go of it, in one step with what it
   * brings where that is this person's. @returns whether anything of it is news
   */
  tookIn({ from, left = [], leaving = [] }: Pick<AdoptEnvelope, "from" | "left" | "leaving">): boolean {
    if (leaving.length > 0) this.amendTie((tie) => ({ ...tie, leaving: [...tie.leaving, ...leaving] }));
    return [this.noteLeft(left, true), this.noteLeft([from], false), leaving.length > 0].includes(true);
  }

  /** What of the journal the household does not have yet, about so many characters. */
  feedPage(room: number): FeedPage {
    const { tie } = this;
    return feedPage(tie, { base: this.base, records: this.#journal.records(tie.fed), seq: this.head.seq }, room);
  }

  /** Room under caps that is still held at an instant. */
  reservedAt(now: number): readonly Reservation[] {
    return (this.head.reserved ?? []).filter(({ until }) => until > now);
  }

  /** Takes room under caps; what has expired is let go of. */
  reserve(reservations: readonly Reservation[], now: number): void {
    this.head = { ...this.head, reserved: [...this.reservedAt(now), ...reservations] };
  }

  /** An impression counts from now on, in the place of what was held for it. */
  #confirmReserved(messageId: string): void {
    const { reserved, ...head } = this.head;
    if (reserved === undefined) return;
    const left = reserved.filter(({ id }) => id !== messageId);
    this.head = left.length === 0 ? head : { ...head, reserved: left };
  }

  /** Takes note that identifiers lead elsewhere from now on, or here again. @returns whether that is news */
  noteLeft(identifiers: readonly ProfileId[], hasLeft: boolean): boolean {
    const { left = [] } = this.head;
    if (identifiers.every((one) => left.includes(one) === hasLeft)) return false;
    const others = left.filter((one) => !identifiers.includes(one));
    this.head = { ...this.head, left: hasLeft ? [...others, ...identifiers].slice(-MOST_IDENTIFIERS) : others };
    return true;
  }

  /** What was to be taken back has come back. @returns whether that is news */
  reclaimed(): boolean {
    const { reclaim, ...head } = this.head;
    this.head = head;
    return reclaim !== undefined;
  }

  /** How firmly the identifier that names this profile is one person's. */
  get rank(): Rank {
    const own = this.head.identifiers.find(({ hash }) => hash === this.profileId);
    return own === undefined ? 1 : rankOf(own);
  }

  /** Takes what a call said about consent: a later statement replaces, a joined profile's counts only where it is stricter. */
  state(consent: Consent, adopting: boolean): void {
    const before = this.head.consent ?? {};
    this.head = { ...this.head, consent: adopting ? strictest(before, consent) : restate(before, consent) };
  }

  /** Takes note of what an alarm must know, which does not know whose object it wakes. */
  told(retentionMs: number, newest: number): void {
    const { head } = this;
    const known = { name: this.profileId, retentionMs: retentionMs > 0 ? retentionMs : (head.retentionMs ?? 0) };
    this.head = { ...head, ...known, newest: Math.max(newest, head.newest ?? 0, this.version) };
  }

  /**
   * The memberships under a ruleset, settled at `now`. A newer version than before re-evaluates the whole journal; the
   * version never goes back, so an older one is answered with what is here.
   */
  memberships(version: number, rules: Ruleset, now: number): Memberships {
    const clock = Math.max(now, this.#clock);
    if (this.#memberships === undefined || version > this.#version) {
      if (version < this.head.ruleset)
        throw new Error("a profile was to be evaluated under an older ruleset than it was written under");
      // As of the last write: so the same changes are found whenever, and however often, they are looked for.
      const from = this.head.behind === undefined ? this.head.clock : clock;
      this.#memberships =
        this.#settledTo === from && this.#memberships !== undefined
          ? this.#memberships.under(rules)
          : openMemberships(rules, this.history, from);
      this.#version = version;
      this.#announcements.opened(this.#memberships);
    }
    this.#settle(clock);
    return this.#memberships;
  }

  /** Time goes on, and never back. */
  #settle(now: number): void {
    if (now > this.#clock) this.#clock = now;
    if (this.#memberships === undefined) return;
    this.#memberships.settle(this.#clock);
    this.#announcements.passed(this.#memberships.changes());
    this.#settledTo = this.#clock;
  }

  /** How the profile stands: from the head alone, while that is of this ruleset and time has changed nothing since. */
  stand(version: number, rules: Ruleset, now: number): Standing {
    const { head } = this;
    const { state } = head;
    const clock = Math.max(now, this.#clock);
    if (this.#memberships === undefined && version === head.ruleset && state?.format === STATE_FORMAT) {
      const nextChange = state.next ?? Infinity;
      if (clock < nextChange) {
        this.#clock = clock;
        if (this.#standing?.of !== head) {
          this.#standing = { of: head, revision: 0, standing: { keys: Object.keys(head.members).toSorted(), nextChange } };
        }
        return this.#standing.standing;
      }
    }
    const engine = this.memberships(version, rules, now);
    const { revision } = engine;
    if (this.#standing?.of !== engine || this.#standing.revision !== revision)
      this.#standing = { of: engine, revision, standing: { keys: engine.keys(), nextChange: engine.nextChange } };
    return this.#standing.standing;
  }

  /** Whether a write would announce or keep anything that the last one did not. */
  get isNews(): boolean {
    const { head } = this;
    return this.version > head.ruleset || head.behind !== undefined || this.#announcements.areDue;
  }

  /** Ruleset that answers now, also before anything was written under it. */
  get version(): number {
    return Math.max(this.#version, this.head.ruleset);
  }

  /** Greatest instant acted at, ms. */
  get clock(): number {
    return this.#clock;
  }

  /** Since when the profile is in an audience, ms; undefined where it is not. */
  since(key: string): number | undefined {
    if (this.#memberships === undefined) return this.head.members[key];
    return this.#memberships.has(key) ? this.#announcements.since(key, this.#clock) : undefined;
  }

  /**
   * Announces what has changed since the last write, and takes note of it for the head.
   * @returns how many changes were announced
   */
  announce(): number {
    const { seq } = this.head;
    this.#tie();
    this.#announceDue();
    const engine = this.#memberships;
    if (engine === undefined) {
      // Behind: what is true now is found once the ruleset can be read.
      if (this.head.behind !== undefined) this.head = { ...this.head, clock: this.#clock, state: null };
      return 0;
    }
    const { behind: _, ...head } = this.head;
    const { nextChange } = engine;
    this.head = {
      ...head,
      clock: this.#clock,
      ruleset: this.version,
      members: this.#announcements.members(),
      state: { format: STATE_FORMAT, next: nextChange === Infinity ? null : nextChange },
    };
    return this.head.seq - seq;
  }

  #announceDue(): void {
    if (this.#memberships === undefined) return;
    const { behind } = this.head;
    const why = behind === undefined ? ({ kind: "publish" } as const) : reasonOf(behind);
    this.#appendChanges(this.#announcements.due(this.#memberships, this.#clock, this.#version, why));
  }

  #appendChanges(changes: readonly JournalChange[]): void {
    for (const change of changes) this.#append(JSON.stringify(change));
  }

  /** @param id of an event; a change has none */
  #append(text: string, id?: JournalEvent): void {
    const { head } = this;
    const { length } = this.#journal.append(text, head.seq, id);
    this.head = { ...head, seq: head.seq + 1, out: appended(head.out, length, this.#clock + this.#sealMs) };
  }

  /** Everything before `to` has arrived at the cold path. @returns false where that was known */
  confirm(epoch: number, to: number, now: number): boolean {
    const head = withConfirmed(this.head, epoch, to, Math.max(now, this.#clock));
    if (head === undefined) return false;
    this.head = head;
    return true;
  }

  /** What is to be sent at an alarm, if anything is: what is due for the first time, or again. */
  sendNow(now: number): ProfileWrite["send"] {
    return this.#send(now, true);
  }

  #send(now: number, isAlarm: boolean): ProfileWrite["send"] {
    const before = this.head;
    this.head = withSent(before, now, isAlarm);
    if (this.head === before) return undefined;
    const isAgain = isAlarm && isNudgeDue(before.out, now);
    return { from: isAgain ? before.outbox : before.out.sent, to: before.seq };
  }

  /** The alarm has gone off: it is set for no instant any more. */
  alarmWentOff(): void {
    this.head = withoutAlarm(this.head);
  }

  /** The instant to set the alarm for, where it must be; taken note of in memory, and with the next write in the head. */
  arm(now: number): number | undefined {
    const before = this.head;
    const nextChange = this.#memberships?.nextChange ?? before.state?.next ?? Infinity;
    this.head = withAlarm(before, this.profileId, nextChange, now);
    return this.head === before ? undefined : this.head.armed;
  }

  /** What makes durable what was learnt. From here on memory is as if it were: where it fails, memory is thrown away. */
  toWrite(now: number): ProfileWrite {
    const sealed = this.#sealChunk();
    const send = this.#send(now, false);
    const arm = this.arm(now);
    return {
      head: this.head,
      open: this.open,
      sealed,
      ...(arm === undefined ? {} : { arm }),
      ...(send === undefined ? {} : { send }),
    };
  }

  #sealChunk(): readonly SealedChunk[] {
    const sealed = this.#journal.seal(this.head.epoch);
    if (sealed.length === 0) return sealed;
    const { seen: _, ...head } = this.head;
    const { filter } = this.#journal;
    const sealedUntil = head.sealedUntil ?? head.lastSeen;
    this.head = { ...head, openFrom: head.seq, sealedUntil, ...(filter === undefined ? {} : { seen: filter }) };
    return sealed;
  }

  /**
   * Events that came by some identifiers, for whom they are to go back to: from a sequence on, about so many characters of them.
   * @returns undefined while some of them have not arrived at the cold path, which would else count them nowhere
   */
  heldBy(origins: ReadonlySet<ProfileId>, from: number, room: number): HeldEvents | undefined {
    const texts: string[] = [];
    let left = room;
    if (from === 0)
      for (const event of this.#sealed.base()) if (origins.has(event.origin.hash)) texts.push(JSON.stringify(event));
    for (const { event, sequence } of eventsAmong(this.#journal.records(from))) {
      if (!origins.has(event.origin.hash)) continue;
      if (sequence >= this.head.outbox) return undefined;
      const text = JSON.stringify(event);
      if (left < text.length && texts.length > 0) return { texts, next: sequence };
      texts.push(text);
      left -= text.length;
    }
    return { texts, next: null };
  }

  /** The journal without the events that came by some identifiers; undefined where there are none. Memory is of the old one: throw it away. */
  without(origins: ReadonlySet<ProfileId>, to: ProfileId, now: number): RewriteWrite | undefined {
    return withoutOrigins(this.head, this.open, this.#sealed, origins, to, Math.max(now, this.#clock));
  }

  /** What leaves the journal, if its time has come. Memory keeps the events: whoever makes it durable throws memory away. */
  compact(now: number, rulesRetentionMs: number): CompactionWrite | undefined {
    return compactionOf(this.head, this.open, this.#sealed, now, rulesRetentionMs);
  }
}

function reasonOf({ by, source, messageId }: NonNullable<ProfileHead["behind"]>): ChangeReason {
  return by === "split" ? { kind: "split" } : { kind: by ?? "event", source, messageId };
}

/** What rules see: the rest of a journal event stays in storage, for 1,000 events must fit into little memory. */
function logEvent({ name, type, time, messageId, source, channel, party, properties }: JournalEvent): LogEvent {
  return { name, type, time, messageId, source, channel, party, properties };
}
