import { fail, ok, type Result } from "../../core/model/result.ts";
import { Unavailable } from "../wire/unavailable.ts";
import type { AuditEntry } from "./audit.ts";

/** What a marketer's things (sources, audiences, ...) have in common: a key of theirs, and an ETag that is new with every write. */
export interface Document {
  readonly key: string;
  readonly etag: string;
}

/** One workspace's rows of one table. Each change is one transaction with its audit entry, and says whether it happened. */
export interface DocumentStore<Row extends Document> {
  find(key: string): Promise<Row | undefined>;
  /** False where the key, or another unique value, is taken. */
  insert(row: Row, entry: AuditEntry): Promise<boolean>;
  /** False where the row no longer has `etag`, or a unique value is taken. */
  replace(row: Row, etag: string, entry: AuditEntry): Promise<boolean>;
  /** False where the row no longer has `etag`. */
  remove(key: string, etag: string, entry: AuditEntry): Promise<boolean>;
}

/** `If-Match` and `If-None-Match: *` of a request; `*` is any. */
export interface Conditions {
  readonly ifMatch?: readonly string[];
  readonly ifNoneMatch?: boolean;
}

/** Writers that collide more often than this on one row are broken, not unlucky. */
const MOST_TRIES = 10;

export function conditionsHold(conditions: Conditions, current: Document | undefined): boolean {
  if (conditions.ifNoneMatch === true && current !== undefined) return false;
  if (conditions.ifMatch === undefined) return true;
  return current !== undefined && (conditions.ifMatch.includes("*") || conditions.ifMatch.includes(current.etag));
}

/**
 * Creates or replaces a row so that no other writer's change between is lost.
 * @param make the new row from the present one; the present one itself where nothing changes, which then writes nothing
 */
export async function putDocument<Row extends Document, E>(
  store: DocumentStore<Row>,
  key: string,
  conditions: Conditions,
  entry: AuditEntry,
  make: (before: Row | undefined) => Promise<Result<Row, E>>,
): Promise<Result<{ readonly row: Row; readonly before: Row | undefined }, E | "precondition_failed">> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const before = await store.find(key);
    if (!conditionsHold(conditions, before)) return fail("precondition_failed");
    const made = await make(before);
    if (!made.ok) return made;
    const row = made.value;
    if (row === before) return ok({ row, before });
    const written = before === undefined ? await store.insert(row, entry) : await store.replace(row, before.etag, entry);
    if (written) return ok({ row, before });
  }
  throw new Unavailable("D1: too many writers of one row");
}

/**
 * Deletes a row.
 * @param revoke runs before the row goes, each time it is tried: what lives on elsewhere must end first, for without
 * the row nobody would find it again
 */
export async function removeDocument<Row extends Document>(
  store: DocumentStore<Row>,
  key: string,
  conditions: Conditions,
  entry: AuditEntry,
  revoke: (row: Row) => Promise<void>,
): Promise<Result<Row, "not_found" | "precondition_failed">> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const row = await store.find(key);
    if (row === undefined) return fail(conditions.ifMatch === undefined ? "not_found" : "precondition_failed");
    if (!conditionsHold(conditions, row)) return fail("precondition_failed");
    await revoke(row);
    if (await store.remove(key, row.etag, entry)) return ok(row);
  }
  throw new Unavailable("D1: too many writers of one row");
}
