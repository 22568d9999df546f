import { createApi } from "./app.ts";
import { ROUTES } from "./routes.ts";

/** A Worker that only describes the API: `scripts/api-description.ts` asks it. */
export default {
  fetch: (request, env, ctx) => createApi(ROUTES).fetch(request, env, ctx),
} satisfies ExportedHandler<Env>;
