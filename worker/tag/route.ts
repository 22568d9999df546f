import { textOf } from "#script-texts";
import { refuse } from "../wire/problem.ts";
import { PLACEMENTS_HASH, TAG_HASH, TAG_INTEGRITY } from "./script.ts";

/** The browser tag: `/tag.js`, which is always the newest, and `/tag/HASH.js`, which never changes and can be pinned by its integrity. */

/** A new tag is everywhere after so long, s. */
const NEWEST_SECONDS = 300;
const YEAR_SECONDS = 31_536_000;

const ETAG = `"${TAG_HASH}"`;

/** Path of the tag of this version, for pages that pin it. */
export const TAG_PATH = `/tag/${TAG_HASH}.js`;

/** What stays under its own hash for ever: the tag, and the script that it loads for placements. */
const PINNED: readonly string[] = [TAG_PATH, `/tag/${PLACEMENTS_HASH}.js`];

/** Any page may load it: it is the same for all, and knows nobody. */
const HEADERS = {
  "content-type": "text/javascript; charset=utf-8",
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
};

/** True for paths that are the tag's. @param path with its query */
export function isTagPath(path: string): boolean {
  return path === "/tag.js" || path.startsWith("/tag.js?") || path.startsWith("/tag/");
}

/** Answers what `isTagPath` holds of. */
export async function tagRoute(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse("method_not_allowed", undefined, { headers: { allow: "GET, HEAD" } });
  const { pathname } = new URL(request.url);
  if (pathname === "/tag.js") return newest(request, env);
  if (!PINNED.includes(pathname)) return earlier(env, pathname);
  ctx.waitUntil(keep(env));
  return pinned(await textOf(env, pathname));
}

async function newest(request: Request, env: Env): Promise<Response> {
  const headers = { ...HEADERS, etag: ETAG, "cache-control": `public, max-age=${NEWEST_SECONDS}` };
  const isKnown = request.headers
    .get("if-none-match")
    ?.split(",")
    .some((tag) => tag.trim().replace(/^W\//, "") === ETAG);
  return isKnown === true ? new Response(null, { status: 304, headers }) : new Response(await textOf(env, TAG_PATH), { headers });
}

function pinned(script: BodyInit): Response {
  return new Response(script, { headers: { ...HEADERS, "cache-control": `public, max-age=${YEAR_SECONDS}, immutable` } });
}

/** A page that pins an older tag keeps it after a deploy, with what it loads: they are put away the first time an isolate gives one out under its hash. */
let isKept = false;
async function keep(env: Env): Promise<void> {
  if (isKept) return;
  isKept = true;
  for (const path of PINNED)
    await env.PUBLISHED.put(path.slice(1), await textOf(env, path), { onlyIf: { etagDoesNotMatch: "*" } });
}

async function earlier(env: Env, pathname: string): Promise<Response> {
  if (!/^\/tag\/[0-9a-f]{16}\.js$/.test(pathname)) return refuse("not_found");
  const object = await env.PUBLISHED.get(pathname.slice(1));
  return object === null ? refuse("not_found") : pinned(object.body);
}

/** How a page pins it. */
export function pinnedElement(origin: string, writeKey: string): string {
  return `<script async src="${origin}${TAG_PATH}" integrity="${TAG_INTEGRITY}" crossorigin data-key="${writeKey}"></script>`;
}
