import type { Aggregate, EventCondition, EventMatch, Filter, Rule, ValueTest } from "../../core/rules/ast.ts";

export interface RuleSize {
  /** Conditions, groups and filters. */
  readonly nodes: number;
  /** Values that are compared with, and names of events. */
  readonly operands: number;
}

const EVERYONE: RuleSize = { nodes: 1, operands: 0 };

/** How much a parsed rule weighs towards the limits of its workspace, counted as the parser counts towards those of one rule, but that a count left unwritten is one operand. */
export function measureRule(rule: Rule): RuleSize {
  switch (rule.kind) {
    case "all":
    case "any":
    case "none":
    case "atLeast":
      return group(rule.of.map(measureRule));
    case "not":
      return group([measureRule(rule.part)]);
    case "everyone":
      return EVERYONE;
    case "trait":
      return group([measureTest(rule.test)]);
    case "event":
      return measureEvent(rule);
    case "sequence":
      return group([...rule.steps, ...(rule.without ? [rule.without] : [])].map(measureMatch));
    case "household":
      return group([measureRule(rule.rule)]);
    case "audience":
    case "list":
    case "bucket":
      return { nodes: 1, operands: 1 };
  }
}

function measureEvent(condition: EventCondition): RuleSize {
  const { nodes, operands } = measureMatch(condition);
  const aggregate = measureAggregate(condition.aggregate);
  return { nodes: nodes + aggregate.nodes, operands: operands + aggregate.operands };
}

/** Events of one kind weigh as a condition, in a sequence too. */
function measureMatch({ names, where }: EventMatch): RuleSize {
  const own = { nodes: 0, operands: names === "*" ? 0 : names.length };
  return group([own, ...(where === undefined ? [] : [measureFilter(where)])]);
}

function measureFilter(filter: Filter): RuleSize {
  switch (filter.kind) {
    case "all":
    case "any":
    case "none":
      return group(filter.of.map(measureFilter));
    case "not":
      return group([measureFilter(filter.part)]);
    case "property":
      return group([measureTest(filter.test)]);
    case "source":
    case "party":
    case "channel":
      return { nodes: 1, operands: 1 };
  }
}

function group(parts: readonly RuleSize[]): RuleSize {
  let nodes = 1;
  let operands = 0;
  for (const part of parts) {
    nodes += part.nodes;
    operands += part.operands;
  }
  return { nodes, operands };
}

/** A list weighs its length, a filter over elements what it holds. */
function measureTest(test: ValueTest): RuleSize {
  switch (test.op) {
    case "in":
    case "notIn":
    case "hasAny":
    case "hasAll":
    case "hasNone":
    case "cidr":
      return { nodes: 0, operands: test.operand.length };
    case "some":
      return measureFilter(test.operand);
    default:
      return { nodes: 0, operands: 1 };
  }
}

function measureAggregate(aggregate: Aggregate): RuleSize {
  return "test" in aggregate ? measureTest(aggregate.test) : { nodes: 0, operands: Object.keys(aggregate.compare).length };
}
