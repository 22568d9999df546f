import { DurableObject } from "cloudflare:workers";

/** A rejected event: kept with its reason, so that it can be looked at and sent again after the fix. */
export interface Rejected {
  readonly source: string;
  readonly messageId: string | null;
  /** The stable code of the reason. */
  readonly code: string;
  /** When it was received, ms. */
  readonly at: number;
  /** JSON text of the event as it came. */
  readonly payload: string;
  /** JSON text of what the call around it said, for a replay; null where that is not known. The one who keeps it reads it. */
  readonly call?: string | null;
  /** More about the reason, where there is more to say. */
  readonly detail?: string | null;
}

/** As kept: the id is a hash of (source, code, payload), so that a repeated delivery is kept once. */
export interface KeptRejected extends Rejected {
  readonly id: string;
  readonly detail: string | null;
}

/** A place in the list of rejected events: a batch shares one instant, so the instant alone is none. */
export interface Place {
  readonly at: number;
  readonly id: string;
}

/** Events that a source sent for people who did not consent: only their number is kept. */
export interface RefusedCount {
  readonly source: string;
  /** Day in UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly count: number;
}

/** Which of the rejected events are meant: all that every given part holds of. */
export interface RejectedFilter {
  readonly ids?: readonly string[] | undefined;
  readonly code?: string | undefined;
  readonly source?: string | undefined;
}

/** A rejected event to be replayed. */
export interface Found extends KeptRejected {
  readonly call: string | null;
}

/** Schema; run inside the first write. Older objects have the first two statements: what comes after them is only ever added to. */
const MIGRATIONS = [
  "CREATE TABLE rejected (k INTEGER PRIMARY KEY, id TEXT NOT NULL, source TEXT NOT NULL, messageId TEXT, code TEXT NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL)",
  "CREATE TABLE refused (day TEXT, source TEXT, count INTEGER NOT NULL, PRIMARY KEY (day, source)) WITHOUT ROWID",
] as const;

/** One shard of a workspace's quarantine. Here first, so that a rejected event is kept also when D1 is down. */
export class QuarantineObject extends DurableObject<Env> {
  #ready = false;
  /** True where the table has its later columns. */
  #isComplete = false;

  /** Keeps rejected events; durable when it returns. What is kept already is not kept twice. */
  keep(items: readonly (Rejected & { readonly id: string })[]): void {
    this.ctx.storage.transactionSync(() => {
      this.#migrate();
      for (const item of items) this.#keep(item);
    });
    this.#ready = true;
    this.#isComplete = true;
  }

  #keep({ id, source, messageId, code, at, payload, call = null, detail = null }: Rejected & { readonly id: string }): void {
    const { sql } = this.ctx.storage;
    // The integer key is the head of the hash: one row written, where a text key would cost two. Should two hashes ever
    // share it, the second takes the next free key.
    for (let key = Number.parseInt(id.slice(0, 13), 16); ; key++) {
      const held = sql.exec<{ id: string }>("SELECT id FROM rejected WHERE k = ?", key).toArray()[0];
      if (held?.id === id) return;
      if (held !== undefined) continue;
      sql.exec(
        "INSERT INTO rejected VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        key,
        id,
        source,
        messageId,
        code,
        at,
        payload,
        call,
        detail,
      );
      return;
    }
  }

  /** Counts events refused for want of consent. */
  refused({ source, day, count }: RefusedCount): void {
    this.ctx.storage.transactionSync(() => {
      this.#migrate();
      this.ctx.storage.sql.exec(
        "INSERT INTO refused VALUES (?1, ?2, ?3) ON CONFLICT (day, source) DO UPDATE SET count = count + ?3",
        day,
        source,
        count,
      );
    });
    this.#ready = true;
  }

  /** Newest first, those of one instant by id. @param after the place of the last one listed */
  list(limit: number, after: Place): { readonly items: KeptRejected[]; readonly refused: RefusedCount[] } {
    if (!this.#exists()) return { items: [], refused: [] };
    this.ctx.storage.transactionSync(() => this.#migrate());
    const { sql } = this.ctx.storage;
    const items = sql.exec<{ [K in keyof KeptRejected]: KeptRejected[K] }>(
      "SELECT id, source, messageId, code, at, payload, detail FROM rejected WHERE at < ?1 OR (at = ?1 AND id > ?2) ORDER BY at DESC, id LIMIT ?3",
      after.at,
      after.id,
      limit,
    );
    return {
      items: items.toArray(),
      refused: sql.exec<{ [K in keyof RefusedCount]: RefusedCount[K] }>("SELECT source, day, count FROM refused").toArray(),
    };
  }

  /**
   * What a filter holds of, the other way round than `list`: oldest first, for a replay sends in the order of arrival.
   * @param after the place of the last one found
   */
  find({ ids, code, source }: RejectedFilter, limit: number, after: Place): Found[] {
    if (!this.#exists()) return [];
    this.ctx.storage.transactionSync(() => this.#migrate());
    const found = this.ctx.storage.sql.exec<{ [K in keyof Found]: Found[K] }>(
      `SELECT id, source, messageId, code, at, payload, call, detail FROM rejected WHERE ${MEANT} AND (at > ?4 OR (at = ?4 AND id > ?5)) ORDER BY at, id LIMIT ?6`,
      ...bound(ids, code, source),
      after.at,
      after.id,
      limit,
    );
    return found.toArray();
  }

  /** How many a filter holds of. */
  countOf({ ids, code, source }: RejectedFilter): number {
    if (!this.#exists()) return 0;
    const { sql } = this.ctx.storage;
    return sql.exec<{ count: number }>(`SELECT COUNT(*) AS count FROM rejected WHERE ${MEANT}`, ...bound(ids, code, source)).one()
      .count;
  }

  /** Takes out what was replayed. @returns the ids that were still there, so that of two replays one alone counts each */
  remove(ids: readonly string[]): string[] {
    if (!this.#exists()) return [];
    return this.ctx.storage.sql
      .exec<{ id: string }>("DELETE FROM rejected WHERE id IN (SELECT value FROM json_each(?)) RETURNING id", JSON.stringify(ids))
      .toArray()
      .map(({ id }) => id);
  }

  #exists(): boolean {
    this.#ready ||= this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'rejected'").toArray().length > 0;
    return this.#ready;
  }

  #migrate(): void {
    const { sql } = this.ctx.storage;
    if (!this.#exists()) for (const statement of MIGRATIONS) sql.exec(statement);
    if (this.#isComplete) return;
    const columns = sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('rejected')").toArray();
    for (const column of ["call", "detail"])
      if (!columns.some(({ name }) => name === column)) sql.exec(`ALTER TABLE rejected ADD COLUMN ${column} TEXT`);
    // Not ready before the transaction is: a throw rolls the tables back.
  }
}

const MEANT =
  "(?1 IS NULL OR id IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR code = ?2) AND (?3 IS NULL OR source = ?3)";

function bound(ids?: readonly string[], code?: string, source?: string): (string | null)[] {
  return [ids === undefined ? null : JSON.stringify(ids), code ?? null, source ?? null];
}
