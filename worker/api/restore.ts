import { z } from "@hono/zod-openapi";
import { parseProfileId } from "../../core/model/ids.ts";
import { fail, ok } from "../../core/model/result.ts";
import { addAudit } from "../cold/audit.ts";
import { database } from "../cold/database.ts";
import { readRestoreCursor, restoreCursorText, restoreStep } from "../cold/restore.ts";
import { cursorAt } from "./paging.ts";
import { workspaceOf } from "./person.ts";
import { auditEntry, route, type Route } from "./route.ts";

export const restoreRoutes: readonly Route[] = [
  route({
    method: "post",
    path: "/api/restore",
    scopes: ["admin"],
    tag: "Operations",
    summary: "Rebuild profiles from the archive, a step a call",
    description:
      "Call again with `next` until it is null; `npm run restore` does. A profile that is whole is not touched, and a step may be repeated. Of one profile, or of all where none is named.",
    body: z
      .strictObject({
        profileId: z.string().max(64).optional(),
        cursor: z.string().max(400).optional().openapi({ description: "`next` of the step before." }),
      })
      .openapi("RestoreBody"),
    reply: z
      .strictObject({
        read: z.int().openapi({ description: "Events read from the archive in this step." }),
        restored: z.int().openapi({ description: "Those that were lost and are back." }),
        next: z.string().nullable(),
      })
      .openapi("RestoreStep"),
    reasons: ["not_found"],
    async handle(call) {
      const { env, body, now } = call;
      const profile = body.profileId === undefined ? undefined : parseProfileId(body.profileId);
      if (body.profileId !== undefined && profile === undefined) return fail({ reason: "not_found" });
      const cursor = readRestoreCursor(body.cursor === undefined ? "events " : text(body.cursor));
      if (cursor === undefined) {
        return fail({
          reason: "bad_request",
          faults: [{ pointer: "/cursor", code: "bad_cursor", message: "This is not a cursor of a restore." }],
        });
      }
      const workspace = await workspaceOf(call);
      if (body.cursor === undefined) {
        await addAudit(
          database(env.DB),
          auditEntry(call, "restore", profile === undefined ? `workspace:${workspace.id}` : `profile:${profile}`),
        );
      }
      const { next, ...step } = await restoreStep(env, workspace, profile, cursor, now);
      return ok({ body: { ...step, next: next === null ? null : cursorAt(restoreCursorText(next)) } });
    },
  }),
];

function text(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    return "";
  }
}
