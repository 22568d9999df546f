import { z } from "@hono/zod-openapi";
import { isJsonObject, type JsonObject } from "../../core/model/json.ts";
import { ok } from "../../core/model/result.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { sourceRecord } from "../cold/published.ts";
import type { SourceRecord } from "../cold/records.ts";
import { sourceStore } from "../cold/sources.ts";
import { replay } from "../collect/replay.ts";
import { reaching } from "../wire/unavailable.ts";
import { cursorAt, Next, PageByPlace, placeCursor } from "./paging.ts";
import { workspaceOf } from "./person.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Time } from "./shapes.ts";

const Rejected = z
  .strictObject({
    id: z.string(),
    source: z.string(),
    messageId: z.string().nullable(),
    code: z.string().openapi({ description: "Why it was rejected." }),
    detail: z.string().nullable().openapi({ description: "Of a violation of the plan: what is wrong where." }),
    receivedAt: Time,
    payload: z.unknown().openapi({ description: "The event as it came." }),
  })
  .openapi("RejectedEvent");

const Refused = z
  .strictObject({ source: z.string(), day: z.string(), count: z.int() })
  .openapi("RefusedCount", { description: "How many events were not taken for want of consent; which ones is not kept." });

const ReplayBody = z
  .strictObject({
    ids: z.array(z.string().min(1).max(64)).min(1).max(500).optional(),
    code: z.string().min(1).max(64).optional(),
    source: z.string().min(1).max(64).optional(),
    limit: z.int().min(1).max(500).default(500).openapi({ description: "How many at most; the oldest first." }),
    cursor: placeCursor,
    patch: z
      .custom<JsonObject>(isJsonObject, { error: "A patch is an object.", params: { code: "bad_patch" } })
      .optional()
      .openapi({
        type: "object",
        description: "JSON merge patch (RFC 7396) that is applied to each event before it is sent again.",
      }),
  })
  .openapi("QuarantineReplayBody");

const Replayed = z
  .strictObject({
    replayed: z.int(),
    accepted: z.int().openapi({ description: "They count now, and have left the quarantine." }),
    rejected: z.int().openapi({ description: "They stay; `errors` says why." }),
    refused: z.int().openapi({ description: "Consent forbids them: they are gone, but for a count." }),
    dropped: z.int().openapi({ description: "The plan lets them go by now: they are gone, but for a count." }),
    remaining: z.int().openapi({ description: "Events in quarantine that the same choice still means." }),
    errors: z.array(z.strictObject({ id: z.string(), messageId: z.string().nullable(), code: z.string() })),
    next: Next,
  })
  .openapi("QuarantineReplay");

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
      const events = items.map(({ at, payload, id, source, messageId, code, detail }) => {
        return { id, source, messageId, code, detail, receivedAt: iso(at), payload: JSON.parse(payload) as unknown };
      });
      return ok({ body: { events, refused: [...refused], next: last === undefined ? null : cursorAt(`${last.at}.${last.id}`) } });
    },
  }),
  route({
    method: "post",
    path: "/api/quarantine/replay",
    scopes: ["profiles:write"],
    tag: "Quarantine",
    summary: "Send rejected events again",
    description:
      "Those that `ids`, `code` and `source` all mean, as if each came for the first time in its own call. However often it is sent, an event counts once.",
    body: ReplayBody,
    reply: Replayed,
    async handle(call) {
      const { env, body, now } = call;
      const workspace = await workspaceOf(call);
      const db = database(env.DB);
      // First, as for reads: what cannot be noted does not happen.
      await addAudit(db, auditEntry(call, "quarantine.replay", `workspace:${workspace.id}`));
      const sources = new Map<string, SourceRecord | undefined>();
      const sourceOf = async (key: string): Promise<SourceRecord | undefined> => {
        if (!sources.has(key)) {
          const row = await sourceStore(db, workspace.id).find(key);
          sources.set(key, row && sourceRecord(row));
        }
        return sources.get(key);
      };
      const { ids, code, source, limit, cursor, patch } = body;
      const order = { filter: { ids, code, source }, limit, after: cursor, patch };
      const { errors, next, ...counts } = await reaching("the quarantine", () => replay(env, workspace, sourceOf, order, now));
      return ok({
        body: {
          ...counts,
          rejected: errors.length,
          errors: [...errors],
          next: next === undefined ? null : cursorAt(`${next.at}.${next.id}`),
        },
      });
    },
  }),
];
