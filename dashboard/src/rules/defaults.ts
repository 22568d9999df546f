import type { Json } from "../../../core/model/json.ts";
import { groupOf, leafOf, type Grammar, type GroupKind, type LeafKind, type Node } from "./model.ts";

/** What a new condition says until it is told more: it is right, or what it lacks is a fault at its place. */
export function newCondition(kind: LeafKind): Json {
  switch (kind) {
    case "trait":
      return { trait: "", eq: "" };
    case "event":
      return { event: "", within: "30d" };
    case "sequence":
      return { sequence: [{ event: "" }, { event: "", within: "1d" }], within: "30d" };
    case "audience":
      return { audience: "" };
    case "list":
      return { list: "" };
    case "bucket":
      return { bucket: { salt: "split-1", from: 0, to: 0.5 } };
    case "everyone":
      return { everyone: true };
    case "property":
      return { property: "", eq: "" };
    case "source":
      return { source: "" };
    case "party":
      return { party: "first" };
    case "channel":
      return { channel: "web" };
    case "raw":
      return {};
  }
}

/** With a first condition in it, since a group holds at least one. */
export function newGroup(kind: GroupKind, grammar: Grammar): Node {
  return groupOf(kind, [newNode(grammar === "rule" ? "event" : "property", grammar)]);
}

export function newNode(kind: LeafKind, grammar: Grammar): Node {
  return leafOf(newCondition(kind), grammar);
}

/** What an operator compares with until it is told, in the place of an operand that it does not take. */
export const NEW_OPERANDS = {
  eq: "",
  ne: "",
  in: [],
  notIn: [],
  lt: 0,
  lte: 0,
  gt: 0,
  gte: 0,
  between: [0, 1],
  exists: true,
  contains: "",
  startsWith: "",
  endsWith: "",
  glob: "*",
  matches: "",
  hasAny: [],
  hasAll: [],
  hasNone: [],
  size: { gte: 1 },
  some: {},
  before: "",
  after: "",
  withinLast: "30d",
  olderThan: "30d",
  withinNext: "7d",
  anniversary: { withinNext: "7d" },
  version: { gte: "1.0.0" },
  cidr: [],
  near: { lat: 48.8566, lon: 2.3522, km: 10 },
} as const satisfies Readonly<Record<string, Json>>;

export type OperatorName = keyof typeof NEW_OPERANDS;

/** Operators that take the same operand, which is kept where one becomes the other. */
const ALIKE: readonly (readonly OperatorName[])[] = [
  ["eq", "ne"],
  ["in", "notIn", "hasAny", "hasAll", "hasNone"],
  ["lt", "lte", "gt", "gte"],
  ["contains", "startsWith", "endsWith", "glob", "matches"],
  ["before", "after"],
  ["withinLast", "olderThan", "withinNext"],
];

/** Those beside which `ignoreCase` may stand. */
export const FOLDING: ReadonlySet<string> = new Set<OperatorName>([
  "eq",
  "ne",
  "in",
  "notIn",
  "contains",
  "startsWith",
  "endsWith",
  "glob",
  "matches",
  "hasAny",
  "hasAll",
  "hasNone",
] as const);

export function isOperator(key: string): key is OperatorName {
  return Object.hasOwn(NEW_OPERANDS, key);
}

/** The operand under another operator: kept, put in a list or taken out of one, or begun anew. */
export function operandFor(operator: OperatorName, before: string | undefined, operand: Json | undefined): Json {
  const isAlike = ALIKE.some((ones) => ones.includes(operator) && ones.some((one) => one === before));
  if (operand !== undefined && isAlike) return operand;
  const begun = NEW_OPERANDS[operator];
  const isScalar = typeof operand === "string" || typeof operand === "number" || typeof operand === "boolean";
  if (isScalar && (operator === "eq" || operator === "ne")) return operand;
  if (isScalar && operand !== "" && Array.isArray(begun) && begun.length === 0) return [operand];
  if (typeof operand === typeof begun && isScalar) return operand;
  const [only] = Array.isArray(operand) ? (operand as readonly Json[]) : [];
  return typeof only === typeof begun && (typeof only === "string" || typeof only === "number") ? only : begun;
}
