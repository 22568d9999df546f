import { z } from "@hono/zod-openapi";
import { isTimeZone } from "../../core/model/instant.ts";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { parseRule } from "../../core/rules/parse.ts";
import { WEEKDAYS } from "../cold/campaign-drafts.ts";
import { campaignStore, listCampaigns } from "../cold/campaigns.ts";
import { database, newEtag } from "../cold/database.ts";
import { outcomesOf } from "../cold/outcomes.ts";
import { putDocument, removeDocument } from "../cold/documents.ts";
import type { CampaignRow } from "../cold/schema.ts";
import { campaignOf } from "../ruleset/campaign-of.ts";
import { cutPage, Next, PageByKey } from "./paging.ts";
import { auditEntry, route, type Refusal, type Route } from "./route.ts";
import { Content, iso, Key, KeyParams, Name, RuleJson, Time } from "./shapes.ts";
import { ruleSettingsOf } from "./workspace.ts";

const Hour = z.string().regex(/^\d\d:\d\d$/);

const Schedule = z
  .strictObject({
    from: z.string().optional(),
    to: z.string().optional(),
    timeZone: z
      .string()
      .max(64)
      .refine(isTimeZone, { error: "Give the IANA name of a time zone, like Europe/Paris.", params: { code: "bad_time_zone" } })
      .optional(),
    days: z.array(z.enum(WEEKDAYS)).max(7).readonly().default([]),
    hours: z
      .array(z.strictObject({ from: Hour, to: Hour }))
      .max(24)
      .readonly()
      .default([]),
  })
  .openapi({
    description:
      "From an instant until before another, on some days, in some hours that clocks show in `timeZone`, the workspace's by default; whatever is left out is always.",
    example: { from: "2026-03-01", to: "2026-04-01", days: ["mon", "tue"], hours: [{ from: "09:00", to: "18:00" }] },
  });

const Cap = z
  .strictObject({
    limit: z.int().min(1).max(1_000),
    per: z.union([z.string(), z.strictObject({ calendar: z.enum(["day", "week", "month", "year"]) })]),
    of: z.enum(["person", "household"]).optional(),
  })
  .openapi({
    description:
      "At most so many impressions within a span such as `1d`, or in a day, week, month or year of the calendar; of one person or, with `of`, of all of a household.",
    example: { limit: 3, per: "1d" },
  });

const Creative = z.strictObject({
  key: Key,
  weight: z.number().min(0).max(1_000_000).default(1),
  content: Content.optional(),
  html: z.string().max(100_000).optional(),
  destination: z.string().max(2_000).optional().openapi({ description: "Where a click leads; a click leads nowhere else." }),
});

const shape = {
  name: Name,
  placement: Key,
  audience: Key.optional().openapi({ description: "For whom; or `rule`, a rule of its own; without either, for everyone." }),
  rule: RuleJson.optional(),
  exclude: z.array(Key).max(50).readonly().default([]).openapi({ description: "Audiences whose members are left out." }),
  priority: z.int().min(-1_000).max(1_000).default(0).openapi({ description: "The higher goes first." }),
  schedule: Schedule.default({ days: [], hours: [] }),
  cap: z.array(Cap).max(5).readonly().default([]),
  holdout: z.number().min(0).lt(1).default(0).openapi({ description: "Share of people who are shown the default instead." }),
  allocation: z.enum(["weighted", "thompson"]).default("weighted"),
  creatives: z.array(Creative).min(1).max(50).readonly(),
  goal: z
    .strictObject({ event: z.string().min(1).max(200), value: z.string().max(200).optional(), window: z.string().default("7d") })
    .optional(),
  cost: z
    .strictObject({ model: z.enum(["cpm", "cpc", "fixed"]), amount: z.number().min(0), currency: z.string().regex(/^[A-Z]{3}$/) })
    .optional(),
};

const CampaignBody = z.strictObject(shape).openapi("CampaignBody");
const Campaign = z.strictObject({ key: Key, ...shape, createdAt: Time, updatedAt: Time }).openapi("Campaign");

const TAG = "Campaigns";
const READERS = ["rules:write", "rules:publish", "kpis:read"] as const;

