import type { JournalEvent } from "../model/envelope.ts";
import type { ProfileId } from "../model/ids.ts";
import { isChange, isEvent, type JournalChange, type OutboxMessage } from "../model/outbox.ts";
import { messageOf, pullOf } from "./departure.ts";
import { decodeHead, encodeHead, newProfile } from "./head.ts";
import {
  decodeBase,
  decodeChunk,
  encodeBase,
  encodeChunk,
  readRecord,
  type NumberedText,
  type SealedChunk,
  type SealedJournal,
} from "./journal.ts";
import type { Delivery, Outcome, Rules } from "./delivery.ts";
import { LiveProfile } from "./live.ts";

/** For tests: storage of one object in memory, with the same rows and transactions, and the shell over it. */

export const HOME = { workspace: "w", jurisdiction: null };
export const PROFILE = "p".repeat(43) as ProfileId;

export class MemoryStore implements SealedJournal {
  /** As the object's table: row 0 is the head, row `first + 1` a sealed chunk. */
  rows: ReadonlyMap<number, string> = new Map<number, string>();

  /** All or nothing. */
  transaction(work: (rows: Map<number, string>) => void): void {
    const rows = new Map(this.rows);
    work(rows);
    this.rows = rows;
  }

  *chunks(from: number): Iterable<SealedChunk> {
    const keys = [...this.rows.keys()].filter((key) => key > 0).toSorted((one, other) => one - other);
    const start = keys.findLast((key) => key <= from + 1) ?? 1;
    for (const key of keys) if (key >= start) yield decodeChunk(this.rows.get(key) ?? "");
  }

  base(): readonly JournalEvent[] {
    const text = this.rows.get(BASE_KEY);
    return text === undefined ? [] : decodeBase(text);
  }

  chunkOf(sequence: number): SealedChunk | undefined {
    for (const chunk of this.chunks(sequence)) return chunk;
    return undefined;
  }
}

const BASE_KEY = -1;

/** Where a write is cut off: before it, between its rows, or after it, the reply lost. */
export type Crash = "before" | "within" | "after";

/** What the shell of an object does, without the platform. */
export class TestObject {
  readonly store = new MemoryStore();
  readonly sent: OutboxMessage[] = [];
  alarm: number | undefined;
  retentionMs = 400 * 86_400_000;
  #live: LiveProfile | undefined;
  #crash: Crash | undefined;

  /** The profile in memory, woken if it is not; undefined where there is none. */
  get live(): LiveProfile | undefined {
    if (this.#live !== undefined) return this.#live;
    const row = this.store.rows.get(0);
    if (row === undefined) return undefined;
    const { head, open } = decodeHead(row);
    if (head.kind !== "profile") throw new Error("a pointer");
    this.#live = new LiveProfile(head, PROFILE, open, this.store);
    return this.#live;
  }

  evict(): void {
    this.#live = undefined;
  }

  deliver(events: readonly JournalEvent[], now: number, ruleset: Rules | undefined, more: Partial<Delivery> = {}): Outcome {
    const live = this.live ?? new LiveProfile(newProfile(HOME, now), PROFILE, [], this.store);
    let outcome: Outcome | undefined;
    this.write(live, now, () => {
      const texts = events.map((event) => JSON.stringify(event));
      outcome = live.deliver({ texts, now, ruleset, mostAMinute: Infinity, isDestinationWaiting: false, ...more });
      if (outcome.accepted > 0) live.told(this.retentionMs, ruleset?.version ?? 0);
      return outcome.accepted > 0;
    });
    if (outcome === undefined) throw new Error("nothing was delivered");
    return outcome;
  }

  /** As an alarm or a sweep does. @returns how many changes were announced */
  settle({ version, rules }: Rules, now: number): number {
    const { live } = this;
    if (live === undefined) return 0;
    let changed = 0;
    this.write(live, now, () => {
      live.memberships(version, rules, now);
      if (!live.isNews) return false;
      live.told(this.retentionMs, version);
      changed = live.announce();
      return true;
    });
    return changed;
  }

  confirm(to: number, now: number): void {
    const { live } = this;
    if (live !== undefined) this.write(live, now, () => live.confirm(live.head.epoch, to, now));
  }

  fireAlarm(ruleset: Rules, now: number): void {
    const { live } = this;
    this.alarm = undefined;
    if (live === undefined) return;
    live.alarmWentOff();
    this.settle(ruleset, now);
    const send = live.sendNow(Math.max(now, live.clock));
    if (send !== undefined) this.sent.push(messageOf(live, send.from, send.to));
    this.arm(live.arm(Math.max(now, live.clock)));
  }

  /** Something left the profile, or is to, and was not confirmed. */
  get isWaiting(): boolean {
    const { live } = this;
    return live !== undefined && live.head.outbox < live.head.seq;
  }

  pull(from: number, limitBytes: number): OutboxMessage {
    if (this.live === undefined) throw new Error("nobody is asked for records");
    return pullOf(this.live, from, limitBytes);
  }

  /** Does something whose next write is cut off: what is in memory is gone with it. */
  compact(now: number): boolean {
    const { live } = this;
    const compaction = live?.compact(Math.max(now, live.clock), this.retentionMs);
    if (compaction === undefined) return false;
    this.store.transaction((rows) => {
      for (const first of compaction.removed) rows.delete(first + 1);
      rows.set(BASE_KEY, encodeBase(compaction.base));
      rows.set(0, encodeHead(compaction.head, compaction.open));
    });
    this.evict();
    return true;
  }

  crashing(where: Crash, work: () => void): never {
    this.#crash = where;
    try {
      work();
    } finally {
      this.#crash = undefined;
      this.evict();
    }
    throw new Error("crash without a write");
  }

  write(live: LiveProfile, now: number, work: () => boolean): void {
    const before = this.#live;
    this.#live = undefined;
    const isLearnt = work();
    if (isLearnt) {
      const { head, open, sealed, arm, send } = live.toWrite(Math.max(now, live.clock));
      this.store.transaction((rows) => {
        if (this.#crash === "before") throw new Error("crash");
        for (const { epoch, first, records } of sealed) rows.set(first + 1, encodeChunk(epoch, first, records));
        if (this.#crash === "within") throw new Error("crash");
        rows.set(0, encodeHead(head, open));
      });
      this.arm(arm);
      if (this.#crash === "after") throw new Error("crash");
      if (send) this.sent.push(messageOf(live, send.from, send.to));
    }
    this.#live = isLearnt ? live : before;
  }

  arm(at: number | undefined): void {
    if (at === undefined) return;
    this.alarm = at;
  }

  numbered(): readonly NumberedText[] {
    return [...(this.live?.records() ?? [])];
  }

  /** All records as stored. */
  records(): (JournalEvent | JournalChange)[] {
    const { live } = this;
    return live === undefined
      ? []
      : [...live.records()].map(({ text }) => readRecord(text)).filter((record) => isEvent(record) || isChange(record));
  }

  changes(): JournalChange[] {
    return this.records().filter((record) => isChange(record));
  }
}
