import { canonicalJson, type Json } from "../model/json.ts";
import type {
  Aggregate,
  AtLeast,
  Condition,
  EventMatch,
  Everyone,
  Group,
  HouseholdCondition,
  Negation,
  Rule,
  Window,
} from "./ast.ts";
import type {
  FlatAudience,
  FlatCondition,
  FlatEventCondition,
  FlatLogic,
  FlatSequence,
  FlatWindow,
  RulesetArtifact,
  Selection,
} from "./artifact.ts";
import type { GoldenRules } from "./golden-policy.ts";
import { householdQuestion } from "./household-question.ts";
import { audiencesNamedIn } from "./named-audiences.ts";
import { normalFilter, normalTest } from "./normal-form.ts";
import { wholeRules } from "./whole-rules.ts";

export interface NamedRule {
  readonly key: string;
  readonly rule: Rule;
}

export interface FlattenSettings {
  readonly workspace: string;
  readonly version: number;
  readonly zone: string;
  readonly retentionMs: number;
  readonly golden?: GoldenRules | undefined;
}

/** Flattens parsed rules. The same audiences give the same artifact, in whatever order they come. */
export function flattenRuleset(audiences: readonly NamedRule[], settings: FlattenSettings): RulesetArtifact {
  const conditions = audiences.flatMap(({ rule }) => conditionsOf(rule));
  const selected = new Map(conditions.map((condition) => [condition, selectionsOf(condition)]));
  const selections = inOrder([...selected.values()].flat());
  const flatOf = new Map(
    conditions.map((condition) => {
      const indexes = (selected.get(condition) ?? []).map((selection) => selections.indexOf(selection));
      return [condition, flattenCondition(condition, indexes)];
    }),
  );
  const flat = inOrder([...flatOf.values()]);
  const indexOf = (condition: Condition): number => flat.indexOf(flatOf.get(condition));
  const households = conditions.filter((condition) => condition.kind === "household");
  const isWhole = households.length > 0 ? wholeRules(audiences) : () => false;
  const asked = households.filter(({ rule }) => isWhole(rule));
  const { workspace, version, zone, retentionMs, golden } = settings;
  return {
    format: 1,
    workspace,
    version,
    zone,
    retentionMs,
    ...(golden && { golden }),
    selections: selections.values,
    conditions: flat.values,
    audiences: audiences.map(({ key, rule }) => ({ key, logic: flattenLogic(rule, indexOf) })).toSorted(byKey),
    ...(asked.length > 0 && { households: flattenRuleset(questions(asked, audiences), settings) }),
  };
}

/**
 * The rules that households are asked, once true and once false, with all audiences that these name. One that cannot be
 * evaluated is left out, and who asks it matches no one.
 */
function questions(asked: readonly HouseholdCondition[], audiences: readonly NamedRule[]): readonly NamedRule[] {
  const rules = new Map<string, Rule>();
  const addNamed = (rule: Rule): void => {
    for (const { key } of audiencesNamedIn(rule)) {
      const named = audiences.find((audience) => audience.key === key);
      if (named === undefined || rules.has(key)) continue;
      rules.set(key, named.rule);
      addNamed(named.rule);
    }
  };
  for (const { rule } of asked) {
    const question = householdQuestion(rule);
    rules.set(question, rule);
    rules.set(`!${question}`, { kind: "not", part: rule });
    addNamed(rule);
  }
  return [...rules].map(([key, rule]) => ({ key, rule }));
}

/** Every condition of a rule; what is asked of a household belongs to its own ruleset. */
function conditionsOf(rule: Rule): readonly Condition[] {
  switch (rule.kind) {
    case "all":
    case "any":
    case "none":
    case "atLeast":
      return rule.of.flatMap(conditionsOf);
    case "not":
      return conditionsOf(rule.part);
    case "everyone":
      return [];
    default:
      return [rule];
  }
}

