import { evalCondition, type ConditionInterface } from "@growthbook/growthbook";
import type { TraitCondition } from "../rules.ts";
import { normalForm, type NormalRule } from "./normal-form.ts";
import { inARow } from "./peer.ts";

/** GrowthBook reads the condition anew at every question: there is nothing to make ready. */
export const growthbook = inARow("GrowthBook evalCondition", (rule) => {
  const condition = conditionOf(normalForm(rule));
  return (traits) => evalCondition(traits, condition);
});

function conditionOf(rule: NormalRule): ConditionInterface {
  if (rule.kind === "condition") return rule.holds ? holding(rule.condition) : failing(rule.condition);
  const parts = rule.of.map(conditionOf);
  return rule.kind === "all" ? { $and: parts } : { $or: parts };
}

function holding(condition: TraitCondition): ConditionInterface {
  const { trait } = condition;
  if ("exists" in condition) return { [trait]: { $exists: condition.exists } };
  if ("eq" in condition) return { [trait]: condition.eq };
  if ("in" in condition) return { [trait]: { $in: [...condition.in] } };
  if ("gte" in condition) return { [trait]: { $gte: condition.gte } };
  if ("between" in condition) return { [trait]: { $gte: condition.between[0], $lte: condition.between[1] } };
  return { [trait]: { $regex: condition.contains } };
}

function failing(condition: TraitCondition): ConditionInterface {
  const { trait } = condition;
  if ("exists" in condition) return { [trait]: { $exists: !condition.exists } };
  if ("eq" in condition) return { [trait]: { $exists: true, $not: condition.eq } };
  if ("in" in condition) return { [trait]: { $exists: true, $nin: [...condition.in] } };
  if ("gte" in condition) return { [trait]: { $exists: true, $lt: condition.gte } };
  if ("between" in condition) {
    const [low, high] = condition.between;
    return { $or: [{ [trait]: { $exists: true, $lt: low } }, { [trait]: { $gt: high } }] };
  }
  return { [trait]: { $exists: true, $not: { $regex: condition.contains } } };
}
