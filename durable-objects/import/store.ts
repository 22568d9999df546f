import type { ImportJob, ImportPart, Progress, RejectedRow } from "../../core/import/progress.ts";

/** Schema, append-only; run inside the first write. */
const MIGRATIONS = [
  "CREATE TABLE import (k INTEGER PRIMARY KEY, job TEXT NOT NULL, progress TEXT NOT NULL)",
  "CREATE TABLE part (part INTEGER PRIMARY KEY, object TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, receivedAt INTEGER NOT NULL, removed INTEGER NOT NULL)",
  "CREATE TABLE rejected (row INTEGER PRIMARY KEY, code TEXT NOT NULL, column TEXT)",
] as const;

/** Rejected rows that the report lists; the others are counted by their code. */
export const MOST_LISTED = 1_000;

export interface Held {
  readonly job: ImportJob;
  readonly progress: Progress;
}

/** Every SQL statement of an import object. */
export class ImportStore {
  readonly #storage: DurableObjectStorage;
  #ready = false;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Undefined for an import that never began, or was deleted. */
  load(): Held | undefined {
    if (!this.#exists()) return undefined;
    const row = this.#storage.sql.exec<{ job: string; progress: string }>("SELECT job, progress FROM import").toArray()[0];
    return row === undefined ? undefined : { job: JSON.parse(row.job), progress: JSON.parse(row.progress) };
  }

  begin({ job, progress }: Held): void {
    this.#storage.transactionSync(() => {
      if (!this.#exists()) for (const statement of MIGRATIONS) this.#storage.sql.exec(statement);
      this.#storage.sql.exec("INSERT INTO import VALUES (0, ?, ?)", JSON.stringify(job), JSON.stringify(progress));
    });
    this.#ready = true;
  }

  /** One write: the cursor, the counts and the rows that were not taken. */
  commit(progress: Progress, rejected: readonly RejectedRow[] = []): void {
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("UPDATE import SET progress = ? WHERE k = 0", JSON.stringify(progress));
      let room = MOST_LISTED - this.#listed();
      for (const { row, code, column } of rejected) {
        if (room-- <= 0) break;
        this.#storage.sql.exec("INSERT OR REPLACE INTO rejected VALUES (?, ?, ?)", row, code, column ?? null);
      }
    });
  }

  #listed(): number {
    return this.#storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM rejected").one().n;
  }

  part(part: number): ImportPart | undefined {
    const found = this.#storage.sql.exec<{ [K in keyof ImportPart]: ImportPart[K] }>(
      "SELECT part, object, bytes, sha256, receivedAt FROM part WHERE part = ?",
      part,
    );
    return found.toArray()[0];
  }

  /** All that is said of the parts at once: their number, their bytes, the greatest. */
  parts(): { readonly count: number; readonly bytes: number; readonly greatest: number } {
    return this.#storage.sql
      .exec<{
        count: number;
        bytes: number;
        greatest: number;
      }>("SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes, coalesce(max(part), 0) AS greatest FROM part")
      .one();
  }

  /** The first part that is not there. */
  missing(): number {
    const { next } = this.#storage.sql
      .exec<{
        next: number;
      }>("SELECT min(n) AS next FROM (SELECT 1 AS n UNION SELECT part + 1 FROM part) WHERE n NOT IN (SELECT part FROM part)")
      .one();
    return next;
  }

  addPart({ part, object, bytes, sha256, receivedAt }: ImportPart, progress: Progress): void {
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("INSERT INTO part VALUES (?, ?, ?, ?, ?, 0)", part, object, bytes, sha256, receivedAt);
      this.#storage.sql.exec("UPDATE import SET progress = ? WHERE k = 0", JSON.stringify(progress));
    });
  }

  /** Parts before this one whose objects are still in the bucket. */
  appliedObjects(before: number): readonly string[] {
    const found = this.#storage.sql.exec<{ object: string }>("SELECT object FROM part WHERE part < ? AND removed = 0", before);
    return found.toArray().map(({ object }) => object);
  }

  markRemoved(before: number): void {
    this.#storage.sql.exec("UPDATE part SET removed = 1 WHERE part < ? AND removed = 0", before);
  }

  rejected(): readonly RejectedRow[] {
    const found = this.#storage.sql.exec<{ row: number; code: string; column: string | null }>(
      "SELECT row, code, column FROM rejected ORDER BY row",
    );
    return found.toArray().map(({ row, code, column }) => ({ row, code, ...(column === null ? {} : { column }) }));
  }

  /** Forgets the import: its id may then begin anew. */
  clear(): void {
    if (!this.#exists()) return;
    this.#storage.transactionSync(() => {
      for (const table of ["import", "part", "rejected"]) this.#storage.sql.exec(`DELETE FROM ${table}`);
    });
  }

  #exists(): boolean {
    this.#ready ||= this.#storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'import'").toArray().length > 0;
    return this.#ready;
  }
}
