import { z, type OpenAPIHono } from "@hono/zod-openapi";
import { REASONS, type Reason } from "../wire/reasons.ts";
import { VERSION } from "../wire/version.ts";
import type { Route } from "./route.ts";

type Registry = OpenAPIHono["openAPIRegistry"];
export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

const reasons = Object.keys(REASONS) as Reason[];

const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(reasons).openapi({ description: "Stable: what a client branches on." }),
    detail: z.string().optional(),
    errors: z
      .array(
        z.looseObject({
          pointer: z.string().optional().openapi({ description: "JSON Pointer (RFC 6901) to the place." }),
          parameter: z.string().optional(),
          audience: z.string().optional(),
          campaign: z.string().optional(),
          code: z.string(),
          message: z.string(),
        }),
      )
      .optional()
      .openapi({ description: "Every fault found." }),
  })
  .openapi("Problem", { description: "RFC 9457." });

/** What may be refused of any call, and of any that bears parameters or a body. */
const OF_ALL: readonly Reason[] = ["unauthorized", "forbidden_scope", "internal", "unavailable"];
const OF_QUERIES: readonly Reason[] = ["bad_request"];
const OF_BODIES: readonly Reason[] = ["bad_request", "not_json", "too_deep", "bad_encoding", "too_large", "unsupported_encoding"];

const OF_STREAMS: readonly Reason[] = ["too_large", "unsupported_encoding"];

/** Writes a route into the document, from the same object that serves it. */
export function registerRoute(registry: Registry, route: Route): void {
  const refused = new Set([
    ...OF_ALL,
    ...(route.query === undefined ? [] : OF_QUERIES),
    ...(route.body === undefined ? [] : OF_BODIES),
    ...(route.takes === undefined ? [] : OF_STREAMS),
    ...(route.reasons ?? []),
  ]);
  const { method, path, tag, summary, description, params, query, body, takes } = route;
  registry.registerPath({
    method,
    path,
    tags: [tag],
    summary,
    operationId: operationIdOf(route),
    description: [
      description,
      route.scopes === "nobody" ? "" : `Needs the scope ${route.scopes.map((scope) => `\`${scope}\``).join(" or ")}.`,
    ]
      .filter(Boolean)
      .join(" "),
    // Any one of these requirements is enough.
    security: route.scopes === "nobody" ? [] : route.scopes.map((scope) => ({ secretKey: [scope] })),
    request: {
      ...(isObject(params) ? { params } : {}),
      ...(isObject(query) ? { query } : {}),
      ...(body === undefined ? {} : { body: { required: true, content: { "application/json": { schema: body } } } }),
      ...(takes === undefined ? {} : { body: { required: true, content: mediaOf(takes) } }),
    },
    responses: {
      ...doneResponse(route),
      ...problemResponses(refused),
    },
  });
}

/** OpenAPI 3.1 of everything that was registered. */
export function openApiDocument(app: {
  getOpenAPI31Document: OpenAPIHono["getOpenAPI31Document"];
  openAPIRegistry: Registry;
}): OpenApiDocument {
  if (!app.openAPIRegistry.definitions.some((definition) => definition.type === "component")) {
    app.openAPIRegistry.registerComponent("securitySchemes", "secretKey", {
      type: "http",
      scheme: "bearer",
      description: "A secret key, `Authorization: Bearer sk_...`. What it may do is its scopes.",
    });
  }
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Tideline",
      version: VERSION,
      description:
        "The control plane: sources, audiences, publishing, profiles. Refusals are `application/problem+json` with a stable `code`.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
  });
}

function mediaOf(types: readonly string[]) {
  return Object.fromEntries(types.map((type) => [type, { schema: z.string() }]));
}

function doneResponse({ reply, bytes, status }: Route) {
  if (bytes !== undefined) return { 200: { description: "Done.", content: mediaOf([bytes]) } };
  if (reply === undefined) return { 204: { description: "Done." } };
  const content = { "application/json": { schema: reply } };
  return status === 202
    ? { 202: { description: "Taken on, and done from now on.", content } }
    : { 200: { description: "Done.", content } };
}

function isObject(schema: Route["params"]): schema is z.ZodObject {
  return schema instanceof z.ZodObject;
}

/** `PUT /api/sources/{key}` is `putSourcesKey`: stable, since generated clients name their functions so. */
function operationIdOf({ method, path }: Route): string {
  const steps = path.split(/[^A-Za-z]+/).filter((step) => step !== "" && step !== "api");
  return method + steps.map((step) => step.slice(0, 1).toUpperCase() + step.slice(1)).join("");
}

function problemResponses(refused: ReadonlySet<Reason>) {
  const byStatus = new Map<number, Reason[]>();
  for (const reason of refused) {
    const { status } = REASONS[reason];
    byStatus.set(status, [...(byStatus.get(status) ?? []), reason]);
  }
  const content = { "application/problem+json": { schema: Problem } };
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([one], [other]) => one - other)
      .map(([status, codes]) => [status, { description: describe(codes), content }]),
  );
}

function describe(codes: readonly Reason[]): string {
  return codes.map((code) => `\`${code}\`: ${REASONS[code].title}.`).join(" ");
}
