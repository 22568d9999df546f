import { z } from "@hono/zod-openapi";
import { ok } from "../../core/model/result.ts";
import { listAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { cutPage, Next, PageByNumber } from "./paging.ts";
import { route, type Route } from "./route.ts";
import { iso, Time } from "./shapes.ts";

const Entry = z.strictObject({ at: Time, actor: z.string(), action: z.string(), target: z.string() }).openapi("AuditEntry", {
  example: { at: "2026-03-01T12:00:00.000Z", actor: "key:demo", action: "audience.put", target: "audience:vip" },
});

export const auditRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/audit",
    scopes: ["admin"],
    tag: "Audit",
    summary: "List who changed what, and who read which person",
    description: "Newest first. People appear by the id of their profile.",
    query: PageByNumber,
    reply: z.strictObject({ entries: z.array(Entry), next: Next }),
    async handle({ env, principal, query }) {
      const rows = await listAudit(database(env.DB), principal.workspace, { limit: query.limit + 1, before: query.cursor });
      const { page, next } = cutPage(rows, query.limit, (row) => row.id);
      const entries = page.map(({ at, actor, action, target }) => ({ at: iso(at), actor, action, target }));
      return ok({ body: { entries, next } });
    },
  }),
];
