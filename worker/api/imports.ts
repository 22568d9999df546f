import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { emptyFolder, importFolder } from "../../durable-objects/import/folder.ts";
import { IMPORT_ID, importStub, viewImport } from "../../durable-objects/import/stub.ts";
import type { ImportView } from "../../durable-objects/import/view.ts";
import { addAudit } from "../cold/audit.ts";
import { atOnce } from "../cold/at-once.ts";
import { database } from "../cold/database.ts";
import { forgetImport, listImports } from "../cold/imports.ts";
import { takePart } from "../import/take-part.ts";
import { reaching } from "../wire/unavailable.ts";
import { cutPage, Next, PageByImport } from "./paging.ts";
import { workspaceOf } from "./person.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Time } from "./shapes.ts";

const Id = z
  .string()
  .regex(IMPORT_ID)
  .openapi({ description: "As the header `Import-Id` gave it, or as it was made.", example: "receipts-2026-03" });

const Code = z.string().openapi({ description: "Why a row was not taken: a stable code.", example: "not_a_number" });

const State = z.enum(["receiving", "applying", "done", "failed"]).openapi({
  description: "`receiving` waits for its next part, or to be told that there is none; `failed` cannot read the file at all.",
});

const counts = {
  importId: Id,
  source: z.string().openapi({ description: "Key of the source." }),
  type: z.enum(["track", "identify"]),
  format: z.enum(["ndjson", "csv"]),
  dryRun: z.boolean(),
  state: State,
  rows: z.int().openapi({ description: "Rows read so far; a header is none." }),
  accepted: z.int().openapi({ description: "Rows that were accepted, or had been before." }),
  rejected: z.int(),
  refused: z.int().openapi({ description: "Rows not taken for want of consent." }),
  dropped: z.int().openapi({ description: "Rows let go by the tracking plan." }),
  bytes: z.strictObject({ done: z.int(), total: z.int() }).openapi({ description: "Of the parts received so far, as UTF-8." }),
  parts: z.strictObject({ received: z.int(), last: z.int().nullable() }),
  nextPart: z.int().nullable().openapi({ description: "The first part that is not there; null where none is wanted." }),
  waitingUntil: Time.nullable().openapi({ description: "A store is busy or out of reach; it is tried again then." }),
  createdAt: Time,
  updatedAt: Time,
};

const Import = z.strictObject(counts).openapi("Import");

const ImportReport = z
  .strictObject({
    ...counts,
    report: z.strictObject({
      failure: z
        .strictObject({ code: Code, column: z.string().nullable() })
        .nullable()
        .openapi({ description: "What is wrong with the header, or with the map under it." }),
      codes: z.record(z.string(), z.int()).openapi({ description: "Rejected rows by code." }),
      rejected: z
        .array(z.strictObject({ row: z.int(), code: Code, column: z.string().optional() }))
        .openapi({ description: "The first 1,000 rejected rows. What they hold is in the quarantine." }),
      events: z
        .array(z.strictObject({ row: z.int(), event: z.unknown() }))
        .openapi({ description: "Of a dry run: the first events, as they would be." }),
    }),
  })
  .openapi("ImportReport");

const TAG = "Imports";
const Params = z.strictObject({ id: Id });
/** Who imports may see what became of it. */
const scopes = ["collect", "admin"] as const;
/** Objects of a page asked at once. */
const ASKED_AT_ONCE = 20;

/** As `POST /v1/import` has them, which reads them. */
const PartQuery = z.strictObject({
  source: z.string().openapi({ description: "Key of the source." }),
  ...Object.fromEntries(
    ["type", "format", "map", "dryRun", "part", "parts", "last", "delimiter", "encoding", "header", "columns", "event"].map(
      (name) => [name, z.string().max(20_000).optional()],
    ),
  ),
});

