import type { FlatAudience, FlatLogic } from "./artifact.ts";
import { gather, type Lists } from "./lists.ts";
import { FALSE, negated, TRUE, type Tri } from "./truth.ts";

/** Stands for no condition. */
const NONE = -1;

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
  /** By audience, one condition that must have some value for it to be true; NONE where there is no such condition. */
  readonly #watched: Int32Array;
  /** That value. */
  readonly #needed: Int8Array;

  /**
   * @param isBroken what cannot be evaluated is changed by nothing
   * @param emptyValues by condition, what it says of somebody of whom nothing is known
   */
  constructor(audiences: readonly FlatAudience[], isBroken: (audience: number) => boolean, emptyValues: Int8Array) {
    const wanted = { [TRUE]: [] as [number, number][], [FALSE]: [] as [number, number][] };
    this.#watched = new Int32Array(audiences.length).fill(NONE);
    this.#needed = new Int8Array(audiences.length);
    for (const [audience, { logic }] of audiences.entries()) {
      if (isBroken(audience)) continue;
      for (const value of [TRUE, FALSE] as const) {
        for (const condition of wantedIn(logic, value)) wanted[value].push([condition, audience]);
      }
      const watch = mostTelling(requirements(logic, TRUE), emptyValues);
      if (!watch) continue;
      this.#watched[audience] = watch.condition;
      this.#needed[audience] = watch.value;
    }
    this.whenTrue = gather(emptyValues.length, wanted[TRUE]);
    this.whenFalse = gather(emptyValues.length, wanted[FALSE]);
  }

  /**
   * False where an audience is not true, whatever all conditions but one say: while that one stays as it is, an audience
   * that is not true need not be evaluated. When it changes, the audience is asked about again.
   */
  mayBeTrue(audience: number, values: Int8Array): boolean {
    const condition = this.#watched[audience] ?? NONE;
    return condition === NONE || values[condition] === this.#needed[audience];
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

/**
 * The one to watch: best one that does not hold from the start, and of those the last, which is asked last when a profile
 * is opened. Conditions on traits come after those on events.
 */
function mostTelling(required: readonly Requirement[], emptyValues: Int8Array): Requirement | undefined {
  let best: Requirement | undefined;
  for (const one of required) if (best === undefined || tells(one, emptyValues) > tells(best, emptyValues)) best = one;
  return best;
}

function tells({ condition, value }: Requirement, emptyValues: Int8Array): number {
  return emptyValues[condition] === value ? condition - emptyValues.length : condition;
}
