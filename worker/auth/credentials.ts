/** Longer than any key we make: nothing longer is worth hashing. */
const LONGEST_KEY = 200;

/**
 * The write key of a call, from the first place of http.md, "Keys", that bears one: `Authorization: Basic base64(KEY:)`,
 * `X-Write-Key`, `?writeKey=`. The body's `writeKey` is last and the business of whoever reads the body. Some clients
 * send `KEY:anything` (Jitsu), so the part before the colon counts and the rest is not looked at.
 */
export function writeKeyOf(request: Request): string | undefined {
  return (
    basicUser(request.headers.get("authorization")) ??
    usable(request.headers.get("x-write-key")?.split(":", 1)[0]) ??
    (request.url.includes("?") ? usable(new URL(request.url).searchParams.get("writeKey")) : undefined)
  );
}

/** The secret key of a call: `Authorization: Bearer KEY`, else `X-API-Key` (OFREP clients). Never from a URL: those end up in logs. */
export function secretKeyOf(request: Request): string | undefined {
  return bearer(request.headers.get("authorization")) ?? usable(request.headers.get("x-api-key"));
}

function usable(key: string | null | undefined): string | undefined {
  return typeof key === "string" && key !== "" && key.length <= LONGEST_KEY ? key : undefined;
}

function bearer(authorization: string | null): string | undefined {
  return usable(/^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1]);
}

function basicUser(authorization: string | null): string | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  try {
    return usable(atob(encoded).split(":", 1)[0]);
  } catch {
    return undefined;
  }
}
