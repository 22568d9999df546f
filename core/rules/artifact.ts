import type {
  Aggregate,
  AudienceCondition,
  BucketCondition,
  CalendarWindow,
  Filter,
  ListCondition,
  TraitCondition,
} from "./ast.ts";
import type { GoldenRules } from "./golden-policy.ts";

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
  /** Which value of a trait wins; absent, as in artifacts from before there was a choice, where that is the latest. */
  readonly golden?: GoldenRules;
  readonly selections: readonly Selection[];
  /** Conditions on events first, in the order of their selections, then the other kinds: what is touched together lies together. */
  readonly conditions: readonly FlatCondition[];
  /** Sorted by key, by UTF-16 code units. */
  readonly audiences: readonly FlatAudience[];
  /**
   * What households are asked, as a ruleset of its own that their profiles evaluate: for each question an audience under
   * its name for who answers true, one under `!` and its name for who answers false, and the audiences they name.
   */
  readonly households?: RulesetArtifact;
}

export interface FlatAudience {
  readonly key: string;
  readonly logic: FlatLogic;
}

/** Which events a condition is about. Names are sorted. */
export interface Selection {
  readonly names: readonly string[] | "*";
  readonly where?: Filter;
  /** True where only events that sessions are made of are selected, since what is asked of them is about a session. */
  readonly ofSessions?: true;
}

/** `audience`, `list` and `bucket` are as the rule has them. */
export type FlatCondition =
  FlatEventCondition | FlatSequence | TraitCondition | AudienceCondition | ListCondition | BucketCondition | FlatHousehold;

export interface FlatEventCondition {
  readonly kind: "event";
  /** Index into `selections`. */
  readonly selection: number;
  readonly window: FlatWindow;
  readonly aggregate: Aggregate;
}

export interface FlatSequence {
  readonly kind: "sequence";
  readonly steps: readonly FlatStep[];
  readonly window: FlatWindow;
  /** Index of the selection of events that must not lie between. */
  readonly without?: number;
  readonly sameSession: boolean;
}

export interface FlatStep {
  /** Index into `selections`. */
  readonly selection: number;
  readonly withinMs?: number;
}

/** The rule itself is in `households`, under its question. */
export interface FlatHousehold {
  readonly kind: "household";
  /** As `householdQuestion` gives it. */
  readonly question: string;
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

/** The selections that a condition reads, each once. */
export function selectionsOf(condition: FlatCondition): Iterable<number> {
  if (condition.kind === "event") return [condition.selection];
  if (condition.kind !== "sequence") return [];
  const { steps, without } = condition;
  return new Set([...steps.map(({ selection }) => selection), ...(without === undefined ? [] : [without])]);
}
