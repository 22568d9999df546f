import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Membership } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { lastChangeIn, membershipIn, membershipSet } from "../collect/membership-cookie.ts";
import { openJwe, sealJwe } from "./jwe.ts";

/**
 * `tl_m` (http.md): the cookie by which a browser is decided without a hop. A JWE (`dir`, A256GCM) of what public decisions of its person depend on, bound to
 * the workspace, the person and the ruleset, for 60 s or until time alone changes something, whichever is sooner. Whatever we answer a browser that may
 * have changed its person clears it, and what was on its way meanwhile.
 */
export interface BoundMembership extends Membership {
  readonly workspace: string;
  readonly person: ProfileId;
  readonly ruleset: number;
  /** What the browser had been told last of a change when it asked. */
  readonly change: string;
  /** ms: it holds until before that. */
  readonly expires: number;
}

const LONGEST_MS = 60_000;
/** What a cookie has room for beside others; one that is larger is not set, and the browser is decided at its object. */
const MOST_BYTES = 2_048;

/** What the browser's token says of whom it is for. @returns undefined for none, or one that is not ours, another's, of another ruleset or too old */
export function readMembership(
  request: Request,
  env: Pick<Env, "NAME_KEY">,
  bound: Pick<BoundMembership, "workspace" | "person" | "ruleset">,
  now: number,
): BoundMembership | undefined {
  const token = membershipIn(request);
  if (token === undefined || token.length > MOST_BYTES) return undefined;
  const text = openJwe(token, keyOf(env.NAME_KEY));
  if (text === undefined) return undefined;
  const said: BoundMembership = JSON.parse(text);
  const isMeant = said.workspace === bound.workspace && said.person === bound.person && said.ruleset === bound.ruleset;
  return isMeant && said.change === lastChangeIn(request) && now < said.expires && said.expires <= now + LONGEST_MS
    ? said
    : undefined;
}

/** The `Set-Cookie` that gives a browser its token. @param request that was answered @returns undefined where it would hold for no time, or is too large */
export function membershipCookie(
  request: Request,
  env: Pick<Env, "NAME_KEY">,
  { workspace, person, ruleset }: Pick<BoundMembership, "workspace" | "person" | "ruleset">,
  membership: Membership,
  now: number,
): string | undefined {
  const expires = Math.min(now + LONGEST_MS, membership.until ?? Infinity);
  const seconds = Math.floor((expires - now) / 1_000);
  if (seconds < 1) return undefined;
  const said: BoundMembership = { ...membership, workspace, person, ruleset, change: lastChangeIn(request), expires };
  const token = sealJwe(JSON.stringify(said), keyOf(env.NAME_KEY));
  return token.length > MOST_BYTES ? undefined : membershipSet(token, seconds);
}

let keyUnder = "";
let key: KeyObject | undefined;

/** Made of the deployment's under this word, so it is the key of nothing else; once, for making it costs as much as opening a token. */
function keyOf(nameKey: string): KeyObject {
  if (key !== undefined && nameKey === keyUnder) return key;
  keyUnder = nameKey;
  return (key = createSecretKey(createHmac("sha256", nameKey).update("membership").digest()));
}
