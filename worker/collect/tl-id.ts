import { createHmac, timingSafeEqual } from "node:crypto";
import { BoundedMap } from "../../core/model/bounded-map.ts";
import { parseProfileId, type ProfileId } from "../../core/model/ids.ts";

/**
 * `tl_id` (http.md, "Collect"): the first-party cookie that carries the profile, so that a browser needs no pointer and is
 * known again when its storage was emptied. Signed for one workspace: nobody can claim a profile by writing it down.
 * `1.PROFILE.KIND.DAY.MAC`, KIND `a` for a browser that is nobody's yet, `k` for somebody known without being a user, `p` for a
 * user, DAY since 1970 of its issue.
 */
export interface TlId {
  readonly profileId: ProfileId;
  readonly kind: "anonymous" | "known" | "person";
  /** Days since 1970. */
  readonly issued: number;
}

const NAME = "tl_id";
const DAY_MS = 86_400_000;
/** The longest that browsers keep a cookie. */
const DAYS = 400;
const ATTRIBUTES = "Path=/; HttpOnly; Secure; SameSite=Lax";
const VALUE = /(?:^|;) *tl_id=(1\.([\w-]{43})\.([akp])\.(\d{1,6}))\.([\w-]{43}) *(?:;|$)/;

/** Whose browser this is, as we have said it ourselves. @returns undefined without the cookie, or for one that is not ours, another workspace's or too old */
export function readTlId(request: Request, env: Pick<Env, "NAME_KEY">, workspace: string): TlId | undefined {
  const cookies = request.headers.get("cookie");
  if (cookies === null || !cookies.includes(NAME)) return undefined;
  const [, signed = "", profile, kind, day, mac = ""] = VALUE.exec(cookies) ?? [];
  const profileId = parseProfileId(profile);
  if (profileId === undefined) return undefined;
  if (!isOurs(env.NAME_KEY, workspace, signed, mac)) return undefined;
  const issued = Number(day);
  if (issued + DAYS < today(Date.now())) return undefined;
  return { profileId, kind: kind === "a" ? "anonymous" : kind === "k" ? "known" : "person", issued };
}

/** The `Set-Cookie` that names a profile from now on. @returns undefined where the browser's cookie says so already and is of today */
export function tlIdCookie(
  env: Pick<Env, "NAME_KEY">,
  workspace: string,
  now: number,
  { profileId, kind }: Pick<TlId, "profileId" | "kind">,
  held: TlId | undefined,
): string | undefined {
  const issued = today(now);
  if (held?.profileId === profileId && held.kind === kind && held.issued === issued) return undefined;
  const signed = `1.${profileId}.${kind.charAt(0)}.${issued}`;
  return `${NAME}=${signed}.${macOf(env.NAME_KEY, workspace, signed)}; Max-Age=${DAYS * 86_400}; ${ATTRIBUTES}`;
}

/** The `Set-Cookie` that lets a browser forget: it has said no to storage. */
export const FORGET_TL_ID = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/**
 * Cookies that were found to be ours, by workspace: a browser sends the same one for a day, and a MAC costs a tenth of a decision that asks nobody. A forged one
 * is never in here; what it misses in the map's own hashes tells it nothing.
 */
const ours = new BoundedMap<string, true>(20_000);
let oursUnder = "";

function isOurs(nameKey: string, workspace: string, signed: string, mac: string): boolean {
  if (nameKey !== oursUnder) {
    ours.clear();
    oursUnder = nameKey;
  }
  const whole = `${workspace} ${signed}.${mac}`;
  if (ours.get(whole) === true) return true;
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(nameKey, workspace, signed)))) return false;
  ours.put(whole, true);
  return true;
}

function macOf(nameKey: string, workspace: string, signed: string): string {
  // Under the words "tl_id" a MAC is never the name of an object, which has the same key.
  return createHmac("sha256", nameKey)
    .update(JSON.stringify([NAME, workspace, signed]))
    .digest("base64url");
}

function today(now: number): number {
  return Math.floor(now / DAY_MS);
}
