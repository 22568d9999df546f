import { createHmac, timingSafeEqual } from "node:crypto";
import { findWorkspace } from "../auth/cache.ts";
import { readableBy } from "../wire/cors.ts";
import { refuse } from "../wire/problem.ts";

/**
 * The change stream of OFREP: server-sent events that say when to ask again, by what the Worker sees (a publish) and what the last evaluation knew (when time
 * changes something). The Worker holds it: no object is awake for it.
 */

/** What a stream is for, signed into its URL. */
interface StreamToken {
  readonly workspace: string;
  readonly ruleset: number;
  /** ms: when time changes something; null for never. */
  readonly until: number | null;
  /** Of the page that asked. */
  readonly origin: string | null;
  /** ms, to the minute. */
  readonly issued: number;
}

export const STREAM_PATH = "/ofrep/v1/stream";
/** A URL that was kept opens nothing later; one that was opened in time may be opened again, as a browser does by itself. */
const OPENED_WITHIN_MS = 5 * 60_000;
/** How often it is looked whether anything was published, ms: what isolates know is as old at most. */
const LOOK_EVERY_MS = 2_000;
/** Nothing said for so long may be a dead connection, ms. */
const BEAT_EVERY_MS = 20_000;
/** The browser comes back by itself after that. */
const LONGEST_MS = 15 * 60_000;

export function isStreamPath(path: string): boolean {
  return path.startsWith(`${STREAM_PATH}?`);
}

/** Where a stream for what was just evaluated is. */
export function streamUri(nameKey: string, said: Omit<StreamToken, "issued">, now: number): string {
  const token: StreamToken = { ...said, issued: Math.floor(now / 60_000) * 60_000 };
  const text = Buffer.from(JSON.stringify(token)).toString("base64url");
  return `${STREAM_PATH}?t=${text}.${macOf(nameKey, text)}`;
}

function macOf(nameKey: string, text: string): string {
  // Under the word "stream" a MAC is never the name of an object, which has the same key.
  return createHmac("sha256", nameKey)
    .update(JSON.stringify(["stream", text]))
    .digest("base64url");
}

/** @returns undefined for what is not ours */
function openToken(nameKey: string, token: string): StreamToken | undefined {
  const [text = "", mac = ""] = token.split(".");
  const expected = macOf(nameKey, text);
  if (mac.length !== expected.length || !timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return undefined;
  return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as StreamToken;
}

/** `GET /ofrep/v1/stream?t=`: the token is its key. */
export function streamRoute(request: Request, env: Env, ctx: ExecutionContext): Response {
  if (request.method !== "GET") return refuse("method_not_allowed", undefined, { headers: { allow: "GET" } });
  const token = openToken(env.NAME_KEY, new URL(request.url).searchParams.get("t") ?? "");
  const now = Date.now();
  const isAgain = request.headers.has("last-event-id");
  if (token === undefined || (!isAgain && now - token.issued > OPENED_WITHIN_MS + 60_000)) return refuse("unauthorized");
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  ctx.waitUntil(tell(writable.getWriter(), token, env, ctx, now).catch(() => undefined));
  const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
  const response = new Response(readable, { headers });
  return token.origin === null ? response : readableBy(response, token.origin);
}

async function tell(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  token: StreamToken,
  env: Env,
  ctx: ExecutionContext,
  began: number,
): Promise<void> {
  const encoder = new TextEncoder();
  // An id makes the browser say that it comes back.
  const say = (text: string): Promise<void> => writer.write(encoder.encode(text));
  await say(`retry: 2000\nid: ${token.ruleset}\n: open\n\n`);
  let { ruleset, until } = token;
  let spoke = began;
  for (let now = Date.now(); now - began < LONGEST_MS; now = Date.now()) {
    const known = (await findWorkspace(env, ctx, token.workspace))?.ruleset ?? ruleset;
    const isDue = until !== null && now >= until;
    if (known > ruleset || isDue) {
      ruleset = Math.max(known, ruleset);
      if (isDue) until = null;
      await say(`id: ${ruleset}\ndata: ${JSON.stringify({ type: "refetchEvaluation" })}\n\n`);
      spoke = now;
    } else if (now - spoke >= BEAT_EVERY_MS) {
      await say(": still here\n\n");
      spoke = now;
    }
    await scheduler.wait(Math.min(LOOK_EVERY_MS, until === null ? Infinity : Math.max(10, until - now)));
  }
  await writer.close();
}
