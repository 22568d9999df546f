import { randomUUID } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { parseListType } from "../../core/identity/list-lines.ts";
import { parseDuration } from "../../core/model/duration.ts";
import { fail, ok } from "../../core/model/result.ts";
import { listCall, listStub } from "../../durable-objects/list/stub.ts";
import { addAudit } from "../cold/audit.ts";
import { removeObject } from "../cold/bucket.ts";
import { database } from "../cold/database.ts";
import { listStore } from "../cold/lists.ts";
import { storeStream } from "../cold/stream-upload.ts";
import { reaching } from "../wire/unavailable.ts";
import { homeOf, Upload, uploadView } from "./list-shapes.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { Key, KeyParams } from "./shapes.ts";

const TAG = "Lists";

export const listMemberRoutes: readonly Route[] = [
  route({
    method: "post",
    path: "/api/lists/{key}/members",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Upload identifiers",
    description:
      "One a line, up to 90 MB, as they are or hashed; no raw identifier is kept. `replace`: whom the upload does not bear goes off the list once it is through. What is wrong with a line is counted, and the others are taken.",
    params: KeyParams,
    query: z.strictObject({
      mode: z.enum(["replace", "append"]).default("append"),
      format: z.enum(["text", "csv", "ndjson"]).default("text"),
      type: z.string().max(255).optional().openapi({ description: "What the lines hold; by default as the list says." }),
      column: z
        .string()
        .max(255)
        .optional()
        .openapi({ description: "Of a table with a header: the column; by default the first." }),
    }),
    takes: ["text/plain", "text/csv", "application/x-ndjson"],
    reply: z.strictObject({ uploadId: z.string() }).openapi("ListUploadAccepted"),
    status: 202,
    reasons: ["not_found", "bad_list_type"],
    async handle(call) {
      const { env, ctx, principal, params, query, request } = call;
      const list = await listStore(database(env.DB), principal.workspace).find(params.key);
      if (list === undefined) return fail({ reason: "not_found" });
      const type = query.type === undefined ? list.identifier : parseListType(query.type);
      if (type === undefined) return fail({ reason: "bad_list_type" });
      const encoding = request.headers.get("content-encoding") ?? "identity";
      if (encoding !== "identity") return fail({ reason: "unsupported_encoding" });
      const home = await homeOf(env, ctx, principal.workspace);
      const id = randomUUID();
      const body = `uploads/${home.id}/lists/${list.key}/${id}`;
      const stored = await storeStream(env.PUBLISHED, body, request.body);
      if (!stored.ok) return fail({ reason: stored.error });
      const { mode, format, column } = query;
      const expiry = list.expires === null ? undefined : parseDuration(list.expires);
      const expiresMs = expiry?.ok === true ? expiry.value : null;
      const upload = {
        id,
        mode,
        format,
        type,
        body,
        bytes: stored.value,
        expiresMs,
        ...(column === undefined ? {} : { column }),
      };
      try {
        await reaching("the list", () => listStub(env, home, list.key).accept({ ...listCall(home, list.key), ...upload }));
      } catch (error) {
        // Nobody will read it: what was not taken on is sent again under another id.
        await removeObject(env.PUBLISHED, body);
        throw error;
      }
      await addAudit(database(env.DB), auditEntry(call, `list.${mode}`, `list:${list.key}`));
      return ok({ body: { uploadId: id } });
    },
  }),
  route({
    method: "get",
    path: "/api/lists/{key}/uploads/{upload}",
    scopes: ["rules:write", "kpis:read"],
    tag: TAG,
    summary: "How far an upload is",
    params: z.strictObject({ key: Key, upload: z.string().max(100) }),
    reply: Upload,
    reasons: ["not_found"],
    async handle({ env, ctx, principal, params }) {
      const home = await homeOf(env, ctx, principal.workspace);
      const job = await reaching("the list", () =>
        listStub(env, home, params.key).upload(listCall(home, params.key), params.upload),
      );
      return job === null ? fail({ reason: "not_found" }) : ok({ body: uploadView(job) });
    },
  }),
];