/** Selections in the order of a sequence's steps, that of `without` last. */
function selectionsOf(condition: Condition): readonly Selection[] {
  if (condition.kind === "event") return [flattenMatch(condition, condition.window.kind === "session")];
  if (condition.kind !== "sequence") return [];
  const { steps, window, without, sameSession } = condition;
  const ofSessions = sameSession || window.kind === "session";
  return [...steps.map((step) => flattenMatch(step, ofSessions)), ...(without ? [flattenMatch(without, false)] : [])];
}

/** @param ofSessions whether only events that sessions are made of can count */
function flattenMatch({ names, where }: EventMatch, ofSessions: boolean): Selection {
  return {
    names: names === "*" ? names : [...new Set(names)].toSorted(),
    ...(where && { where: normalFilter(where) }),
    ...(ofSessions && { ofSessions: true }),
  };
}

/** @param selected indexes of its selections */
function flattenCondition(condition: Condition, selected: readonly number[]): FlatCondition {
  switch (condition.kind) {
    case "event": {
      const { window, aggregate } = condition;
      const flat: FlatEventCondition = {
        kind: "event",
        selection: selected[0] ?? 0,
        window: flattenWindow(window),
        aggregate: flattenAggregate(aggregate),
      };
      return flat;
    }
    case "sequence": {
      const { steps, window, without, sameSession } = condition;
      const flat: FlatSequence = {
        kind: "sequence",
        steps: steps.map(({ withinMs }, index) => ({
          selection: selected[index] ?? 0,
          ...(withinMs !== undefined && { withinMs }),
        })),
        window: flattenWindow(window),
        ...(without && { without: selected.at(-1) ?? 0 }),
        sameSession,
      };
      return flat;
    }
    case "trait":
      return { ...condition, test: normalTest(condition.test) };
    case "household":
      return { kind: "household", question: householdQuestion(condition.rule) };
    case "audience":
    case "list":
    case "bucket":
      return condition;
  }
}

/** Different values in an order that depends on nothing but them. */
interface InOrder<Value> {
  readonly values: readonly Value[];
  /** Of one of the values that it was made from. @throws for any other */
  indexOf(value: Value | undefined): number;
}

function inOrder<Value extends Selection | FlatCondition>(all: readonly Value[]): InOrder<Value> {
  const textOfEach = new Map<Value | undefined, string>();
  const byText = new Map<string, Value>();
  for (const value of all) {
    const text = textOf(value);
    textOfEach.set(value, text);
    byText.set(text, value);
  }
  const sorted = [...byText].toSorted(([a, one], [b, other]) => compareParts(one, other) || (a < b ? -1 : 1));
  const places = new Map(sorted.map(([text], index) => [text, index]));
  return {
    values: sorted.map(([, value]) => value),
    indexOf: (value) => {
      const place = places.get(textOfEach.get(value) ?? "");
      if (place === undefined) throw new Error("a part of the rule was not collected");
      return place;
    },
  };
}

const KINDS: Readonly<Record<FlatCondition["kind"], number>> = {
  event: 0,
  sequence: 1,
  trait: 2,
  list: 3,
  household: 4,
  bucket: 5,
  audience: 6,
};

function compareParts(a: Selection | FlatCondition, b: Selection | FlatCondition): number {
  if (!("kind" in a) || !("kind" in b)) return 0;
  if (a.kind === "event" && b.kind === "event") return a.selection - b.selection;
  return KINDS[a.kind] - KINDS[b.kind];
}

function flattenLogic(rule: Rule, indexOf: (condition: Condition) => number): FlatLogic {
  switch (rule.kind) {
    case "all":
    case "any":
    case "none":
    case "atLeast":
    case "not":
    case "everyone":
      return flattenGroup(rule, indexOf);
    default:
      return indexOf(rule);
  }
}

function flattenGroup(
  rule: Group<Rule> | Negation<Rule> | AtLeast | Everyone,
  indexOf: (condition: Condition) => number,
): FlatLogic {
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

function byKey(a: FlatAudience, b: FlatAudience): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** Canonical text of a part of the artifact: all of it is JSON, which its types, having optional members, cannot say. */
function textOf(part: object): string {
  const json: Json = JSON.parse(JSON.stringify(part));
  return canonicalJson(json);
}
