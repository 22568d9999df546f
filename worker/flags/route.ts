import { readConsent } from "../../core/consent/read.ts";
import type { Consent } from "../../core/model/consent.ts";
import { isIdentifierValue, type Identity } from "../../core/model/ids.ts";
import { isJsonObject, ownProperty, type Json, type JsonObject } from "../../core/model/json.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { rulesetOf } from "../../durable-objects/ruleset/load.ts";
import type { SecretCall, SourceCall } from "../auth/guard.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { decide } from "../decide/decide.ts";
import { withMembership } from "../decide/public-route.ts";
import { decidePublicly, type PublicDecision } from "../decide/public.ts";
import { visitorOf } from "../decide/visitor.ts";
import { WITH_CREDENTIALS } from "../wire/cors.ts";
import { gppReaderFor } from "../wire/gpp.ts";
import { logFault } from "../wire/log.ts";
import { locationHintOf } from "../wire/region.ts";
import { jsonReply } from "../wire/reply.ts";
import { etagOf, flagOf, type Flag, type FlagFault } from "./flag.ts";
import { streamUri } from "./stream.ts";

/**
 * OpenFeature's remote evaluation protocol (OFREP 0.3): a placement is a flag. Under a secret key the targeting key is a user's id; under a public one any is
 * taken, and the cookie or a user token says who it is.
 */

/** A flag of a page waits for no longer, ms. */
const TIMEOUT_MS = 1_000;
const STATUS: Readonly<Record<FlagFault, number>> = {
  PARSE_ERROR: 400,
  TARGETING_KEY_MISSING: 400,
  INVALID_CONTEXT: 400,
  FLAG_NOT_FOUND: 404,
  GENERAL: 500,
};

type Decided = Pick<PublicDecision, "decisionId" | "ruleset" | "placements" | "until">;
/** Decides placements for whom a call is about. */
type Ask = (placements: readonly string[], isBulk: boolean) => Promise<Decided | undefined>;

interface Asking {
  readonly ask: Ask;
  readonly finish: (response: Response) => Response;
}

export const flagRoutes = {
  one: async (call: SecretCall): Promise<Response> => evaluateOne(call, await bySecret(call)),
  all: async (call: SecretCall): Promise<Response> => evaluateAll(call, await bySecret(call)),
  onePublicly: async (call: SourceCall): Promise<Response> => evaluateOne(call, await byBrowser(call)),
  allPublicly: async (call: SourceCall): Promise<Response> => evaluateAll(call, await byBrowser(call)),
};

type Call = SecretCall | SourceCall;

/** `POST /ofrep/v1/evaluate/flags/:flag` */
async function evaluateOne(call: Call, asking: Result<Asking, FlagFault>): Promise<Response> {
  const key = keyOf(call.request);
  if (!asking.ok) return faultReply(asking.error, key);
  const decided = await asking.value.ask([key], false);
  if (decided === undefined) return faultReply("GENERAL", key);
  const placement = decided.placements[key];
  if (placement === undefined) return faultReply("FLAG_NOT_FOUND", key);
  return asking.value.finish(jsonReply(flagOf(key, decided.decisionId, placement)));
}

/**
 * `POST /ofrep/v1/evaluate/flags`: all placements. What a client keeps and shows later, perhaps never, takes no room under a cap: campaigns that have one are
 * asked for by their flag alone.
 */
async function evaluateAll(call: Call, asking: Result<Asking, FlagFault>): Promise<Response> {
  if (!asking.ok) return faultReply(asking.error);
  const { env, workspace, request } = call;
  const loaded = await rulesetOf(env.PUBLISHED, workspace.id, workspace.ruleset, workspace.retentionMs);
  const decided = loaded && (await asking.value.ask(loaded.book.placements, true));
  if (decided === undefined) return faultReply("GENERAL");
  const flags: readonly Flag[] = Object.entries(decided.placements)
    .map(([key, placement]) => flagOf(key, decided.decisionId, placement))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const etag = etagOf(flags);
  const headers = { etag };
  if (request.headers.get("if-none-match") === etag) return asking.value.finish(new Response(null, { status: 304, headers }));
  const said = { workspace: workspace.id, ruleset: decided.ruleset, until: decided.until, origin: request.headers.get("origin") };
  const requestUri = streamUri(env.NAME_KEY, said, Date.now());
  const eventStreams = [{ type: "sse", endpoint: { requestUri }, inactivityDelaySec: 120 }];
  return asking.value.finish(jsonReply({ flags, metadata: { ruleset: decided.ruleset }, eventStreams }, 200, headers));
}

