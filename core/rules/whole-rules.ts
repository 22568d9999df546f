import type { Rule } from "./ast.ts";
import { audiencesNamedIn } from "./named-audiences.ts";

/**
 * Tells which rules are whole: every audience that they name is there, and those that these name, within what they ask of
 * a household too, and none leads back to itself. No other can be evaluated (rules.md, "Other conditions").
 */
export function wholeRules(audiences: readonly { readonly key: string; readonly rule: Rule }[]): (rule: Rule) => boolean {
  const ruleOf = new Map(audiences.map(({ key, rule }) => [key, rule]));
  const known = new Map<Rule, boolean>();
  const isWhole = (rule: Rule): boolean => {
    const held = known.get(rule);
    if (held !== undefined) return held;
    known.set(rule, false); // whoever comes back here while it is looked at goes round
    const whole = audiencesNamedIn(rule).every(({ key }) => {
      const named = ruleOf.get(key);
      return named !== undefined && isWhole(named);
    });
    known.set(rule, whole);
    return whole;
  };
  return isWhole;
}
