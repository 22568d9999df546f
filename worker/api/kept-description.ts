import { refuse } from "../wire/problem.ts";
import type { Api } from "./app.ts";
import type { describeRoute as describes, serveDescription as serves } from "./description.ts";

/** The API's description of itself as `scripts/api-description.ts` has kept it among the static assets: in the place of `description.ts` in what is deployed. */

export const describeRoute: typeof describes = () => undefined;

/** A reply that was kept whole: the page's policy names its own style. */
export interface KeptReply {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where each is kept among the assets. */
export const KEPT = { "/api/openapi.json": "/api/openapi.kept.json", "/api/reference": "/api/reference.kept.json" } as const;

export const serveDescription: typeof serves = (app: Api) => {
  for (const [path, name] of Object.entries(KEPT)) {
    app.get(path, async ({ env, req }) => {
      const file = await env.ASSETS.fetch(`${new URL(req.url).origin}${name}`);
      if (!file.ok) return refuse("not_found", "The description is not built: npm run dashboard.");
      const { headers, body }: KeptReply = await file.json();
      return new Response(body, { headers });
    });
  }
};
