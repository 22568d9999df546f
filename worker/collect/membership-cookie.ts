/** The cookie `tl_m`, which `worker/decide/membership-token.ts` fills: what a reply to its browser does with it. */

const NAME = "tl_m";
const ATTRIBUTES = "Path=/; HttpOnly; Secure; SameSite=Lax";
const VALUE = /(?:^|;) *tl_m=([\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+) *(?:;|$)/;

/** Set beside each reply after which the browser's token may be stale. */
export const FORGET_MEMBERSHIP = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

export function bearsMembership(request: Request): boolean {
  return request.headers.get("cookie")?.includes(`${NAME}=`) === true;
}

/** The token that a browser bears; undefined for none, and for what is no JWE. */
export function membershipIn(request: Request): string | undefined {
  return VALUE.exec(request.headers.get("cookie") ?? "")?.[1];
}

export function membershipSet(token: string, seconds: number): string {
  return `${NAME}=${token}; Max-Age=${seconds}; ${ATTRIBUTES}`;
}
