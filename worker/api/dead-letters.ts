import { z } from "@hono/zod-openapi";
import { ok } from "../../core/model/result.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { listDeadLetters, replayDeadLetters } from "../cold/dead-letters.ts";
import { reaching } from "../wire/unavailable.ts";
import { cutPage, Next, PageByPlace } from "./paging.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Time } from "./shapes.ts";

const DeadLetter = z
  .strictObject({
    id: z.string(),
    at: Time,
    reason: z
      .enum(["gave_up", "not_a_message", "unknown_version"])
      .openapi({ description: "`gave_up`: it could be read, but not be applied within all its tries." }),
    replayedAt: Time.nullable(),
    body: z.string().openapi({ description: "The message as it came." }),
  })
  .openapi("DeadLetter");

const TAG = "Operations";

export const deadLetterRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/dead-letters",
    // Bodies are about people.
    scopes: ["profiles:read"],
    tag: TAG,
    summary: "List messages that the queue gave up",
    description: "Newest first. Nothing is lost by them: a profile offers again what was not confirmed to it.",
    query: PageByPlace,
    reply: z.strictObject({ deadLetters: z.array(DeadLetter), next: Next }),
    async handle(call) {
      const { limit, cursor } = call.query;
      const { workspace } = call.principal;
      const db = database(call.env.DB);
      await addAudit(db, auditEntry(call, "dead-letters.read", `workspace:${workspace}`));
      const rows = await listDeadLetters(db, workspace, { limit: limit + 1, after: cursor });
      const { page, next } = cutPage(rows, limit, ({ at, id }) => `${at}.${id}`);
      const deadLetters = page.map(({ id, at, reason, body, replayedAt }) => {
        return { id, at: iso(at), reason, body, replayedAt: replayedAt === null ? null : iso(replayedAt) };
      });
      return ok({ body: { deadLetters, next } });
    },
  }),
  route({
    method: "post",
    path: "/api/dead-letters/replay",
    scopes: ["admin"],
    tag: TAG,
    summary: "Send dead letters again",
    description:
      "Those named, else all that were not sent again, at most 100 a call. One that was applied meanwhile changes nothing.",
    body: z.strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(90).optional() }).openapi("ReplayBody"),
    reply: z.strictObject({ replayed: z.int() }),
    async handle(call) {
      const { env, principal, body, now } = call;
      const replayed = await reaching("the queue", () => replayDeadLetters(env, principal.workspace, body.ids, now));
      if (replayed > 0)
        await addAudit(database(env.DB), auditEntry(call, "dead-letters.replay", `workspace:${principal.workspace}`));
      return ok({ body: { replayed } });
    },
  }),
];
