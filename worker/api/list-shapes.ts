import { z } from "@hono/zod-openapi";
import type { JobView } from "../../durable-objects/list/calls.ts";
import { findWorkspace } from "../auth/cache.ts";
import type { WorkspaceRecord } from "../cold/records.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { iso, Time } from "./shapes.ts";

/** Shapes that the routes of lists share. */

export const Upload = z
  .strictObject({
    id: z.string(),
    kind: z.enum(["upload", "clear", "expiry"]),
    mode: z.enum(["replace", "append"]),
    state: z.enum(["waiting", "applying", "publishing", "telling", "done", "failed"]).openapi({
      description:
        "`telling`: everybody is on the list, and people who are known are being told. `failed`: its body was lost; what was taken of it holds.",
    }),
    acceptedAt: Time.openapi({ description: "From then on it counts." }),
    expiresAt: Time.nullable(),
    bytes: z.int(),
    bytesDone: z.int(),
    rows: z.int(),
    rejected: z.int(),
    errors: z.array(z.strictObject({ line: z.int(), code: z.string() })).openapi({ description: "The first 20." }),
    told: z.int().openapi({ description: "People who were told, each once for each of their identifiers." }),
  })
  .openapi("ListUpload");

export function uploadView({ at, until, done, faults, ...job }: JobView): z.input<typeof Upload> {
  const expiresAt = until === null ? null : iso(until);
  return { ...job, acceptedAt: iso(at), expiresAt, bytesDone: done, errors: faults.map((fault) => ({ ...fault })) };
}

/** The workspace of a live key, with where its objects live. */
export async function homeOf(env: Env, ctx: Pick<ExecutionContext, "waitUntil">, workspace: string): Promise<WorkspaceRecord> {
  const home = await findWorkspace(env, ctx, workspace);
  if (home === undefined) throw new Unavailable("R2 does not know the workspace of a live key");
  return home;
}
