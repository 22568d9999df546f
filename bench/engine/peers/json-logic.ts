import { LogicEngine } from "json-logic-engine";
import type { TraitCondition } from "../rules.ts";
import { normalForm, type NormalRule } from "./normal-form.ts";
import { inARow } from "./peer.ts";

/** JSON Logic, compiled to functions. */
export const jsonLogic = inARow("json-logic-engine compiled", (rule) => {
  const holds = new LogicEngine().build(logicOf(normalForm(rule)));
  return (traits) => holds(traits) === true;
});

function logicOf(rule: NormalRule): object {
  if (rule.kind === "condition") return rule.holds ? holding(rule.condition) : failing(rule.condition);
  const parts = rule.of.map(logicOf);
  return rule.kind === "all" ? { and: parts } : { or: parts };
}

function holding(condition: TraitCondition): object {
  const value = { var: condition.trait };
  if ("exists" in condition) return { [condition.exists ? "!==" : "==="]: [value, null] };
  if ("eq" in condition) return { "===": [value, condition.eq] };
  if ("in" in condition) return { in: [value, condition.in] };
  if ("gte" in condition) return { ">=": [value, condition.gte] };
  if ("between" in condition) return { "<=": [condition.between[0], value, condition.between[1]] };
  return { in: [condition.contains, value] };
}

function failing(condition: TraitCondition): object {
  const value = { var: condition.trait };
  const present = { "!==": [value, null] };
  if ("exists" in condition) return holding({ ...condition, exists: !condition.exists });
  if ("gte" in condition) return { and: [present, { "<": [value, condition.gte] }] };
  return { and: [present, { "!": holding(condition) }] };
}
