import { isSilent } from "../../core/consent/consent.ts";
import { readConsent } from "../../core/consent/read.ts";
import { parseIdentity, type HashedIdentifier, type ProfileId } from "../../core/model/ids.ts";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { identityName } from "../../durable-objects/profile/stub.ts";
import type { SourceCall } from "../auth/guard.ts";
import { provenUser } from "../auth/user-token.ts";
import type { SourceRecord, WorkspaceRecord } from "../cold/records.ts";
import { gppReaderFor } from "../wire/gpp.ts";
import { logFault } from "../wire/log.ts";
import { refuse } from "../wire/problem.ts";
import { jsonReply } from "../wire/reply.ts";
import { keepConsent } from "./keep-consent.ts";
import { forgetMembership } from "./membership-cookie.ts";

/** What else a body may bear beside the parts of a consent. */
const NOT_CONSENT: ReadonlySet<string> = new Set(["writeKey", "identity", "sentAt", "userToken"]);

/**
 * `POST /v1/consent` (http.md, "Consent"): `{"identity":{…},"consent":{…}}`, or the parts of a consent beside the identity.
 * What is said is kept with the person, if there is one; 200 once it is durable, and the same for somebody unknown. Under
 * a public key of a source whose users are signed a browser speaks for itself alone: by its anonymous id, or for the user whom its token
 * proves, who need not be named.
 */
export async function consentRoute({ request, env, workspace, source, body }: SourceCall): Promise<Response> {
  if (!isJsonObject(body)) return refuse("bad_request");
  const said = ownProperty(body, "consent") ?? partsOf(body);
  const token = source.kind === "server" ? undefined : await provenUser(request, body, env, workspace);
  const user = token === "invalid" ? undefined : token?.user;
  const named = ownProperty(body, "identity");
  const identity = named === undefined && user !== undefined ? ok(user.hash) : nameOf(env, workspace, source, user, named);
  if (!identity.ok) return refuse(identity.error);
  const consent = readConsent(said, workspace.gvlId, await gppReaderFor([said]));
  if (!consent.ok || isSilent(consent.value)) return refuse("bad_request");
  try {
    await keepConsent(env, workspace, identity.value, consent.value);
  } catch (error) {
    logFault("consent", error);
    return refuse("unavailable", undefined, { headers: { "retry-after": "1" } });
  }
  const response = jsonReply({ success: true, ...(token === "invalid" ? { userToken: token } : {}) });
  if (source.kind === "browser") forgetMembership(request, response, consent.value.storage !== false);
  return response;
}

/** The person that is named, by whoever may name them. */
function nameOf(
  env: Env,
  workspace: WorkspaceRecord,
  source: SourceRecord,
  user: HashedIdentifier | undefined,
  json: Json | undefined,
): Result<ProfileId, "bad_identity"> {
  const identity = parseIdentity(json);
  if (!identity.ok) return identity;
  const name = identityName(env.NAME_KEY, workspace.id, identity.value);
  if (source.kind === "server") return ok(name);
  if (identity.value.kind === "profile") return fail("bad_identity");
  const type = identity.value.kind === "identifier" ? identity.value.identifier.type : undefined;
  const isOwn = type === "anonymousId" || (type === "userId" && name === user?.hash);
  return source.identify === "open" || isOwn ? ok(name) : fail("bad_identity");
}

function partsOf(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !NOT_CONSENT.has(name)));
}
