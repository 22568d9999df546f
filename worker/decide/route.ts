import { isJsonArray, isJsonObject, ownProperty, type Json } from "../../core/model/json.ts";
import { fail } from "../../core/model/result.ts";
import type { SecretCall } from "../auth/guard.ts";
import { gppReaderFor } from "../wire/gpp.ts";
import { logFault } from "../wire/log.ts";
import { refuse } from "../wire/problem.ts";
import type { Reason } from "../wire/reasons.ts";
import { locationHintOf } from "../wire/region.ts";
import { jsonTextReply } from "../wire/reply.ts";
import { decide, type Decision } from "./decide.ts";
import { parseDecideRequest } from "./request.ts";

/** http.md, "Decide". */
const MOST_REQUESTS = 100;

/** `POST /v1/decide` under a secret key. */
export async function decideRoute(call: SecretCall): Promise<Response> {
  const decision = await decideOne(call, call.body);
  if (typeof decision === "string") return refuse(decision, undefined, retryLater(decision));
  return jsonTextReply(decision.text, 200, { "server-timing": serverTiming(decision.hops, decision.waitMs) });
}

/** `POST /v1/decide/batch`: up to 100 at once, answered in their order, a failed one as its problem. */
export async function decideBatchRoute(call: SecretCall): Promise<Response> {
  const requests = isJsonObject(call.body) ? ownProperty(call.body, "requests") : undefined;
  if (!isJsonArray(requests)) return refuse("bad_request");
  if (requests.length > MOST_REQUESTS) return refuse("batch_too_large", `At most ${MOST_REQUESTS} requests at once.`);
  const decisions = await Promise.all(requests.map((request) => decideOne(call, request)));
  const texts = await Promise.all(decisions.map(textOf));
  const hops = decisions.reduce((sum, decision) => sum + (typeof decision === "string" ? 0 : decision.hops), 0);
  const waitMs = Math.max(0, ...decisions.map((decision) => (typeof decision === "string" ? 0 : decision.waitMs)));
  return jsonTextReply(`{"responses":[${texts.join(",")}]}`, 200, { "server-timing": serverTiming(hops, waitMs) });
}

async function decideOne({ request, env, workspace, key }: SecretCall, body: Json): Promise<Decision | Reason> {
  const statement = isJsonObject(body) ? ownProperty(body, "consent") : undefined;
  const gpp = gppReaderFor([statement]);
  const asked = parseDecideRequest(body, workspace.gvlId, gpp instanceof Promise ? await gpp : gpp);
  if (!asked.ok) return asked.error;
  // Another instant than now shows a person's past: that is reading a profile, not deciding.
  if (asked.value.at !== undefined && !key.scopes.includes("profiles:read")) return "forbidden_scope";
  const decision = await decide(env, workspace, asked.value, locationHintOf(request)).catch((error: unknown) => {
    logFault("decide", error);
    return fail("unavailable" as const);
  });
  return decision.ok ? decision.value : decision.error;
}

async function textOf(decision: Decision | Reason): Promise<string> {
  return typeof decision === "string" ? refuse(decision).text() : decision.text;
}

function retryLater(reason: Reason): { readonly headers: Readonly<Record<string, string>> } | undefined {
  return reason === "unavailable" || reason === "ruleset_not_ready" ? { headers: { "retry-after": "1" } } : undefined;
}

/** In production the clock stands still during computation: what it can say is hops and waits. */
function serverTiming(hops: number, waitMs: number): string {
  return `hops;desc="${hops}", wait;dur=${waitMs}`;
}
