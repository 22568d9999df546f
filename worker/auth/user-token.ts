import { createHash } from "node:crypto";
import { isNobodys } from "../../core/identity/blocked.ts";
import { emailIdentifier, phoneIdentifier } from "../../core/identity/identifiers.ts";
import { BoundedMap } from "../../core/model/bounded-map.ts";
import { isIdentifierValue, type HashedIdentifier, type Identifier } from "../../core/model/ids.ts";
import { isJsonObject, ownProperty, type Json } from "../../core/model/json.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import type { VerifiedToken } from "./verify-user-token.ts";

/** Whom a user token proves, and what else it vouches to be theirs: an e-mail, a phone number. Without anything raw. */
export interface ProvenUser {
  readonly user: HashedIdentifier;
  readonly vouched: readonly HashedIdentifier[];
}

/** Longer than any token of a user: nothing longer is looked at, in UTF-16 code units. */
const LONGEST_TOKEN = 4_096;

interface Known {
  readonly kid: string;
  /** ms */
  readonly until: number;
  readonly proven: ProvenUser;
}

/** Tokens that were verified here, by a hash of workspace and token: a page sends the same one for an hour. A forged one is never in here. */
const known = new BoundedMap<string, Known>(5_000);

/**
 * The user that a call's token proves: of `X-User-Token`, else of the body's `userToken`.
 * @returns undefined for a call that bears none, at once; `invalid` for one whose token proves nothing
 */
export function provenUser(
  request: Request,
  body: Json,
  env: Pick<Env, "NAME_KEY">,
  workspace: WorkspaceRecord,
): ProvenUser | "invalid" | undefined | Promise<ProvenUser | "invalid"> {
  const token = tokenOf(request, body);
  if (token === undefined) return undefined;
  const { userTokenKeys: keys = [] } = workspace;
  if (typeof token !== "string" || token.length > LONGEST_TOKEN || keys.length === 0) return "invalid";
  const now = Date.now();
  const id = createHash("sha256").update(`${workspace.id} ${token}`).digest("base64url");
  const held = known.get(id);
  if (held !== undefined && now < held.until && keys.some(({ kid }) => kid === held.kid)) return held.proven;
  return verified(env.NAME_KEY, workspace, token, now, id);
}

/** @returns what stands where a token should, which may be no text; undefined where nothing does */
function tokenOf(request: Request, body: Json): Json | undefined {
  const header = request.headers.get("x-user-token");
  const said = header ?? (isJsonObject(body) ? ownProperty(body, "userToken") : undefined);
  return said === "" || said === null ? undefined : said;
}

async function verified(
  nameKey: string,
  workspace: WorkspaceRecord,
  token: string,
  now: number,
  id: string,
): Promise<ProvenUser | "invalid"> {
  // Most calls bear none: what verifies them is loaded with the first.
  const { CLOCK_TOLERANCE_S, verifyUserToken } = await import("./verify-user-token.ts");
  const found = await verifyUserToken(token, { nameKey, workspace: workspace.id, keys: workspace.userTokenKeys ?? [], now });
  const proven = found === undefined ? undefined : userOf(found.payload, nameKey, workspace.id);
  if (found === undefined || proven === undefined) return "invalid";
  known.put(id, { kid: found.kid, until: (found.payload.exp + CLOCK_TOLERANCE_S) * 1_000, proven });
  return proven;
}

/**
 * E-mail and phone number are vouched for under the names that OpenID Connect gives them (Core 1.0, 5.1), unless the site itself says
 * that it has not verified them.
 * @returns undefined for a subject that names nobody
 */
function userOf(payload: VerifiedToken["payload"], nameKey: string, workspace: string): ProvenUser | undefined {
  const name = ({ type, value }: Identifier): HashedIdentifier => ({
    type,
    hash: profileName(nameKey, workspace, { type, value }),
  });
  const user = { type: "userId", value: payload.sub };
  if (!isIdentifierValue(user.value) || isNobodys(user)) return undefined;
  const email = payload["email_verified"] === false ? undefined : emailIdentifier(textOf(payload["email"]));
  const phone = payload["phone_number_verified"] === false ? undefined : phoneIdentifier(textOf(payload["phone_number"]));
  return { user: name(user), vouched: [email, phone].flatMap((one) => (one === undefined ? [] : [name(one)])) };
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === "string" ? claim : undefined;
}
