import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import { DrizzleQueryError } from "drizzle-orm/errors";
import { matchedRoutes } from "hono/route";
import type { Conditions } from "../cold/documents.ts";
import { logFault } from "../wire/log.ts";
import { refuse } from "../wire/problem.ts";
import { jsonReply } from "../wire/reply.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { describeRoute, serveDescription } from "#api-description";
import { authenticate, NOBODY, type Principal } from "./principal.ts";
import type { Refusal, Route } from "./route.ts";

interface AppEnv {
  Bindings: Env;
  Variables: { principal: Principal };
}

export type Api = OpenAPIHono<AppEnv>;

/** What anybody may ask: the description of the API, which holds nothing of anybody, and to be let in or out. */
const OPEN: ReadonlySet<string> = new Set([
  "GET /api/openapi.json",
  "GET /api/reference",
  "POST /api/session",
  "DELETE /api/session",
]);

/**
 * The control plane's app over these routes. Closed by default, twice: whatever is mounted needs a live secret key or a session, and a
 * path that was mounted without declaring its scopes stops the app from starting.
 * @param extend mounts more, for the test that shows so
 */
export function createApi(routes: readonly Route[], extend: (app: Api) => void = () => undefined): Api {
  const app: Api = new OpenAPIHono<AppEnv>();
  app.use("*", async (c, next) => {
    const isThere = matchedRoutes(c).some((match) => match.method !== "ALL");
    const method = c.req.method === "HEAD" ? "GET" : c.req.method;
    if (isThere && !OPEN.has(`${method} ${c.req.path}`)) {
      const principal = await authenticate(c.env, c.executionCtx, c.req.raw);
      if (principal === undefined) return refuse("unauthorized");
      if (principal === "foreign") return refuse("foreign_page");
      c.set("principal", principal);
    }
    return next();
  });
  for (const route of routes) mount(app, route);
  serveDescription(app);
  extend(app);
  app.notFound((c) => notFound(routes, c.req.path));
  app.onError((error) => failure(error));
  refuseUndeclared(app, routes);
  return app;
}

function mount(app: Api, route: Route): void {
  describeRoute(app, route);
  app.on(route.method, honoPath(route.path), async (c) => {
    const principal = route.scopes === "nobody" ? NOBODY : c.get("principal");
    if (route.scopes !== "nobody" && !route.scopes.some((scope) => principal.scopes.includes(scope)))
      return refuse("forbidden_scope");
    const answer = await route.run({
      env: c.env,
      ctx: c.executionCtx,
      principal,
      conditions: conditionsOf(c),
      now: Date.now(),
      request: c.req.raw,
      params: c.req.param(),
      query: c.req.query(),
    });
    if (!answer.ok) return refusal(answer.error);
    const { body, headers, stream } = answer.value;
    if (stream !== undefined && route.bytes !== undefined)
      return new Response(stream, { headers: { ...headers, "content-type": route.bytes, "cache-control": "no-store" } });
    return route.reply === undefined
      ? new Response(null, { status: 204, headers: { ...headers } })
      : jsonReply(body, route.status ?? 200, headers);
  });
}

function refuseUndeclared(app: Api, routes: readonly Route[]): void {
  const declared = new Set(
    routes.filter((route) => route.scopes.length > 0).map((route) => `${route.method.toUpperCase()} ${honoPath(route.path)}`),
  );
  for (const { method, path } of app.routes) {
    if (method === "ALL" && path === "/*") continue;
    if (!OPEN.has(`${method} ${path}`) && !declared.has(`${method} ${path}`))
      throw new Error(`${method} ${path} declares no scope`);
  }
}

/** `/api/sources/{key}` as hono writes it: `/api/sources/:key`. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function conditionsOf(c: HonoContext): Conditions {
  const ifMatch = c.req.header("if-match");
  return {
    // A weak tag never matches strongly (RFC 9110, 13.1.1), which its `W/` sees to.
    ...(ifMatch === undefined ? {} : { ifMatch: ifMatch.split(",").map((tag) => tag.trim().replaceAll(/^"|"$/g, "")) }),
    ifNoneMatch: c.req.header("if-none-match") === "*",
  };
}

function refusal({ reason, detail, faults }: Refusal): Response {
  return refuse(reason, detail, faults === undefined ? undefined : { members: { errors: faults } });
}

function notFound(routes: readonly Route[], path: string): Response {
  const steps = path.split("/");
  const allowed = routes.filter((route) => fits(route.path.split("/"), steps)).map((route) => route.method.toUpperCase());
  if (allowed.length === 0) return refuse("not_found");
  return refuse("method_not_allowed", undefined, { headers: { allow: allowed.join(", ") } });
}

function fits(pattern: readonly string[], steps: readonly string[]): boolean {
  return (
    pattern.length === steps.length &&
    pattern.every((step, index) => (step.startsWith("{") ? steps[index] !== "" : step === steps[index]))
  );
}

/** A store that is out of reach is 503; all else is our fault. No message of an error goes out: it may hold what was sent. */
function failure(error: unknown): Response {
  if (error instanceof Unavailable || error instanceof DrizzleQueryError) {
    return refuse("unavailable", undefined, { headers: { "retry-after": "1" } });
  }
  logFault("api", error);
  return refuse("internal");
}
