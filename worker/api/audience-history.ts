import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { audienceStore } from "../cold/audiences.ts";
import { database } from "../cold/database.ts";
import { audienceHistory } from "../ruleset/audience-history.ts";
import { nameOf } from "../ruleset/content.ts";
import { cursorAt, Next, PageByNumber } from "./paging.ts";
import { route, type Route } from "./route.ts";
import { iso, KeyParams, orNull, Sentences, Time } from "./shapes.ts";

/** Versions looked into at once: each is an object to read. */
const MOST_READ = 50;

const AudienceVersion = z
  .strictObject({
    version: z.int(),
    note: z.string(),
    createdAt: Time,
    createdBy: z.string(),
    live: z.boolean().openapi({ description: "True where it is live now as it was in this version." }),
    change: z.enum(["added", "changed", "removed"]),
    fields: z
      .array(z.string())
      .openapi({ description: "Names of those that differ from the version before.", example: ["rule"] }),
    name: z.string(),
    sentences: orNull(Sentences),
    content: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ description: "What a PUT takes, to bring it back as a draft; null where this version removed it." }),
  })
  .openapi("AudienceVersion");

export const audienceHistoryRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/audiences/{key}/history",
    scopes: ["rules:write", "rules:publish", "kpis:read"],
    tag: "Audiences",
    summary: "List the published versions that changed an audience",
    description:
      "Newest first. `limit` is how many versions are looked into, 50 at most; those that left the audience as it was are not listed, so a page may be empty and yet have a next.",
    params: KeyParams,
    query: PageByNumber,
    reply: z.strictObject({
      versions: z.array(AudienceVersion),
      read: z.int().openapi({ description: "Versions looked into." }),
      next: Next,
    }),
    reasons: ["not_found"],
    async handle({ env, principal: { workspace }, params: { key }, query }) {
      const page = { limit: Math.min(query.limit, MOST_READ), before: query.cursor };
      const { versions, read, next } = await audienceHistory(env, workspace, key, page);
      const isUnheardOf = versions.length === 0 && next === undefined && query.cursor === undefined;
      if (isUnheardOf && (await audienceStore(database(env.DB), workspace).find(key)) === undefined)
        return fail({ reason: "not_found" });
      return ok({
        body: {
          versions: versions.map(({ row, live, change, sentences }) => ({
            version: row.version,
            note: row.note,
            createdAt: iso(row.createdAt),
            createdBy: row.createdBy,
            live,
            change: change.change,
            fields: [...change.fields],
            name: nameOf(key, change.after ?? change.before),
            sentences,
            content: change.after ?? null,
          })),
          read,
          next: next === undefined ? null : cursorAt(next),
        },
      });
    },
  }),
];
