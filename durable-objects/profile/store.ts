import type { JournalEvent } from "../../core/model/envelope.ts";
import { decodeHead, encodeChunk, encodeHead, SEAL_BYTES, type Head } from "../../core/profile/head.ts";
import { PROFILE_MIGRATIONS } from "./migrations.ts";

/** A row is 2 MB at most in production but not locally: refused here, long before it would be refused there. */
const MOST_ROW_BYTES = 1_900_000;

const HEAD_KEY = 0;

/** The open chunk as it goes into the head row. */
export interface OpenChunk {
  readonly texts: readonly string[];
  readonly bytes: number;
}

/** A sealed chunk as stored. */
interface Chunk {
  readonly first: number;
  readonly events: readonly JournalEvent[];
}

/** Every SQL statement of a profile object. */
export class ProfileStore {
  /** Rows written since this object woke, as the platform counts (and bills) them. */
  rowsWritten = 0;
  readonly #storage: DurableObjectStorage;
  /** Migrations that have run; undefined until looked. */
  #schema: number | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** The head row and the events of its open chunk; undefined for an object that was never written. */
  head(): { readonly head: Head; readonly open: readonly unknown[] } | undefined {
    const { sql } = this.#storage;
    this.#schema = 0;
    if (sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'part'").toArray().length === 0) return undefined;
    const row = sql.exec<{ body: string }>("SELECT body FROM part WHERE k = ?", HEAD_KEY).toArray()[0];
    if (row === undefined) throw new Error("a profile object has its table but no head");
    const decoded = decodeHead(row.body);
    this.#schema = decoded.head.schema;
    return decoded;
  }

  /** Sealed chunks, oldest first. */
  *chunks(): Iterable<Chunk> {
    for (const row of this.#storage.sql.exec<{ body: string }>("SELECT body FROM part WHERE k > ? ORDER BY k", HEAD_KEY)) {
      yield JSON.parse(row.body) as Chunk;
    }
  }

  /** The sealed chunk that holds the event of this sequence. */
  chunkOf(sequence: number): Chunk | undefined {
    const rows = this.#storage.sql.exec<{ body: string }>(
      "SELECT body FROM part WHERE k > 0 AND k <= ? ORDER BY k DESC LIMIT 1",
      sequence + 1,
    );
    const row = rows.toArray()[0];
    return row === undefined ? undefined : (JSON.parse(row.body) as Chunk);
  }

  /**
   * Writes the head with its open chunk, in one row; seals the chunk into a row of its own when it has grown large.
   * All or nothing: a throw in an object rolls nothing back, a transaction does.
   * @returns true when the chunk was sealed: the open one is empty from then on
   */
  commit(head: Head, open: OpenChunk): boolean {
    const seal = open.bytes >= SEAL_BYTES;
    const schema = PROFILE_MIGRATIONS.length;
    const have = this.#schema ?? this.head()?.head.schema ?? 0;
    this.#storage.transactionSync(() => {
      for (const statement of PROFILE_MIGRATIONS.slice(have)) this.#run(statement);
      if (seal) this.#put(head.openFrom + 1, encodeChunk(head.epoch, head.openFrom, open.texts));
      this.#put(
        HEAD_KEY,
        seal ? encodeHead({ ...head, schema, openFrom: head.seq }, []) : encodeHead({ ...head, schema }, open.texts),
      );
    });
    this.#schema = schema;
    return seal;
  }

  /** Drops the journal of an object that is a pointer now and whose events have arrived elsewhere. */
  clearJournal(head: Head): void {
    this.#storage.transactionSync(() => {
      this.#run("DELETE FROM part WHERE k > ?", HEAD_KEY);
      this.#put(HEAD_KEY, encodeHead(head, []));
    });
  }

  #put(key: number, body: string): void {
    if (body.length > MOST_ROW_BYTES) throw new Error(`a row of ${body.length} characters is too large to be stored`);
    this.#run("INSERT INTO part (k, body) VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET body = ?2", key, body);
  }

  #run(sql: string, ...bound: SqlStorageValue[]): void {
    this.rowsWritten += this.#storage.sql.exec(sql, ...bound).rowsWritten;
  }
}
