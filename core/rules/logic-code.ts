import type { FlatLogic } from "./artifact.ts";
import { FALSE, negated, TRUE, UNKNOWN, type Tri } from "./truth.ts";

/** What a group does with its parts. Conditions are their indexes, so groups are negative. */
const ALL = -1;
const ANY = -2;
const NONE = -3;
const NOT = -4;
const AT_LEAST = -5;
const EVERYONE = -6;

/** Before the parts of a group: what it does, where it ends, and how many must be true. */
const HEAD = 3;

/**
 * The logic of all audiences in one array, each where it starts: ten thousand closures lie all over the memory, and
 * fetching them takes longer than what they say.
 */
export class LogicCode {
  readonly #start: Int32Array;
  readonly #code: Int32Array;

  constructor(logics: readonly FlatLogic[]) {
    const code: number[] = [];
    this.#start = Int32Array.from(logics, (logic) => {
      const start = code.length;
      write(logic, code);
      return start;
    });
    this.#code = Int32Array.from(code);
  }

  /** The value of a logic, given those of all conditions (rules.md, "Logic"). */
  value(logic: number, values: Int8Array): Tri {
    return this.#valueAt(this.#start[logic] ?? 0, values);
  }

  /** Asks no more of the parts than it must. */
  #valueAt(at: number, values: Int8Array): Tri {
    const kind = this.#code[at] ?? EVERYONE;
    if (kind >= 0) return triAt(values, kind);
    const end = this.#code[at + 1] ?? 0;
    const parts = at + HEAD;
    switch (kind) {
      case ALL:
        return this.#lowest(parts, end, values);
      case ANY:
        return this.#highest(parts, end, values);
      case NONE:
        return negated(this.#highest(parts, end, values));
      case NOT:
        return negated(this.#valueAt(parts, values));
      case AT_LEAST:
        return this.#atLeast(this.#code[at + 2] ?? 0, parts, end, values);
      default:
        return TRUE;
    }
  }

  #lowest(from: number, end: number, values: Int8Array): Tri {
    let lowest: Tri = TRUE;
    for (let at = from; at < end; at = this.#after(at)) {
      const value = this.#valueAt(at, values);
      if (value === FALSE) return FALSE;
      if (value === UNKNOWN) lowest = UNKNOWN;
    }
    return lowest;
  }

  #highest(from: number, end: number, values: Int8Array): Tri {
    let highest: Tri = FALSE;
    for (let at = from; at < end; at = this.#after(at)) {
      const value = this.#valueAt(at, values);
      if (value === TRUE) return TRUE;
      if (value === UNKNOWN) highest = UNKNOWN;
    }
    return highest;
  }

  #atLeast(least: number, from: number, end: number, values: Int8Array): Tri {
    let trues = 0;
    let unknowns = 0;
    for (let at = from; at < end; at = this.#after(at)) {
      const value = this.#valueAt(at, values);
      if (value === TRUE) trues += 1;
      else if (value === UNKNOWN) unknowns += 1;
    }
    if (trues >= least) return TRUE;
    return trues + unknowns < least ? FALSE : UNKNOWN;
  }

  /** Where the next part begins. */
  #after(at: number): number {
    return (this.#code[at] ?? 0) >= 0 ? at + 1 : (this.#code[at + 1] ?? 0);
  }
}

/** A value of a condition as it is stored: one signed byte. */
export function triAt(values: Int8Array, index: number): Tri {
  const value = values[index];
  return value === TRUE ? TRUE : value === FALSE ? FALSE : UNKNOWN;
}

function write(logic: FlatLogic, code: number[]): void {
  if (typeof logic === "number") {
    code.push(logic);
    return;
  }
  const at = code.length;
  code.push(kindOf(logic), 0, logic.kind === "atLeast" ? logic.least : 0);
  if (logic.kind === "not") write(logic.part, code);
  else if (logic.kind !== "everyone") for (const part of logic.of) write(part, code);
  code[at + 1] = code.length;
}

function kindOf({ kind }: Exclude<FlatLogic, number>): number {
  switch (kind) {
    case "all":
      return ALL;
    case "any":
      return ANY;
    case "none":
      return NONE;
    case "not":
      return NOT;
    case "atLeast":
      return AT_LEAST;
    case "everyone":
      return EVERYONE;
  }
}
