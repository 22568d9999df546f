import type { AudienceCondition, Rule } from "./ast.ts";

/** Wherever a rule names another audience, within what it asks of a household too. */
export function audiencesNamedIn(rule: Rule): readonly AudienceCondition[] {
  switch (rule.kind) {
    case "all":
    case "any":
    case "none":
    case "atLeast":
      return rule.of.flatMap(audiencesNamedIn);
    case "not":
      return audiencesNamedIn(rule.part);
    case "household":
      return audiencesNamedIn(rule.rule);
    case "audience":
      return [rule];
    default:
      return [];
  }
}
