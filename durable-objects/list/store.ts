import type { Head, Job } from "./job.ts";
import { LIST_MIGRATIONS } from "./migrations.ts";
import type { EntryNames } from "./names.ts";

/** An entry as a walk over the list meets it. */
export interface Entry {
  readonly hash: Uint8Array;
  readonly tag: Uint8Array;
  readonly type: number;
  readonly job: number;
  readonly since: number;
  readonly gone: number | null;
}

type EntryRow = { hash: ArrayBuffer; tag: ArrayBuffer; type: number; job: number; since: number; gone: number | null };

const COLUMNS = "hash, tag, type, job, since, gone";

/** Every SQL statement of a list's object. */
export class ListStore {
  readonly #storage: DurableObjectStorage;
  #head: Head | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Undefined for a list that was never written. */
  head(): Head | undefined {
    if (this.#head !== undefined) return this.#head;
    const { sql } = this.#storage;
    if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'head'").toArray().length === 0) return undefined;
    const row = sql.exec<{ body: string }>("SELECT body FROM head WHERE k = 0").toArray()[0];
    if (row === undefined) throw new Error("a list has its tables but no head");
    const head: Head = JSON.parse(row.body);
    this.#head = head;
    return head;
  }

  /** In the order of acceptance. */
  jobs(): readonly Job[] {
    if (this.head() === undefined) return [];
    const rows = this.#storage.sql.exec<{ body: string }>("SELECT body FROM job ORDER BY n").toArray();
    return rows.map(({ body }): Job => JSON.parse(body));
  }

  /** Writes all of it or nothing. A throw in an object rolls nothing back, a transaction does. */
  transaction(work: () => void): void {
    const before = this.#head;
    try {
      this.#storage.transactionSync(() => {
        this.#migrate();
        work();
      });
    } catch (error) {
      this.#head = before;
      throw error;
    }
  }

  putHead(head: Head): void {
    const written = { ...head, schema: LIST_MIGRATIONS.length };
    this.#storage.sql.exec("INSERT INTO head VALUES (0, ?1) ON CONFLICT (k) DO UPDATE SET body = ?1", JSON.stringify(written));
    this.#head = written;
  }

  putJob(job: Job): void {
    this.#storage.sql.exec("INSERT INTO job VALUES (?1, ?2) ON CONFLICT (n) DO UPDATE SET body = ?2", job.n, JSON.stringify(job));
  }

  dropJob(n: number): void {
    this.#storage.sql.exec("DELETE FROM job WHERE n = ?", n);
  }

  /** An entry that is on the list stays on it since when it was; one that had gone is on it again, later than it went. */
  putEntry({ hash, tag }: EntryNames, type: number, job: number, at: number): void {
    this.#storage.sql.exec(
      `INSERT INTO member VALUES (?1, ?2, ?3, ?4, ?5, NULL) ON CONFLICT (hash) DO UPDATE SET job = ?4,
         since = CASE WHEN gone IS NULL THEN since ELSE max(?5, gone + 1) END, gone = NULL`,
      hash,
      tag,
      type,
      job,
      at,
    );
  }

  entry(hash: Uint8Array): Entry | undefined {
    if (this.head() === undefined) return undefined;
    const row = this.#storage.sql.exec<EntryRow>(`SELECT ${COLUMNS} FROM member WHERE hash = ?`, hash).toArray()[0];
    return row === undefined ? undefined : entryOf(row);
  }

  /** A page of those on the list. @param after the last one of the page before; `""` for none */
  members(after: string, limit: number): readonly Entry[] {
    return this.#page("gone IS NULL", [], after, limit);
  }

  /** A page of what the job of this instant changed. */
  changed(at: number, after: string, limit: number): readonly Entry[] {
    return this.#page("(gone = ?3 OR (gone IS NULL AND since >= ?3))", [at], after, limit);
  }

  /** Lets a page of entries go that no later upload bears: those of earlier jobs, or of one. @returns the last one; undefined at the end */
  leave(
    at: number,
    from: { readonly before: number } | { readonly of: number },
    after: string,
    limit: number,
  ): string | undefined {
    const [which, bound] = "before" in from ? ["job < ?3", from.before] : ["job = ?3", from.of];
    const page = this.#page(`gone IS NULL AND ${which}`, [bound], after, limit);
    for (const { hash } of page) this.#storage.sql.exec("UPDATE member SET gone = ? WHERE hash = ?", at, hash);
    return page.length < limit ? undefined : hexOf(page.at(-1));
  }

  /** Forgets a page of entries that went before an instant. @returns as `leave` */
  purge(before: number, after: string, limit: number): string | undefined {
    const page = this.#page("gone < ?3", [before], after, limit);
    for (const { hash } of page) this.#storage.sql.exec("DELETE FROM member WHERE hash = ?", hash);
    return page.length < limit ? undefined : hexOf(page.at(-1));
  }

  count(): number {
    return this.#storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM member WHERE gone IS NULL").one().count;
  }

  /** Nothing is left of the list. */
  async forget(): Promise<void> {
    this.#head = undefined;
    await this.#storage.deleteAll();
  }

  #page(which: string, bound: readonly number[], after: string, limit: number): readonly Entry[] {
    const rows = this.#storage.sql.exec<EntryRow>(
      `SELECT ${COLUMNS} FROM member WHERE hash > ?1 AND ${which} ORDER BY hash LIMIT ?2`,
      Buffer.from(after, "hex"),
      limit,
      ...bound,
    );
    return rows.toArray().map(entryOf);
  }

  #migrate(): void {
    const have = this.head()?.schema ?? 0;
    for (const statement of LIST_MIGRATIONS.slice(have)) this.#storage.sql.exec(statement);
  }
}

/** The place of an entry in a walk. */
export function hexOf(entry: Entry | undefined): string {
  return entry === undefined ? "" : Buffer.from(entry.hash).toString("hex");
}

function entryOf({ hash, tag, ...numbers }: EntryRow): Entry {
  return { hash: new Uint8Array(hash), tag: new Uint8Array(tag), ...numbers };
}
