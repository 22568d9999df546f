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
import type { ProfileId } from "../../core/model/ids.ts";
import type { RewriteWrite } from "../../core/profile/split.ts";
import type { CompactionWrite } from "../../core/profile/writes.ts";
import { PROFILE_MIGRATIONS } from "./migrations.ts";

/** A row is 2 MB at most in production but not locally: refused here, long before it would be refused there. */
const MOST_ROW_BYTES = 1_900_000;

const HEAD_KEY = 0;
/** The base that compaction leaves. */
const BASE_KEY = -1;
/** Pages of other journals that are to be taken in lie from here down. */
const FIRST_STAGED_KEY = -10;

/** What one write consists of: the head with its open chunk in one row, and sealed chunks in rows of their own. */
interface Written {
  readonly head: Head;
  readonly open: readonly string[];
  readonly sealed?: readonly SealedChunk[];
}

/** The first line of a staged page. */
interface StagedHead {
  readonly from: ProfileId;
  readonly page: number;
  /** Migrations that have run: where nobody is here yet there is no head to say so. */
  readonly schema: number;
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
    if (row === undefined) {
      if (this.#hasTable()) this.#schema = this.#stagedRows()[0]?.head.schema ?? 0;
      return undefined;
    }
    const decoded = decodeHead(row.body);
    this.#schema = decoded.head.schema;
    return decoded;
  }

  #headRow(): { body: string } | undefined {
    if (!this.#hasTable()) return undefined;
    const { sql } = this.#storage;
    const row = sql.exec<{ body: string }>("SELECT body FROM part WHERE k = ?", HEAD_KEY).toArray()[0];
    // Somebody is about to be merged into who is nobody yet: the pages are there before the head.
    if (row === undefined && this.#stagedRows().length === 0) throw new Error("a profile object has its table but no head");
    return row;
  }

  #hasTable(): boolean {
    const { sql } = this.#storage;
    return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'part'").toArray().length > 0;
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

  /** Writes chunks anew in their places. */
  rewrite({ head, open, chunks, base }: RewriteWrite): void {
    this.#storage.transactionSync(() => {
      for (const { epoch, first, records } of chunks) this.#put(first + 1, encodeChunk(epoch, first, records));
      if (base.length > 0 || this.base().length > 0) this.#put(BASE_KEY, encodeBase(base));
      this.#putHead({ ...head, schema: this.#migrated() }, open);
    });
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
  commit({ head, open, sealed = [] }: Written): void {
    const schema = PROFILE_MIGRATIONS.length;
    const have = this.#migrated();
    this.#storage.transactionSync(() => {
      for (const statement of PROFILE_MIGRATIONS.slice(have)) this.#run(statement);
      for (const { epoch, first, records } of sealed) this.#put(first + 1, encodeChunk(epoch, first, records));
      this.#putHead({ ...head, schema }, open);
    });
    this.#schema = schema;
  }

  /** Puts a page where nobody sees it; with the first, those from the same object before are gone. */
  stage(from: ProfileId, page: number, texts: readonly string[]): void {
    const have = this.#migrated();
    this.#storage.transactionSync(() => {
      for (const statement of PROFILE_MIGRATIONS.slice(have)) this.#run(statement);
      if (page === 0) this.#dropStaged(from);
      const { sql } = this.#storage;
      const { lowest } = sql.exec<{ lowest: number | null }>("SELECT min(k) AS lowest FROM part").one();
      const head: StagedHead = { from, page, schema: PROFILE_MIGRATIONS.length };
      this.#put(Math.min(FIRST_STAGED_KEY, (lowest ?? 0) - 1), [JSON.stringify(head), ...texts].join("\n"));
    });
    this.#schema = PROFILE_MIGRATIONS.length;
  }

  /** What was staged from an object. @returns undefined where a page is missing */
  staged(from: ProfileId, pages: number): readonly string[] | undefined {
    if (pages === 0) return [];
    const found = new Map(this.#stagedRows().flatMap(({ head, texts }) => (head.from === from ? [[head.page, texts]] : [])));
    const all = Array.from({ length: pages }, (_, page) => found.get(page));
    return all.every((texts) => texts !== undefined) ? all.flat() : undefined;
  }

  dropStaged(from: ProfileId): void {
    // Of a journal without events no page came, and who was nobody is nobody still.
    if (!this.#hasTable()) return;
    this.#storage.transactionSync(() => this.#dropStaged(from));
  }

  #dropStaged(from: ProfileId): void {
    for (const { k, head } of this.#stagedRows()) if (head.from === from) this.#run("DELETE FROM part WHERE k = ?", k);
  }

  #stagedRows(): { readonly k: number; readonly head: StagedHead; readonly texts: string[] }[] {
    const rows = this.#storage.sql.exec<{ k: number; body: string }>("SELECT k, body FROM part WHERE k <= ?", FIRST_STAGED_KEY);
    return rows.toArray().map(({ k, body }) => {
      const [head = "", ...texts] = body.split("\n");
      return { k, head: JSON.parse(head), texts };
    });
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
