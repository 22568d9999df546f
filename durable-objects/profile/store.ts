import { decodeHead, encodeHead, type Head } from "../../core/profile/head.ts";
import {
  decodeBase,
  decodeChunk,
  encodeBase,
  encodeChunk,
  type SealedChunk,
  type SealedJournal,
} from "../../core/profile/journal.ts";
import type { JournalEvent } from "../../core/model/envelope.ts";
import type { CompactionWrite } from "../../core/profile/writes.ts";
import { PROFILE_MIGRATIONS } from "./migrations.ts";

/** A row is 2 MB at most in production but not locally: refused here, long before it would be refused there. */
const MOST_ROW_BYTES = 1_900_000;

const HEAD_KEY = 0;
/** The base that compaction leaves. */
const BASE_KEY = -1;

/** What one write consists of: the head with its open chunk in one row, and a sealed chunk in a row of its own. */
interface Written {
  readonly head: Head;
  readonly open: readonly string[];
  readonly sealed?: SealedChunk;
}

/** Every SQL statement of a profile object. */
export class ProfileStore implements SealedJournal {
  /** Rows written since this object woke, as the platform counts (and bills) them. */
  rowsWritten = 0;
  readonly #storage: DurableObjectStorage;
  /** Migrations that have run; undefined until looked. */
  #schema: number | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** The head row and the records of its open chunk; undefined for an object that was never written. */
  head(): { readonly head: Head; readonly open: readonly string[] } | undefined {
    const row = this.#headRow();
    this.#schema = 0;
    if (row === undefined) return undefined;
    const decoded = decodeHead(row.body);
    this.#schema = decoded.head.schema;
    return decoded;
  }

  #headRow(): { body: string } | undefined {
    const { sql } = this.#storage;
    if (sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'part'").toArray().length === 0) return undefined;
    const row = sql.exec<{ body: string }>("SELECT body FROM part WHERE k = ?", HEAD_KEY).toArray()[0];
    if (row === undefined) throw new Error("a profile object has its table but no head");
    return row;
  }

  *chunks(from: number): Iterable<SealedChunk> {
    const rows = this.#storage.sql.exec<{ body: string }>(
      "SELECT body FROM part WHERE k >= (SELECT coalesce(max(k), 1) FROM part WHERE k BETWEEN 1 AND ?) ORDER BY k",
      from + 1,
    );
    for (const row of rows) yield decodeChunk(row.body);
  }

  chunkOf(sequence: number): SealedChunk | undefined {
    const rows = this.#storage.sql.exec<{ body: string }>(
      "SELECT body FROM part WHERE k > 0 AND k <= ? ORDER BY k DESC LIMIT 1",
      sequence + 1,
    );
    const row = rows.toArray()[0];
    return row === undefined ? undefined : decodeChunk(row.body);
  }

  base(): readonly JournalEvent[] {
    const row = this.#storage.sql.exec<{ body: string }>("SELECT body FROM part WHERE k = ?", BASE_KEY).toArray()[0];
    return row === undefined ? [] : decodeBase(row.body);
  }

  /** Lets chunks leave the journal, and keeps what outlasts them. */
  compact({ head, open, removed, base }: CompactionWrite): void {
    this.#storage.transactionSync(() => {
      for (const first of removed) this.#run("DELETE FROM part WHERE k = ?", first + 1);
      this.#put(BASE_KEY, encodeBase(base));
      this.#putHead({ ...head, schema: this.#migrated() }, open);
    });
  }

  /** All or nothing: a throw in an object rolls nothing back, a transaction does. */
  commit({ head, open, sealed }: Written): void {
    const schema = PROFILE_MIGRATIONS.length;
    const have = this.#migrated();
    this.#storage.transactionSync(() => {
      for (const statement of PROFILE_MIGRATIONS.slice(have)) this.#run(statement);
      if (sealed !== undefined) this.#put(sealed.first + 1, encodeChunk(sealed.epoch, sealed.first, sealed.records));
      this.#putHead({ ...head, schema }, open);
    });
    this.#schema = schema;
  }

  /** Drops the journal of an object that is a pointer now and whose events have arrived elsewhere. */
  clearJournal(head: Head): void {
    this.#storage.transactionSync(() => {
      this.#run("DELETE FROM part WHERE k <> ?", HEAD_KEY);
      this.#putHead({ ...head, schema: this.#migrated() }, []);
    });
  }

  /** How many migrations have run: storage knows, a head in memory may be from before them. */
  #migrated(): number {
    return this.#schema ?? this.head()?.head.schema ?? 0;
  }

  #putHead(head: Head, open: readonly string[]): void {
    this.#put(HEAD_KEY, encodeHead(head, open));
  }

  #put(key: number, body: string): void {
    if (body.length > MOST_ROW_BYTES) throw new Error(`a row of ${body.length} characters is too large to be stored`);
    this.#run("INSERT INTO part (k, body) VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET body = ?2", key, body);
  }

  #run(sql: string, ...bound: SqlStorageValue[]): void {
    this.rowsWritten += this.#storage.sql.exec(sql, ...bound).rowsWritten;
  }
}
