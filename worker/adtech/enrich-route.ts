import { isJsonObject, ownProperty, type JsonObject } from "../../core/model/json.ts";
import type { SecretCall } from "../auth/guard.ts";
import { refuse } from "../wire/problem.ts";
import { jsonTextReply } from "../wire/reply.ts";
import { adDeadline, adTiming, audiencesForAds, NOTHING_TOLD, type Told } from "./ad-call.ts";
import { adConsent, type Signals } from "./ad-consent.ts";
import { objectIn, personOfBidRequest } from "./ad-identity.ts";
import { appendUserData } from "./append-data.ts";
import { userData } from "./user-data.ts";

/**
 * `POST /openrtb2/enrich` under a secret key (http.md, "Ad servers"): a BidRequest of OpenRTB 2.5 or 2.6, and back the same text
 * with our objects at the end of `user.data`. It comes back as it is, and 200, of nobody, without consent, in a fault, and at the deadline.
 */
export async function enrichRoute(call: SecretCall): Promise<Response> {
  const { body, bodyText } = call;
  if (!isJsonObject(body)) return refuse("bad_request", "A BidRequest is an object.");
  const told = await toldOf(call, body);
  const data = userData(told.audiences, true).map((one) => JSON.stringify(one));
  const text = data.length === 0 ? bodyText : appendUserData(bodyText, data.join(","));
  return jsonTextReply(text, 200, adTiming(told));
}

async function toldOf(call: SecretCall, bidRequest: JsonObject): Promise<Told> {
  const deadline = adDeadline(call.began, ownProperty(bidRequest, "tmax"));
  if (isJunkIn(bidRequest)) return NOTHING_TOLD;
  const [user, device] = [objectIn(bidRequest, "user"), objectIn(bidRequest, "device")];
  const person = personOfBidRequest(user, device);
  if (person === undefined) return NOTHING_TOLD;
  const consent = await adConsent(signalsOf(objectIn(bidRequest, "regs"), user, device), call.workspace.gvlId);
  return consent === undefined ? NOTHING_TOLD : audiencesForAds(call, person, consent, deadline);
}

/** True where something else stands in the place of an object that may hold a no: it cannot be read, so it is one. */
function isJunkIn(bidRequest: JsonObject): boolean {
  const isJunk = (object: JsonObject, name: string): boolean => {
    const value = ownProperty(object, name) ?? null;
    return value !== null && !isJsonObject(value);
  };
  return (
    ["regs", "user", "device"].some((name) => isJunk(bidRequest, name)) ||
    ["regs", "user"].some((name) => isJunk(objectIn(bidRequest, name), "ext"))
  );
}

/** Where OpenRTB 2.6 has them, and where 2.5 had. */
function signalsOf(regs: JsonObject, user: JsonObject, device: JsonObject): Signals {
  const regsExt = objectIn(regs, "ext");
  const both = (name: string): Signals["gdpr"] => [ownProperty(regs, name), ownProperty(regsExt, name)];
  return {
    refusals: [...both("coppa"), ...both("gpc"), ownProperty(device, "lmt"), ownProperty(device, "dnt")],
    gdpr: both("gdpr"),
    tcf: [ownProperty(user, "consent"), ownProperty(objectIn(user, "ext"), "consent")],
    gpp: both("gpp"),
    gppSid: both("gpp_sid"),
    usPrivacy: both("us_privacy"),
  };
}
