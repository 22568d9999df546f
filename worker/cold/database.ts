import { randomBytes } from "node:crypto";
import type { BatchItem, BatchResponse } from "drizzle-orm/batch";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import { reaching } from "../wire/unavailable.ts";

export type Database = DrizzleD1Database;

/** The two stores behind the control plane; in a Worker they are bindings, in a Node script Miniflare's proxies of them. */
export interface Stores {
  readonly DB: D1Database;
  readonly PUBLISHED: R2Bucket;
}

export function database(DB: D1Database): Database {
  return drizzle(DB);
}

/** A text no earlier version of a row had: 96 random bits. */
export function newEtag(): string {
  return randomBytes(12).toString("base64url");
}

/** Runs statements as one transaction: all or none. @throws Unavailable (a single statement throws DrizzleQueryError instead) */
export function inTransaction<U extends BatchItem<"sqlite">, T extends Readonly<[U, ...U[]]>>(
  db: Database,
  statements: T,
): Promise<BatchResponse<T>> {
  return reaching("D1", () => db.batch(statements));
}

/** True for an error of D1 that says a row with such a unique value is there already. */
export function isUniqueViolation(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes("UNIQUE constraint failed")) return true;
  }
  return false;
}
