import { refuse } from "../wire/problem.ts";
import { PREBID_MODULE, PREBID_SCRIPT } from "./prebid-script.ts";

/** Our part of Prebid.js, in the two ways that it gets onto a page: beside Prebid, or as a file for Prebid's own build. */
const FILES: Readonly<Record<string, string>> = {
  "/prebid/tidelineRtdProvider.js": PREBID_SCRIPT,
  "/prebid/modules/tidelineRtdProvider.js": PREBID_MODULE,
};

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
export function prebidRoute(request: Request): Response {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse("method_not_allowed", undefined, { headers: { allow: "GET, HEAD" } });
  const { pathname } = new URL(request.url);
  const file = Object.hasOwn(FILES, pathname) ? FILES[pathname] : undefined;
  return file === undefined ? refuse("not_found") : new Response(file, { headers: HEADERS });
}
