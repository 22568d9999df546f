import type { ProfileId } from "../../core/model/ids.ts";
import type { CopiedJournal } from "../../core/model/panel.ts";
import { PANEL_MIGRATIONS } from "./migrations.ts";

/** A person as the shard holds them. */
export interface Held extends CopiedJournal {
  readonly members: readonly string[];
}

/** What is true of the whole shard. */
export interface ShardHead {
  readonly workspace: string;
  /** The lowest that it was ever told. */
  readonly rate: number;
}

/** Every SQL statement of a shard of the panel. */
export class PanelStore {
  readonly #storage: DurableObjectStorage;
  #isMade: boolean | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  get #hasTables(): boolean {
    this.#isMade ??= this.#storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'shard'").toArray().length > 0;
    return this.#isMade;
  }

  head(): ShardHead | undefined {
    if (!this.#hasTables) return undefined;
    const row = this.#storage.sql.exec<{ body: string }>("SELECT body FROM shard WHERE k = 0").toArray()[0];
    return row === undefined ? undefined : (JSON.parse(row.body) as ShardHead);
  }

  /** All or nothing. */
  transaction(work: () => void): void {
    this.#storage.transactionSync(() => {
      if (!this.#hasTables) for (const statement of PANEL_MIGRATIONS) this.#storage.sql.exec(statement);
      work();
    });
    this.#isMade = true;
  }

  putHead(head: ShardHead): void {
    this.#storage.sql.exec("INSERT INTO shard VALUES (0, ?1) ON CONFLICT (k) DO UPDATE SET body = ?1", JSON.stringify(head));
  }

  people(): ReadonlyMap<ProfileId, Held> {
    if (!this.#hasTables) return new Map();
    const rows = this.#storage.sql.exec<{ id: ProfileId; held: string }>("SELECT id, held FROM person").toArray();
    return new Map(rows.map(({ id, held }) => [id, JSON.parse(held) as Held]));
  }

  /** Texts of the events of everybody, by person. */
  *events(): Iterable<{ readonly id: ProfileId; readonly body: string }> {
    if (this.#hasTables)
      yield* this.#storage.sql.exec<{ id: ProfileId; body: string }>(
        "SELECT person.id AS id, chunk.body AS body FROM chunk JOIN person ON person.n = chunk.person ORDER BY chunk.k",
      );
  }

  /** Takes in more of a journal, or all of it in the place of what there was. */
  put(id: ProfileId, held: Held, events: readonly string[], isAnew: boolean): void {
    const { sql } = this.#storage;
    sql.exec("INSERT INTO person (id, held) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET held = ?2", id, JSON.stringify(held));
    if (isAnew) this.#dropEvents(id);
    if (events.length === 0) return;
    sql.exec("INSERT INTO chunk (person, body) SELECT n, ?2 FROM person WHERE id = ?1", id, events.join("\n"));
  }

  drop(id: ProfileId): void {
    this.#dropEvents(id);
    this.#storage.sql.exec("DELETE FROM person WHERE id = ?", id);
  }

  #dropEvents(id: ProfileId): void {
    this.#storage.sql.exec("DELETE FROM chunk WHERE person = (SELECT n FROM person WHERE id = ?)", id);
  }
}
