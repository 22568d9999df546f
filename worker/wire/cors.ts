/** What browsers may send us and read from us (http.md, "Collect"). */
const ALLOWED_HEADERS =
  "content-type, authorization, x-write-key, x-retry-count, x-user-token, if-none-match, anonymousid, sentat, isbatch";
const EXPOSED_HEADERS = "ETag, Retry-After";
/** Browsers cap it at two hours or less. */
const PREFLIGHT_SECONDS = "7200";

/** The answer to a preflight from an origin that some source allows: which one is known only when the key comes. */
export function preflight(origin: string): Response {
  const headers = {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": ALLOWED_HEADERS,
    "access-control-max-age": PREFLIGHT_SECONDS,
    // Whether its reply may be read then says the call itself.
    "access-control-allow-credentials": "true",
    vary: "Origin",
  };
  return new Response(null, { status: 204, headers });
}

/** Beside a reply that depends on the cookie: a page of another origin that sends it along may read it, where the source lists that. */
export const WITH_CREDENTIALS = { "access-control-allow-credentials": "true" } as const;

/** Lets the page read a reply. Only for an origin that the source of the call lists. */
export function readableBy(response: Response, origin: string): Response {
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-expose-headers", EXPOSED_HEADERS);
  response.headers.append("vary", "Origin");
  return response;
}
