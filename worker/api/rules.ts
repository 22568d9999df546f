import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { describeRule } from "../../core/rules/describe.ts";
import { FRENCH } from "../../core/rules/french.ts";
import { checkRule } from "../../core/rules/parse.ts";
import { findWorkspace } from "../auth/cache.ts";
import { keysThere } from "../cold/audiences.ts";
import { listsThere } from "../cold/lists.ts";
import { database } from "../cold/database.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { route, type Route } from "./route.ts";
import { RuleJson, Warning } from "./shapes.ts";

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
        sentences: z.strictObject({ en: z.string(), fr: z.string() }).openapi({
          example: {
            en: "People who did “Order Completed” at least 2 times in the last 30 days.",
            fr: "Personnes qui ont effectué «\u00A0Order Completed\u00A0» au moins 2 fois au cours des 30 derniers jours.",
          },
        }),
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
      const sentence = describeRule(rule);
      const sentences = { en: sentence, fr: describeRule(rule, FRENCH) };
      return ok({ body: { valid: true as const, sentence, sentences, warnings: [...warnings, ...missing, ...unlisted] } });
    },
  }),
];
