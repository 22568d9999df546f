import { z } from "@hono/zod-openapi";
import type { Json } from "../../core/model/json.ts";

/** Shapes that several routes share. */

export const KEY_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;

export const Key = z
  .string()
  .regex(KEY_PATTERN)
  .openapi({ description: "Yours to choose; lower case, digits and hyphens.", example: "cart-abandoners" });

export const KeyParams = z.strictObject({ key: Key });

export const Name = z.string().trim().min(1).max(200).openapi({ description: "What people see.", example: "Cart abandoners" });

export const Time = z.string().openapi({ format: "date-time", example: "2026-03-01T12:00:00.000Z" });

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A rule as JSON: whether it is one says the parser of the rule language, which names every fault. */
export const RuleJson = z
  .custom<Json>((value) => value !== undefined, {
    error: "This field is needed.",
    params: { code: "missing" },
  })
  .openapi("Rule", {
    type: "object",
    description: "A rule of the rule language.",
    example: { event: "Order Completed", within: "30d", count: { gte: 2 } },
  });

/** What a placement is filled with, as any JSON. */
export const Content = z
  .custom<Json>((value) => value !== undefined)
  .openapi("Content", {
    type: ["object", "array", "string", "number", "boolean", "null"],
    description: "What a page, an app or a mail makes something of.",
    example: { title: "Welcome" },
  });

/** What is right in a rule and yet may surprise. */
export const Warning = z.strictObject({
  pointer: z.string().openapi({ description: "JSON Pointer into the rule." }),
  code: z.string(),
  message: z.string(),
});

/** A named shape or nothing: `.nullable()` of one would make the name itself mean nothing too, wherever it stands. */
export function orNull<T extends z.ZodType>(shape: T) {
  return z.union([shape, z.null()]);
}

/** What a rule means, in each language. */
export const Sentences = z.strictObject({ en: z.string(), fr: z.string() }).openapi("Sentences", {
  example: {
    en: "People who did “Order Completed” at least 2 times in the last 30 days.",
    fr: "Personnes qui ont effectué «\u00A0Order Completed\u00A0» au moins 2 fois au cours des 30 derniers jours.",
  },
});
