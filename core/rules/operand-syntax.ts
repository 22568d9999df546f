import type { Scalar } from "./ast.ts";
import { childPointer, type Reading } from "./faults.ts";

/** Readers of the values that operators compare with: what they return undefined for, they have named as a fault. */

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

export function readScalar(reading: Reading, operand: unknown, pointer: string): Scalar | undefined {
  reading.countOperands(pointer, 1);
  if (isScalar(operand)) return operand;
  return reading.fault(
    pointer,
    "wrong_type",
    "Compare with a text, a number, or true or false. To ask whether there is a value, use “exists”.",
  );
}

/** @param most how many the list may hold */
export function readScalars(reading: Reading, operand: unknown, pointer: string, most: number): readonly Scalar[] | undefined {
  return readList(reading, operand, pointer, most, (value, place) => {
    if (isScalar(value)) return value;
    return reading.fault(place, "wrong_type", "A value in a list is a text, a number, or true or false.");
  });
}

/** A list of at least one value, each read by itself. */
export function readList<Value>(
  reading: Reading,
  operand: unknown,
  pointer: string,
  most: number,
  readValue: (value: unknown, place: string) => Value | undefined,
): readonly Value[] | undefined {
  if (!Array.isArray(operand)) return reading.fault(pointer, "wrong_type", "Give a list of values.");
  const list: readonly unknown[] = operand;
  if (list.length === 0) return reading.fault(pointer, "empty_list", "The list needs at least one value.");
  if (list.length > most) {
    return reading.fault(
      pointer,
      "list_too_long",
      `This list can hold ${most.toLocaleString("en")} values at most. Import larger sets as a list.`,
    );
  }
  reading.countOperands(pointer, list.length);
  const values: Value[] = [];
  for (const [index, item] of list.entries()) {
    const value = readValue(item, childPointer(pointer, index));
    if (value !== undefined) values.push(value);
  }
  return values.length === list.length ? values : undefined;
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

export function readFlag(reading: Reading, operand: unknown, pointer: string): boolean | undefined {
  reading.countOperands(pointer, 1);
  return typeof operand === "boolean" ? operand : reading.fault(pointer, "wrong_type", `"exists" is true or false.`);
}

export function readText(reading: Reading, operand: unknown, pointer: string): string | undefined {
  reading.countOperands(pointer, 1);
  return typeof operand === "string" ? operand : reading.fault(pointer, "wrong_type", "Give a text.");
}
