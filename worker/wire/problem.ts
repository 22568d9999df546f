import { REASONS, type Reason } from "./reasons.ts";

/** One thing that is wrong with a request: a JSON Pointer (RFC 6901) to the place, a stable code, a sentence. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** Members beyond those of RFC 9457, such as `errors`; headers such as `Retry-After`. */
export interface ProblemExtra {
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An RFC 9457 problem. `detail` is written by us for the reader: never text of the request, of an error, or of a key,
 * which is how a problem cannot echo a secret.
 */
export function problem(status: number, code: Reason, detail?: string, extra: ProblemExtra = {}): Response {
  const body = {
    type: `urn:tideline:problem:${code}`,
    title: REASONS[code].title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...extra.members,
  };
  const headers = new Headers(extra.headers);
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  // RFC 9110, 11.6.1 wants a challenge. Never Basic: a browser would ask its user for a password.
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="tideline"');
  return new Response(JSON.stringify(body), { status, headers });
}

/** The problem of a domain reason: the one place where reasons become HTTP. */
export function refuse(reason: Reason, detail?: string, extra?: ProblemExtra): Response {
  return problem(REASONS[reason].status, reason, detail, extra);
}
