import { deflateRawSync, inflateRawSync } from "node:zlib";
import { HOUR_MS } from "./hours.ts";

/** Audiences a person is in, and since when, ms. */
export type Members = Readonly<Record<string, number>>;

/**
 * Most characters of the one value of the cold index that could grow, so that a row with its key and numbers stays under
 * 2 KB. About 80 audiences fit as plain text and 240 deflated; of more than fit the latest entered are listed, and the
 * row's `member_count` says how many there are in all.
 */
export const MOST_MEMBERS_TEXT = 1_700;

const PLAIN = "=";
const DEFLATED = "~";

/** The compact text: `KEY.HOURS` by key, hours since 1970 in base 36 (the object knows the instant; the index is for counting and lists). */
export function encodeMembers(members: Members): string {
  const entries = Object.entries(members);
  const whole = encode(entries);
  if (whole.length <= MOST_MEMBERS_TEXT) return whole;
  const latest = entries.toSorted(([, one], [, other]) => other - one);
  let [fits, over] = [0, latest.length];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    if (encode(latest.slice(0, middle)).length <= MOST_MEMBERS_TEXT) fits = middle;
    else over = middle;
  }
  return encode(latest.slice(0, fits));
}

/** The members that a text lists; their instants are those of the hour. */
export function decodeMembers(text: string): Record<string, number> {
  const body = text.slice(1);
  const plain = text.startsWith(DEFLATED) ? inflateRawSync(Buffer.from(body, "base64url")).toString() : body;
  if (plain === "") return {};
  return Object.fromEntries(
    plain.split(" ").map((entry) => {
      const dot = entry.lastIndexOf(".");
      return [entry.slice(0, dot), Number.parseInt(entry.slice(dot + 1), 36) * HOUR_MS];
    }),
  );
}

function encode(entries: readonly (readonly [string, number])[]): string {
  const plain = entries
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, since]) => `${key}.${Math.floor(since / HOUR_MS).toString(36)}`)
    .join(" ");
  if (plain.length < MOST_MEMBERS_TEXT) return PLAIN + plain;
  return DEFLATED + deflateRawSync(plain, { level: 9 }).toString("base64url");
}
