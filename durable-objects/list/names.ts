import { createHmac } from "node:crypto";
import type { Identifier } from "../../core/model/ids.ts";
import { ENTRY_BYTES } from "../../core/identity/list-filter.ts";

/** What a list keeps of an identifier. */
export interface EntryNames {
  /** The name of the object that the identifier leads to, 32 bytes: see `profileName`. */
  readonly hash: Buffer;
  /** What a partner knows it by: see `partnerKey`. */
  readonly tag: Buffer;
}

/**
 * The key under which a partner makes the tags that a list's filter holds: of one list alone, and of no use for names. It is
 * derived, not stored, so that the entries at rest cannot be tried out without NAME_KEY.
 */
export function partnerKey(nameKey: string, workspace: string, list: string): Buffer {
  return createHmac("sha256", nameKey)
    .update(JSON.stringify(["list-filter", workspace, list]))
    .digest();
}

/** As `profileName`, without its memory: a million lines would push out whoever is in use. */
export function entryNames(nameKey: string, workspace: string, partner: Buffer, { type, value }: Identifier): EntryNames {
  return {
    hash: createHmac("sha256", nameKey)
      .update(JSON.stringify([workspace, type, value]))
      .digest(),
    tag: createHmac("sha256", partner).update(`${type}:${value}`).digest().subarray(0, ENTRY_BYTES),
  };
}