export const importRoutes: readonly Route[] = [
  route({
    method: "post",
    path: "/api/imports",
    scopes,
    tag: TAG,
    summary: "Send a file, or a part of one",
    description:
      "As `POST /v1/import`, for who is signed in: its parameters, and the header `Import-Id`. Taken once it is stored.",
    query: PartQuery,
    takes: ["text/csv", "application/x-ndjson"],
    reply: z.strictObject({ importId: Id, part: z.int() }).openapi("ImportAccepted"),
    status: 202,
    reasons: ["bad_request", "import_conflict", "part_conflict", "not_found"],
    async handle(call) {
      const { env, request, principal } = call;
      const taken = await takePart({ env, request, workspace: await workspaceOf(call), by: principal.actor });
      return taken.ok ? ok({ body: taken.value }) : taken;
    },
  }),
  route({
    method: "get",
    path: "/api/imports",
    scopes,
    tag: TAG,
    summary: "List imports",
    description: "Newest first.",
    query: PageByImport,
    reply: z.strictObject({ imports: z.array(Import), next: Next }),
    async handle(call) {
      const { limit, cursor } = call.query;
      const workspace = await workspaceOf(call);
      const rows = await listImports(database(call.env.DB), workspace.id, { limit: limit + 1, after: cursor });
      const { page, next } = cutPage(rows, limit, ({ createdAt, id }) => `${createdAt}.${id}`);
      const views = await reaching("the imports", async () => {
        const asked = await atOnce(page, ASKED_AT_ONCE, ({ id }) => viewImport(call.env, workspace, id));
        return asked.map((one) => {
          if (one.status === "rejected") throw one.reason;
          return one.value;
        });
      });
      return ok({ body: { imports: views.flatMap((view) => (view === undefined ? [] : [summaryOf(view)])), next } });
    },
  }),
  route({
    method: "get",
    path: "/api/imports/{id}",
    scopes,
    tag: TAG,
    summary: "Get an import with its report",
    params: Params,
    reply: ImportReport,
    reasons: ["not_found"],
    async handle(call) {
      const workspace = await workspaceOf(call);
      const view = await reaching("the import", () => viewImport(call.env, workspace, call.params.id));
      return view === undefined ? fail({ reason: "not_found" }) : ok({ body: reportOf(view) });
    },
  }),
  route({
    method: "delete",
    path: "/api/imports/{id}",
    scopes,
    tag: TAG,
    summary: "Delete an import",
    description:
      "Ends it where it is, with its parts and its report; what was accepted stays. Its id may begin anew, under other settings too: a row that was accepted then counts no second time.",
    params: Params,
    reasons: ["not_found"],
    async handle(call) {
      const { env, params } = call;
      const workspace = await workspaceOf(call);
      const db = database(env.DB);
      const view = await reaching("the import", () => viewImport(env, workspace, params.id));
      if (view === undefined) return fail({ reason: "not_found" });
      await addAudit(db, auditEntry(call, "import.delete", `import:${params.id}`));
      await reaching("the import", () => importStub(env, workspace, params.id).remove());
      await reaching("R2", () => emptyFolder(env.IMPORTS, importFolder(workspace, params.id)));
      await forgetImport(db, workspace.id, params.id);
      return ok({ body: undefined });
    },
  }),
];

function summaryOf({ job, progress, parts, bytesTotal, nextPart, waitingUntil }: ImportView): z.input<typeof Import> {
  const { settings, source, importId, createdAt } = job;
  return {
    importId,
    source: source.key,
    type: settings.type,
    format: settings.layout.format,
    dryRun: settings.dryRun,
    state: progress.phase,
    ...progress.counts,
    dropped: progress.counts.dropped ?? 0,
    bytes: { done: progress.bytesDone, total: bytesTotal },
    parts: { received: parts, last: progress.last },
    nextPart,
    waitingUntil: waitingUntil === null ? null : iso(waitingUntil),
    createdAt: iso(createdAt),
    updatedAt: iso(progress.updatedAt),
  };
}

function reportOf(view: ImportView): z.input<typeof ImportReport> {
  const { failure, codes, events } = view.progress;
  return { ...summaryOf(view), report: { failure, codes, rejected: [...view.rejected], events: [...events] } };
}
