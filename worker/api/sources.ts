import { randomBytes } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { rememberKey } from "../auth/cache.ts";
import { isOriginEntry } from "../auth/origins.ts";
import { database, newEtag } from "../cold/database.ts";
import { putDocument, removeDocument } from "../cold/documents.ts";
import { publishSource, withdrawKey, withdrawOrigins } from "../cold/published.ts";
import { hashKey } from "../cold/records.ts";
import type { SourceRow } from "../cold/schema.ts";
import { listSources, sourceStore } from "../cold/sources.ts";
import { cutPage, Next, PageByKey } from "./paging.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Key, KeyParams, Name, Time } from "./shapes.ts";

const SourceBody = z
  .strictObject({
    name: Name,
    kind: z.enum(["browser", "app", "server"]),
    channel: z.enum(["web", "app", "store", "email", "crm", "partner"]).optional().openapi({
      description: "Needed for a server source; of a browser `web`, of an app `app` by default.",
    }),
    party: z.enum(["first", "second", "third"]).default("first"),
    origins: z
      .array(
        z
          .string()
          .max(300)
          .refine(isOriginEntry, {
            error: "Write an origin as browsers do, like https://shop.example.",
            params: { code: "bad_origin" },
          }),
      )
      .max(100)
      .default([])
      .openapi({ description: "Pages that may call with the write key. `http://localhost:*` is any port of localhost." }),
    identify: z.enum(["open", "signed"]).default("open"),
    consent: z.enum(["required", "assumed"]).default("required").openapi({ description: "What silence about consent means." }),
    priority: z.int().min(0).max(1_000).default(1).openapi({
      description: "Where sources disagree over a trait that goes by `priority`, the highest wins; from the next publish on.",
    }),
  })
  .refine((source) => source.kind !== "server" || source.channel !== undefined, {
    path: ["channel"],
    error: "Say where a server source's events come from.",
    params: { code: "missing" },
  })
  .openapi("SourceBody");

const Source = z
  .strictObject({
    key: Key,
    name: z.string(),
    kind: z.enum(["browser", "app", "server"]),
    channel: z.enum(["web", "app", "store", "email", "crm", "partner"]),
    party: z.enum(["first", "second", "third"]),
    origins: z.array(z.string()),
    identify: z.enum(["open", "signed"]),
    consent: z.enum(["required", "assumed"]),
    priority: z.int(),
    writeKey: z
      .string()
      .openapi({ description: "Public: it goes into the tag or SDK. Kept when the source is replaced.", example: "wk_0Yk..." }),
    createdAt: Time,
    updatedAt: Time,
  })
  .openapi("Source");

const TAG = "Sources";

export const sourceRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/sources",
    scopes: ["admin", "rules:write", "kpis:read"],
    tag: TAG,
    summary: "List sources",
    query: PageByKey,
    reply: z.strictObject({ sources: z.array(Source), next: Next }),
    async handle({ env, principal, query }) {
      const rows = await listSources(database(env.DB), principal.workspace, { limit: query.limit + 1, after: query.cursor });
      const { page, next } = cutPage(rows, query.limit, (row) => row.key);
      return ok({ body: { sources: page.map(view), next } });
    },
  }),
  route({
    method: "get",
    path: "/api/sources/{key}",
    scopes: ["admin", "rules:write", "kpis:read"],
    tag: TAG,
    summary: "Get a source",
    params: KeyParams,
    reply: Source,
    reasons: ["not_found"],
    async handle({ env, principal, params }) {
      const row = await sourceStore(database(env.DB), principal.workspace).find(params.key);
      return row === undefined ? fail({ reason: "not_found" }) : ok(answer(row));
    },
  }),
  route({
    method: "put",
    path: "/api/sources/{key}",
    scopes: ["admin"],
    tag: TAG,
    summary: "Create or replace a source",
    description: "Acts at once; other isolates follow within 60 s. `If-Match` with the ETag, where given, must hold.",
    params: KeyParams,
    body: SourceBody,
    reply: Source,
    reasons: ["precondition_failed"],
    async handle(call) {
      const { env, principal, params, conditions, now } = call;
      const { workspace } = principal;
      const wanted = { ...call.body, channel: call.body.channel ?? (call.body.kind === "app" ? "app" : "web") };
      const put = await putDocument(
        sourceStore(database(env.DB), workspace),
        params.key,
        conditions,
        auditEntry(call, "source.put", `source:${params.key}`),
        async (before): Promise<Result<SourceRow, never>> => {
          if (before !== undefined && isSame(before, wanted)) return ok(before);
          const writeKey = before?.writeKey ?? `wk_${randomBytes(18).toString("base64url")}`;
          const times = { createdAt: before?.createdAt ?? now, updatedAt: now };
          return ok({ workspace, key: params.key, ...wanted, writeKey, etag: newEtag(), ...times });
        },
      );
      if (!put.ok) return fail({ reason: put.error });
      const { row, before } = put.value;
      // Also where nothing changed: the call before may have been cut off between D1 and R2.
      rememberKey(hashKey(row.writeKey), await publishSource(env, workspace, row.key));
      await withdrawOrigins(env, before?.origins.filter((origin) => !row.origins.includes(origin)) ?? []);
      return ok(answer(row));
    },
  }),
  route({
    method: "delete",
    path: "/api/sources/{key}",
    scopes: ["admin"],
    tag: TAG,
    summary: "Delete a source",
    description: "Its write key is refused at once, by other isolates within 60 s. What it has sent stays.",
    params: KeyParams,
    reasons: ["not_found", "precondition_failed"],
    async handle(call) {
      const { env, principal, params } = call;
      const removed = await removeDocument(
        sourceStore(database(env.DB), principal.workspace),
        params.key,
        call.conditions,
        auditEntry(call, "source.delete", `source:${params.key}`),
        (row) => withdrawKey(env, hashKey(row.writeKey)),
      );
      if (!removed.ok) return fail({ reason: removed.error });
      // Again, for a publish of the source that was under way while the row was still there.
      await withdrawKey(env, hashKey(removed.value.writeKey));
      rememberKey(hashKey(removed.value.writeKey), undefined);
      await withdrawOrigins(env, removed.value.origins);
      return ok({ body: undefined });
    },
  }),
];

function answer(row: SourceRow) {
  return { body: view(row), headers: { etag: `"${row.etag}"` } };
}

function view(row: SourceRow): z.input<typeof Source> {
  const { key, name, kind, channel, party, identify, consent, priority, writeKey } = row;
  const times = { createdAt: iso(row.createdAt), updatedAt: iso(row.updatedAt) };
  return { key, name, kind, channel, party, origins: [...row.origins], identify, consent, priority, writeKey, ...times };
}

type Settings = Omit<SourceRow, "workspace" | "key" | "writeKey" | "etag" | "createdAt" | "updatedAt">;

function isSame(row: SourceRow, wanted: Settings): boolean {
  const settings = ({ name, kind, channel, party, origins, identify, consent, priority }: Settings): string =>
    JSON.stringify([name, kind, channel, party, origins, identify, consent, priority]);
  return settings(row) === settings(wanted);
}
