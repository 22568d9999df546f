import { parseIdentity } from "../../core/model/ids.ts";
import { isJsonObject, ownProperty, type Json } from "../../core/model/json.ts";
import { identityName } from "../../durable-objects/profile/stub.ts";
import type { SourceCall } from "../auth/guard.ts";
import { WITH_CREDENTIALS } from "../wire/cors.ts";
import { gppReaderFor } from "../wire/gpp.ts";
import { logFault } from "../wire/log.ts";
import { refuse } from "../wire/problem.ts";
import { locationHintOf } from "../wire/region.ts";
import { jsonReply } from "../wire/reply.ts";
import { membershipCookie } from "./membership-token.ts";
import { decidePublicly, type PublicDecision, type Visitor } from "./public.ts";
import { parseDecideRequest } from "./request.ts";
import { visitorOf } from "./visitor.ts";

/** Stands for whoever is in the browser while the rest of a request is read. */
const ANYBODY = { anonymousId: "anybody" };

/**
 * `POST /v1/decide` under a write key (http.md, "Keys"): for whom the browser's cookie names or its user token proves. An `anonymousId` of a browser
 * without a cookie only says by what name it will be known, so that what it is shown now stays the same; nothing is read by it.
 */
export async function publicDecideRoute(call: SourceCall): Promise<Response> {
  const { request, env, workspace, body } = call;
  if (!isJsonObject(body)) return refuse("bad_request");
  const said = withSignal(body, request);
  const gpp = gppReaderFor([ownProperty(said, "consent")]);
  const asked = parseDecideRequest({ ...said, identity: ANYBODY }, workspace.gvlId, gpp instanceof Promise ? await gpp : gpp);
  if (!asked.ok) return refuse(asked.error);
  const { traits, explain, household, trace, at } = asked.value;
  if (traits || explain || household || trace || at !== undefined)
    return refuse("bad_request", "Under a public key a decision holds placements and public audiences, of now.");
  const visitor = await visitorFor(call, ownProperty(body, "identity"));
  if (visitor === undefined)
    return refuse(
      "bad_identity",
      "Under a public key the cookie or a user token says who it is; only an `anonymousId` may be named.",
    );
  const decided = await decidePublicly(env, workspace, visitor, asked.value, locationHintOf(request)).catch((error: unknown) => {
    logFault("decide", error);
  });
  if (decided === undefined) return refuse("unavailable", undefined, { headers: { "retry-after": "1" } });
  if (!decided.ok) return refuse(decided.error, undefined, { headers: { "retry-after": "1" } });
  return withMembership(call, visitor, decided.value, jsonReply(replyOf(decided.value), 200, WITH_CREDENTIALS));
}

/** Gives the browser the token by which it is decided without a hop for a while. */
export function withMembership(
  { request, env, workspace }: SourceCall,
  { person }: Visitor,
  { membership, ruleset }: PublicDecision,
  response: Response,
): Response {
  if (person === undefined || membership === undefined) return response;
  const cookie = membershipCookie(request, env, { workspace: workspace.id, person, ruleset }, membership, Date.now());
  if (cookie !== undefined) response.headers.append("set-cookie", cookie);
  return response;
}

/** What may be told: neither whether anybody is known, nor when something changes that may not be public. */
function replyOf({ decisionId, asOf, ruleset, audiences, reason, placements }: PublicDecision): object {
  return { decisionId, asOf, ruleset, audiences, ...(reason === undefined ? {} : { reason }), placements };
}

/** The browser's own `Sec-GPC` is said with each call. */
function withSignal(body: { readonly [key: string]: Json }, request: Request): { readonly [key: string]: Json } {
  if (request.headers.get("sec-gpc") !== "1") return body;
  const consent = ownProperty(body, "consent") ?? {};
  return isJsonObject(consent) ? { ...body, consent: { ...consent, gpc: true } } : body;
}

/** @returns undefined for an identity that a public key may not name */
async function visitorFor(call: SourceCall, json: Json | undefined): Promise<Visitor | undefined> {
  const visitor = await visitorOf(call);
  if (json === undefined || json === null) return visitor;
  const identity = parseIdentity(json);
  if (!identity.ok || identity.value.kind !== "identifier" || identity.value.identifier.type !== "anonymousId") return undefined;
  if (visitor.person !== undefined) return visitor;
  return { ...visitor, newcomer: identityName(call.env.NAME_KEY, call.workspace.id, identity.value) };
}
