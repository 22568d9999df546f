import { refuse } from "../wire/problem.ts";

/**
 * The dashboard at `/dashboard`: files that `npm run dashboard` builds, served as static assets. Which screen is meant is in the path, and the app's own to
 * find: whatever is no file is its page.
 */

/** True for what `dashboardApp` answers. @param path with its query */
export function isDashboardPath(path: string): boolean {
  return /^\/dashboard(?:[/?]|$)/.test(path);
}

/** @param nonce of the style elements that the component library makes: no script has one */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    // What a creative would look like: in a sandbox, without scripts.
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const ALWAYS = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };
/** A file's name holds its hash. */
const FOR_EVER = "public, max-age=31536000, immutable";

/** Answers what `isDashboardPath` holds of. */
export async function dashboardApp(request: Request, env: Env): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse("method_not_allowed", undefined, { headers: { allow: "GET, HEAD" } });
  const { pathname, origin } = new URL(request.url);
  if (/^\/dashboard\/assets\/[\w.-]+$/.test(pathname)) {
    const file = await env.ASSETS.fetch(`${origin}${pathname}`);
    if (!file.ok) return refuse("not_found");
    return new Response(file.body, {
      headers: { ...ALWAYS, "content-type": file.headers.get("content-type") ?? "", "cache-control": FOR_EVER },
    });
  }
  const page = await env.ASSETS.fetch(`${origin}/dashboard/index.html`);
  if (!page.ok) return refuse("not_found", "The dashboard is not built: npm run dashboard.");
  const nonce = crypto.randomUUID();
  return new Response((await page.text()).replace("STYLE_NONCE", nonce), {
    headers: {
      ...ALWAYS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy(nonce),
      "cache-control": "no-store",
    },
  });
}
