import type { Json } from "../model/json.ts";
import { conditionsIn, type FlatEventCondition, type FlatLogic, type FlatWindow } from "../rules/artifact.ts";
import type { Aggregate, Filter, TraitCondition, ValueTest } from "../rules/ast.ts";
import { newFinding, type EventProgram, type Finding } from "../rules/event-window.ts";
import { pathText, readPath } from "../rules/path.ts";
import { compileLogic } from "../rules/program.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { truthOf, type Truth } from "../rules/truth.ts";
import type { History } from "./history.ts";
import { ConditionReader, type Instant } from "./reader.ts";

/** Events that counted, named at most: the latest. */
const MOST_NAMED = 20;

/** Steps that the search for a group's next change takes at most; then the instant reached is told, early but never late. */
const MOST_STEPS = 10_000;

interface Explained {
  readonly value: Truth;
  /** ms: the next instant at which time alone changes this value; null where it never does. */
  readonly nextChange: number | null;
}

/** A rule as a tree, with what each part saw and said at an instant (rules.md, "Explain"). Groups are as they were written. */
export type ExplainNode =
  | (Explained & { readonly kind: "all" | "any" | "none"; readonly of: readonly ExplainNode[] })
  | (Explained & { readonly kind: "atLeast"; readonly least: number; readonly of: readonly ExplainNode[] })
  | (Explained & { readonly kind: "not"; readonly part: ExplainNode })
  | (Explained & { readonly kind: "everyone" })
  | (Explained & {
      readonly kind: "trait";
      readonly trait: string;
      readonly test: ValueTest;
      /** The value; null where there is none. */
      readonly saw: Json;
    })
  | (Explained & {
      readonly kind: "event";
      readonly names: readonly string[] | "*";
      readonly where?: Filter;
      readonly window: FlatWindow;
      readonly aggregate: Aggregate;
      readonly saw: {
        readonly count: number;
        /** Of a sum. */
        readonly sum?: Json;
        readonly days?: Json;
        /** Rounded, for showing; null of no number. */
        readonly avg?: Json;
        readonly min?: Json;
        readonly max?: Json;
        readonly distinct?: Json;
        /** The value of the earliest or latest event that has one; null where none has. */
        readonly first?: Json;
        readonly last?: Json;
        /** Message ids of the events that counted, the latest 20 in log order. */
        readonly messageIds: readonly string[];
      };
    })
  /** No such audience, or one that this engine cannot evaluate: it matches no one. */
  | (Explained & { readonly kind: "unavailable" });

/** Explains an audience at any instant, with the code that decides. */
export function explainAt(ruleset: Ruleset, history: History, key: string, instant: Instant): ExplainNode {
  const audience = ruleset.audienceIndex(key);
  const flat = audience === undefined || ruleset.isBroken(audience) ? undefined : ruleset.artifact.audiences[audience];
  if (!flat) return { kind: "unavailable", value: false, nextChange: null };
  return new Explainer(ruleset, history, instant).explain(flat.logic);
}

class Explainer {
  readonly #ruleset: Ruleset;
  readonly #history: History;
  readonly #reader: ConditionReader;
  readonly #instant: Instant;
  readonly #finding: Finding = newFinding();

  constructor(ruleset: Ruleset, history: History, instant: Instant) {
    this.#ruleset = ruleset;
    this.#history = history;
    this.#reader = new ConditionReader(ruleset, history);
    this.#instant = instant;
  }

  explain(logic: FlatLogic): ExplainNode {
    if (typeof logic === "number") return this.#condition(logic);
    const explained = this.#group(logic);
    switch (logic.kind) {
      case "all":
      case "any":
      case "none":
        return { kind: logic.kind, ...explained, of: logic.of.map((part) => this.explain(part)) };
      case "atLeast":
        return { kind: logic.kind, least: logic.least, ...explained, of: logic.of.map((part) => this.explain(part)) };
      case "not":
        return { kind: logic.kind, ...explained, part: this.explain(logic.part) };
      case "everyone":
        return { kind: logic.kind, ...explained };
    }
  }

  #condition(index: number): ExplainNode {
    const condition = this.#ruleset.artifact.conditions[index];
    const program = this.#ruleset.program(index);
    if (!condition) throw new Error(`no condition ${index}`);
    const finding = this.#finding;
    this.#reader.find(index, this.#instant, finding);
    const explained = { value: truthOf(finding.value), nextChange: finding.next === Infinity ? null : finding.next };
    if (condition.kind === "trait") return { kind: condition.kind, ...explained, ...this.#trait(condition) };
    if (program.kind === "trait") throw new Error(`condition ${index} has the program of another`);
    return { kind: condition.kind, ...explained, ...this.#events(condition, program, finding) };
  }

  #trait({ path, test }: TraitCondition): { trait: string; test: ValueTest; saw: Json } {
    return { trait: pathText(path), test, saw: readPath(this.#history.traitsAt(this.#instant.now), path) ?? null };
  }

  #events({ selection, window, aggregate }: FlatEventCondition, program: EventProgram, { from, to }: Finding) {
    const { names = [], where } = this.#ruleset.artifact.selections[selection] ?? {};
    const selected = this.#reader.selected(selection);
    const counted = program.tally.counted(selected, from, to);
    return {
      names,
      ...(where && { where }),
      window,
      aggregate,
      saw: {
        count: counted.length,
        ...(aggregate.kind !== "count" && { [aggregate.kind]: program.tally.show(selected, from, to) }),
        messageIds: counted.slice(-MOST_NAMED).map(({ messageId }) => messageId),
      },
    };
  }

  /** Value of a group, and its next change: not every change of a part is one of the group. */
  #group(logic: FlatLogic): Explained {
    const evaluate = compileLogic(logic);
    const values = new Int8Array(this.#ruleset.conditionCount);
    const due = new Map<number, number>();
    const finding = this.#finding;
    const settle = (condition: number, at: number): void => {
      this.#reader.find(condition, { now: at, present: Math.max(at, this.#instant.present) }, finding);
      values[condition] = finding.value;
      due.set(condition, finding.next);
    };
    for (const condition of conditionsIn(logic)) settle(condition, this.#instant.now);
    const value = evaluate(values);
    let at = Infinity;
    for (let step = 0; step < MOST_STEPS; step++) {
      at = Math.min(Infinity, ...due.values());
      if (at === Infinity) break;
      for (const [condition, next] of due) if (next === at) settle(condition, at);
      if (evaluate(values) !== value) break;
    }
    return { value: truthOf(value), nextChange: at === Infinity ? null : at };
  }
}
