import type { FlatCondition, FlatLogic } from "./artifact.ts";
import type { Ruleset } from "./ruleset.ts";

/** Stands for a condition, selection or audience that has no same one in the other ruleset. */
export const NOT_THE_SAME = -1;

/**
 * What two rulesets of a workspace have in common: by that a profile goes on from one to the other and re-derives only
 * what differs. Worked out once for each two, for all profiles of an isolate.
 */
export interface RulesetChange {
  /** By condition of the later ruleset, the same one of the earlier. */
  readonly conditionFrom: Int32Array;
  /** Conditions of the later ruleset that the earlier has not. */
  readonly newConditions: readonly number[];
  /** By selection of the earlier ruleset, the same one of the later. */
  readonly selectionTo: Int32Array;
  /** By audience of the later ruleset, the same one of the earlier, true of the same people: itself and all that it names. */
  readonly audienceFrom: Int32Array;
}

const KNOWN = new WeakMap<Ruleset, WeakMap<Ruleset, RulesetChange>>();

/** @returns undefined where nothing said under the earlier holds under the later: zone, retention or policies of traits are others */
export function changeBetween(before: Ruleset, after: Ruleset): RulesetChange | undefined {
  if (before.zone !== after.zone || before.retentionMs !== after.retentionMs) return undefined;
  if (before.golden?.text !== after.golden?.text) return undefined;
  const held = KNOWN.get(after)?.get(before);
  if (held) return held;
  const change = compare(before, after);
  const known = KNOWN.get(after) ?? new WeakMap<Ruleset, RulesetChange>();
  KNOWN.set(after, known.set(before, change));
  return change;
}

function compare(before: Ruleset, after: Ruleset): RulesetChange {
  const selectionTexts = (ruleset: Ruleset): string[] =>
    ruleset.artifact.selections.map((selection) => JSON.stringify(selection));
  const [earlier, later] = [selectionTexts(before), selectionTexts(after)];
  const conditionTexts = (ruleset: Ruleset, selections: readonly string[]): string[] =>
    ruleset.artifact.conditions.map((condition) => textOf(condition, selections));
  const conditionsBefore = placesOf(conditionTexts(before, earlier));
  const texts = conditionTexts(after, later);
  const conditionFrom = Int32Array.from(texts, (text) => conditionsBefore.get(text) ?? NOT_THE_SAME);
  const audienceFrom = compareAudiences(before, after, conditionFrom);
  const selectionsAfter = placesOf(later);
  return {
    conditionFrom,
    newConditions: [...conditionFrom.keys()].filter((condition) => conditionFrom[condition] === NOT_THE_SAME),
    selectionTo: Int32Array.from(earlier, (text) => selectionsAfter.get(text) ?? NOT_THE_SAME),
    audienceFrom,
  };
}

/** Goes from audiences that name none up to those that name them, and takes back conditions on audiences that are others now. */
function compareAudiences(before: Ruleset, after: Ruleset, conditionFrom: Int32Array): Int32Array {
  const audienceFrom = new Int32Array(after.audienceCount).fill(NOT_THE_SAME);
  for (const condition of after.index.onAudience) {
    if (after.graph.audienceOf(condition) === undefined) conditionFrom[condition] = NOT_THE_SAME;
  }
  for (const audience of after.audiencesByRank()) {
    const old = before.audienceIndex(after.audienceKeys[audience] ?? "");
    const isSame =
      old !== undefined &&
      before.isBroken(old) === after.isBroken(audience) &&
      isSameLogic(after.logicOf(audience), before.logicOf(old), conditionFrom);
    if (isSame) audienceFrom[audience] = old;
    else for (const condition of after.graph.naming(audience)) conditionFrom[condition] = NOT_THE_SAME;
  }
  return audienceFrom;
}

function isSameLogic(logic: FlatLogic, old: FlatLogic, conditionFrom: Int32Array): boolean {
  if (typeof logic === "number" || typeof old === "number") return typeof logic === "number" && conditionFrom[logic] === old;
  switch (logic.kind) {
    case "not":
      return old.kind === "not" && isSameLogic(logic.part, old.part, conditionFrom);
    case "everyone":
      return old.kind === "everyone";
    case "atLeast":
      return old.kind === "atLeast" && logic.least === old.least && areSame(logic.of, old.of, conditionFrom);
    default:
      return old.kind === logic.kind && areSame(logic.of, old.of, conditionFrom);
  }
}

function areSame(parts: readonly FlatLogic[], old: readonly FlatLogic[], conditionFrom: Int32Array): boolean {
  return (
    parts.length === old.length && parts.every((part, index) => isSameLogic(part, old[index] ?? NOT_THE_SAME, conditionFrom))
  );
}

/** What a condition says, its selections in place of their indexes. */
function textOf(condition: FlatCondition, selections: readonly string[]): string {
  if (condition.kind === "event") {
    const { selection, ...rest } = condition;
    return JSON.stringify({ ...rest, selection: selections[selection] });
  }
  if (condition.kind !== "sequence") return JSON.stringify(condition);
  const { steps, without, ...rest } = condition;
  const named = steps.map(({ selection, withinMs }) => [selections[selection], withinMs]);
  return JSON.stringify({ ...rest, steps: named, without: without === undefined ? null : selections[without] });
}

function placesOf(texts: readonly string[]): ReadonlyMap<string, number> {
  return new Map(texts.map((text, index) => [text, index]));
}
