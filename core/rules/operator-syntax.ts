import type { ElementFilter, Operands, Operator, Scalar, ValueTest } from "./ast.ts";
import { readCompareAlone } from "./compare-syntax.ts";
import { childPointer, type Reading } from "./faults.ts";
import { readBlocks, readCircle, readVersionCompare } from "./format-syntax.ts";
import { readAnniversary, readMoment, readSpan } from "./moment-syntax.ts";
import { readFlag, readNumber, readRange, readScalar, readScalars, readText } from "./operand-syntax.ts";
import { readGlob, readPattern } from "./pattern-syntax.ts";

const MOST_LISTED = 10_000;
const MOST_ELEMENTS = 1_000;

/** What an operand is read beside, and in. */
interface Beside {
  readonly ignoreCase: boolean;
  /** Reads the filter of `some`: given, since filters are made of operators themselves. */
  readonly readElement: ReadElement;
}

/** Reads a filter over the properties of an element of an array, one deeper than the condition it is in. */
export type ReadElement = (written: unknown, pointer: string) => ElementFilter | undefined;

type ReadOperand<Operand> = (reading: Reading, operand: unknown, pointer: string, beside: Beside) => Operand | undefined;

interface OperatorSyntax<Op extends Operator> {
  readonly read: ReadOperand<Operands[Op]>;
  /** True where `ignoreCase` may stand beside it. */
  readonly folds: boolean;
}

/** Every operator that a value can be asked (rules.md, "Traits"): one entry each. */
const SYNTAX: { readonly [Op in Operator]: OperatorSyntax<Op> } = {
  eq: { read: readScalar, folds: true },
  ne: { read: readScalar, folds: true },
  in: { read: listOfAtMost(MOST_LISTED), folds: true },
  notIn: { read: listOfAtMost(MOST_LISTED), folds: true },
  lt: { read: readNumber, folds: false },
  lte: { read: readNumber, folds: false },
  gt: { read: readNumber, folds: false },
  gte: { read: readNumber, folds: false },
  between: { read: readRange, folds: false },
  exists: { read: readFlag, folds: false },
  contains: { read: readText, folds: true },
  startsWith: { read: readText, folds: true },
  endsWith: { read: readText, folds: true },
  glob: { read: readGlob, folds: true },
  matches: {
    read: (reading, operand, pointer, { ignoreCase }) => readPattern(reading, operand, pointer, ignoreCase),
    folds: true,
  },
  hasAny: { read: listOfAtMost(MOST_ELEMENTS), folds: true },
  hasAll: { read: listOfAtMost(MOST_ELEMENTS), folds: true },
  hasNone: { read: listOfAtMost(MOST_ELEMENTS), folds: true },
  size: { read: readCompareAlone, folds: false },
  some: { read: (_, operand, pointer, { readElement }) => readElement(operand, pointer), folds: false },
  before: { read: readMoment, folds: false },
  after: { read: readMoment, folds: false },
  withinLast: { read: readSpan, folds: false },
  olderThan: { read: readSpan, folds: false },
  withinNext: { read: readSpan, folds: false },
  anniversary: { read: readAnniversary, folds: false },
  version: { read: readVersionCompare, folds: false },
  cidr: { read: (reading, operand, pointer) => readBlocks(reading, operand, pointer, MOST_LISTED), folds: false },
  near: { read: readCircle, folds: false },
};

function listOfAtMost(most: number): ReadOperand<readonly Scalar[]> {
  return (reading, operand, pointer) => readScalars(reading, operand, pointer, most);
}

function isOperator(key: string): key is Operator {
  return Object.hasOwn(SYNTAX, key);
}

/**
 * Reads the one operator of a trait or property condition, with `ignoreCase` where it may stand.
 * @param subject the key that names what is compared, `trait` or `property`
 * @param readElement reads what `some` asks, one deeper than this condition
 */
export function readTest(
  reading: Reading,
  condition: Readonly<Record<string, unknown>>,
  pointer: string,
  subject: string,
  readElement: ReadElement,
): ValueTest | undefined {
  const operators: Operator[] = [];
  let unknown = 0;
  for (const key of Object.keys(condition)) {
    if (key === subject || key === "ignoreCase") continue;
    if (isOperator(key)) {
      operators.push(key);
    } else {
      unknown += 1;
      reading.fault(childPointer(pointer, key), "unknown_operator", `“${key}” is not a way to compare a value.`);
    }
  }
  if (operators.length + unknown === 0)
    return reading.fault(pointer, "missing_operator", `Say what the ${subject} is compared with, for example "eq" or "exists".`);
  if (operators.length > 1)
    reading.fault(pointer, "several_operators", `Compare in one way at a time, and join several conditions with "all".`);
  const ignoreCase = readIgnoreCase(reading, condition, pointer, operators);
  const tests = operators.map((op) =>
    readOperand(reading, op, condition[op], childPointer(pointer, op), { ignoreCase, readElement }),
  );
  return tests[0];
}

function readOperand(reading: Reading, op: Operator, written: unknown, pointer: string, beside: Beside): ValueTest | undefined {
  const operand = SYNTAX[op].read(reading, written, pointer, beside);
  // The table pairs each operator with the operand it reads, which a union of operators cannot say.
  return operand === undefined ? undefined : ({ op, operand, ignoreCase: beside.ignoreCase } as ValueTest);
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
