import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { BucketCondition } from "./ast.ts";

/** Hexadecimal digits of the hash that are read: 48 bits, so every share is an exact number. */
const DIGITS = 12;

/**
 * Where a profile lies in a split of all profiles, from 0 up to 1: the same for ever, evenly spread, and of different salts
 * unrelated. SHA-256 of the salt's length, a colon, the salt and the id, so that no salt and id run together.
 * @param profileId the profile's id, which is the name of its object
 */
export function shareOf(salt: string, profileId: string): number {
  const digest = sha256(utf8ToBytes(`${salt.length}:${salt}${profileId}`));
  return Number.parseInt(bytesToHex(digest).slice(0, DIGITS), 16) / 16 ** DIGITS;
}

/** Whether a profile is of the share that a rule names. */
export function isInShare({ salt, from, to }: Pick<BucketCondition, "salt" | "from" | "to">, profileId: string): boolean {
  const share = shareOf(salt, profileId);
  return from <= share && share < to;
}
