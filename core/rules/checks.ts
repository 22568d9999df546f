import { isJsonObject, type Json } from "../model/json.ts";
import type { Operator, Scalar, ValueTest } from "./ast.ts";
import { foldCase } from "./case-folding.ts";
import { FALSE, TRUE, UNKNOWN, triOf, type Tri } from "./truth.ts";

/** Asks a value; undefined and null are a value that is missing. Never throws, whatever the data. */
export type Check = (value: Json | undefined) => Tri;

/** How the engine asks each operator: one entry each. */
const CHECKS: { readonly [Op in Operator]: (test: ValueTest<Op>) => Check } = {
  eq: ({ operand, ignoreCase }) => equalTo(operand, ignoreCase, TRUE),
  ne: ({ operand, ignoreCase }) => equalTo(operand, ignoreCase, FALSE),
  in: ({ operand, ignoreCase }) => oneOf(operand, ignoreCase, TRUE),
  notIn: ({ operand, ignoreCase }) => oneOf(operand, ignoreCase, FALSE),
  lt: ({ operand }) => ofNumber((value) => value < operand),
  lte: ({ operand }) => ofNumber((value) => value <= operand),
  gt: ({ operand }) => ofNumber((value) => value > operand),
  gte: ({ operand }) => ofNumber((value) => value >= operand),
  between: ({ operand: [low, high] }) => ofNumber((value) => low <= value && value <= high),
  exists: ({ operand }) => {
    const [present, missing] = [triOf(operand), triOf(!operand)];
    return (value) => (value === undefined || value === null ? missing : present);
  },
  contains: ({ operand, ignoreCase }) => {
    const part = ignoreCase ? foldCase(operand) : operand;
    return (value) => (typeof value === "string" ? triOf((ignoreCase ? foldCase(value) : value).includes(part)) : UNKNOWN);
  },
};

export function compileTest<Op extends Operator>(test: ValueTest<Op>): Check {
  return CHECKS[test.op](test);
}

/** What any operator says of a missing value, without the cost of compiling it (rules.md, "Logic"). */
export function ofMissing(test: ValueTest): Tri {
  return test.op === "exists" ? triOf(!test.operand) : UNKNOWN;
}

/** True of an operator this engine knows: the artifact may be of a newer one. */
export function isKnownTest(test: unknown): boolean {
  return isJsonObject(test) && typeof test["op"] === "string" && Object.hasOwn(CHECKS, test["op"]);
}

function equalTo(operand: Scalar, ignoreCase: boolean, whenEqual: Tri): Check {
  const otherwise = whenEqual === TRUE ? FALSE : TRUE;
  if (ignoreCase && typeof operand === "string") {
    const folded = foldCase(operand);
    return (value) => {
      if (value === undefined || value === null) return UNKNOWN;
      return typeof value === "string" && foldCase(value) === folded ? whenEqual : otherwise;
    };
  }
  return (value) => {
    if (value === operand) return whenEqual;
    return value === undefined || value === null ? UNKNOWN : otherwise;
  };
}

function oneOf(operand: readonly Scalar[], ignoreCase: boolean, whenFound: Tri): Check {
  const otherwise = whenFound === TRUE ? FALSE : TRUE;
  const listed = new Set<Json>(
    ignoreCase ? operand.map((value) => (typeof value === "string" ? foldCase(value) : value)) : operand,
  );
  return (value) => {
    if (value === undefined || value === null) return UNKNOWN;
    return listed.has(ignoreCase && typeof value === "string" ? foldCase(value) : value) ? whenFound : otherwise;
  };
}

function ofNumber(holds: (value: number) => boolean): Check {
  return (value) => (typeof value === "number" && Number.isFinite(value) ? triOf(holds(value)) : UNKNOWN);
}
