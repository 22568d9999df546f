import type { FlatCondition, FlatLogic, RulesetArtifact } from "./artifact.ts";
import { gather, type Lists } from "./lists.ts";
import { FALSE, negated, TRUE, type Tri } from "./truth.ts";

/** A value that a condition must have for an audience to be true at all. */
interface Requirement {
  readonly condition: number;
  readonly value: Tri;
}

/** From a change of a condition to the audiences that it can change: of many that hold the condition these are few. */
export class AffectedAudiences {
  /** Audiences by the conditions they want true: it can only matter to them that one becomes or ceases to be true. */
  readonly whenTrue: Lists;
  /** Audiences by the conditions they want false, inside a `not` or `none`. One may be in both. */
  readonly whenFalse: Lists;
  /** By audience, one condition that must have some value for it to be true, times four, and that value; negative where there is no such condition. */
  readonly #watched: Int32Array;

  /** @param isBroken what cannot be evaluated is changed by nothing */
  constructor({ audiences, conditions }: RulesetArtifact, isBroken: (audience: number) => boolean) {
    const wanted = { [TRUE]: [] as [number, number][], [FALSE]: [] as [number, number][] };
    this.#watched = new Int32Array(audiences.length).fill(-1);
    for (const [audience, { logic }] of audiences.entries()) {
      if (isBroken(audience)) continue;
      for (const value of [TRUE, FALSE] as const) {
        for (const condition of wantedIn(logic, value)) wanted[value].push([condition, audience]);
      }
      const watch = rarest(requirements(logic, TRUE), conditions);
      if (watch) this.#watched[audience] = watch.condition * 4 + watch.value;
    }
    this.whenTrue = gather(conditions.length, wanted[TRUE]);
    this.whenFalse = gather(conditions.length, wanted[FALSE]);
  }

  /**
   * False where an audience is not true, whatever all conditions but one say: while that one stays as it is, an audience
   * that is not true need not be evaluated. When it changes, the audience is asked about again.
   */
  mayBeTrue(audience: number, values: Int8Array): boolean {
    const watched = this.#watched[audience] ?? -1;
    return watched < 0 || values[watched >> 2] === (watched & 3);
  }
}

/** The conditions, each once, whose being `value` can help a logic to be true. Groups read their parts as they are read; `not` and `none` the other way. */
function wantedIn(logic: FlatLogic, value: Tri, asked: Tri = TRUE, found = new Set<number>()): ReadonlySet<number> {
  if (typeof logic === "number") {
    if (asked === value) found.add(logic);
  } else if (logic.kind === "not") wantedIn(logic.part, value, negated(asked), found);
  else if (logic.kind !== "everyone") {
    for (const part of logic.of) wantedIn(part, value, logic.kind === "none" ? negated(asked) : asked, found);
  }
  return found;
}

/** What must hold of single conditions for a logic to have a value. Not all that must: of alternatives nothing is told. */
function requirements(logic: FlatLogic, value: Tri): readonly Requirement[] {
  if (typeof logic === "number") return [{ condition: logic, value }];
  switch (logic.kind) {
    case "all":
      return value === TRUE ? logic.of.flatMap((part) => requirements(part, TRUE)) : [];
    case "any":
      return value === FALSE ? logic.of.flatMap((part) => requirements(part, FALSE)) : [];
    case "none":
      return value === TRUE ? logic.of.flatMap((part) => requirements(part, FALSE)) : [];
    case "not":
      return requirements(logic.part, negated(value));
    case "atLeast":
    case "everyone":
      return [];
  }
}

/** The one to watch: what is seldom so. Of those the last, for when a profile is opened, traits are asked after events. */
function rarest(required: readonly Requirement[], conditions: readonly FlatCondition[]): Requirement | undefined {
  let best: Requirement | undefined;
  let least = Infinity;
  for (const one of required) {
    const frequency = frequencyOf(one, conditions[one.condition]);
    if (frequency > least || (frequency === least && best && one.condition < best.condition)) continue;
    best = one;
    least = frequency;
  }
  return best;
}

/** A guess from what a condition asks, in no unit. */
function frequencyOf({ value }: Requirement, condition: FlatCondition | undefined): number {
  if (value !== TRUE) return 5; // most are false, and known to be
  if (condition?.kind !== "trait") return 4;
  switch (condition.test.op) {
    case "eq":
      return 1;
    case "ne":
    case "notIn":
    case "exists":
      return 4;
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return 3;
    default:
      return 2;
  }
}
