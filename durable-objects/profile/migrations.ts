/**
 * The schema of a profile object, append-only: the head says how many have run, the rest run inside the next write
 * (never in a constructor: reading somebody who does not exist creates nothing). Every CREATE TABLE is 2 rows written.
 *
 * 1. One table for everything, since each table costs: row 0 is the head, row `first + 1` is the sealed chunk whose first
 *    record has the sequence `first`, row -1 what is left of events that have left the journal, rows from -10 down pages of
 *    journals that are about to be taken in. An integer key is the rowid itself, so a row costs one written row.
 */
export const PROFILE_MIGRATIONS: readonly string[] = ["CREATE TABLE part (k INTEGER PRIMARY KEY, body TEXT NOT NULL)"];
