import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { rememberWorkspace } from "../auth/cache.ts";
import { database } from "../cold/database.ts";
import { listVersions } from "../cold/ruleset-versions.ts";
import type { RulesetVersionRow } from "../cold/schema.ts";
import { sweepWorkspace } from "../cold/sweep.ts";
import { countProfiles, readSweep } from "../cold/sweep-state.ts";
import { readWorkspaceRecord } from "../cold/workspace-record.ts";
import { logFault } from "../wire/log.ts";
import { publishDrafts, rollBack, type Published, type PublishRequest } from "../ruleset/publish.ts";
import { cutPage, Next, PageByNumber } from "./paging.ts";
import { route, type Context, type Route } from "./route.ts";
import { DraftFault } from "./ruleset-diff.ts";
import { iso, Time } from "./shapes.ts";

const TAG = "Ruleset";

const Note = z
  .string()
  .max(1_000)
  .default("")
  .openapi({ description: "Why, for those who read the list of versions.", example: "Spring campaign" });

const PublishedVersion = z
  .strictObject({
    version: z.int(),
    audiences: z.int(),
    warnings: z
      .array(DraftFault)
      .openapi({ description: "What is right in a rule and yet may surprise, as a period that is cut by the retention." }),
  })
  .openapi("PublishedVersion");

const Version = z
  .strictObject({
    version: z.int(),
    note: z.string(),
    audiences: z.int(),
    state: z
      .enum(["published", "unfinished"])
      .openapi({ description: "`unfinished`: a publish that is under way or was cut off; it was never live." }),
    live: z.boolean(),
    rolledBackFrom: z.int().nullable(),
    createdAt: Time,
    createdBy: z.string(),
  })
  .openapi("RulesetVersion");

const Progress = z
  .strictObject({
    version: z.int(),
    total: z.int().openapi({ description: "People in the cold index." }),
    done: z.int().openapi({ description: "Those looked at: told, or found up to date." }),
    changed: z.int().openapi({ description: "Those of whom a membership changed." }),
    failed: z.int().openapi({ description: "Those who could not be reached; they are tried again." }),
    startedAt: Time.nullable(),
    finishedAt: Time.nullable(),
  })
  .openapi("RulesetProgress");

export const rulesetRoutes: readonly Route[] = [
  route({
    method: "post",
    path: "/api/ruleset/publish",
    scopes: ["rules:publish"],
    tag: TAG,
    summary: "Publish all drafts",
    description:
      "All or nothing. Seen here at once, by other isolates from their first request 5 s after; `minRuleset` of a decision waits for it.",
    body: z.strictObject({ note: Note }).openapi("PublishBody"),
    reply: PublishedVersion,
    reasons: ["invalid_rule", "invalid_ruleset"],
    async handle(call) {
      const published = await publishDrafts(call.env, requestOf(call, call.body.note));
      return published.ok ? ok(answer(call, published.value)) : fail(published.error);
    },
  }),
  route({
    method: "get",
    path: "/api/ruleset/versions",
    scopes: ["rules:publish", "rules:write", "kpis:read"],
    tag: TAG,
    summary: "List published versions",
    description: "Newest first.",
    query: PageByNumber,
    reply: z.strictObject({ versions: z.array(Version), next: Next }),
    async handle({ env, principal, query }) {
      const [rows, record] = await Promise.all([
        listVersions(database(env.DB), principal.workspace, { limit: query.limit + 1, before: query.cursor }),
        readWorkspaceRecord(env.PUBLISHED, principal.workspace),
      ]);
      const { page, next } = cutPage(rows, query.limit, (row) => row.version);
      return ok({ body: { versions: page.map((row) => view(row, record?.ruleset ?? 0)), next } });
    },
  }),
  route({
    method: "get",
    path: "/api/ruleset/progress",
    scopes: ["rules:publish", "rules:write", "kpis:read"],
    tag: TAG,
    summary: "See how many people were told of the live version",
    description:
      "Memberships are right at every read, whatever stands here: this is about people whom nobody touches, whose changes are announced as they are told.",
    reply: Progress,
    async handle({ env, principal }) {
      const [record, sweep, total] = await Promise.all([
        readWorkspaceRecord(env.PUBLISHED, principal.workspace),
        readSweep(env.DB, principal.workspace),
        countProfiles(env, principal.workspace),
      ]);
      const version = record?.ruleset ?? 0;
      if (version === 0 || sweep === null || sweep.version < version) {
        const none = { changed: 0, failed: 0, startedAt: null, finishedAt: null };
        return ok({ body: { version, total, done: version === 0 ? total : 0, ...none } });
      }
      const { done, changed, failed, startedAt, finishedAt } = sweep;
      const seen = finishedAt === null ? Math.max(sweep.total, done) : done;
      return ok({
        body: {
          version,
          total: seen,
          done,
          changed,
          failed,
          startedAt: iso(startedAt),
          finishedAt: finishedAt === null ? null : iso(finishedAt),
        },
      });
    },
  }),
  route({
    method: "post",
    path: "/api/ruleset/rollback",
    scopes: ["rules:publish"],
    tag: TAG,
    summary: "Publish an old version's content as a new version",
    description: "The drafts stay as they are.",
    body: z.strictObject({ version: z.int().min(1), note: Note }).openapi("RollbackBody"),
    reply: PublishedVersion,
    reasons: ["not_found"],
    async handle(call) {
      const published = await rollBack(call.env, requestOf(call, call.body.note), call.body.version);
      return published.ok ? ok(answer(call, published.value)) : fail({ reason: published.error });
    },
  }),
];

function requestOf({ principal, now }: Context, note: string): PublishRequest {
  return { workspace: principal.workspace, actor: principal.actor, note, now };
}

function answer({ env, ctx }: Context, { version, audiences, warnings, record }: Published) {
  rememberWorkspace(record);
  // People whom nobody touches are told after the reply; what is cut off cron takes up.
  ctx.waitUntil(sweepWorkspace(env, record, Date.now).catch((error: unknown) => logFault("sweep", error)));
  return { body: { version, audiences, warnings: [...warnings] } };
}

function view(row: RulesetVersionRow, pointer: number): z.input<typeof Version> {
  const { version, note, audiences, rolledBackFrom, createdAt, createdBy } = row;
  const live = version === pointer;
  const state = live || row.state === "published" ? "published" : "unfinished";
  return { version, note, audiences, state, live, rolledBackFrom, createdAt: iso(createdAt), createdBy };
}
