import { readConsent } from "../../core/consent/read.ts";
import type { SourceCall } from "../auth/guard.ts";
import { consentOfQuery } from "../collect/query-consent.ts";
import { withMembership } from "../decide/public-route.ts";
import { decidePublicly } from "../decide/public.ts";
import { visitorOf } from "../decide/visitor.ts";
import { WITH_CREDENTIALS } from "../wire/cors.ts";
import { gppReaderFor } from "../wire/gpp.ts";
import { logFault } from "../wire/log.ts";
import { refuse } from "../wire/problem.ts";
import { locationHintOf } from "../wire/region.ts";
import { htmlOf, seenBy } from "./html.ts";

/** A page, or what includes it, waits for no longer, ms. */
const TIMEOUT_MS = 500;

/**
 * `GET /v1/fragment/:placement` under a write key (http.md, "Pages and flags"): the HTML of what fills a placement, for whom the cookie names or a user token
 * proves; empty where that is no HTML, or nothing could be decided. Consent as for the pixel.
 */
export async function fragmentRoute(call: SourceCall): Promise<Response> {
  const { request, env, workspace } = call;
  const { pathname, searchParams } = new URL(request.url);
  const key = decodeURIComponent(pathname.split("/").at(-1) ?? "");
  const said = consentOfQuery(searchParams);
  const statement = request.headers.get("sec-gpc") === "1" ? { ...said, gpc: true } : said;
  const consent = readConsent(statement, workspace.gvlId, await gppReaderFor([statement]));
  if (!consent.ok) return refuse("bad_request");
  const visitor = await visitorOf(call);
  const asked = { placements: [key], consent: consent.value, timeoutMs: TIMEOUT_MS };
  const decided = await decidePublicly(env, workspace, visitor, asked, locationHintOf(request)).catch((error: unknown) => {
    logFault("fragment", error);
  });
  if (decided?.ok !== true) return fragment("");
  const placement = decided.value.placements[key];
  if (placement === undefined) return refuse("not_found");
  const html = htmlOf(placement);
  const response = fragment(html === undefined ? "" : html + seenBy(placement));
  return withMembership(call, visitor, decided.value, response);
}

function fragment(html: string): Response {
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "private, no-store", ...WITH_CREDENTIALS };
  return new Response(html, { headers });
}
