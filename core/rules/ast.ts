import type { CalendarUnit } from "../model/local-calendar.ts";

/**
 * A parsed rule: what `parseRule` returns, what the sentence, the interpreter and the artifact are made from. Every value
 * in it is checked; spans are milliseconds; paths are lists of keys.
 */
export type Rule = Group<Rule> | Negation<Rule> | AtLeast | Everyone | Condition;

/** What a rule asks of a person, to be joined by groups. */
export type Condition =
  TraitCondition | EventCondition | SequenceCondition | AudienceCondition | ListCondition | BucketCondition | HouseholdCondition;

export interface Group<Part> {
  readonly kind: "all" | "any" | "none";
  /** At least one. */
  readonly of: readonly Part[];
}

export interface Negation<Part> {
  readonly kind: "not";
  readonly part: Part;
}

export interface AtLeast {
  readonly kind: "atLeast";
  /** From 1 to the size of the group. */
  readonly least: number;
  readonly of: readonly Rule[];
}

export interface Everyone {
  readonly kind: "everyone";
}

/** Own properties to follow, at least one; the first of a trait's path is its top-level key. */
export type Path = readonly string[];

export type Scalar = string | number | boolean;

/** What each operator on a trait or property takes. Adding an operator begins here; the compiler then names what it lacks. */
export interface Operands {
  readonly eq: Scalar;
  readonly ne: Scalar;
  readonly in: readonly Scalar[];
  readonly notIn: readonly Scalar[];
  readonly lt: number;
  readonly lte: number;
  readonly gt: number;
  readonly gte: number;
  readonly between: readonly [number, number];
  readonly exists: boolean;
  readonly contains: string;
  readonly startsWith: string;
  readonly endsWith: string;
  readonly glob: string;
  readonly matches: string;
  readonly hasAny: readonly Scalar[];
  readonly hasAll: readonly Scalar[];
  readonly hasNone: readonly Scalar[];
  readonly size: Compare;
  readonly some: ElementFilter;
  readonly before: WrittenInstant;
  readonly after: WrittenInstant;
  /** Spans in ms. */
  readonly withinLast: number;
  readonly olderThan: number;
  readonly withinNext: number;
  readonly anniversary: { readonly withinNext: number };
  readonly version: VersionCompare;
  /** Blocks as `parseBlock` reads them, at least one. */
  readonly cidr: readonly string[];
  readonly near: Circle;
}

export type Operator = keyof Operands;

/** One operator with its operand, to be asked of a value. */
export type ValueTest<Op extends Operator = Operator> = {
  readonly [P in Op]: { readonly op: P; readonly operand: Operands[P]; readonly ignoreCase: boolean };
}[Op];

export interface TraitCondition {
  readonly kind: "trait";
  readonly path: Path;
  readonly test: ValueTest;
}

/** What an event must be to count; it does when the filter is true. */
export type Filter = Group<Filter> | Negation<Filter> | PropertyFilter | OriginFilter;

export interface PropertyFilter {
  readonly kind: "property";
  readonly path: Path;
  readonly test: ValueTest;
}

/** What an element of an array must be, by its properties: of `some`. */
export type ElementFilter = Group<ElementFilter> | Negation<ElementFilter> | PropertyFilter;

/** What the event itself says of where it came from: never unknown. */
export interface OriginFilter {
  readonly kind: "source" | "party" | "channel";
  readonly is: string;
}

/** Bounds on a number, all of which must hold; at least one. */
export interface Compare {
  readonly eq?: number;
  readonly ne?: number;
  readonly lt?: number;
  readonly lte?: number;
  readonly gt?: number;
  readonly gte?: number;
  readonly between?: readonly [number, number];
}

/** The same over versions, by semver precedence. */
export interface VersionCompare {
  readonly eq?: string;
  readonly ne?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly gt?: string;
  readonly gte?: string;
  readonly between?: readonly [string, string];
}

/** Every place at most `km` from one, in degrees north and east. */
export interface Circle {
  readonly lat: number;
  readonly lon: number;
  readonly km: number;
}

/** A fixed instant, with the words it was written in, for the sentence. */
export interface WrittenInstant {
  readonly ms: number;
  readonly text: string;
}

export type Window =
  /** The whole retained log. */
  | { readonly kind: "retained" }
  /** `now - ms < time <= now` */
  | { readonly kind: "sliding"; readonly ms: number }
  /** `after <= time < before`; one of the two may be missing. */
  | { readonly kind: "absolute"; readonly after?: WrittenInstant; readonly before?: WrittenInstant }
  /** `now - fromMs < time <= now - toMs` */
  | { readonly kind: "offset"; readonly fromMs: number; readonly toMs: number }
  | CalendarWindow
  /** Events of the current session: those of channel web or app in it. */
  | { readonly kind: "session" };

/** The current unit and the `last - 1` before it or, where `complete`, the `last` before the current one. */
export interface CalendarWindow {
  readonly kind: "calendar";
  readonly unit: CalendarUnit;
  /** An integer from 1. */
  readonly last: number;
  readonly complete: boolean;
  /** IANA name of the zone whose dates count. */
  readonly zone: string;
  /** True where the rule names the zone; else it is the workspace's. */
  readonly zoneNamed: boolean;
}

export type Aggregate =
  | { readonly kind: "count"; readonly compare: Compare }
  /** Over numeric values only, exact decimals; of none, 0. */
  | { readonly kind: "sum"; readonly of: Path; readonly compare: Compare }
  /** Distinct local dates in a zone, given by its IANA name. */
  | { readonly kind: "days"; readonly zone: string; readonly compare: Compare }
  /** Over numeric values only; of none, unknown. */
  | { readonly kind: "avg" | "min" | "max"; readonly of: Path; readonly compare: Compare }
  /** Distinct scalars. */
  | { readonly kind: "distinct"; readonly of: Path; readonly compare: Compare }
  /** Asks the value of the earliest or latest event that has one; never whether it exists. */
  | { readonly kind: "first" | "last"; readonly of: Path; readonly test: ValueTest };

/** Which events are meant. */
export interface EventMatch {
  /** Names as `eventName` gives them, at least one; or any track, page or screen call. */
  readonly names: readonly string[] | "*";
  readonly where?: Filter;
}

export interface EventCondition extends EventMatch {
  readonly kind: "event";
  readonly window: Window;
  readonly aggregate: Aggregate;
}

/** Different events one after the other, some choice of which fits (rules.md, "Sequence"). */
export interface SequenceCondition {
  readonly kind: "sequence";
  /** Two to ten; the first has no `withinMs`. */
  readonly steps: readonly SequenceStep[];
  readonly window: Window;
  /** No such event strictly between the first and the last. */
  readonly without?: EventMatch;
  readonly sameSession: boolean;
}

export interface SequenceStep extends EventMatch {
  /** At most so long after the step before, inclusive. */
  readonly withinMs?: number;
}

/** The membership of another live audience; with `forMs`, that it was true at every instant of `[now - forMs, now]`. */
export interface AudienceCondition {
  readonly kind: "audience";
  readonly key: string;
  readonly forMs?: number;
}

/** An identifier of the profile is on an imported list. */
export interface ListCondition {
  readonly kind: "list";
  readonly key: string;
}

/** A uniform, stable share of profiles: `from <= h < to`. */
export interface BucketCondition {
  readonly kind: "bucket";
  readonly salt: string;
  readonly from: number;
  readonly to: number;
}

/** The rule over the household's profile, as last told to this one. */
export interface HouseholdCondition {
  readonly kind: "household";
  readonly rule: Rule;
}
