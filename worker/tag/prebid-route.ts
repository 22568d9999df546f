import { textOf } from "#script-texts";
import { refuse } from "../wire/problem.ts";

/** Our part of Prebid.js, in the two ways that it gets onto a page: beside Prebid, or as a file for Prebid's own build. */
const FILES: ReadonlySet<string> = new Set(["/prebid/tidelineRtdProvider.js", "/prebid/modules/tidelineRtdProvider.js"]);

/** A new one is everywhere after so long, s. */
const NEWEST_SECONDS = 300;

/** Any page may load it: it is the same for all, and knows nobody. */
const HEADERS = {
  "content-type": "text/javascript; charset=utf-8",
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
  "cache-control": `public, max-age=${NEWEST_SECONDS}`,
};

/** True for paths that are ours for Prebid. @param path with its query */
export function isPrebidPath(path: string): boolean {
  return path.startsWith("/prebid/");
}

/** Answers what `isPrebidPath` holds of. */
export async function prebidRoute(request: Request, env: Env): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse("method_not_allowed", undefined, { headers: { allow: "GET, HEAD" } });
  const { pathname } = new URL(request.url);
  return FILES.has(pathname) ? new Response(await textOf(env, pathname), { headers: HEADERS }) : refuse("not_found");
}
