/**
 * The schema of a household's object, append-only; it runs inside the first write.
 *
 * 1. As a profile's: row 0 is the head (its JSON in the first line, the records of the open chunk in the others), row `first + 1` the sealed
 *    chunk whose first record has the number `first`.
 */
export const HOUSEHOLD_MIGRATIONS: readonly string[] = ["CREATE TABLE part (k INTEGER PRIMARY KEY, body TEXT NOT NULL)"];
