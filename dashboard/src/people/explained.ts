import type { Rule, Window } from "../../../core/rules/ast.ts";
import type { ExplainNode } from "../../../core/profile/explain.ts";
import { describeRule } from "../../../core/rules/describe.ts";
import { FRENCH } from "../../../core/rules/french.ts";
import { parsePath } from "../../../core/rules/path.ts";
import type { Language } from "../i18n/words.ts";

/** A part of an explanation, in the words of the rule's own sentence. @returns undefined where there is no rule to say */
export function sentenceOf(node: ExplainNode, language: Language): string | undefined {
  const rule = ruleOf(node);
  if (rule === undefined) return undefined;
  return language === "fr" ? describeRule(rule, FRENCH) : describeRule(rule);
}

export function partsOf(node: ExplainNode): readonly ExplainNode[] {
  switch (node.kind) {
    case "all":
    case "any":
    case "none":
    case "atLeast":
      return node.of;
    case "not":
      return [node.part];
    default:
      return [];
  }
}

function ruleOf(node: ExplainNode): Rule | undefined {
  switch (node.kind) {
    case "all":
    case "any":
    case "none":
    case "atLeast": {
      const of = node.of.map(ruleOf);
      if (!of.every((part) => part !== undefined)) return undefined;
      return node.kind === "atLeast" ? { kind: "atLeast", least: node.least, of } : { kind: node.kind, of };
    }
    case "not": {
      const part = ruleOf(node.part);
      return part && { kind: "not", part };
    }
    case "everyone":
      return { kind: "everyone" };
    case "trait":
      return { kind: "trait", path: parsePath(node.trait) ?? [node.trait], test: node.test };
    case "event":
      return { ...node, kind: "event", window: windowOf(node.window) };
    case "sequence":
      return { ...node, kind: "sequence", window: windowOf(node.window) };
    case "audience":
      return { kind: "audience", key: node.audience, ...(node.forMs === undefined ? {} : { forMs: node.forMs }) };
    case "list":
      return { kind: "list", key: node.list };
    case "bucket":
      return { kind: "bucket", salt: node.salt, from: node.from, to: node.to };
    case "household":
    case "unavailable":
      return undefined;
  }
}

function windowOf(window: Extract<ExplainNode, { kind: "event" }>["window"]): Window {
  switch (window.kind) {
    case "absolute": {
      const { after, before } = window;
      const written = (ms: number) => ({ ms, text: new Date(ms).toISOString() });
      return {
        kind: "absolute",
        ...(after === undefined ? {} : { after: written(after) }),
        ...(before === undefined ? {} : { before: written(before) }),
      };
    }
    case "calendar":
      return { ...window, zoneNamed: false };
    default:
      return window;
  }
}
