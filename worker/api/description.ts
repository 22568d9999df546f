import { jsonReply } from "../wire/reply.ts";
import type { Api } from "./app.ts";
import { openApiDocument, registerRoute } from "./openapi.ts";
import { referencePage } from "./reference.ts";
import type { Route } from "./route.ts";

/**
 * The API's description of itself, made from its routes. What is deployed has `kept-description.ts` in its place (`[alias]` in wrangler.toml): making it
 * takes libraries that nothing else needs.
 */

export function describeRoute(app: Api, route: Route): void {
  registerRoute(app.openAPIRegistry, route);
}

/** Serves it. */
export function serveDescription(app: Api): void {
  app.get("/api/openapi.json", () => jsonReply(openApiDocument(app)));
  app.get("/api/reference", () => referencePage(openApiDocument(app)));
}
