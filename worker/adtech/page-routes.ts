import type { Identity } from "../../core/model/ids.ts";
import type { SourceCall } from "../auth/guard.ts";
import { visitorOf } from "../decide/visitor.ts";
import { jsonReply } from "../wire/reply.ts";
import { adDeadline, NOTHING_TOLD, publicAudiencesForAds, type Told } from "./ad-call.ts";
import { adConsent } from "./ad-consent.ts";
import { identityFor } from "./ad-identity.ts";
import { signalsOfBrowser, timeoutOfQuery } from "./query-signals.ts";
import { userData } from "./user-data.ts";

/** What pages ask for their ad servers, under a write key: of their own visitor, and of what pages may see. */

/** `GET /v1/rtd` (http.md, "Ad servers"): what `pbjs.mergeConfig({ ortb2 })` takes. */
export async function rtdRoute(call: SourceCall): Promise<Response> {
  const told = await toldToPage(call, await ownVisitor(call));
  return pageReply({ user: { data: userData(told.audiences, false) } });
}

/**
 * `GET /v1/targeting` (http.md, "Ad servers"): AMP's Real Time Config. A page in AMP's cache has no cookie of the publisher's: there
 * AMP's `CLIENT_ID` in `cid` names the visitor, as the `anonymousId` of what the page sends.
 */
export async function targetingRoute(call: SourceCall): Promise<Response> {
  const cid = new URL(call.request.url).searchParams.get("cid") ?? undefined;
  const told = await toldToPage(call, (await ownVisitor(call)) ?? identityFor("anonymousId", cid));
  return pageReply({ targeting: { seg: told.audiences.map(({ code }) => code) } });
}

/** Whom the browser's cookie names, or its user token proves. */
async function ownVisitor(call: SourceCall): Promise<Identity | undefined> {
  const { person } = await visitorOf(call);
  return person === undefined ? undefined : { kind: "profile", profileId: person };
}

async function toldToPage(call: SourceCall, visitor: Identity | undefined): Promise<Told> {
  const { searchParams } = new URL(call.request.url);
  const deadline = adDeadline(call.began, timeoutOfQuery(searchParams));
  const consent = await adConsent(signalsOfBrowser(searchParams, call.request), call.workspace.gvlId);
  return consent === undefined ? NOTHING_TOLD : publicAudiencesForAds(call, visitor, consent, deadline);
}

/**
 * The cookie comes along only where the page says `credentials: "include"`, and then it reads the reply only if that is allowed. No
 * `Server-Timing`: hops would tell of a `cid` whether it leads to somebody (docs/decisions/063-public-audiences.md).
 */
function pageReply(body: object): Response {
  return jsonReply(body, 200, { "access-control-allow-credentials": "true" });
}
