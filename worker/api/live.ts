import { z } from "@hono/zod-openapi";
import { ok } from "../../core/model/result.ts";
import { rememberWorkspace } from "../auth/cache.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { beginWatch, watchLive } from "../cold/live.ts";
import { workspaceOf } from "./person.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { Key } from "./shapes.ts";

export const liveRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/live",
    scopes: ["profiles:read"],
    tag: "Quarantine",
    summary: "Watch what arrives, as server-sent events",
    description:
      "Each event with what became of it, from 5 s after this call on, for 15 minutes at most; where there is much, some. See docs/guides/live.md.",
    query: z.strictObject({
      source: Key.optional(),
      event: z.string().min(1).max(200).optional(),
      seconds: z.coerce.number().int().min(0).max(900).default(900).openapi({
        type: "integer",
        minimum: 0,
        maximum: 900,
        default: 900,
        description: "0: only what is held of the last moments.",
      }),
    }),
    bytes: "text/event-stream",
    async handle(call) {
      const { env, now, query } = call;
      const { source, event, seconds } = query;
      await addAudit(database(env.DB), auditEntry(call, "live.watch", source === undefined ? "live" : `source:${source}`));
      const until = now + seconds * 1_000;
      const workspace = await beginWatch(env.PUBLISHED, await workspaceOf(call), until);
      rememberWorkspace(workspace);
      const { body } = await watchLive(env, workspace, { source, event, until });
      return ok({ body: undefined, ...(body === null ? {} : { stream: body }) });
    },
  }),
];
