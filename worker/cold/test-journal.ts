import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { CallEnvelope, JournalEvent } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { OUTBOX_VERSION, type JournalChange, type OutboxMessage, type OutboxState } from "../../core/model/outbox.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { archived, archiveKeys } from "./archive.ts";
import { consumeOutbox } from "./consumer.ts";
import type { FindObject, OutboxObject } from "./profile-calls.ts";

/** For tests of the cold path: a journal that answers as a profile object does, and batches of its messages. */

export const HOUR = 3_600_000;
/** A whole hour, so that tests can count in hours from it. */
export const NOON = Date.UTC(2026, 10, 2, 12);

let made = 0;

export class TestJournal implements OutboxObject {
  readonly profile: ProfileId;
  readonly records: string[] = [];
  readonly members: Record<string, number> = {};
  epoch = 1;
  ruleset = 1;
  nextChange: number | null = null;
  confirmed = 0;
  pulls = 0;
  sweeps = 0;
  /** What the next calls throw. */
  down = false;
  gone = false;
  #events = 0;

  readonly workspace: string;

  constructor(workspace: string, userId = `u${++made}`) {
    this.workspace = workspace;
    this.profile = profileName(env.NAME_KEY, workspace, { type: "userId", value: userId });
  }

  event(name = "Order Completed", said: Partial<JournalEvent> = {}): this {
    this.#events++;
    const time = said.time ?? NOON + this.#events;
    const event: JournalEvent = {
      name,
      type: "track",
      time,
      receivedAt: time,
      messageId: `m${this.records.length}`,
      source: "web",
      channel: "web",
      party: "first",
      origin: { type: "userId", hash: this.profile },
      properties: {},
      ...said,
    };
    this.records.push(JSON.stringify(event));
    return this;
  }

  change(audience: string, entered: boolean, at = NOON, kind: "time" | "publish" = "time"): this {
    const change: JournalChange = { type: "change", audience, entered, at, ruleset: this.ruleset, reason: { kind } };
    this.records.push(JSON.stringify(change));
    if (entered) this.members[audience] = at;
    else delete this.members[audience];
    return this;
  }

  get state(): OutboxState {
    const { ruleset, nextChange, members } = this;
    return { members: { ...members }, ruleset, nextChange, identifiers: [], firstSeen: NOON, lastSeen: NOON + this.#events };
  }

  /** The records from one place to another; the state only where they are the last ones. */
  message(from = 0, to = this.records.length, isNudge = false): OutboxMessage {
    const head = {
      v: OUTBOX_VERSION,
      workspace: this.workspace,
      jurisdiction: null,
      profile: this.profile,
      epoch: this.epoch,
      from,
      to,
    } as const;
    if (isNudge) return head;
    return { ...head, records: this.records.slice(from, to), ...(to === this.records.length ? { state: this.state } : {}) };
  }

  outbox({ from, limitBytes }: CallEnvelope & { readonly from: number; readonly limitBytes: number }): Promise<string> {
    this.pulls++;
    if (this.down) return Promise.reject(new Error("the object is down"));
    if (this.gone) return Promise.resolve(JSON.stringify({ ...this.message(0, 0, true), from, to: from, records: [] }));
    let to = Math.min(from, this.records.length);
    for (let bytes = 0; to < this.records.length && (to === from || bytes < limitBytes); to++)
      bytes += this.records[to]?.length ?? 0;
    return Promise.resolve(JSON.stringify(this.message(Math.min(from, to), to)));
  }

  confirm({ epoch, to }: CallEnvelope & { readonly epoch: number; readonly to: number }): Promise<boolean> {
    if (this.down) return Promise.reject(new Error("the object is down"));
    if (epoch === this.epoch) this.confirmed = Math.max(this.confirmed, to);
    return Promise.resolve(epoch === this.epoch);
  }

  sweep({ ruleset }: CallEnvelope): Promise<string> {
    this.sweeps++;
    if (this.down) return Promise.reject(new Error("the object is down"));
    if (this.gone) return Promise.resolve(JSON.stringify({ version: 0, changed: 0 }));
    this.ruleset = Math.max(this.ruleset, ruleset);
    return Promise.resolve(JSON.stringify({ version: this.ruleset, changed: 0 }));
  }
}

export function finding(...journals: readonly TestJournal[]): FindObject {
  return (_, name) => {
    const journal = journals.find(({ profile }) => profile === name);
    if (journal === undefined) throw new Error("no such journal");
    return journal;
  };
}

export interface Consumed {
  readonly acked: number;
  readonly retried: number;
}

/** Gives bodies to the consumer as one batch. */
export async function consumed(
  find: FindObject,
  bodies: readonly unknown[],
  more: Partial<Env> = {},
  now = NOON + HOUR,
): Promise<Consumed> {
  const batch = createMessageBatch(
    "tideline-outbox",
    bodies.map((body) => ({ id: `q${++made}`, timestamp: new Date(now - 1_000), attempts: 1, body: structuredClone(body) })),
  );
  const ctx = createExecutionContext();
  await consumeOutbox(batch, { ...env, ...more }, now, find);
  const result = await getQueueResult(batch, ctx);
  return { acked: result.explicitAcks.length, retried: result.retryMessages.length };
}

interface IndexRow {
  readonly id: string;
  readonly epoch: number;
  readonly applied: number;
  readonly events: number;
  readonly ruleset: number;
  readonly member_count: number;
  readonly members: string;
  readonly next_change: number | null;
}

export async function indexRow(profile: ProfileId, DB = env.DB): Promise<IndexRow | null> {
  return DB.prepare("SELECT * FROM profile WHERE id = ?").bind(profile).first<{ [K in keyof IndexRow]: IndexRow[K] }>();
}

/** Events by `SOURCE NAME HOUR`, hours from NOON. */
export async function rollups(workspace: string, DB = env.DB): Promise<Record<string, number>> {
  const { results } = await DB.prepare("SELECT * FROM event_hour WHERE workspace = ? ORDER BY source, name, hour")
    .bind(workspace)
    .all<{ source: string; name: string; hour: number; events: number }>();
  return Object.fromEntries(
    results.map(({ source, name, hour, events }) => [`${source} ${name} ${(hour - NOON) / HOUR}`, events]),
  );
}

/** `[entered, exited, publishEntered, publishExited]` by `AUDIENCE HOUR`. */
export async function series(workspace: string, DB = env.DB): Promise<Record<string, readonly number[]>> {
  const { results } = await DB.prepare("SELECT * FROM audience_hour WHERE workspace = ? ORDER BY audience, hour")
    .bind(workspace)
    .all<{ audience: string; hour: number; entered: number; exited: number; publish_entered: number; publish_exited: number }>();
  return Object.fromEntries(
    results.map((row) => [
      `${row.audience} ${(row.hour - NOON) / HOUR}`,
      [row.entered, row.exited, row.publish_entered, row.publish_exited],
    ]),
  );
}

/** Records in the archive of one person, by `EPOCH SEQUENCE`. */
export async function archiveOf(workspace: string, profile: ProfileId): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const key of (await archiveKeys(env.ARCHIVE, workspace, { limit: 1_000 })).keys) {
    for (const group of await archived(env.ARCHIVE, workspace, key)) {
      if (group.profile !== profile) continue;
      for (const [place, record] of group.records.entries()) found.set(`${group.epoch} ${group.from + place}`, record);
    }
  }
  return found;
}
