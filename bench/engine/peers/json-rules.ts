import { Engine, type NestedCondition } from "json-rules-engine";
import { TRAIT_NAMES } from "../vocabulary.ts";
import type { TraitCondition } from "../rules.ts";
import { normalForm, type NormalRule } from "./normal-form.ts";
import type { Peer } from "./peer.ts";

/** One engine with one rule an audience, answering through promises. Texts are no matter of its own: it is taught `contains`. */
export const jsonRules: Peer = {
  name: "json-rules-engine",
  prepare: (audiences) => {
    const engine = new Engine();
    engine.addOperator<unknown, string>("textContains", (value, part) => typeof value === "string" && value.includes(part));
    engine.addOperator<unknown, string>("textLacks", (value, part) => typeof value === "string" && !value.includes(part));
    for (const { key, rule } of audiences) {
      engine.addRule({ conditions: { all: [conditionOf(normalForm(rule))] }, event: { type: key } });
    }
    return async (traits) => {
      const facts = Object.fromEntries(TRAIT_NAMES.map((name) => [name, traits[name] ?? null])); // it throws at what is missing
      const { events } = await engine.run(facts);
      return events.map(({ type }) => type).toSorted();
    };
  },
};

function conditionOf(rule: NormalRule): NestedCondition {
  if (rule.kind === "condition") return rule.holds ? holding(rule.condition) : failing(rule.condition);
  const parts = rule.of.map(conditionOf);
  return rule.kind === "all" ? { all: parts } : { any: parts };
}

function holding(condition: TraitCondition): NestedCondition {
  const { trait: fact } = condition;
  if ("exists" in condition) return { fact, operator: condition.exists ? "notEqual" : "equal", value: null };
  if ("eq" in condition) return { fact, operator: "equal", value: condition.eq };
  if ("in" in condition) return { fact, operator: "in", value: condition.in };
  if ("gte" in condition) return { fact, operator: "greaterThanInclusive", value: condition.gte };
  if ("between" in condition) {
    const [low, high] = condition.between;
    return {
      all: [
        { fact, operator: "greaterThanInclusive", value: low },
        { fact, operator: "lessThanInclusive", value: high },
      ],
    };
  }
  return { fact, operator: "textContains", value: condition.contains };
}

function failing(condition: TraitCondition): NestedCondition {
  const { trait: fact } = condition;
  const present = { fact, operator: "notEqual", value: null };
  if ("exists" in condition) return { fact, operator: condition.exists ? "equal" : "notEqual", value: null };
  if ("eq" in condition) return { all: [present, { fact, operator: "notEqual", value: condition.eq }] };
  if ("in" in condition) return { all: [present, { fact, operator: "notIn", value: condition.in }] };
  if ("gte" in condition) return { fact, operator: "lessThan", value: condition.gte };
  if ("between" in condition) {
    const [low, high] = condition.between;
    return {
      any: [
        { fact, operator: "lessThan", value: low },
        { fact, operator: "greaterThan", value: high },
      ],
    };
  }
  return { fact, operator: "textLacks", value: condition.contains };
}
