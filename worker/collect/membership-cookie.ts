import { randomBytes } from "node:crypto";

/**
 * The cookie `tl_m`, which `worker/decide/membership-token.ts` fills, and beside it `tl_c`, which says by a random word that something has changed since: a token
 * that was on its way meanwhile is of another word (docs/decisions/118-a-token-on-its-way.md).
 */
const NAME = "tl_m";
const CHANGE = "tl_c";
/** Longer than any token holds that was asked for before, s. */
const CHANGE_SECONDS = 120;
const ATTRIBUTES = "Path=/; HttpOnly; Secure; SameSite=Lax";
const CHANGE_VALUE = /(?:^|;) *tl_c=([\w-]{8}) *(?:;|$)/;
const VALUE = /(?:^|;) *tl_m=([\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+) *(?:;|$)/;

/**
 * Tells a browser, with a reply after which its token may be stale, to forget it. @param mayStore false where the person has refused storage
 */
export function forgetMembership(request: Request, response: Response, mayStore = true): void {
  const cookies = request.headers.get("cookie");
  if (cookies === null) return;
  if (cookies.includes(`${NAME}=`)) response.headers.append("set-cookie", `${NAME}=; Max-Age=0; ${ATTRIBUTES}`);
  // Only who is known by its cookie is given a token.
  if (!mayStore || !cookies.includes("tl_id=")) return;
  const word = randomBytes(6).toString("base64url");
  response.headers.append("set-cookie", `${CHANGE}=${word}; Max-Age=${CHANGE_SECONDS}; ${ATTRIBUTES}`);
}

/** What a browser was told last of a change; empty where that was nothing of late. */
export function lastChangeIn(request: Request): string {
  return CHANGE_VALUE.exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
}

/** The token that a browser bears; undefined for none, and for what is no JWE. */
export function membershipIn(request: Request): string | undefined {
  return VALUE.exec(request.headers.get("cookie") ?? "")?.[1];
}

export function membershipSet(token: string, seconds: number): string {
  return `${NAME}=${token}; Max-Age=${seconds}; ${ATTRIBUTES}`;
}