export const campaignRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/campaigns",
    scopes: READERS,
    tag: TAG,
    summary: "List campaigns",
    description: "The drafts; what is live was published as a ruleset.",
    query: PageByKey,
    reply: z.strictObject({ campaigns: z.array(Campaign), next: Next }),
    async handle({ env, principal, query }) {
      const rows = await listCampaigns(database(env.DB), principal.workspace, { limit: query.limit + 1, after: query.cursor });
      const { page, next } = cutPage(rows, query.limit, (row) => row.key);
      return ok({ body: { campaigns: page.map(view), next } });
    },
  }),
  route({
    method: "get",
    path: "/api/campaigns/{key}",
    scopes: READERS,
    tag: TAG,
    summary: "Get a campaign",
    params: KeyParams,
    reply: Campaign,
    reasons: ["not_found"],
    async handle({ env, principal, params }) {
      const row = await campaignStore(database(env.DB), principal.workspace).find(params.key);
      return row === undefined ? fail({ reason: "not_found" }) : ok(answer(row));
    },
  }),
  route({
    method: "get",
    path: "/api/campaigns/{key}/outcomes",
    scopes: READERS,
    tag: TAG,
    summary: "Get what a campaign's creatives brought about",
    description: "How often each was seen, and its goal reached after that, with a 95 % interval.",
    params: KeyParams,
    reply: z.strictObject({
      outcomes: z.array(
        z.strictObject({
          campaign: z.string(),
          creative: z.string(),
          shown: z.int(),
          converted: z.int(),
          rate: z.number(),
          low: z.number(),
          high: z.number(),
        }),
      ),
    }),
    reasons: ["not_found"],
    async handle({ env, principal, params }) {
      const row = await campaignStore(database(env.DB), principal.workspace).find(params.key);
      if (row === undefined) return fail({ reason: "not_found" });
      return ok({ body: { outcomes: [...(await outcomesOf(env, principal.workspace, params.key))] } });
    },
  }),
  route({
    method: "put",
    path: "/api/campaigns/{key}",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Create or replace a campaign",
    description:
      "A draft until the next publish, which refuses one whose placement or audience is not there. `If-Match` with the ETag, where given, must hold.",
    params: KeyParams,
    body: CampaignBody,
    reply: Campaign,
    reasons: ["invalid_campaign", "invalid_rule", "precondition_failed"],
    async handle(call) {
      const { env, principal, params, body, now } = call;
      const { workspace } = principal;
      const { key } = params;
      const db = database(env.DB);
      const settings = await ruleSettingsOf(db, workspace);
      const campaign = campaignOf(key, body, settings);
      if (!campaign.ok) return fail({ reason: "invalid_campaign", faults: campaign.error });
      const rule = body.rule === undefined ? undefined : parseRule(body.rule, settings);
      if (rule?.ok === false)
        return fail({
          reason: "invalid_rule",
          faults: rule.error.map((fault) => ({ ...fault, pointer: `/rule${fault.pointer}` })),
        });
      const entry = auditEntry(call, "campaign.put", `campaign:${key}`);
      const put = await putDocument(
        campaignStore(db, workspace),
        key,
        call.conditions,
        entry,
        (before): Promise<Result<CampaignRow, Refusal>> => {
          if (before !== undefined && JSON.stringify(before.draft) === JSON.stringify(body)) return Promise.resolve(ok(before));
          const times = { createdAt: before?.createdAt ?? now, updatedAt: now };
          const row = { workspace, key, placement: body.placement, draft: body, etag: newEtag(), ...times };
          return Promise.resolve(ok(row));
        },
      );
      if (put.ok) return ok(answer(put.value.row));
      return fail(put.error === "precondition_failed" ? { reason: put.error } : put.error);
    },
  }),
  route({
    method: "delete",
    path: "/api/campaigns/{key}",
    scopes: ["rules:write"],
    tag: TAG,
    summary: "Delete a campaign",
    description: "The draft; it is live until the next publish.",
    params: KeyParams,
    reasons: ["not_found", "precondition_failed"],
    async handle(call) {
      const { env, principal, params } = call;
      const entry = auditEntry(call, "campaign.delete", `campaign:${params.key}`);
      const store = campaignStore(database(env.DB), principal.workspace);
      const removed = await removeDocument(store, params.key, call.conditions, entry, () => Promise.resolve());
      return removed.ok ? ok({ body: undefined }) : fail({ reason: removed.error });
    },
  }),
];

function answer(row: CampaignRow) {
  return { body: view(row), headers: { etag: `"${row.etag}"` } };
}

function view({ key, draft, createdAt, updatedAt }: CampaignRow) {
  return { key, ...draft, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}
