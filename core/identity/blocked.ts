import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Identifier } from "../model/ids.ts";

/** What programs write where they know nobody: linked, they would make one person of everybody. In lower case. */
const NOBODY: ReadonlySet<string> = new Set([
  "null",
  "undefined",
  "none",
  "nil",
  "nan",
  "n/a",
  "na",
  "void",
  "unknown",
  "anonymous",
  "anon",
  "guest",
  "user",
  "userid",
  "user_id",
  "test",
  "true",
  "false",
  "-1",
  "{}",
  "[]",
  "[object object]",
  "not set",
  "(not set)",
  "not_set",
  "optout",
  "opt-out",
]);

/** Domains that stand for no mail box (RFC 2606), and boxes that are everybody's. */
const NOBODYS_MAIL =
  /^(?:no-?reply|no-?mail|none|null|test|na|n\/a|unknown|anonymous|guest)@|@(?:none|null|invalid|localhost)(?:\.|$)/;

const ONE_CHARACTER = /^(.)\1*$/u;
const PUNCTUATION = /[-_:{}\s.]/g;

/** What nobody's value hashes to: clients hash what they have. */
const NOBODYS_HASHES: ReadonlySet<string> = new Set(["", ...NOBODY].map((text) => bytesToHex(sha256(utf8ToBytes(text)))));

/**
 * True of a value that names nobody: a placeholder, one character over and over (`00000000-0000-…`, `0`, `xxx`, `9999999999`), or the hash of
 * such. It is data, and never links.
 */
export function isNobodys({ type, value }: Identifier): boolean {
  const text = value.trim().toLowerCase();
  if (type === "emailSha256") return NOBODYS_HASHES.has(text) || isOneCharacter(text);
  return NOBODY.has(text) || isOneCharacter(text);
}

/** True of an e-mail address that is no one person's. */
export function isNobodysMail(email: string): boolean {
  return NOBODYS_MAIL.test(email.trim().toLowerCase());
}

/** Shorter than this a digit over and over is a number like any other: customer 22222 comes after 22221. */
const LONGER_THAN_COUNTED = 10;

/** A letter by itself may be somebody, as `a` or `7` in a test; zeros never are. */
function isOneCharacter(text: string): boolean {
  const letters = text.replaceAll(PUNCTUATION, "");
  if (letters === "" || /^0+$/.test(letters)) return true;
  return letters.length >= (/^\d/.test(letters) ? LONGER_THAN_COUNTED : 3) && ONE_CHARACTER.test(letters);
}
