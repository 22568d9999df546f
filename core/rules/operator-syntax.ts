import type { Operands, Operator, Scalar, ValueTest } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";

const MOST_LISTED = 10_000;

type ReadOperand<Op extends Operator> = (reading: Reading, operand: unknown, pointer: string) => Operands[Op] | undefined;

interface OperatorSyntax<Op extends Operator> {
  readonly read: ReadOperand<Op>;
  /** True where `ignoreCase` may stand beside it. */
  readonly folds: boolean;
}

/** Every operator that a value can be asked (rules.md, "Traits"): one entry each. */
const SYNTAX: { readonly [Op in Operator]: OperatorSyntax<Op> } = {
  eq: { read: readScalar, folds: true },
  ne: { read: readScalar, folds: true },
  in: { read: readScalars, folds: true },
  notIn: { read: readScalars, folds: true },
  lt: { read: readNumber, folds: false },
  lte: { read: readNumber, folds: false },
  gt: { read: readNumber, folds: false },
  gte: { read: readNumber, folds: false },
  between: { read: readRange, folds: false },
  exists: { read: readFlag, folds: false },
  contains: { read: readText, folds: true },
};

/** In the language, not in this version of the engine. */
const NOT_YET: ReadonlySet<string> = new Set([
  "startsWith",
  "endsWith",
  "glob",
  "matches",
  "hasAny",
  "hasAll",
  "hasNone",
  "size",
  "some",
  "before",
  "after",
  "withinLast",
  "olderThan",
  "withinNext",
  "anniversary",
  "version",
  "cidr",
  "near",
]);

function isOperator(key: string): key is Operator {
  return Object.hasOwn(SYNTAX, key);
}

/**
 * Reads the one operator of a trait or property condition, with `ignoreCase` where it may stand.
 * @param subject the key that names what is compared, `trait` or `property`
 */
export function readTest(
  reading: Reading,
  condition: Readonly<Record<string, unknown>>,
  pointer: string,
  subject: string,
): ValueTest | undefined {
  const operators: Operator[] = [];
  let known = 0;
  let unknown = 0;
  for (const key of Object.keys(condition)) {
    if (key === subject || key === "ignoreCase") continue;
    if (isOperator(key)) {
      known += 1;
      operators.push(key);
    } else if (NOT_YET.has(key)) {
      known += 1;
      reading.fault(childPointer(pointer, key), "not_yet_available", `“${key}” is not available yet.`);
    } else {
      unknown += 1;
      reading.fault(childPointer(pointer, key), "unknown_operator", `“${key}” is not a way to compare a value.`);
    }
  }
  if (known + unknown === 0)
    return reading.fault(pointer, "missing_operator", `Say what the ${subject} is compared with, for example "eq" or "exists".`);
  if (known > 1)
    reading.fault(pointer, "several_operators", `Compare in one way at a time, and join several conditions with "all".`);
  const ignoreCase = readIgnoreCase(reading, condition, pointer, operators);
  const tests = operators.map((op) => readOperand(reading, op, condition[op], childPointer(pointer, op), ignoreCase));
  return tests[0];
}

function readOperand(
  reading: Reading,
  op: Operator,
  written: unknown,
  pointer: string,
  ignoreCase: boolean,
): ValueTest | undefined {
  const operand = SYNTAX[op].read(reading, written, pointer);
  // The table pairs each operator with the operand it reads, which a union of operators cannot say.
  return operand === undefined ? undefined : ({ op, operand, ignoreCase } as ValueTest);
}

function readIgnoreCase(
  reading: Reading,
  condition: Readonly<Record<string, unknown>>,
  pointer: string,
  operators: readonly Operator[],
): boolean {
  if (!Object.hasOwn(condition, "ignoreCase")) return false;
  const written = condition["ignoreCase"];
  const place = childPointer(pointer, "ignoreCase");
  if (typeof written !== "boolean") {
    reading.fault(place, "wrong_type", `"ignoreCase" is true or false.`);
    return false;
  }
  const deaf = operators.find((op) => !SYNTAX[op].folds);
  if (deaf !== undefined)
    reading.fault(place, "unknown_key", `“${deaf}” does not compare texts, so "ignoreCase" means nothing here.`);
  return written;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function readScalar(reading: Reading, operand: unknown, pointer: string): Scalar | undefined {
  reading.countOperands(pointer, 1);
  if (isScalar(operand)) return operand;
  return reading.fault(
    pointer,
    "wrong_type",
    "Compare with a text, a number, or true or false. To ask whether there is a value, use “exists”.",
  );
}

function readScalars(reading: Reading, operand: unknown, pointer: string): readonly Scalar[] | undefined {
  if (!Array.isArray(operand)) return reading.fault(pointer, "wrong_type", "Give a list of values.");
  const list: readonly unknown[] = operand;
  if (list.length === 0) return reading.fault(pointer, "empty_list", "The list needs at least one value.");
  if (list.length > MOST_LISTED) {
    return reading.fault(
      pointer,
      "list_too_long",
      "A list in a rule can hold 10,000 values at most. Import larger sets as a list.",
    );
  }
  reading.countOperands(pointer, list.length);
  const scalars: Scalar[] = [];
  list.forEach((value, index) => {
    if (isScalar(value)) scalars.push(value);
    else reading.fault(childPointer(pointer, index), "wrong_type", "A value in a list is a text, a number, or true or false.");
  });
  return scalars.length === list.length ? scalars : undefined;
}

export function readNumber(reading: Reading, operand: unknown, pointer: string): number | undefined {
  reading.countOperands(pointer, 1);
  return isFiniteNumber(operand)
    ? operand
    : reading.fault(pointer, "wrong_type", "Compare with a number, without quotation marks.");
}

export function readRange(reading: Reading, operand: unknown, pointer: string): readonly [number, number] | undefined {
  reading.countOperands(pointer, 1);
  const [low, high, ...more]: readonly unknown[] = Array.isArray(operand) ? operand : [];
  if (!isFiniteNumber(low) || !isFiniteNumber(high) || more.length > 0) {
    return reading.fault(pointer, "wrong_type", "Give two numbers, the lowest and the highest that fit.");
  }
  if (low > high) return reading.fault(pointer, "bad_range", `${low} is more than ${high}: put the lower number first.`);
  return [low, high];
}

function readFlag(reading: Reading, operand: unknown, pointer: string): boolean | undefined {
  reading.countOperands(pointer, 1);
  return typeof operand === "boolean" ? operand : reading.fault(pointer, "wrong_type", `"exists" is true or false.`);
}

function readText(reading: Reading, operand: unknown, pointer: string): string | undefined {
  reading.countOperands(pointer, 1);
  return typeof operand === "string" ? operand : reading.fault(pointer, "wrong_type", "Give a text.");
}
