import { z } from "@hono/zod-openapi";
import type { Json } from "../../core/model/json.ts";
import { fail, ok } from "../../core/model/result.ts";
import { flattenRuleset, type NamedRule } from "../../core/rules/flatten.ts";
import { checkRule, type CheckedRule } from "../../core/rules/parse.ts";
import { findWorkspace } from "../auth/cache.ts";
import { audienceStore, keysThere } from "../cold/audiences.ts";
import { listsThere } from "../cold/lists.ts";
import { database } from "../cold/database.ts";
import { previewRule } from "../cold/panel.ts";
import { sentencesOf } from "../ruleset/content.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { route, type Route } from "./route.ts";
import { RuleJson, Sentences, Warning } from "./shapes.ts";

const Share = z.number().openapi({ description: "From 0 to 1." });

const Preview = z
  .strictObject({
    size: z.strictObject({
      estimate: z.int(),
      low: z.int(),
      high: z.int(),
      exact: z.boolean(),
    }),
    overlap: z.array(z.strictObject({ audience: z.string(), share: Share })),
    sample: z.array(z.string()),
    composition: z
      .array(z.strictObject({ feature: z.string().openapi({ example: "event Order Completed" }), share: Share, everyone: Share }))
      .optional(),
    ms: z.number(),
  })
  .openapi("RulePreview");

export const ruleRoutes: readonly Route[] = [
  route({
    method: "post",
    path: "/api/rules/validate",
    scopes: ["rules:write"],
    tag: "Audiences",
    summary: "Check a rule",
    description:
      "Answers with the sentence the rule means, in English and in each language, or with every fault it has; pointers begin at the rule. Stores nothing.",
    body: z.strictObject({ rule: RuleJson }).openapi("RuleBody"),
    reply: z
      .strictObject({
        valid: z.literal(true),
        sentence: z.string().openapi({ example: "People who did “Order Completed” at least 2 times in the last 30 days." }),
        sentences: Sentences,
        warnings: z.array(Warning).openapi({
          description:
            "What is right and yet may surprise: a period cut by the retention; an audience named that is not there, without which a publish is refused; a list that is not there.",
        }),
      })
      .openapi("ValidRule"),
    reasons: ["invalid_rule"],
    async handle({ env, ctx, principal, body, now }) {
      const workspace = await findWorkspace(env, ctx, principal.workspace);
      if (workspace === undefined) throw new Unavailable("R2 does not know the workspace of a live key");
      const checked = checkRule(body.rule, { zone: workspace.timeZone, retentionMs: workspace.retentionMs, now });
      if (!checked.ok) return fail({ reason: "invalid_rule", faults: checked.error });
      const { rule, references, lists, warnings } = checked.value;
      const there = await keysThere(
        database(env.DB),
        principal.workspace,
        references.map(({ key }) => key),
      );
      const missing = references
        .filter(({ key }) => !there.has(key))
        .map(({ key, pointer }) => ({ pointer, code: "unknown_audience", message: `There is no audience “${key}” yet.` }));
      const listed = await listsThere(
        database(env.DB),
        principal.workspace,
        lists.map(({ key }) => key),
      );
      const unlisted = lists
        .filter(({ key }) => !listed.has(key))
        .map(({ key, pointer }) => ({
          pointer,
          code: "unknown_list",
          message: `There is no list “${key}” yet: nobody is on it.`,
        }));
      const sentences = sentencesOf(rule);
      return ok({
        body: { valid: true as const, sentence: sentences.en, sentences, warnings: [...warnings, ...missing, ...unlisted] },
      });
    },
  }),
  route({
    method: "post",
    path: "/api/rules/preview",
    scopes: ["rules:write"],
    tag: "Audiences",
    summary: "Try a rule",
    description:
      "How many people it would select now, from a sample (of few people all), and with `composition` what sets them apart. Stores nothing.",
    body: z.strictObject({ rule: RuleJson, composition: z.boolean().default(false) }).openapi("PreviewBody"),
    reply: Preview,
    reasons: ["invalid_rule"],
    async handle({ env, ctx, principal, body, now }) {
      const workspace = await findWorkspace(env, ctx, principal.workspace);
      if (workspace === undefined) throw new Unavailable("R2 does not know the workspace of a live key");
      const began = Date.now();
      const settings = { zone: workspace.timeZone, retentionMs: workspace.retentionMs };
      const checked = checkRule(body.rule, { ...settings, now });
      if (!checked.ok) return fail({ reason: "invalid_rule", faults: checked.error });
      const named = await rulesNamed(database(env.DB), workspace.id, checked.value, { ...settings, now });
      const rules = [{ key: "", rule: checked.value.rule }, ...named];
      const artifact = flattenRuleset(rules, { workspace: workspace.id, version: 0, ...settings });
      const preview = await previewRule(env, workspace, artifact, body.composition);
      const isSeen = principal.scopes.includes("profiles:read");
      const { size, overlap, sample, composition } = preview;
      return ok({
        body: {
          size,
          overlap: [...overlap],
          sample: isSeen ? [...sample] : [],
          ...(composition === undefined ? {} : { composition: [...composition] }),
          ms: Date.now() - began,
        },
      });
    },
  }),
];

/** Drafts of the audiences that a rule names, and of those that they name; what is not there selects nobody. */
async function rulesNamed(
  db: ReturnType<typeof database>,
  workspace: string,
  { references }: CheckedRule,
  settings: Parameters<typeof checkRule>[1],
): Promise<readonly NamedRule[]> {
  const found = new Map<string, NamedRule>();
  let wanted = references.map(({ key }) => key);
  while (wanted.length > 0) {
    const rows = await Promise.all(wanted.map((key) => audienceStore(db, workspace).find(key)));
    const next: string[] = [];
    for (const row of rows) {
      const checked = row === undefined ? undefined : checkRule(JSON.parse(row.rule) as Json, settings);
      if (row === undefined || checked?.ok !== true) continue;
      found.set(row.key, { key: row.key, rule: checked.value.rule });
      next.push(...checked.value.references.map(({ key }) => key));
    }
    wanted = [...new Set(next)].filter((key) => !found.has(key));
  }
  return [...found.values()];
}
