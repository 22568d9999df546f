import { dataPlane } from "./data-plane.ts";
import { refuse } from "./wire/problem.ts";

export { ProfileObject } from "../durable-objects/profile/object.ts";
export { QuarantineObject } from "../durable-objects/quarantine/object.ts";

/** Hosts that a demo answers: its keys are known to everybody, so another name (DNS rebinding) must not reach it. */
const DEMO_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const { pathname, host } = new URL(request.url);
    if (env.DEMO === "1" && !DEMO_HOST.test(request.headers.get("host") ?? host)) return refuse("origin_not_allowed");
    if (pathname.startsWith("/v1/")) return dataPlane(request, env, ctx);
    // OpenAPI and zod stay off the way of an event and of a decision.
    const { controlPlane } = await import("./api/control-plane.ts");
    return controlPlane(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;
