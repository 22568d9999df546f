/**
 * The schema of a list, append-only; it runs inside the first write.
 *
 * 1. `head`: row 0, JSON of `Head`.
 * 2. `job`: what is to be done and was done, JSON of `Job`, in the order of acceptance.
 * 3. `member`: the entries. `hash` is the name that the identifier leads to and `tag` what a partner knows it by, both keyed
 *    hashes: no identifier is kept. `job` is the upload that last bore it, which says until when it holds; `since` and
 *    `gone` are ms. Without a rowid an entry is one written row, not two.
 */
export const LIST_MIGRATIONS: readonly string[] = [
  "CREATE TABLE head (k INTEGER PRIMARY KEY, body TEXT NOT NULL)",
  "CREATE TABLE job (n INTEGER PRIMARY KEY, body TEXT NOT NULL)",
  "CREATE TABLE member (hash BLOB PRIMARY KEY, tag BLOB NOT NULL, type INTEGER NOT NULL, job INTEGER NOT NULL, since INTEGER NOT NULL, gone INTEGER) WITHOUT ROWID",
];
