import { z } from "@hono/zod-openapi";
import { isTimeZone } from "../../core/model/instant.ts";
import { fail, ok } from "../../core/model/result.ts";
import type { RuleSettings } from "../../core/rules/parse.ts";
import { rememberWorkspace } from "../auth/cache.ts";
import { database, newEtag, type Database } from "../cold/database.ts";
import { conditionsHold } from "../cold/documents.ts";
import { publishWorkspace } from "../cold/published.ts";
import { DAY_MS } from "../cold/records.ts";
import type { WorkspaceRow } from "../cold/schema.ts";
import { findWorkspaceRow, replaceWorkspaceRow } from "../cold/workspace-rows.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { auditEntry, route, type Route } from "./route.ts";
import { iso, Name, Time } from "./shapes.ts";

const Jurisdiction = z.string().min(1).max(20).nullable();

const WorkspaceBody = z
  .strictObject({
    name: Name.optional(),
    timeZone: z
      .string()
      .max(64)
      .refine(isTimeZone, { error: "Give the IANA name of a time zone, like Europe/Paris.", params: { code: "bad_time_zone" } })
      .openapi({ example: "Europe/Paris" }),
    retentionDays: z.int().min(1).max(36_525).openapi({ example: 400 }),
    jurisdiction: Jurisdiction.optional().openapi({
      description: "Fixed when the workspace is made; may be repeated, not changed.",
    }),
    smallCount: z.int().min(0).max(10_000).default(50).openapi({ description: "Figures about fewer people are not shown." }),
    identifierPriority: z
      .array(z.string().min(1).max(100))
      .max(50)
      .optional()
      .openapi({ description: "Identifier types, the strongest first." }),
    gvlId: z.int().min(1).nullable().optional().openapi({ description: "Our vendor number in the IAB's global vendor list." }),
  })
  .openapi("WorkspaceBody");

const Workspace = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    timeZone: z.string(),
    retentionDays: z.int(),
    jurisdiction: Jurisdiction,
    smallCount: z.int(),
    identifierPriority: z.array(z.string()),
    gvlId: z.int().nullable(),
    createdAt: Time,
    updatedAt: Time,
  })
  .openapi("Workspace");

const TAG = "Workspace";

export const workspaceRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/workspace",
    scopes: ["admin", "rules:write", "rules:publish", "kpis:read"],
    tag: TAG,
    summary: "Get the workspace of the key",
    reply: Workspace,
    async handle({ env, principal }) {
      return ok(answer(await rowOf(database(env.DB), principal.workspace)));
    },
  }),
  route({
    method: "put",
    path: "/api/workspace",
    scopes: ["admin"],
    tag: TAG,
    summary: "Change the workspace",
    description: "Acts at once. Rules keep the time zone and retention they were published with until the next publish.",
    body: WorkspaceBody,
    reply: Workspace,
    reasons: ["fixed", "precondition_failed"],
    async handle(call) {
      const { env, principal, body, conditions, now } = call;
      const db = database(env.DB);
      for (let tries = 0; tries < 10; tries++) {
        const before = await rowOf(db, principal.workspace);
        if (!conditionsHold(conditions, { key: before.id, etag: before.etag })) return fail({ reason: "precondition_failed" });
        if (body.jurisdiction !== undefined && body.jurisdiction !== before.jurisdiction) {
          return fail({
            reason: "fixed",
            faults: [{ pointer: "/jurisdiction", code: "fixed", message: "Where the data lives cannot change." }],
          });
        }
        const row: WorkspaceRow = {
          ...before,
          name: body.name ?? before.name,
          timeZone: body.timeZone,
          retentionDays: body.retentionDays,
          smallCount: body.smallCount,
          identifierPriority: body.identifierPriority ?? before.identifierPriority,
          gvlId: body.gvlId ?? null,
          etag: newEtag(),
          updatedAt: now,
        };
        if (!(await replaceWorkspaceRow(db, row, before.etag, auditEntry(call, "workspace.put", `workspace:${row.id}`))))
          continue;
        const record = await publishWorkspace(env, row.id);
        if (record !== undefined) rememberWorkspace(record);
        return ok(answer(row));
      }
      throw new Unavailable("D1: too many writers of one workspace");
    },
  }),
];

/** What rules of a workspace are read with. */
export async function ruleSettingsOf(db: Database, workspace: string): Promise<RuleSettings> {
  const row = await rowOf(db, workspace);
  return { zone: row.timeZone, retentionMs: row.retentionDays * DAY_MS };
}

async function rowOf(db: Database, id: string): Promise<WorkspaceRow> {
  const row = await findWorkspaceRow(db, id);
  // Its keys came from there, so a workspace without its row is a database behind its bucket (a restore under way).
  if (row === undefined) throw new Unavailable("D1 does not know the workspace of a live key");
  return row;
}

function answer(row: WorkspaceRow) {
  const { etag, createdAt, updatedAt, identifierPriority, ...shown } = row;
  const body = { ...shown, identifierPriority: [...identifierPriority], createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
  return { body, headers: { etag: `"${etag}"` } };
}
