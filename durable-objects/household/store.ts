import type { HouseholdHead, HouseholdJournal, HouseholdWrite } from "../../core/profile/household.ts";
import { linesAfter } from "../../core/profile/head.ts";
import { HOUSEHOLD_MIGRATIONS } from "./migrations.ts";

const HEAD_KEY = 0;

interface Row extends Record<string, SqlStorageValue> {
  readonly k: number;
  readonly body: string;
}

/** Every SQL statement of a household's object. */
export class HouseholdStore implements HouseholdJournal {
  /** Rows written since this object woke. */
  rowsWritten = 0;
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Undefined for a household that nothing was ever written of. @throws for a head of a newer Tideline */
  head(): { readonly head: HouseholdHead; readonly open: readonly string[] } | undefined {
    if (!this.#hasTable()) return undefined;
    const { body } = this.#storage.sql.exec<Row>("SELECT k, body FROM part WHERE k = ?", HEAD_KEY).one();
    const end = body.indexOf("\n");
    const head: HouseholdHead = JSON.parse(body.slice(0, end));
    if (head.format !== 1) throw new Error(`head of a household of format ${String(head.format)} is newer than this program`);
    return { head, open: linesAfter(body, end) };
  }

  #hasTable(): boolean {
    const { sql } = this.#storage;
    return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'part'").toArray().length > 0;
  }

  *records(): Iterable<string> {
    for (const { body } of this.#chunks()) yield* body.split("\n");
  }

  #chunks(): readonly Row[] {
    if (!this.#hasTable()) return [];
    return this.#storage.sql.exec<Row>("SELECT k, body FROM part WHERE k > 0 ORDER BY k").toArray();
  }

  /** All or nothing. */
  write({ head, open, sealed, keeps }: HouseholdWrite): void {
    this.#storage.transactionSync(() => {
      if (!this.#hasTable()) for (const statement of HOUSEHOLD_MIGRATIONS) this.#run(statement);
      if (keeps !== undefined) this.#keepOnly(keeps);
      if (sealed !== undefined) this.#put(sealed.first + 1, sealed.records);
      this.#put(HEAD_KEY, [JSON.stringify(head), ...open, ""]);
    });
  }

  #keepOnly(keeps: NonNullable<HouseholdWrite["keeps"]>): void {
    for (const { k, body } of this.#chunks()) {
      const records = body.split("\n");
      const kept = records.filter((text) => keeps(JSON.parse(text)));
      if (kept.length === 0) this.#run("DELETE FROM part WHERE k = ?", k);
      else if (kept.length < records.length) this.#put(k, kept);
    }
  }

  #put(key: number, lines: readonly string[]): void {
    this.#run("INSERT INTO part (k, body) VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET body = ?2", key, lines.join("\n"));
  }

  #run(sql: string, ...bound: SqlStorageValue[]): void {
    this.rowsWritten += this.#storage.sql.exec(sql, ...bound).rowsWritten;
  }
}
