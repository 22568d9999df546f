import sift from "sift";
import type { TraitCondition } from "../rules.ts";
import { normalForm, type NormalRule } from "./normal-form.ts";
import { inARow } from "./peer.ts";

/** MongoDB's queries, compiled once. */
export const siftQueries = inARow("sift", (rule) => {
  const holds = sift(queryOf(normalForm(rule)));
  return (traits) => holds(traits);
});

function queryOf(rule: NormalRule): object {
  if (rule.kind === "condition") return rule.holds ? holding(rule.condition) : failing(rule.condition);
  const parts = rule.of.map(queryOf);
  return rule.kind === "all" ? { $and: parts } : { $or: parts };
}

function holding(condition: TraitCondition): object {
  const { trait } = condition;
  if ("exists" in condition) return { [trait]: { $exists: condition.exists } };
  if ("eq" in condition) return { [trait]: condition.eq };
  if ("in" in condition) return { [trait]: { $in: condition.in } };
  if ("gte" in condition) return { [trait]: { $gte: condition.gte } };
  if ("between" in condition) return { [trait]: { $gte: condition.between[0], $lte: condition.between[1] } };
  return { [trait]: { $regex: condition.contains } };
}

function failing(condition: TraitCondition): object {
  const { trait } = condition;
  if ("exists" in condition) return { [trait]: { $exists: !condition.exists } };
  if ("eq" in condition) return { [trait]: { $exists: true, $ne: condition.eq } };
  if ("in" in condition) return { [trait]: { $exists: true, $nin: condition.in } };
  if ("gte" in condition) return { [trait]: { $lt: condition.gte } };
  if ("between" in condition) {
    const [low, high] = condition.between;
    return { $or: [{ [trait]: { $lt: low } }, { [trait]: { $gt: high } }] };
  }
  return { [trait]: { $exists: true, $not: { $regex: condition.contains } } };
}
