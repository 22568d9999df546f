import type { JournalEvent } from "../model/envelope.ts";
import type { ProfileId } from "../model/ids.ts";
import { isChange, type JournalChange, type OutboxMessage } from "../model/outbox.ts";
import { messageOf } from "./departure.ts";
import { decodeHead, encodeHead, newProfile } from "./head.ts";
import { decodeChunk, encodeChunk, readRecord, type SealedChunk, type SealedJournal } from "./journal.ts";
import { LiveProfile, type Delivery, type Outcome, type Rules } from "./live.ts";

/** For tests: storage of one object in memory, with the same rows and transactions, and the shell over it. */

export const HOME = { workspace: "w", jurisdiction: null };
export const PROFILE = "p".repeat(43) as ProfileId;

export class MemoryStore implements SealedJournal {
  /** As the object's table: row 0 is the head, row `first + 1` a sealed chunk. */
  rows = new Map<number, string>();
  rowsWritten = 0;

  put(key: number, body: string): void {
    this.rows.set(key, body);
    this.rowsWritten++;
  }

  *chunks(from: number): Iterable<SealedChunk> {
    const keys = [...this.rows.keys()].filter((key) => key > 0).toSorted((one, other) => one - other);
    const start = keys.findLast((key) => key <= from + 1) ?? 1;
    for (const key of keys) if (key >= start) yield decodeChunk(this.rows.get(key) ?? "");
  }

  chunkOf(sequence: number): SealedChunk | undefined {
    for (const chunk of this.chunks(sequence)) return chunk;
    return undefined;
  }
}

/** What the shell of an object does, without the platform. */
export class TestObject {
  readonly store = new MemoryStore();
  readonly sent: OutboxMessage[] = [];
  alarm: number | undefined;
  alarmsSet = 0;
  #live: LiveProfile | undefined;

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
      if (outcome.accepted > 0) live.told(0, ruleset?.version ?? 0);
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
      live.told(0, version);
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

  write(live: LiveProfile, now: number, work: () => boolean): void {
    this.#live = undefined;
    if (work()) {
      const { head, open, sealed, arm, send } = live.toWrite(Math.max(now, live.clock));
      if (sealed) this.store.put(sealed.first + 1, encodeChunk(sealed.epoch, sealed.first, sealed.records));
      this.store.put(0, encodeHead(head, open));
      this.arm(arm);
      if (send) this.sent.push(messageOf(live, send.from, send.to));
    }
    this.#live = live;
  }

  arm(at: number | undefined): void {
    if (at === undefined) return;
    this.alarm = at;
    this.alarmsSet++;
  }

  /** All records as stored. */
  records(): (JournalEvent | JournalChange)[] {
    const { live } = this;
    return live === undefined ? [] : [...live.records()].map(({ text }) => readRecord(text));
  }

  changes(): JournalChange[] {
    return this.records().filter((record) => isChange(record));
  }
}
