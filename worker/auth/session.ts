import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose/jwt/sign";
import { jwtVerify } from "jose/jwt/verify";

/** The dashboard's session: a cookie that says which member of which workspace it is. What they may do is asked of D1 at every call. */

export interface Session {
  readonly workspace: string;
  /** Id of the member. */
  readonly member: string;
}

const NAME = "tl_session";
const LASTS_S = 12 * 3_600;
const ATTRIBUTES = "Path=/api; HttpOnly; SameSite=Strict";

/** The `Set-Cookie` that begins a session. */
export async function sessionCookie(
  request: Request,
  env: Pick<Env, "NAME_KEY">,
  session: Session,
  now: number,
): Promise<string> {
  const issued = Math.floor(now / 1_000);
  const token = await new SignJWT({ sub: session.member, aud: session.workspace })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt(issued)
    .setExpirationTime(issued + LASTS_S)
    .sign(keyOf(env.NAME_KEY));
  return `${NAME}=${token}; Max-Age=${LASTS_S}; ${attributesOf(request)}`;
}

/** The `Set-Cookie` that ends it. */
export function noSessionCookie(request: Request): string {
  return `${NAME}=; Max-Age=0; ${attributesOf(request)}`;
}

/** Who calls by a cookie of ours. @returns undefined without one, and for one that is not ours or too old */
export async function readSession(request: Request, env: Pick<Env, "NAME_KEY">, now: number): Promise<Session | undefined> {
  const token = /(?:^|;) *tl_session=([\w.-]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
  if (token === undefined) return undefined;
  try {
    const { payload } = await jwtVerify(token, keyOf(env.NAME_KEY), { algorithms: ["HS256"], currentDate: new Date(now) });
    const { sub, aud } = payload;
    return typeof sub === "string" && typeof aud === "string" ? { workspace: aud, member: sub } : undefined;
  } catch {
    return undefined;
  }
}

/** False for a call that changes something and is not of a page of ours: a browser sends the cookie, and says where from. */
export function isOwnPage(request: Request): boolean {
  if (request.method === "GET" || request.method === "HEAD") return true;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = request.headers.get("origin");
  return origin !== null && URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
}

function attributesOf({ url }: Request): string {
  return url.startsWith("https:") ? `${ATTRIBUTES}; Secure` : ATTRIBUTES;
}

/** Made of the deployment's under this word, so it is the key of nothing else. */
function keyOf(nameKey: string): KeyObject {
  return createSecretKey(createHmac("sha256", nameKey).update("dashboard session").digest());
}
