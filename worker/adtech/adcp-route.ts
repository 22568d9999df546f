import type { Identity } from "../../core/model/ids.ts";
import { isJsonArray, isJsonObject, ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";
import type { SecretCall } from "../auth/guard.ts";
import { jsonReply } from "../wire/reply.ts";
import { adDeadline, adTiming, audiencesForAds, NOTHING_TOLD, type Told } from "./ad-call.ts";
import { adConsent } from "./ad-consent.ts";
import { identityFor, identityForDevice, objectIn } from "./ad-identity.ts";

/** Types of ids of AdCP's schema `uid-type`, and the kind that each is here. The strongest first: "buyers use their own preference order". */
const KINDS: Readonly<Record<string, string>> = {
  publisher_first_party: "userId",
  hashed_email: "emailSha256",
  uid2: "uid2",
  euid: "euid",
  rampid: "rampid",
  rampid_derived: "rampid_derived",
  pairid: "pairid",
  id5: "id5",
};
const DEVICE = "maid";

/** After so long the publisher must ask again, s: as long as a withdrawn consent may take to count elsewhere. */
const SERVE_WINDOW_S = 60;

/** Of the schema. */
const MOST_IDENTITIES = 3;
const MOST_PACKAGES = 500;

/**
 * `POST /adcp/identity` under a secret key: `identity_match_request` of AdCP's Trusted Match Protocol (schema
 * `trusted-match/identity-match-request`, 3.1; experimental there), and which packages the person may be served. A package is an audience of
 * the workspace, under its code; ids that are none are passed over in silence, as the schema demands.
 */
export async function adcpIdentityRoute(call: SecretCall): Promise<Response> {
  const { body } = call;
  const asked = isJsonObject(body) ? body : {};
  const requestId = ownProperty(asked, "request_id");
  if (ownProperty(asked, "type") !== "identity_match_request") return invalid(requestId, "type must be identity_match_request");
  if (typeof requestId !== "string" || requestId === "") return invalid(requestId, "request_id is missing");
  const identities = identitiesOf(asked);
  if (identities === undefined)
    return invalid(requestId, `identities must hold 1 to ${MOST_IDENTITIES}, each of user_token and uid_type`);
  const packages = packagesOf(ownProperty(asked, "package_ids"));
  if (packages === "junk") return invalid(requestId, `package_ids must hold 1 to ${MOST_PACKAGES} texts`);
  const told = await toldOf(call, asked, identities);
  const codes = told.audiences.map(({ code }) => code).filter((code) => packages === undefined || packages.has(code));
  const reply = {
    type: "identity_match_response",
    request_id: requestId,
    eligible_package_ids: codes,
    serve_window_sec: SERVE_WINDOW_S,
  };
  return jsonReply(reply, 200, adTiming(told));
}

interface UserToken {
  readonly type: string;
  readonly token: Json | undefined;
}

/** In the list of today's schema, or as the one that 3.0 knew. @returns undefined where there are none, or one is no identity */
function identitiesOf(asked: JsonObject): readonly UserToken[] | undefined {
  const list = ownProperty(asked, "identities") ?? [asked];
  if (!isJsonArray(list) || list.length === 0 || list.length > MOST_IDENTITIES) return undefined;
  const identities: UserToken[] = [];
  for (const one of list) {
    if (!isJsonObject(one)) return undefined;
    const [type, token] = [ownProperty(one, "uid_type"), ownProperty(one, "user_token")];
    if (typeof type !== "string" || typeof token !== "string") return undefined;
    identities.push({ type, token });
  }
  return identities;
}

function packagesOf(ids: Json | undefined): ReadonlySet<Json> | "junk" | undefined {
  if (ids === undefined) return undefined;
  if (!isJsonArray(ids) || ids.length === 0 || ids.length > MOST_PACKAGES) return "junk";
  return ids.every((id) => typeof id === "string") ? new Set(ids) : "junk";
}

async function toldOf(call: SecretCall, asked: JsonObject, identities: readonly UserToken[]): Promise<Told> {
  const person = personOf(identities);
  const said = ownProperty(asked, "consent") ?? null;
  if (person === undefined || (said !== null && !isJsonObject(said))) return NOTHING_TOLD;
  const consent = objectIn(asked, "consent");
  const signals = {
    refusals: [],
    gdpr: [ownProperty(consent, "gdpr")],
    tcf: [ownProperty(consent, "tcf_consent")],
    gpp: [ownProperty(consent, "gpp")],
    gppSid: [],
    usPrivacy: [ownProperty(consent, "us_privacy")],
  };
  const allowed = await adConsent(signals, call.workspace.gvlId);
  return allowed === undefined ? NOTHING_TOLD : audiencesForAds(call, person, allowed, adDeadline(call.began, undefined));
}

function personOf(identities: readonly UserToken[]): Identity | undefined {
  const find = (type: string): Json | undefined => identities.find((one) => one.type === type)?.token;
  for (const [type, kind] of Object.entries(KINDS)) {
    const person = identityFor(kind, find(type));
    if (person !== undefined) return person;
  }
  return identityForDevice(find(DEVICE));
}

/** In the shape that the protocol has for errors (schema `trusted-match/error`). */
function invalid(requestId: Json | undefined, message: string): Response {
  const request_id = typeof requestId === "string" ? requestId : "";
  return jsonReply({ type: "error", request_id, code: "invalid_request", message }, 400);
}
