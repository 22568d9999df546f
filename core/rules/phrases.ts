import type { Aggregate, BucketCondition, OriginFilter, ValueTest, Window } from "./ast.ts";

/** Which events are meant, their filter already in words. */
export interface MatchWords {
  readonly names: readonly string[] | "*";
  readonly where: string | undefined;
}

/** A condition on events. */
export interface EventWords extends MatchWords {
  readonly window: Window;
  readonly aggregate: Aggregate;
  /** What the test of a first or last value is told beside. */
  readonly aside: Aside;
}

/** Events one after the other. */
export interface SequenceWords {
  readonly steps: readonly (MatchWords & { readonly withinMs: number | undefined })[];
  readonly window: Window;
  readonly without: MatchWords | undefined;
  readonly sameSession: boolean;
}

/** What a test of a value is told beside. */
export interface Aside {
  /** What its time operators count from. */
  readonly from: "now" | "event";
  /** What `some` asks of an element, in words. */
  readonly element: string | undefined;
}

/**
 * What a language says of each part of a rule. `describe.ts` knows the shape of rules and turns denial inwards, so a
 * language denies single comparisons only. A denied comparison still needs a value: who has no known country is not among
 * those whose country is not France, and the words must say so.
 */
export interface Phrases {
  /** Makes a sentence of a clause about people. */
  readonly sentence: (clause: string) => string;
  readonly everyone: string;
  readonly noOne: string;
  /** Clauses for parts that are always and never true. */
  readonly anyone: string;
  readonly nobody: string;
  /** Join clauses about people; one that is joined by the other word comes in brackets. */
  readonly all: (clauses: readonly string[]) => string;
  readonly any: (clauses: readonly string[]) => string;
  readonly atLeast: (least: number, clauses: readonly string[]) => string;
  readonly trait: (path: string, test: ValueTest, denied: boolean, aside: Aside) => string;
  readonly events: (events: EventWords, denied: boolean) => string;
  readonly sequence: (sequence: SequenceWords, denied: boolean) => string;
  /** @param forMs how long without a break; undefined for now */
  readonly audience: (key: string, forMs: number | undefined, denied: boolean) => string;
  readonly list: (key: string, denied: boolean) => string;
  readonly bucket: (bucket: BucketCondition, denied: boolean) => string;
  /** @param clause about people, which here is about the household as if it were one; denial is in it, brackets round a group */
  readonly household: (clause: string) => string;
  /** Clauses for what is said part by part below them, and for what cannot be said. */
  readonly parts: {
    readonly all: string;
    readonly any: string;
    readonly none: string;
    readonly not: string;
    readonly atLeast: (least: number, of: number) => string;
    readonly household: string;
    readonly unavailable: string;
  };
  /** Join what is said of an event. */
  readonly allOf: (filters: readonly string[]) => string;
  readonly anyOf: (filters: readonly string[]) => string;
  readonly property: (path: string, test: ValueTest, denied: boolean, aside: Aside) => string;
  readonly origin: (kind: OriginFilter["kind"], is: string, denied: boolean) => string;
}
