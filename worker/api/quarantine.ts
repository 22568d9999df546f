import { z } from "@hono/zod-openapi";
import { ok } from "../../core/model/result.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { reaching } from "../wire/unavailable.ts";
import { cursorAt, Next, PageByPlace } from "./paging.ts";
import { workspaceOf } from "./person.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Time } from "./shapes.ts";

const Rejected = z
  .strictObject({
    id: z.string(),
    source: z.string(),
    messageId: z.string().nullable(),
    code: z.string().openapi({ description: "Why it was rejected." }),
    receivedAt: Time,
    payload: z.unknown().openapi({ description: "The event as it came." }),
  })
  .openapi("RejectedEvent");

const Refused = z
  .strictObject({ source: z.string(), day: z.string(), count: z.int() })
  .openapi("RefusedCount", { description: "How many events were not taken for want of consent; which ones is not kept." });

export const quarantineRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/quarantine",
    // Payloads are about people.
    scopes: ["profiles:read"],
    tag: "Quarantine",
    summary: "List rejected events",
    description: "Newest first.",
    query: PageByPlace,
    reply: z.strictObject({ events: z.array(Rejected), refused: z.array(Refused), next: Next }),
    async handle(call) {
      const { limit, cursor } = call.query;
      const workspace = await workspaceOf(call);
      await addAudit(database(call.env.DB), auditEntry(call, "quarantine.read", `workspace:${workspace.id}`));
      const page = { limit, ...(cursor === undefined ? {} : { after: cursor }) };
      const { items, refused } = await reaching("the quarantine", () => listQuarantine(call.env, workspace, page));
      const last = items.length === limit ? items.at(-1) : undefined;
      const events = items.map(({ at, payload, id, source, messageId, code }) => {
        return { id, source, messageId, code, receivedAt: iso(at), payload: JSON.parse(payload) as unknown };
      });
      return ok({ body: { events, refused: [...refused], next: last === undefined ? null : cursorAt(`${last.at}.${last.id}`) } });
    },
  }),
];
