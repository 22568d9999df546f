import { z } from "@hono/zod-openapi";
import { fail, ok } from "../../core/model/result.ts";
import { describeRule } from "../../core/rules/describe.ts";
import { FRENCH } from "../../core/rules/french.ts";
import { parseRule } from "../../core/rules/parse.ts";
import { findWorkspace } from "../auth/cache.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { route, type Route } from "./route.ts";
import { RuleJson } from "./shapes.ts";

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
      })
      .openapi("ValidRule"),
    reasons: ["invalid_rule"],
    async handle({ env, ctx, principal, body }) {
      const workspace = await findWorkspace(env, ctx, principal.workspace);
      if (workspace === undefined) throw new Unavailable("R2 does not know the workspace of a live key");
      const rule = parseRule(body.rule, { zone: workspace.timeZone, retentionMs: workspace.retentionMs });
      if (!rule.ok) return fail({ reason: "invalid_rule", faults: rule.error });
      const sentence = describeRule(rule.value);
      return ok({
        body: { valid: true as const, sentence, sentences: { en: sentence, fr: describeRule(rule.value, FRENCH) } },
      });
    },
  }),
];
