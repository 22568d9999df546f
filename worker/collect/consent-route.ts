import { isSilent } from "../../core/consent/consent.ts";
import { readConsent } from "../../core/consent/read.ts";
import { parseIdentity } from "../../core/model/ids.ts";
import { isJsonObject, ownProperty, type JsonObject } from "../../core/model/json.ts";
import { identityName } from "../../durable-objects/profile/stub.ts";
import type { SourceCall } from "../auth/guard.ts";
import { gppReaderFor } from "../wire/gpp.ts";
import { logFault } from "../wire/log.ts";
import { refuse } from "../wire/problem.ts";
import { jsonReply } from "../wire/reply.ts";
import { keepConsent } from "./keep-consent.ts";

/** What else a body may bear beside the parts of a consent. */
const NOT_CONSENT: ReadonlySet<string> = new Set(["writeKey", "identity", "sentAt"]);

/**
 * `POST /v1/consent` (http.md, "Consent"): `{"identity":{…},"consent":{…}}`, or the parts of a consent beside the identity.
 * What is said is kept with the person, if there is one; 200 once it is durable, and the same for somebody unknown. Under
 * a public key of a source whose users are signed only a browser speaks, for itself: by its anonymous id.
 */
export async function consentRoute({ env, workspace, source, body }: SourceCall): Promise<Response> {
  if (!isJsonObject(body)) return refuse("bad_request");
  const said = ownProperty(body, "consent") ?? partsOf(body);
  const identity = parseIdentity(ownProperty(body, "identity"));
  if (!identity.ok) return refuse(identity.error);
  const { kind } = identity.value;
  const isAnonymous = kind === "identifier" && identity.value.identifier.type === "anonymousId";
  if (source.kind !== "server" && (kind === "profile" || (source.identify === "signed" && !isAnonymous)))
    return refuse("bad_identity");
  const consent = readConsent(said, workspace.gvlId, await gppReaderFor([said]));
  if (!consent.ok || isSilent(consent.value)) return refuse("bad_request");
  try {
    await keepConsent(env, workspace, identityName(env.NAME_KEY, workspace.id, identity.value), consent.value);
  } catch (error) {
    logFault("consent", error);
    return refuse("unavailable", undefined, { headers: { "retry-after": "1" } });
  }
  return jsonReply({ success: true });
}

function partsOf(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !NOT_CONSENT.has(name)));
}