async function bySecret(call: SecretCall): Promise<Result<Asking, FlagFault>> {
  const context = contextOf(call.body);
  if (!context.ok) return context;
  const identity = identityOf(context.value);
  if (identity === undefined) return fail("TARGETING_KEY_MISSING");
  const consent = await consentOf(context.value, call.workspace, call.request);
  if (consent === undefined) return fail("INVALID_CONTEXT");
  const ask: Ask = (placements, isBulk) =>
    kept(async () => {
      const asked = { ...QUESTION, identity, consent, placements, ...(isBulk ? { unreserved: true as const } : {}) };
      const decision = await decide(call.env, call.workspace, asked, locationHintOf(call.request));
      if (!decision.ok) return undefined;
      const { validUntil, ...said }: Omit<Decided, "until"> & { validUntil: string | null } = JSON.parse(decision.value.text);
      return { ...said, placements: said.placements ?? {}, until: validUntil === null ? null : Date.parse(validUntil) };
    });
  return ok({ ask, finish: (response) => response });
}

const QUESTION = {
  audiences: false,
  traits: false,
  explain: false,
  household: false,
  trace: false,
  requestId: "",
  minRuleset: 0,
  timeoutMs: TIMEOUT_MS,
  at: undefined,
} as const;

async function byBrowser(call: SourceCall): Promise<Result<Asking, FlagFault>> {
  const context = contextOf(call.body);
  if (!context.ok) return context;
  if (!isIdentifierValue(ownProperty(context.value, "targetingKey"))) return fail("TARGETING_KEY_MISSING");
  const consent = await consentOf(context.value, call.workspace, call.request);
  if (consent === undefined) return fail("INVALID_CONTEXT");
  const visitor = await visitorOf(call);
  let last: PublicDecision | undefined;
  const ask: Ask = (placements, isBulk) =>
    kept(async () => {
      const asked = { placements, consent, timeoutMs: TIMEOUT_MS, ...(isBulk ? { unreserved: true as const } : {}) };
      const decided = await decidePublicly(call.env, call.workspace, visitor, asked, locationHintOf(call.request));
      last = decided.ok ? decided.value : undefined;
      return last;
    });
  const finish = (response: Response): Response => {
    for (const [name, value] of Object.entries(WITH_CREDENTIALS)) response.headers.set(name, value);
    return last === undefined ? response : withMembership(call, visitor, last, response);
  };
  return ok({ ask, finish });
}

async function kept<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    logFault("flags", error);
    return undefined;
  }
}

function contextOf(body: Json): Result<JsonObject, FlagFault> {
  if (!isJsonObject(body)) return fail("PARSE_ERROR");
  const context = ownProperty(body, "context") ?? {};
  return isJsonObject(context) ? ok(context) : fail("INVALID_CONTEXT");
}

/** A server's user, or a browser's anonymous id that it names. */
function identityOf(context: JsonObject): Identity | undefined {
  const named = (type: string, value: Json | undefined): Identity | undefined =>
    isIdentifierValue(value) ? { kind: "identifier", identifier: { type, value } } : undefined;
  return named("anonymousId", ownProperty(context, "anonymousId")) ?? named("userId", ownProperty(context, "targetingKey"));
}

/** `consent` of the context, as a decision takes it, and the browser's own `Sec-GPC`. @returns undefined where it is none */
async function consentOf(context: JsonObject, { gvlId }: WorkspaceRecord, request: Request): Promise<Consent | undefined> {
  const said = ownProperty(context, "consent") ?? {};
  if (!isJsonObject(said)) return undefined;
  const statement = request.headers.get("sec-gpc") === "1" ? { ...said, gpc: true } : said;
  const consent = readConsent(statement, gvlId, await gppReaderFor([statement]));
  return consent.ok ? consent.value : undefined;
}

function keyOf(request: Request): string {
  return decodeURIComponent(new URL(request.url).pathname.split("/").at(-1) ?? "");
}

function faultReply(errorCode: FlagFault, key?: string): Response {
  return jsonReply({ ...(key === undefined ? {} : { key }), errorCode }, STATUS[errorCode]);
}

/** What was refused before a flag was looked at, in the words of the protocol: a body that cannot be read. Keys and rates are as everywhere. */
export function asFlagFault(response: Response, request: Request): Response {
  if (response.status !== 400 || !/problem\+json/.test(response.headers.get("content-type") ?? "")) return response;
  const key = keyOf(request);
  const fault = faultReply("PARSE_ERROR", key === "flags" ? undefined : key);
  for (const [name, value] of response.headers)
    if (name.startsWith("access-control") || name === "vary") fault.headers.set(name, value);
  return fault;
}
