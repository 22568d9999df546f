import { canonicalJson, type Json } from "../model/json.ts";
import type {
  Aggregate,
  CalendarWindow,
  ElementFilter,
  EventCondition,
  Filter,
  Rule,
  Scalar,
  TraitCondition,
  ValueTest,
  Window,
} from "./ast.ts";

/**
 * All live audiences of a workspace as one plain JSON value: the flat checked form that a publish stores and every
 * isolate loads (code from text is refused there). Equal conditions of all audiences are one; so are equal selections of
 * events, whatever is then asked of them. The format only grows; an engine that meets a kind it does not know matches no
 * one with the audiences that use it.
 */
export interface RulesetArtifact {
  readonly format: 1;
  readonly workspace: string;
  readonly version: number;
  /** IANA name of the workspace's time zone. */
  readonly zone: string;
  readonly retentionMs: number;
  readonly selections: readonly Selection[];
  /** Conditions on events first, in the order of their selections, then those on traits: what is touched together lies together. */
  readonly conditions: readonly FlatCondition[];
  /** Sorted by key, by UTF-16 code units. */
  readonly audiences: readonly { readonly key: string; readonly logic: FlatLogic }[];
}

/** Which events a condition is about. Names are sorted. */
export interface Selection {
  readonly names: readonly string[] | "*";
  readonly where?: Filter;
  /** True where only events that sessions are made of are selected, since what is asked of them is about a session. */
  readonly ofSessions?: true;
}

export type FlatCondition = FlatEventCondition | TraitCondition;

export interface FlatEventCondition {
  readonly kind: "event";
  /** Index into `selections`. */
  readonly selection: number;
  readonly window: FlatWindow;
  readonly aggregate: Aggregate;
}

/** As `Window`, without the words that instants were written in. */
export type FlatWindow =
  | { readonly kind: "retained" }
  | { readonly kind: "sliding"; readonly ms: number }
  | { readonly kind: "absolute"; readonly after?: number; readonly before?: number }
  | { readonly kind: "offset"; readonly fromMs: number; readonly toMs: number }
  | Omit<CalendarWindow, "zoneNamed">
  | { readonly kind: "session" };

/** An index into `conditions`, or a group in the shape the rule was written in, since `explain` shows it so. */
export type FlatLogic =
  | number
  | { readonly kind: "all" | "any" | "none"; readonly of: readonly FlatLogic[] }
  | { readonly kind: "not"; readonly part: FlatLogic }
  | { readonly kind: "atLeast"; readonly least: number; readonly of: readonly FlatLogic[] }
  | { readonly kind: "everyone" };

/** Every condition that a logic holds, once. */
export function conditionsIn(logic: FlatLogic, found = new Set<number>()): ReadonlySet<number> {
  if (typeof logic === "number") found.add(logic);
  else if (logic.kind === "not") conditionsIn(logic.part, found);
  else if (logic.kind !== "everyone") for (const part of logic.of) conditionsIn(part, found);
  return found;
}

/** Flattens parsed rules. The same audiences give the same artifact, in whatever order they come. */
export function flattenRuleset(
  audiences: readonly { readonly key: string; readonly rule: Rule }[],
  settings: { readonly workspace: string; readonly version: number; readonly zone: string; readonly retentionMs: number },
): RulesetArtifact {
  const leaves = new Map<Leaf, FlatLeaf>();
  for (const { rule } of audiences) collectLeaves(rule, leaves);
  const { selections, conditions, indexOf } = number(leaves);
  const flat = audiences.map(({ key, rule }) => ({ key, logic: flattenLogic(rule, indexOf) }));
  const inOrder = flat.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const { workspace, version, zone, retentionMs } = settings;
  return { format: 1, workspace, version, zone, retentionMs, selections, conditions, audiences: inOrder };
}

type Leaf = EventCondition | TraitCondition;

interface FlatLeaf {
  /** Undefined for a condition on a trait. */
  readonly selection: Selection | undefined;
  readonly selectionText: string;
  readonly condition: Omit<FlatEventCondition, "selection"> | TraitCondition;
  readonly conditionText: string;
}

function collectLeaves(rule: Rule, leaves: Map<Leaf, FlatLeaf>): void {
  switch (rule.kind) {
    case "all":
    case "any":
    case "none":
    case "atLeast":
      for (const part of rule.of) collectLeaves(part, leaves);
      return;
    case "not":
      collectLeaves(rule.part, leaves);
      return;
    case "everyone":
      return;
    case "event":
    case "trait":
      leaves.set(rule, flattenLeaf(rule));
  }
}

function flattenLeaf(leaf: Leaf): FlatLeaf {
  if (leaf.kind === "trait") {
    const condition = { ...leaf, test: normalTest(leaf.test) };
    return { selection: undefined, selectionText: "", condition, conditionText: textOf(condition) };
  }
  const names = leaf.names === "*" ? leaf.names : [...new Set(leaf.names)].toSorted();
  const selection: Selection = {
    names,
    ...(leaf.where && { where: normalFilter(leaf.where) }),
    ...(leaf.window.kind === "session" && { ofSessions: true }),
  };
  const condition = { kind: leaf.kind, window: flattenWindow(leaf.window), aggregate: flattenAggregate(leaf.aggregate) };
  return { selection, selectionText: textOf(selection), condition, conditionText: textOf(condition) };
}

