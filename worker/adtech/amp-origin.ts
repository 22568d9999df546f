import { createHash } from "node:crypto";
import { domainToUnicode } from "node:url";
import type { SourceRecord } from "../cold/records.ts";
import { allowsOrigin } from "../auth/origins.ts";

/** Where Google's AMP cache serves every publisher's pages from, each under a subdomain of its own. */
const CACHE = ".cdn.ampproject.org";

/** A label of a domain has no more (RFC 1035, 2.3.4). */
const LONGEST_LABEL = 63;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * True when a source takes calls from a page of this `Origin` that may lie in the AMP cache: one of its own origins, or the cache's
 * subdomain for one of them. AMP also says in the URL whose page it is; that must then be one of them, too.
 */
export function allowsAmpOrigin({ origins }: SourceRecord, origin: string, request: Request): boolean {
  const source = new URL(request.url).searchParams.get("__amp_source_origin");
  if (source !== null && !allowsOrigin(origins, source)) return false;
  if (allowsOrigin(origins, origin)) return true;
  if (!origin.endsWith(CACHE)) return false;
  const publishers = source === null ? origins.filter((entry) => !entry.endsWith("*")) : [source];
  return publishers.some((publisher) => ampCacheOrigins(publisher).includes(origin));
}

/**
 * Origins under which the AMP cache serves the pages of a publisher, as its "AMP Cache URL format" has it: the readable one, and the one
 * made of a hash, for domains that have no readable one.
 */
export function ampCacheOrigins(publisher: string): readonly string[] {
  const domain = domainToUnicode(new URL(publisher).hostname);
  const dashed = domain.replaceAll("-", "--").replaceAll(".", "-");
  // Hyphens at the third and fourth place would make it look like Punycode.
  const label = dashed.slice(2, 4) === "--" ? `0-${dashed}-0` : dashed;
  const readable = `https://${label}${CACHE}`;
  const hashed = `https://${base32(createHash("sha256").update(domain).digest())}${CACHE}`;
  if (!domain.includes(".") || !URL.canParse(readable)) return [hashed];
  const { origin, hostname } = new URL(readable);
  return hostname.length - CACHE.length > LONGEST_LABEL ? [hashed] : [origin, hashed];
}

/** RFC 4648, 6, in lower case and without padding. */
function base32(bytes: Uint8Array): string {
  let [text, held, bits] = ["", 0, 0];
  for (const byte of bytes) {
    held = ((held & 0xff) << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32.charAt((held >> (bits - 5)) & 31);
  }
  return bits === 0 ? text : text + BASE32.charAt((held << (5 - bits)) & 31);
}
