import { readConsent } from "../../core/consent/read.ts";
import type { SourceCall } from "../auth/guard.ts";
import { consentOfQuery } from "../collect/query-consent.ts";
import { gppReaderFor } from "../wire/gpp.ts";
import { logFault } from "../wire/log.ts";
import { refuse } from "../wire/problem.ts";
import { locationHintOf } from "../wire/region.ts";
import { jsonReply } from "../wire/reply.ts";
import { publicAudiences } from "./audiences.ts";
import { withMembership } from "./public-route.ts";
import { visitorOf } from "./visitor.ts";

/** What each `format` makes of the codes. */
const FORMATS: Readonly<Record<string, (codes: readonly string[]) => object>> = {
  json: (codes) => ({ audiences: codes }),
  /** A key-value of Google Ad Manager. */
  gam: (codes) => ({ seg: codes.join(",") }),
  /** First-party data of OpenRTB 2.6, as Prebid merges it. */
  ortb2: (codes) => ({
    user: { data: codes.length === 0 ? [] : [{ name: "tideline", segment: codes.map((id) => ({ id })) }] },
  }),
};

/**
 * `GET /v1/audiences?format=json|gam|ortb2` under a write key (http.md, "Decide"). Consent may come as `gdpr_consent`, `gpp`,
 * `gpp_sid`, `gpc`, and as the browser's own `Sec-GPC`.
 */
export async function audiencesRoute(call: SourceCall): Promise<Response> {
  const { request, env, workspace } = call;
  const { searchParams } = new URL(request.url);
  const name = searchParams.get("format") ?? "json";
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format === undefined) return refuse("bad_request", "The format is json, gam or ortb2.");
  const said = consentOfQuery(searchParams);
  const statement = request.headers.get("sec-gpc") === "1" ? { ...said, gpc: true } : said;
  const consent = readConsent(statement, workspace.gvlId, await gppReaderFor([statement]));
  if (!consent.ok) return refuse("bad_request");
  try {
    const visitor = await visitorOf(call);
    const found = await publicAudiences(env, workspace, visitor, consent.value, locationHintOf(request));
    if (!found.ok) return refuse(found.error);
    return withMembership(call, visitor, found.value.decided, jsonReply(format(found.value.codes)));
  } catch (error) {
    logFault("audiences", error);
    return refuse("unavailable", undefined, { headers: { "retry-after": "1" } });
  }
}
