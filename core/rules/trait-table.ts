import type { Json } from "../model/json.ts";
import type { FlatCondition } from "./artifact.ts";
import type { Scalar, ValueTest } from "./ast.ts";
import { ofMissing } from "./checks.ts";
import { addTo } from "./lists.ts";
import { FALSE, negated, TRUE, triOf, UNKNOWN, type Tri } from "./truth.ts";

/** Operators that say the same of every value but a few that they name, and of a missing one. */
type Naming = ValueTest<"eq" | "ne" | "in" | "notIn" | "exists">;
/** Operators that ask whether a number lies between two others. */
type Ranging = ValueTest<"lt" | "lte" | "gt" | "gte" | "between">;

/**
 * The conditions on one trait, laid side by side: a value leads at once to those that name it, and numbers are compared in
 * one run, so that a thousand conditions cost little more than one that is asked by itself.
 */
export class TraitTable {
  /** Conditions that the table answers. */
  readonly conditions: readonly number[];
  /** The others on this trait, to be asked one by one. */
  readonly others: readonly number[];
  /** By place in `conditions`, what is said of a missing value, and of any that is not named and no number. */
  readonly #ofMissing: Int8Array;
  readonly #otherwise: Int8Array;
  /** By a value, the places of the conditions that say the opposite of it. */
  readonly #naming = new Map<Json | undefined, number[]>();
  /** Place of the first condition that compares numbers: all after it do too. */
  readonly #firstRange: number;
  /** Bounds of those, and 1 where the bounds themselves lie outside. */
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #isOpen: Uint8Array;
  readonly #answers: Int8Array;

  /** @param conditions all that read a trait, by index */
  constructor(conditions: readonly number[], flat: (index: number) => FlatCondition) {
    const naming: [number, Naming][] = [];
    const ranging: [number, Ranging][] = [];
    const others: number[] = [];
    for (const index of conditions) {
      const condition = flat(index);
      const test = condition.kind === "trait" && condition.path.length === 1 ? condition.test : undefined;
      if (test && isNaming(test)) naming.push([index, test]);
      else if (test && isRanging(test)) ranging.push([index, test]);
      else others.push(index);
    }
    const placed = [...naming, ...ranging];
    this.conditions = placed.map(([index]) => index);
    this.others = others;
    this.#ofMissing = Int8Array.from(placed, ([, test]) => ofMissing(test));
    this.#otherwise = Int8Array.from(placed, ([, test]) => (isRanging(test) ? UNKNOWN : ofUnnamed(test)));
    this.#answers = new Int8Array(placed.length);
    for (const [place, [, test]] of naming.entries()) for (const value of namedBy(test)) addTo(this.#naming, value, place);
    this.#firstRange = naming.length;
    const bounds = ranging.map(([, test]) => boundsOf(test));
    this.#low = Float64Array.from(bounds, ([low]) => low);
    this.#high = Float64Array.from(bounds, ([, high]) => high);
    this.#isOpen = Uint8Array.from(ranging, ([, { op }]) => (op === "lt" || op === "gt" ? 1 : 0));
  }

  /** What each condition, by its place, says of a value. Stands until the next question. */
  ask(value: Json | undefined): Int8Array {
    const answers = this.#answers;
    if (value === undefined || value === null) {
      answers.set(this.#ofMissing);
      return answers;
    }
    answers.set(this.#otherwise);
    for (const place of this.#naming.get(value) ?? []) answers[place] = this.#otherwise[place] === TRUE ? FALSE : TRUE;
    if (typeof value === "number" && Number.isFinite(value)) this.#compare(value);
    return answers;
  }

  #compare(value: number): void {
    const first = this.#firstRange;
    for (let range = 0; range < this.#low.length; range++) {
      const low = this.#low[range] ?? 0;
      const high = this.#high[range] ?? 0;
      const fits = this.#isOpen[range] === 1 ? low < value && value < high : low <= value && value <= high;
      this.#answers[first + range] = triOf(fits);
    }
  }
}

/** Texts that are to be folded first are not compared by value. */
function isNaming(test: ValueTest): test is Naming {
  return ["eq", "ne", "in", "notIn", "exists"].includes(test.op) && !test.ignoreCase;
}

function isRanging(test: ValueTest): test is Ranging {
  return ["lt", "lte", "gt", "gte", "between"].includes(test.op);
}

function namedBy({ op, operand }: Naming): readonly Scalar[] {
  if (op === "exists") return [];
  return op === "eq" || op === "ne" ? [operand] : operand;
}

/** What is said of a value that is not named. */
function ofUnnamed({ op, operand }: Naming): Tri {
  const ofNamed = op === "exists" ? triOf(!operand) : triOf(op === "eq" || op === "in");
  return negated(ofNamed);
}

function boundsOf({ op, operand }: Ranging): readonly [number, number] {
  switch (op) {
    case "lt":
    case "lte":
      return [-Infinity, operand];
    case "gt":
    case "gte":
      return [operand, Infinity];
    case "between":
      return operand;
  }
}
