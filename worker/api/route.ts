import type { z } from "@hono/zod-openapi";
import { fail, ok, type Result } from "../../core/model/result.ts";
import type { AuditEntry } from "../cold/audit.ts";
import type { Conditions } from "../cold/documents.ts";
import type { Scope } from "../cold/records.ts";
import { readBody } from "../wire/body.ts";
import { parseJson } from "../wire/json.ts";
import type { Reason } from "../wire/reasons.ts";
import { check, type RequestFault } from "./faults.ts";
import type { Principal } from "./principal.ts";

/** Why a call is not served: a reason of `worker/wire/reasons.ts`, with a sentence or the faults found. */
export interface Refusal {
  readonly reason: Reason;
  readonly detail?: string;
  readonly faults?: readonly RequestFault[];
}

export interface Answer<R> {
  readonly body: R;
  /** Instead of a body, where the route gives `bytes`. */
  readonly stream?: ReadableStream;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What every handler gets; workspace and rights are settled before it runs. */
export interface Context {
  readonly env: Env;
  readonly ctx: Pick<ExecutionContext, "waitUntil">;
  readonly principal: Principal;
  readonly conditions: Conditions;
  /** ms since 1970 */
  readonly now: number;
}

interface RouteWords {
  readonly method: "get" | "put" | "post" | "delete";
  /** As OpenAPI writes it: `/api/sources/{key}`. */
  readonly path: string;
  /** Any of these opens the route; `nobody` where there is nobody to ask yet. None: the route fails at start, for nothing here is open by oversight. */
  readonly scopes: readonly Scope[] | "nobody";
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** What may be refused beyond what every route may: see `COMMON_REASONS`. */
  readonly reasons?: readonly Reason[];
  /** 202 where what was asked for is done later. */
  readonly status?: 202;
  /** Media types of a body that is read as it streams in, from `request`, and of a reply that is no JSON. */
  readonly takes?: readonly string[];
  readonly bytes?: string;
}

type Shape = z.ZodType | undefined;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface RouteSpec<P extends Shape, Q extends Shape, B extends Shape, R extends Shape> extends RouteWords {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Schema of the 200; without one the answer is 204. */
  readonly reply?: R;
  handle(
    call: Context & {
      readonly params: Parsed<P>;
      readonly query: Parsed<Q>;
      readonly body: Parsed<B>;
      readonly request: Request;
    },
  ): Promise<Result<Answer<R extends z.ZodType ? z.input<R> : undefined>, Refusal>>;
}

/** A request as it came: params and query are texts. */
export interface RawCall extends Context {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** A route with its types settled: what the app mounts, the document lists and the tests walk through. */
export interface Route extends RouteWords {
  readonly params?: Shape;
  readonly query?: Shape;
  readonly body?: Shape;
  readonly reply?: Shape;
  run(call: RawCall): Promise<Result<Answer<unknown>, Refusal>>;
}

export function route<
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends Shape = undefined,
  R extends Shape = undefined,
>(spec: RouteSpec<P, Q, B, R>): Route {
  return {
    ...spec,
    async run({ request, params: rawParams, query: rawQuery, ...context }) {
      const params = checkIf<P>(spec.params, rawParams, "parameter");
      // A key or an id of a form that none can have is simply not there.
      if (!params.ok) return fail({ reason: "not_found" });
      const query = checkIf<Q>(spec.query, rawQuery, "parameter");
      if (!query.ok) return fail({ reason: "bad_request", faults: query.error });
      const body = await parseBody<B>(request, spec.body);
      if (!body.ok) return body;
      return spec.handle({ ...context, request, params: params.value, query: query.value, body: body.value });
    },
  };
}

function checkIf<S extends Shape>(
  schema: S | undefined,
  value: unknown,
  where: "pointer" | "parameter",
): Result<Parsed<S>, readonly RequestFault[]> {
  // A missing schema says that the handler sees nothing, which the compiler cannot follow through `S`.
  if (schema === undefined) return ok(undefined as Parsed<S>);
  return check(schema, value, where) as Result<Parsed<S>, readonly RequestFault[]>;
}

/** A rule may nest 16 conditions, each of an object and a list, below the body's own levels. */
const MOST_BODY_DEPTH = 64;

async function parseBody<S extends Shape>(request: Request, schema: S | undefined): Promise<Result<Parsed<S>, Refusal>> {
  if (schema === undefined) return ok(undefined as Parsed<S>);
  const text = await readBody(request);
  if (!text.ok) return fail({ reason: text.error });
  // An empty body is an empty object: a publish takes only options.
  const json = text.value.trim() === "" ? ok({}) : parseJson(text.value, MOST_BODY_DEPTH);
  if (!json.ok) return fail({ reason: json.error });
  const checked = checkIf<S>(schema, json.value, "pointer");
  return checked.ok ? checked : fail({ reason: "bad_request", faults: checked.error });
}

/** The entry of the audit log for what a call does. */
export function auditEntry({ principal, now }: Context, action: string, target: string): AuditEntry {
  return { workspace: principal.workspace, at: now, actor: principal.actor, action, target };
}
