import { COMPUTED } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import {
  conditionsIn,
  type FlatEventCondition,
  type FlatLogic,
  type FlatSequence,
  type FlatWindow,
  type Selection,
} from "../rules/artifact.ts";
import type { Aggregate, AudienceCondition, Filter, TraitCondition, ValueTest } from "../rules/ast.ts";
import { newFinding, type Finding } from "../rules/event-window.ts";
import { LogicCode, triAt } from "../rules/logic-code.ts";
import { pathText, readPath } from "../rules/path.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import { truthOf, type Tri, type Truth } from "../rules/truth.ts";
import { chosenEvents } from "./chosen-events.ts";
import { Evaluation } from "./evaluation.ts";
import type { History } from "./history.ts";
import { ConditionReader, type Instant } from "./reader.ts";

/** Events that counted, named at most: the latest. */
const MOST_NAMED = 20;

/** How far the search for a group's next change goes at least, ms, but for so many steps; then the instant reached is told, early but never late. Anniversaries come for 8,000 years. */
const SEARCHED_MS = 20 * 366 * 86_400_000;
const MOST_STEPS = 10_000;

interface Explained {
  readonly value: Truth;
  /** ms: the next instant at which time alone changes this value; null where it never does. */
  readonly nextChange: number | null;
}

interface ExplainedMatch {
  readonly names: readonly string[] | "*";
  readonly where?: Filter;
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
  | (Explained & {
      readonly kind: "sequence";
      readonly steps: readonly (ExplainedMatch & { readonly withinMs?: number })[];
      readonly window: FlatWindow;
      readonly without?: ExplainedMatch;
      readonly sameSession: boolean;
      /** Message ids of a choice of events that fits, by step; none where there is none. */
      readonly saw: { readonly messageIds: readonly string[] };
    })
  | (Explained & {
      readonly kind: "audience";
      readonly audience: string;
      readonly forMs?: number;
      /** Whether the profile is in it now. */
      readonly saw: { readonly member: boolean };
    })
  | (Explained & { readonly kind: "list"; readonly list: string })
  | (Explained & {
      readonly kind: "bucket";
      readonly salt: string;
      readonly from: number;
      readonly to: number;
      /** Where the profile lies, from 0 up to 1. */
      readonly saw: number;
    })
  /** What the household answered; its own profile explains why. */
  | (Explained & { readonly kind: "household"; readonly question: string })
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
    const code = new LogicCode([logic]);
    const explained = this.#follow(this.#evaluation(conditionsIn(logic)), (values) => code.value(0, values));
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
    const condition = this.#ruleset.condition(index);
    if (condition.kind === "audience") return this.#audience(index, condition);
    const finding = this.#finding;
    this.#reader.find(index, this.#instant, finding);
    const explained = { value: truthOf(finding.value), nextChange: finding.next === Infinity ? null : finding.next };
    switch (condition.kind) {
      case "trait":
        return { kind: condition.kind, ...explained, ...this.#trait(condition) };
      case "event":
        return { kind: condition.kind, ...explained, ...this.#events(index, condition, finding) };
      case "sequence":
        return { kind: condition.kind, ...explained, ...this.#sequence(index, condition) };
      case "list":
        return { kind: condition.kind, ...explained, list: condition.key };
      case "bucket":
        return { ...condition, ...explained, saw: this.#reader.share(condition.salt) };
      case "household":
        return { ...condition, ...explained };
    }
  }

  #trait({ path, test }: TraitCondition): { trait: string; test: ValueTest; saw: Json } {
    const { golden } = this.#ruleset;
    const { now } = this.#instant;
    const [key = ""] = path;
    const saw =
      golden === undefined || key === COMPUTED
        ? readPath(this.#history.traitsAt(now), path)
        : readPath(this.#history.contestAt(key, now, golden).winner()?.value, path, 1);
    return { trait: pathText(path), test, saw: saw ?? null };
  }

  #events(index: number, { selection, window, aggregate }: FlatEventCondition, { from, to }: Finding) {
    const program = this.#ruleset.program(index);
    if (program.kind !== "event") throw new Error(`condition ${index} has the program of another`);
    const selected = this.#reader.selected(selection);
    const counted = program.tally.counted(selected, from, to);
    return {
      ...this.#match(selection),
      window,
      aggregate,
      saw: {
        count: counted.length,
        ...(aggregate.kind !== "count" && { [aggregate.kind]: program.tally.show(selected, from, to) }),
        messageIds: counted.slice(-MOST_NAMED).map(({ messageId }) => messageId),
      },
    };
  }

  #sequence(index: number, { steps, window, without, sameSession }: FlatSequence) {
    const chain = this.#reader.findChain(index, this.#instant);
    const events = steps.map(({ selection, withinMs = Infinity }) => ({
      events: this.#reader.selected(selection).events,
      withinMs,
    }));
    const chosen = chain ? chosenEvents(events, chain.start, chain.end) : [];
    return {
      steps: steps.map(({ selection, withinMs }) => ({ ...this.#match(selection), ...(withinMs !== undefined && { withinMs }) })),
      window,
      ...(without !== undefined && { without: this.#match(without) }),
      sameSession,
      saw: { messageIds: chosen.map(({ messageId }) => messageId) },
    };
  }

  #audience(index: number, { key, forMs }: AudienceCondition): ExplainNode {
    const audience = this.#ruleset.graph.audienceOf(index);
    const evaluation = this.#evaluation([index]);
    const member = audience !== undefined && evaluation.isMember(audience);
    const explained = this.#follow(evaluation, (values) => triAt(values, index));
    return { kind: "audience", ...explained, audience: key, ...(forMs !== undefined && { forMs }), saw: { member } };
  }

  #match(selection: number): Omit<Selection, "ofSessions"> {
    const { names = [], where } = this.#ruleset.artifact.selections[selection] ?? {};
    return { names, ...(where && { where }) };
  }

  #evaluation(conditions: Iterable<number>): Evaluation {
    return new Evaluation(this.#reader, this.#instant, this.#ruleset.graph.scopeOf(conditions));
  }

  /** What conditions come to, and when that changes, which they are led to: not every change of one of them is one of the whole. */
  #follow(evaluation: Evaluation, evaluate: (values: Int8Array) => Tri): Explained {
    const value = evaluate(evaluation.values);
    let at = Infinity;
    for (let step = 0; step < MOST_STEPS; step++) {
      at = evaluation.nextChange;
      if (at === Infinity) break;
      evaluation.settle(at);
      if (evaluate(evaluation.values) !== value || at > this.#instant.now + SEARCHED_MS) break;
    }
    return { value: truthOf(value), nextChange: at === Infinity ? null : at };
  }
}
