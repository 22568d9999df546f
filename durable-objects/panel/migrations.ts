/**
 * The schema of a shard of the panel, append-only; it runs inside the first write.
 *
 * 1. `person`: who is here, and which copy of the journal (JSON of `Held`). `chunk`: the events of a person, a line of JSON each, in the order in which they were copied.
 */
export const PANEL_MIGRATIONS: readonly string[] = [
  "CREATE TABLE person (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, held TEXT NOT NULL)",
  "CREATE TABLE chunk (k INTEGER PRIMARY KEY, person INTEGER NOT NULL, body TEXT NOT NULL)",
  "CREATE INDEX chunk_person ON chunk (person)",
  "CREATE TABLE shard (k INTEGER PRIMARY KEY, body TEXT NOT NULL)",
];
