import { isJsonObject, jsonEquals, type Json, type JsonObject } from "../../../core/model/json.ts";
import { childPointer } from "../../../core/rules/faults.ts";

/**
 * The builder's model of a rule: the query of react-querybuilder, whose groups are ours and whose leaves carry a whole
 * condition as their value. Nothing is lost on the way there and back, not even what is wrong with a rule.
 */

/** What may be said where: of people, of events (`where`), of elements of a list (`some`). */
export type Grammar = "rule" | "filter" | "element";

export type GroupKind = "all" | "any" | "none" | "atLeast" | "not" | "household";
export type LeafKind =
  | "trait"
  | "event"
  | "sequence"
  | "audience"
  | "list"
  | "bucket"
  | "everyone"
  | "property"
  | "source"
  | "party"
  | "channel"
  /** What is no condition, or not yet. */
  | "raw";

export const GROUPS: Readonly<Record<Grammar, readonly GroupKind[]>> = {
  rule: ["all", "any", "none", "atLeast", "not", "household"],
  filter: ["all", "any", "none", "not"],
  element: ["all", "any", "none", "not"],
};
export const LEAVES: Readonly<Record<Grammar, readonly LeafKind[]>> = {
  rule: ["event", "trait", "sequence", "audience", "list", "bucket", "everyone"],
  filter: ["property", "source", "party", "channel"],
  element: ["property"],
};

export interface Leaf {
  id: string;
  field: LeafKind;
  operator: string;
  value: Json;
}

export interface Query {
  id: string;
  combinator: GroupKind;
  rules: Node[];
  /** Of `atLeast`, as written. */
  least?: Json;
  /** The outermost, which is no group while it has one condition: the rule is that condition. */
  bare?: boolean;
  /** Of `not` and `none` over one comparison: who has no such value is in too. */
  orMissing?: boolean;
}

export type Node = Leaf | Query;

let made = 0;
/** Ids tell nodes apart on one page; they are not stored. */
function newId(): string {
  made += 1;
  return `node-${made}`;
}

export function isGroup(node: Node): node is Query {
  return "rules" in node;
}

export function leafOf(value: Json, grammar: Grammar): Leaf {
  return { id: newId(), field: leafKind(value, grammar), operator: "is", value };
}

export function groupOf(combinator: GroupKind, rules: Node[], rest: Partial<Query> = {}): Query {
  return { id: newId(), combinator, rules, ...(combinator === "atLeast" && { least: 1 }), ...rest };
}

/** @param rule as JSON, right or wrong; an empty object is a rule that says nothing yet */
export function toQuery(rule: Json, grammar: Grammar = "rule"): Query {
  const node = nodeOf(rule, grammar);
  if (isGroup(node) && (node.combinator === "all" || node.combinator === "any")) return node;
  const isEmpty = isJsonObject(rule) && Object.keys(rule).length === 0;
  return groupOf("all", isEmpty ? [] : [node], { bare: true });
}

export function toRule(query: Query): Json {
  if (query.bare !== true || query.rules.length > 1) return ruleOf(query);
  const [only] = query.rules;
  return only === undefined ? {} : ruleOf(only);
}

/** Where in the rule each node is written. @param base where the query is */
export function pointersOf(query: Query, base = ""): ReadonlyMap<string, string> {
  const pointers = new Map<string, string>();
  const walk = (node: Node, pointer: string): void => {
    pointers.set(node.id, pointer);
    if (!isGroup(node)) return;
    const inner = missingBeside(node) === undefined ? pointer : `${pointer}/any/0`;
    for (const [index, part] of node.rules.entries()) walk(part, partPointer(node, inner, index));
  };
  walk(query, base);
  return pointers;
}

/** Nodes that stand below an odd number of negations, where letting somebody in leaves them out. */
export function deniedIn(query: Query): ReadonlySet<string> {
  const denied = new Set<string>();
  const walk = (group: Query, isDenied: boolean): void => {
    const turned = group.combinator === "not" || group.combinator === "none" ? !isDenied : isDenied;
    for (const node of group.rules) {
      if (turned) denied.add(node.id);
      if (isGroup(node)) walk(node, turned);
    }
  };
  walk(query, false);
  return denied;
}

function partPointer(group: Query, pointer: string, index: number): string {
  if (group.bare === true && group.rules.length === 1) return pointer;
  if (isSingle(group.combinator) && group.rules.length === 1) return childPointer(pointer, group.combinator);
  return childPointer(childPointer(pointer, group.combinator === "atLeast" ? "of" : group.combinator), index);
}

/** Those that take one part. */
export function isSingle(kind: GroupKind): boolean {
  return kind === "not" || kind === "household";
}

