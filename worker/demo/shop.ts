import { refuse } from "../wire/problem.ts";

/**
 * The demo shop at `/demo`, in demo mode only: its files are laid into R2 by `npm start`, so that a deployed Worker carries
 * none of them. A page is whatever is below `/demo`; the shop's script finds out which.
 */

/** Everything from here, nothing inline: what the tag's guide recommends. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Where a file of the shop lies in the bucket. @param name as in `scripts/demo-shop.ts` */
export function demoObjectKey(name: string): string {
  return `demo/${name}`;
}

export function isDemoPath(path: string): boolean {
  return path === "/demo" || path.startsWith("/demo/") || path.startsWith("/demo?");
}

/** Answers what `isDemoPath` holds of. */
export async function demoShop(request: Request, env: Env): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse("method_not_allowed", undefined, { headers: { allow: "GET, HEAD" } });
  const { pathname } = new URL(request.url);
  const asset = /^\/demo\/(assets\/[\w.]+)$/.exec(pathname)?.[1];
  const object = await env.PUBLISHED.get(demoObjectKey(asset ?? "index.html"));
  if (object === null) return refuse("not_found");
  return new Response(object.body, {
    headers: {
      "content-type": object.httpMetadata?.contentType ?? "application/octet-stream",
      "content-security-policy": CSP,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
    },
  });
}
