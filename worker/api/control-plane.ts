import { refuse } from "../wire/problem.ts";
import { createApi, type Api } from "./app.ts";
import { health } from "./health.ts";
import { homePage } from "./home.ts";
import { ROUTES } from "./routes.ts";

let api: Api | undefined;

/** Everything that is not the data plane. The app is made at the first call: the way of an event never pays for it. */
export async function controlPlane(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  switch (new URL(request.url).pathname) {
    case "/":
      return onlyRead(request, () => homePage(request, env.DEMO === "1"));
    case "/healthz":
      return onlyRead(request, health);
    default:
      api ??= createApi(ROUTES);
      return api.fetch(request, env, ctx);
  }
}

function onlyRead(request: Request, answer: () => Response): Response {
  if (request.method === "GET" || request.method === "HEAD") return answer();
  return refuse("method_not_allowed", undefined, { headers: { allow: "GET, HEAD" } });
}