function nodeOf(rule: Json, grammar: Grammar): Node {
  if (!isJsonObject(rule) || openMissing(rule, grammar) !== undefined) return leafOf(rule, grammar);
  const denied = deniedOrMissing(rule, grammar);
  if (denied !== undefined) return { ...denied, orMissing: true };
  return groupNode(rule, grammar) ?? leafOf(rule, grammar);
}

function groupNode(rule: JsonObject, grammar: Grammar): Query | undefined {
  const keys = Object.keys(rule);
  const kind = GROUPS[grammar].find((group) => Object.hasOwn(rule, group));
  if (kind === undefined) return undefined;
  const parts = kind === "atLeast" ? rule["of"] : rule[kind];
  if (isSingle(kind)) return keys.length === 1 && parts !== undefined ? groupOf(kind, [nodeOf(parts, grammar)]) : undefined;
  if (!Array.isArray(parts) || keys.length !== (kind === "atLeast" ? 2 : 1)) return undefined;
  const nodes = (parts as readonly Json[]).map((part) => nodeOf(part, grammar));
  return groupOf(kind, nodes, kind === "atLeast" ? { least: rule["atLeast"] ?? null } : {});
}

function ruleOf(node: Node): Json {
  if (!isGroup(node)) return node.value;
  const written = groupRule(node);
  const missing = missingBeside(node);
  return missing === undefined ? written : { any: [written, missing] };
}

function groupRule({ combinator, rules, least }: Query): Json {
  const parts = rules.map(ruleOf);
  switch (combinator) {
    case "atLeast":
      return { atLeast: least ?? 1, of: parts };
    case "not":
    case "household":
      // The controls keep it to one part; several are all meant.
      return { [combinator]: parts.length > 1 ? { all: parts } : (parts[0] ?? {}) };
    case "all":
    case "any":
    case "none":
      return { [combinator]: parts };
  }
}

function leafKind(value: Json, grammar: Grammar): LeafKind {
  if (!isJsonObject(value)) return "raw";
  if (openMissing(value, grammar) !== undefined) return subjectOf(grammar);
  const kinds = LEAVES[grammar].filter((kind) => Object.hasOwn(value, kind));
  const [kind] = kinds;
  if (kinds.length !== 1 || kind === undefined) return "raw";
  return GROUPS[grammar].some((group) => Object.hasOwn(value, group)) ? "raw" : kind;
}

/** The key that names what is compared. */
export function subjectOf(grammar: Grammar): "trait" | "property" {
  return grammar === "rule" ? "trait" : "property";
}

/**
 * Opens a comparison that also takes who has no such value: `{"any":[{"trait":P,…},{"trait":P,"exists":false}]}`.
 * @returns the comparison; undefined for anything else
 */
export function openMissing(value: Json, grammar: Grammar): JsonObject | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return undefined;
  const [first, second, ...more] = listOf(value["any"]);
  if (!isComparison(first, grammar) || second === undefined || more.length > 0) return undefined;
  return jsonEquals(second, missingOf(first)) ? first : undefined;
}

/** The other way. */
export function withMissing(comparison: JsonObject): JsonObject {
  return { any: [comparison, missingOf(comparison)] };
}

/** The same of a negation: `{"any":[{"not":{"trait":P,…}},{"trait":P,"exists":false}]}`, with `none` too. */
function deniedOrMissing(rule: JsonObject, grammar: Grammar): Query | undefined {
  if (Object.keys(rule).length !== 1) return undefined;
  const [first, second, ...more] = listOf(rule["any"]);
  if (!isJsonObject(first) || second === undefined || more.length > 0) return undefined;
  const group = groupNode(first, grammar);
  if (group === undefined || !takesMissing(group, grammar)) return undefined;
  return jsonEquals(second, missingOf(soleLeaf(group))) ? group : undefined;
}

/** True of a negation of one comparison, which leaves out who has no value to compare. */
export function takesMissing(group: Query, grammar: Grammar): boolean {
  return (group.combinator === "not" || group.combinator === "none") && isComparison(soleLeaf(group), grammar);
}

function missingBeside(group: Query): JsonObject | undefined {
  const isTaken = group.orMissing === true && (takesMissing(group, "rule") || takesMissing(group, "filter"));
  return isTaken ? missingOf(soleLeaf(group)) : undefined;
}

function soleLeaf({ rules }: Query): Json | undefined {
  const [only, ...more] = rules;
  return only === undefined || more.length > 0 || isGroup(only) ? undefined : only.value;
}

/** True of one that is unknown where there is no value. */
export function isComparison(value: Json | undefined, grammar: Grammar): value is JsonObject {
  return isJsonObject(value) && typeof value[subjectOf(grammar)] === "string" && !Object.hasOwn(value, "exists");
}

function missingOf(comparison: Json | undefined): JsonObject {
  const value = isJsonObject(comparison) ? comparison : {};
  const subject = Object.hasOwn(value, "trait") ? "trait" : "property";
  return { [subject]: value[subject] ?? "", exists: false };
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
