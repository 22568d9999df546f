/**
 * The part of the rule language that the engine's benchmark asks, as JSON (rules.md). Of traits only what every peer can
 * say too.
 */
export type Logic<Condition> = Condition | AllOf<Condition> | AnyOf<Condition> | Not<Condition>;

export interface AllOf<Condition> {
  readonly all: readonly Logic<Condition>[];
}
export interface AnyOf<Condition> {
  readonly any: readonly Logic<Condition>[];
}
export interface Not<Condition> {
  readonly not: Logic<Condition>;
}

export type Scalar = string | number | boolean;

/** One operator with its operand. */
export type Test = TestOfValue | { readonly exists: boolean };

export type TestOfValue =
  | { readonly eq: Scalar }
  | { readonly in: readonly Scalar[] }
  | { readonly gte: number }
  | { readonly between: readonly [number, number] }
  | { readonly contains: string };

export type TraitCondition = { readonly trait: string } & Test;
export type PropertyTest = { readonly property: string } & Test;
export type Filter = Logic<PropertyTest>;

export interface Calendar {
  readonly calendar: "day" | "week" | "month";
  readonly last: number;
  readonly complete: boolean;
}

/** A span of whole days, or units of the calendar. */
export type Within = `${number}d` | Calendar;

export type Aggregate =
  | { readonly count: Bound }
  | { readonly sum: { readonly of: string } & Bound }
  | { readonly distinct: { readonly of: string } & Bound };

export type Bound = { readonly gte: number } | { readonly lte: number };

export type EventCondition = { readonly event: string; readonly where?: Filter; readonly within?: Within } & Aggregate;

/** Steps of different names, so that no event could be two of them. */
export interface SequenceCondition {
  readonly sequence: readonly [SequenceStep, ...(SequenceStep & { readonly within: `${number}d` })[]];
  readonly within: `${number}d`;
}

export interface SequenceStep {
  readonly event: string;
}

export type PlainRule = Logic<TraitCondition>;
export type MixedRule = Logic<TraitCondition | EventCondition | SequenceCondition>;

export interface Audience<Rule> {
  readonly key: string;
  readonly rule: Rule;
}
