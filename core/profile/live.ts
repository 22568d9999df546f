import type { Consent } from "../model/consent.ts";
import { restate, strictest } from "../consent/consent.ts";
import type { JournalEvent } from "../model/envelope.ts";
import type { LogEvent } from "../model/event.ts";
import type { HashedIdentifier, ProfileId } from "../model/ids.ts";
import { jsonEquals, type Json } from "../model/json.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { MOST_IDENTIFIERS, type ProfileHead } from "./head.ts";
import { History } from "./history.ts";
import { openMemberships, type Memberships } from "./memberships.ts";

/** What one delivery did to a profile. */
export interface Outcome {
  accepted: number;
  duplicates: number;
  /** Places in the delivery whose (source, messageId) is held with another content. */
  conflicts: number[];
}

/** Reads an event of the journal back by its sequence: only a repeated delivery needs it. */
export type EventAt = (sequence: number) => JournalEvent;

/**
 * A profile in memory: a cache over its head row and journal, which are the truth. It is changed by whole deliveries;
 * whoever cannot make a change durable throws this object away and wakes another.
 */
export class LiveProfile {
  readonly history: History;
  /** Texts of the events in the open chunk, as the head row stores them. */
  open: string[] = [];
  openBytes = 0;
  head: ProfileHead;
  /** Sequence by (source, messageId) of everything in the journal. */
  readonly #seen = new Map<string, number>();
  #version = -1;
  #memberships: Memberships | undefined;
  #since: Map<string, number>;

  /** @param profileId the name of its object */
  constructor(head: ProfileHead, profileId: ProfileId) {
    this.history = new History(profileId);
    this.head = head;
    this.#since = new Map(Object.entries(head.members));
  }

  /** Takes in an event of the journal as it was stored: for waking. Sequences are given in the order of the calls. */
  recall(event: JournalEvent, sequence: number): void {
    this.#seen.set(seenKey(event), sequence);
    this.history.insert(logEvent(event));
  }

  /** As `recall`, for an event of the open chunk, whose text the next head row will bear again. */
  recallOpen(event: JournalEvent, text: string, sequence: number): void {
    this.recall(event, sequence);
    this.#append(text);
  }

  /** True when the journal holds this (source, messageId). */
  holds(source: string, messageId: string): boolean {
    return this.#seen.has(seenKey({ source, messageId }));
  }

  /** Applies a delivery. Of two events with one (source, messageId) the first accepted stands; an identical one changes nothing. */
  deliver(texts: readonly string[], now: number, eventAt: EventAt): Outcome {
    const outcome: Outcome = { accepted: 0, duplicates: 0, conflicts: [] };
    this.#advance(now);
    for (const [place, text] of texts.entries()) {
      const event: JournalEvent = JSON.parse(text);
      const held = this.#seen.get(seenKey(event));
      if (held === undefined) this.#accept(event, text);
      else if (sameContent(event, eventAt(held))) outcome.duplicates++;
      else outcome.conflicts.push(place);
    }
    outcome.accepted = texts.length - outcome.duplicates - outcome.conflicts.length;
    return outcome;
  }

  #accept(event: JournalEvent, text: string): void {
    this.#seen.set(seenKey(event), this.head.seq);
    this.#append(text);
    const logged = logEvent(event);
    this.history.insert(logged);
    const { head } = this;
    this.head = {
      ...head,
      seq: head.seq + 1,
      firstSeen: Math.min(head.firstSeen, event.time),
      lastSeen: head.seq === 0 ? event.time : Math.max(head.lastSeen, event.time),
      identifiers: withIdentifiers(head.identifiers, event),
    };
    this.#memberships?.apply(logged, head.clock);
  }

  #append(text: string): void {
    this.open.push(text);
    this.openBytes += text.length;
  }

  /** Takes what a call said about consent: a later statement replaces, a joined profile's counts only where it is stricter. */
  state(consent: Consent, adopting: boolean): void {
    const before = this.head.consent ?? {};
    this.head = { ...this.head, consent: adopting ? strictest(before, consent) : restate(before, consent) };
  }

  /** Time goes on, and never back. */
  #advance(now: number): void {
    if (now > this.head.clock) this.head = { ...this.head, clock: now };
    this.#memberships?.settle(this.head.clock);
  }

  /**
   * The memberships under a ruleset, settled at `now`. A newer version than before re-evaluates the whole journal; the
   * version never goes back, so an older one is answered with what is here.
   */
  memberships(version: number, rules: Ruleset, now: number): Memberships {
    if (this.#memberships === undefined || version > this.#version) {
      // Opened at the last instant acted at, then settled: so what time alone changed since bears its exact instant.
      const clock = version === this.head.ruleset ? Math.min(this.head.clock, now) : now;
      this.#memberships?.settle(clock);
      this.#memberships = this.#memberships?.under(rules) ?? openMemberships(rules, this.history, clock);
      this.#version = version;
      this.#since = sinceOf(this.#memberships.keys(), this.#since, clock);
    }
    this.#advance(now);
    for (const { key, entered, at } of this.#memberships.changes()) {
      if (entered) this.#since.set(key, at);
      else this.#since.delete(key);
    }
    return this.#memberships;
  }

  /** Ruleset that answers now, also before anything was written under it. */
  get version(): number {
    return Math.max(this.#version, this.head.ruleset);
  }

  /** Since when the profile is in an audience, ms; undefined where it is not. */
  since(key: string): number | undefined {
    return this.#since.get(key);
  }

  /** The head to write: what was learnt in memory becomes durable with it. */
  toWrite(): ProfileHead {
    return { ...this.head, ruleset: this.version, members: Object.fromEntries(this.#since) };
  }
}

function sinceOf(keys: readonly string[], before: ReadonlyMap<string, number>, now: number): Map<string, number> {
  return new Map(keys.map((key) => [key, before.get(key) ?? now]));
}

function seenKey(event: { readonly source: string; readonly messageId: string }): string {
  // Source keys hold no space (worker/api), so this cannot join two different pairs into one text.
  return `${event.source} ${event.messageId}`;
}

/** What rules see: the rest of a journal event stays in storage, for 1,000 events must fit into little memory. */
function logEvent({ name, type, time, messageId, source, channel, party, properties }: JournalEvent): LogEvent {
  return { name, type, time, messageId, source, channel, party, properties };
}

function withIdentifiers(known: readonly HashedIdentifier[], event: JournalEvent): readonly HashedIdentifier[] {
  const fresh = [event.origin, ...(event.with ?? [])].filter(({ hash }) => !known.some((identifier) => identifier.hash === hash));
  if (fresh.length === 0) return known;
  return [...known, ...fresh].slice(0, MOST_IDENTIFIERS);
}

/** Content without what a repeated delivery changes: times of transport, and the event's time where it was corrected by them. */
function sameContent(one: JournalEvent, other: JournalEvent): boolean {
  return jsonEquals(content(one), content(other));
}

function content(event: JournalEvent): Json {
  const { type, name, timestamp, properties, context, groupId, origin, with: others } = event;
  return {
    type,
    name,
    properties,
    origin: origin.hash,
    timestamp: timestamp ?? null,
    context: context ?? null,
    groupId: groupId ?? null,
    with: (others ?? []).map(({ hash }) => hash),
  };
}
