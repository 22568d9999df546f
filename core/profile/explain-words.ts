import { dateAt, firstInstantOf } from "../model/zoned-date.ts";
import type { FlatWindow } from "../rules/artifact.ts";
import type { Condition, EventMatch, ValueTest, Window, WrittenInstant } from "../rules/ast.ts";
import { describeCondition } from "../rules/describe.ts";
import { parsePath } from "../rules/path.ts";
import type { Phrases } from "../rules/phrases.ts";
import type { ExplainNode } from "./explain.ts";

/**
 * A node of an explain tree in a clause about people: a condition as the sentence of its rule has it, a group by how its
 * parts are joined.
 * @param zone the ruleset's time zone: what a rule said in dates of it is said in dates again
 */
export function phraseOf(tree: ExplainNode, zone: string, phrases: Phrases): string {
  switch (tree.kind) {
    case "all":
    case "any":
    case "none":
    case "not":
    case "household":
    case "unavailable":
      return phrases.parts[tree.kind];
    case "atLeast":
      return phrases.parts.atLeast(tree.least, tree.of.length);
    case "everyone":
      return phrases.anyone;
    default:
      return describeCondition(conditionOf(tree, zone), phrases);
  }
}

type ConditionNode = Extract<ExplainNode, { readonly kind: Exclude<Condition["kind"], "household"> }>;

function conditionOf(told: ConditionNode, zone: string): Condition {
  switch (told.kind) {
    case "trait":
      return { kind: "trait", path: parsePath(told.trait) ?? [told.trait], test: writtenTest(told.test, zone) };
    case "event": {
      const { aggregate } = told;
      return { kind: "event", ...matchOf(told), window: writtenWindow(told.window, zone), aggregate };
    }
    case "sequence": {
      const { steps, window, without, sameSession } = told;
      return {
        kind: "sequence",
        steps: steps.map((step) => ({ ...matchOf(step), ...(step.withinMs !== undefined && { withinMs: step.withinMs }) })),
        window: writtenWindow(window, zone),
        ...(without && { without: matchOf(without) }),
        sameSession,
      };
    }
    case "audience":
      return { kind: "audience", key: told.audience, ...(told.forMs !== undefined && { forMs: told.forMs }) };
    case "list":
      return { kind: "list", key: told.list };
    case "bucket":
      return told;
  }
}

function matchOf({ names, where }: EventMatch): EventMatch {
  return { names, ...(where && { where }) };
}

function writtenWindow(window: FlatWindow, zone: string): Window {
  if (window.kind === "calendar") return { ...window, zoneNamed: window.zone !== zone };
  if (window.kind !== "absolute") return window;
  const { after, before } = window;
  return {
    kind: "absolute",
    ...(after !== undefined && { after: written(after, zone) }),
    ...(before !== undefined && { before: written(before, zone) }),
  };
}

function writtenTest(test: ValueTest, zone: string): ValueTest {
  return test.op === "before" || test.op === "after" ? { ...test, operand: written(test.operand.ms, zone) } : test;
}

/** The first instant of a date is said as the date, any other to the second or more exactly. */
function written(ms: number, zone: string): WrittenInstant {
  const date = dateAt(ms, zone);
  const two = (part: number): string => String(part).padStart(2, "0");
  if (firstInstantOf(date, zone) === ms)
    return { ms, text: `${String(date.year).padStart(4, "0")}-${two(date.month)}-${two(date.day)}` };
  return { ms, text: new Date(ms).toISOString().replace(".000Z", "Z") };
}
