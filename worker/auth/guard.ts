import { isJsonObject, ownProperty, type Json } from "../../core/model/json.ts";
import type { Scope, SecretKeyRecord, SourceRecord, WorkspaceRecord } from "../cold/records.ts";
import { readBody } from "../wire/body.ts";
import { readableBy } from "../wire/cors.ts";
import { parseJson } from "../wire/json.ts";
import { refuse } from "../wire/problem.ts";
import { findKey, findWorkspace } from "./cache.ts";
import { secretKeyOf, writeKeyOf } from "./credentials.ts";
import { allowsOrigin } from "./origins.ts";

interface OpenCall {
  readonly request: Request;
  readonly env: Env;
  readonly ctx: ExecutionContext;
  readonly workspace: WorkspaceRecord;
}

interface GuardedCall extends OpenCall {
  readonly body: Json;
  /** As it came; empty where there is none. */
  readonly bodyText: string;
  /** When the call came, ms. */
  readonly began: number;
}

/** Whether a source takes a call from a page of this origin. */
export type AllowsOrigin = (source: SourceRecord, origin: string, request: Request) => boolean;

/** A call under a source's write key. */
export interface SourceCall extends GuardedCall {
  readonly source: SourceRecord;
  readonly writeKey: string;
}

/** A call under a secret key that has the route's scope. */
export interface SecretCall extends GuardedCall {
  readonly key: SecretKeyRecord;
}

/** A call under a secret key whose body is still to be read, as a stream: it may be larger than what is ever held. */
export interface StreamCall extends OpenCall {
  readonly key: SecretKeyRecord;
}

/**
 * Lets a call through that bears the write key of a source; the body may bear it, where no header can (`sendBeacon`).
 * @param named the key that the call bears outside its body
 * @param allows whether a page of this origin may call; by default one that the source lists
 */
export async function asSource(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  handle: (call: SourceCall) => Promise<Response>,
  named: string | undefined = writeKeyOf(request),
  allows: AllowsOrigin = ({ origins }, origin) => allowsOrigin(origins, origin),
): Promise<Response> {
  const began = Date.now();
  const early = named === undefined ? undefined : await findSource(env, ctx, named);
  if (named !== undefined && early === undefined) return refuse("unauthorized");
  const body = await readJson(request);
  if (body instanceof Response) return early === undefined ? body : readable(body, early.source, request, allows);
  const inBody = isJsonObject(body.body) ? ownProperty(body.body, "writeKey") : undefined;
  const writeKey = named ?? (typeof inBody === "string" ? inBody : "");
  const found = early ?? (writeKey === "" ? undefined : await findSource(env, ctx, writeKey));
  if (found === undefined) return refuse("unauthorized");
  const origin = request.headers.get("origin");
  // A server's key in a web page has leaked; and a page elsewhere must not use a shop's.
  if (origin !== null && (found.source.kind === "server" || !allows(found.source, origin, request)))
    return refuse("origin_not_allowed");
  const response = await handle({ request, env, ctx, ...found, writeKey, ...body, began });
  return readable(response, found.source, request, allows);
}

/** Lets a call through that bears a secret key with this scope. */
export async function asSecret(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  scope: Scope,
  handle: (call: SecretCall) => Promise<Response>,
): Promise<Response> {
  const began = Date.now();
  const found = await findSecret(request, env, ctx, scope);
  if (found instanceof Response) return found;
  const body = await readJson(request);
  if (body instanceof Response) return body;
  return handle({ request, env, ctx, ...found, ...body, began });
}

/** As `asSecret`, and leaves the body to the handler. */
export async function asSecretStream(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  scope: Scope,
  handle: (call: StreamCall) => Promise<Response>,
): Promise<Response> {
  const found = await findSecret(request, env, ctx, scope);
  return found instanceof Response ? found : handle({ request, env, ctx, ...found });
}

async function findSecret(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  scope: Scope,
): Promise<{ readonly key: SecretKeyRecord; readonly workspace: WorkspaceRecord } | Response> {
  const secret = secretKeyOf(request);
  const held = secret === undefined ? undefined : findKey(env, ctx, secret);
  const key = held instanceof Promise ? await held : held;
  if (key?.type !== "secret") return refuse("unauthorized");
  if (!key.scopes.includes(scope)) return refuse("forbidden_scope", `This needs a key with the scope ${scope}.`);
  const known = findWorkspace(env, ctx, key.workspace);
  const workspace = known instanceof Promise ? await known : known;
  return workspace === undefined ? refuse("unauthorized") : { key, workspace };
}

/** The source of a write key, and its workspace; undefined for what is no live key. */
export async function findSource(
  env: Env,
  ctx: ExecutionContext,
  writeKey: string,
): Promise<{ readonly source: SourceRecord; readonly workspace: WorkspaceRecord } | undefined> {
  const held = findKey(env, ctx, writeKey);
  const key = held instanceof Promise ? await held : held;
  if (key?.type !== "write") return undefined;
  const known = findWorkspace(env, ctx, key.workspace);
  const workspace = known instanceof Promise ? await known : known;
  return workspace === undefined ? undefined : { source: key.source, workspace };
}

/** The body as JSON whatever its content type says, or the problem that it is; null where the method has none. */
async function readJson(request: Request): Promise<Pick<GuardedCall, "body" | "bodyText"> | Response> {
  if (request.method === "GET") return { body: null, bodyText: "" };
  const text = await readBody(request);
  if (!text.ok) return refuse(text.error);
  const json = parseJson(text.value);
  return json.ok ? { body: json.value, bodyText: text.value } : refuse(json.error);
}

/** A page of the source's own may read what went wrong, too. */
function readable(response: Response, source: SourceRecord, request: Request, allows: AllowsOrigin): Response {
  const origin = request.headers.get("origin");
  return origin !== null && source.kind !== "server" && allows(source, origin, request) ? readableBy(response, origin) : response;
}
