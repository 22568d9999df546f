import type { Rule } from "./ast.ts";

/** Keys of the audiences that a rule names, within what it asks of a household too; each as often as it is named. */
export function audiencesNamedIn(rule: Rule): readonly string[] {
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
      return [rule.key];
    default:
      return [];
  }
}
