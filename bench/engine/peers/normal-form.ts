import type { Logic, PlainRule, TraitCondition } from "../rules.ts";

/**
 * A rule without `not`, since peers know two values only: "surely false" of a condition is said as a condition that asks
 * for a value first. With that, every peer says exactly what the rule says, of missing traits too.
 */
export type NormalRule =
  | { readonly kind: "all" | "any"; readonly of: readonly NormalRule[] }
  | { readonly kind: "condition"; readonly condition: TraitCondition; readonly holds: boolean };

/** @param holds false for what is true where the rule is surely false */
export function normalForm(rule: PlainRule, holds = true): NormalRule {
  if ("not" in rule) return normalForm(rule.not, !holds);
  if ("all" in rule) return group(rule.all, holds ? "all" : "any", holds);
  if ("any" in rule) return group(rule.any, holds ? "any" : "all", holds);
  return { kind: "condition", condition: rule, holds };
}

function group(parts: readonly Logic<TraitCondition>[], kind: "all" | "any", holds: boolean): NormalRule {
  return { kind, of: parts.map((part) => normalForm(part, holds)) };
}
