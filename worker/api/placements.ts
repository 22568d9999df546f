import { z } from "@hono/zod-openapi";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { campaignsIn, listPlacements, placementStore } from "../cold/campaigns.ts";
import { database, newEtag } from "../cold/database.ts";
import { putDocument, removeDocument } from "../cold/documents.ts";
import type { PlacementRow } from "../cold/schema.ts";
import { cutPage, Next, PageByKey } from "./paging.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { Content, iso, Key, KeyParams, Name, Time } from "./shapes.ts";

const purpose = z
  .enum(["ads", "content", "measurement"])
  .openapi({ description: "The purpose it needs consent for; without, its default is shown. By default `content`." });

const PlacementBody = z
  .strictObject({ name: Name, purpose: purpose.default("content"), default: Content.default(null) })
  .openapi("PlacementBody");

const Placement = z
  .strictObject({ key: Key, name: z.string(), purpose, default: Content, createdAt: Time, updatedAt: Time })
  .openapi("Placement");

const TAG = "Placements";
const READERS = ["rules:write", "rules:publish", "kpis:read"] as const;

export const placementRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/placements",
    scopes: READERS,
    tag: TAG,
    summary: "List placements",
    description: "The drafts; what is live was published as a ruleset.",
    query: PageByKey,
    reply: z.strictObject({ placements: z.array(Placement), next: Next }),
    async handle({ env, principal, query }) {
      const rows = await listPlacements(database(env.DB), principal.workspace, { limit: query.limit + 1, after: query.cursor });
      const { page, next } = cutPage(rows, query.limit, (row) => row.key);
      return ok({ body: { placements: page.map(view), next } });
    },
  }),
  route({
    method: "get",
    path: "/api/placements/{key}",
    scopes: READERS,
    tag: TAG,
    summary: "Get a placement",
    params: KeyParams,
    reply: Placement,
    reasons: ["not_found"],
    async handle({ env, principal, params }) {
      const row = await placementStore(database(env.DB), principal.workspace).find(params.key);
      return row === undefined ? fail({ reason: "not_found" }) : ok(answer(row));
    },
  }),
  route({
    method: "put",
    path: "/api/placements/{key}",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Create or replace a placement",
    description: "A draft until the next publish. `If-Match` with the ETag, where given, must hold.",
    params: KeyParams,
    body: PlacementBody,
    reply: Placement,
    reasons: ["precondition_failed"],
    async handle(call) {
      const { env, principal, params, body, now } = call;
      const { workspace } = principal;
      const entry = auditEntry(call, "placement.put", `placement:${params.key}`);
      const put = await putDocument(
        placementStore(database(env.DB), workspace),
        params.key,
        call.conditions,
        entry,
        (before): Promise<Result<PlacementRow, never>> => {
          if (before !== undefined && JSON.stringify(before.draft) === JSON.stringify(body)) return Promise.resolve(ok(before));
          const times = { createdAt: before?.createdAt ?? now, updatedAt: now };
          return Promise.resolve(ok({ workspace, key: params.key, draft: body, etag: newEtag(), ...times }));
        },
      );
      return put.ok ? ok(answer(put.value.row)) : fail({ reason: put.error });
    },
  }),
  route({
    method: "delete",
    path: "/api/placements/{key}",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Delete a placement",
    description: "The draft; it is live until the next publish. One that campaigns fill cannot be deleted.",
    params: KeyParams,
    reasons: ["not_found", "in_use", "precondition_failed"],
    async handle(call) {
      const { env, principal, params } = call;
      const db = database(env.DB);
      const users = await campaignsIn(db, principal.workspace, params.key);
      if (users.length > 0)
        return fail({
          reason: "in_use",
          faults: users.map((key) => ({ pointer: "", code: "in_use", message: `The campaign “${key}” fills it.` })),
        });
      const entry = auditEntry(call, "placement.delete", `placement:${params.key}`);
      const store = placementStore(db, principal.workspace);
      const removed = await removeDocument(store, params.key, call.conditions, entry, () => Promise.resolve());
      return removed.ok ? ok({ body: undefined }) : fail({ reason: removed.error });
    },
  }),
];

function answer(row: PlacementRow) {
  return { body: view(row), headers: { etag: `"${row.etag}"` } };
}

function view({ key, draft, createdAt, updatedAt }: PlacementRow): z.input<typeof Placement> {
  return { key, ...draft, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}
