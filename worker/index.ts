import { WorkerEntrypoint } from "cloudflare:workers";
import type { ListCall, ListMatching as Matching, EntryChange } from "../durable-objects/list/calls.ts";
import { dataPlane, isDataPath } from "./data-plane.ts";
import { dashboardApp, isDashboardPath } from "./dashboard/app.ts";
import { demoShop, isDemoPath } from "./demo/shop.ts";
import { refuse } from "./wire/problem.ts";

export { HouseholdObject } from "../durable-objects/household/object.ts";
export { ListObject } from "../durable-objects/list/object.ts";
export { LiveObject } from "../durable-objects/live/object.ts";
export { PanelObject } from "../durable-objects/panel/object.ts";
export { ProfileObject } from "../durable-objects/profile/object.ts";
export { QuarantineObject } from "../durable-objects/quarantine/object.ts";
export { ImportObject } from "../durable-objects/import/object.ts";
export { ImportEntrypoint } from "./import/entrypoint.ts";

/** Hosts that a demo answers: its keys are known to everybody, so another name (DNS rebinding) must not reach it. */
const DEMO_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

function isOwnHost(request: Request, { PROXIES }: Env): boolean {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  return DEMO_HOST.test(host) || (PROXIES !== "{}" && Object.hasOwn(JSON.parse(PROXIES) as object, host.replace(/:\d+$/, "")));
}

/** Where the host of a URL has begun, be its scheme http or https. */
const AFTER_SCHEME = "https://".length;

/** What a list's object asks of the Worker it lives in, over a loopback: the index of identifiers is on this side. */
export class ListMatching extends WorkerEntrypoint<Env> implements Matching {
  async publish(call: ListCall & { readonly version: number | null }): Promise<void> {
    const { noteFilter } = await import("./cold/list-versions.ts");
    await noteFilter(this.env, call.workspace, call.list, call.version);
  }

  async tell(call: ListCall & { readonly changes: readonly EntryChange[] }): Promise<number> {
    const { tellBearers } = await import("./cold/list-tell.ts");
    return tellBearers(this.env, call, Date.now());
  }
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const { url } = request;
    const path = url.slice(url.indexOf("/", AFTER_SCHEME));
    if (env.PROXIES !== "{}" && !isDataPath(path)) {
      const { proxiedSite, proxyRoute } = await import("./personalize/proxy.ts");
      const site = proxiedSite(env.PROXIES, new URL(url).hostname);
      if (site !== undefined) return proxyRoute(request, env, ctx, site);
    }
    if (env.DEMO === "1" && !isOwnHost(request, env)) return refuse("origin_not_allowed");
    if (env.DEMO === "1" && isDemoPath(path)) return demoShop(request, env);
    if (isDataPath(path)) return dataPlane(request, path, env, ctx);
    if (isDashboardPath(path)) return dashboardApp(request, env);
    // OpenAPI and zod stay off the way of an event and of a decision.
    const { controlPlane } = await import("./api/control-plane.ts");
    return controlPlane(request, env, ctx);
  },
  async queue(batch, env): Promise<void> {
    const { consume } = await import("./cold/queues.ts");
    await consume(batch, env, Date.now());
  },
  async scheduled(_, env): Promise<void> {
    const { sweepAll } = await import("./cold/sweep-all.ts");
    await sweepAll(env, Date.now);
  },
} satisfies ExportedHandler<Env>;