/** Gives each different selection and each different condition its place, in an order that depends on nothing but them. */
function number(leaves: ReadonlyMap<Leaf, FlatLeaf>): {
  selections: Selection[];
  conditions: FlatCondition[];
  indexOf: ReadonlyMap<Leaf, number>;
} {
  const inOrder = [...leaves].toSorted(([, a], [, b]) => compareLeaves(a, b));
  const selections: Selection[] = [];
  const conditions: FlatCondition[] = [];
  const indexOf = new Map<Leaf, number>();
  let before: FlatLeaf | undefined;
  for (const [leaf, flat] of inOrder) {
    const newSelection = before?.selectionText !== flat.selectionText;
    if (flat.selection && newSelection) selections.push(flat.selection);
    if (newSelection || before?.conditionText !== flat.conditionText) {
      const { condition } = flat;
      conditions.push(condition.kind === "trait" ? condition : { ...condition, selection: selections.length - 1 });
    }
    indexOf.set(leaf, conditions.length - 1);
    before = flat;
  }
  return { selections, conditions, indexOf };
}

function compareLeaves(a: FlatLeaf, b: FlatLeaf): number {
  if (a.condition.kind !== b.condition.kind) return a.condition.kind === "event" ? -1 : 1;
  if (a.selectionText !== b.selectionText) return a.selectionText < b.selectionText ? -1 : 1;
  if (a.conditionText !== b.conditionText) return a.conditionText < b.conditionText ? -1 : 1;
  return 0;
}

function flattenLogic(rule: Rule, indexOf: ReadonlyMap<Leaf, number>): FlatLogic {
  switch (rule.kind) {
    case "all":
    case "any":
    case "none":
      return { kind: rule.kind, of: rule.of.map((part) => flattenLogic(part, indexOf)) };
    case "atLeast":
      return { kind: rule.kind, least: rule.least, of: rule.of.map((part) => flattenLogic(part, indexOf)) };
    case "not":
      return { kind: rule.kind, part: flattenLogic(rule.part, indexOf) };
    case "everyone":
      return rule;
    case "event":
    case "trait": {
      const index = indexOf.get(rule);
      if (index === undefined) throw new Error("a condition of the rule was not collected");
      return index;
    }
  }
}

function flattenWindow(window: Window): FlatWindow {
  if (window.kind === "calendar") {
    const { kind, unit, last, complete, zone } = window;
    return { kind, unit, last, complete, zone };
  }
  if (window.kind !== "absolute") return window;
  const { after, before } = window;
  return { kind: "absolute", ...(after && { after: after.ms }), ...(before && { before: before.ms }) };
}

function flattenAggregate(aggregate: Aggregate): Aggregate {
  if (aggregate.kind !== "first" && aggregate.kind !== "last") return aggregate;
  return { ...aggregate, test: normalTest(aggregate.test) };
}

function normalFilter(filter: Filter): Filter {
  switch (filter.kind) {
    case "all":
    case "any":
    case "none":
      return { kind: filter.kind, of: filter.of.map(normalFilter) };
    case "not":
      return { kind: filter.kind, part: normalFilter(filter.part) };
    case "property":
      return { ...filter, test: normalTest(filter.test) };
    case "source":
    case "party":
    case "channel":
      return filter;
  }
}

/** Tests that mean the same become the same: nothing lies in the order and repetition of a list, nor in how a date is written. */
function normalTest(test: ValueTest): ValueTest {
  switch (test.op) {
    case "in":
    case "notIn":
    case "hasAny":
    case "hasAll":
    case "hasNone":
      return { ...test, operand: normalList(test.operand) };
    case "cidr":
      return { ...test, operand: normalList(test.operand) };
    case "before":
    case "after":
      return { ...test, operand: { ms: test.operand.ms, text: new Date(test.operand.ms).toISOString() } };
    case "some":
      return { ...test, operand: normalElement(test.operand) };
    default:
      return test;
  }
}

function normalElement(filter: ElementFilter): ElementFilter {
  switch (filter.kind) {
    case "all":
    case "any":
    case "none":
      return { kind: filter.kind, of: filter.of.map(normalElement) };
    case "not":
      return { kind: filter.kind, part: normalElement(filter.part) };
    case "property":
      return { ...filter, test: normalTest(filter.test) };
  }
}

function normalList<Value extends Scalar>(values: readonly Value[]): readonly Value[] {
  const byText = new Map<string, Value>(values.map((value) => [JSON.stringify(value), value]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** Canonical text of a part of the artifact: all of it is JSON, which its types, having optional members, cannot say. */
function textOf(part: object): string {
  const json: Json = JSON.parse(JSON.stringify(part));
  return canonicalJson(json);
}
