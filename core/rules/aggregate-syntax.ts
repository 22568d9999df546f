import { isJsonObject } from "../model/json.ts";
import type { Aggregate, Compare, Path } from "./ast.ts";
import { readCompare } from "./compare-syntax.ts";
import { childPointer, type Reading } from "./faults.ts";
import { readElementFilter, readPathAt } from "./filter-syntax.ts";
import { readTest, type ReadElement } from "./operator-syntax.ts";

/** @param depth of the condition that the aggregate is of */
type ReadAggregate = (reading: Reading, written: unknown, pointer: string, depth: number) => Aggregate | undefined;

/** What can be asked of events taken together: one entry each (rules.md, "Events"). */
export const AGGREGATES: ReadonlyMap<string, ReadAggregate> = new Map<string, ReadAggregate>([
  ["count", readCount],
  ["days", readDays],
  ["sum", (reading, written, pointer) => readNumeric(reading, written, pointer, "sum", "added up")],
  ["avg", (reading, written, pointer) => readNumeric(reading, written, pointer, "avg", "averaged")],
  ["min", (reading, written, pointer) => readNumeric(reading, written, pointer, "min", "looked at")],
  ["max", (reading, written, pointer) => readNumeric(reading, written, pointer, "max", "looked at")],
  ["distinct", (reading, written, pointer) => readNumeric(reading, written, pointer, "distinct", "told apart")],
  ["first", (reading, written, pointer, depth) => readValue(reading, written, pointer, depth, "first")],
  ["last", (reading, written, pointer, depth) => readValue(reading, written, pointer, depth, "last")],
]);

const NOTHING_BESIDE: ReadonlySet<string> = new Set();
const BESIDE_OF: ReadonlySet<string> = new Set(["of"]);

function readCount(reading: Reading, written: unknown, pointer: string): Aggregate | undefined {
  const compare = readNumberOf(reading, written, pointer);
  return compare && { kind: "count", compare };
}

/** The zone is the workspace's until the window is known. */
function readDays(reading: Reading, written: unknown, pointer: string): Aggregate | undefined {
  const compare = readNumberOf(reading, written, pointer);
  return compare && { kind: "days", zone: reading.zone, compare };
}

function readNumberOf(reading: Reading, written: unknown, pointer: string): Compare | undefined {
  if (!isJsonObject(written)) return reading.fault(pointer, "wrong_type", `Say how many, for example {"gte":2} for at least 2.`);
  return readCompare(reading, written, pointer, NOTHING_BESIDE);
}

/** @param done what is done with the property, for the sentence */
function readNumeric(
  reading: Reading,
  written: unknown,
  pointer: string,
  kind: "sum" | "avg" | "min" | "max" | "distinct",
  done: string,
): Aggregate | undefined {
  if (!isJsonObject(written)) {
    return reading.fault(pointer, "wrong_type", `Say what is ${done} and how much, for example {"of":"value","gte":100}.`);
  }
  const of = readOf(reading, written, pointer, done);
  const compare = readCompare(reading, written, pointer, BESIDE_OF);
  return of && compare && { kind, of, compare };
}

/** The value of one event, asked as a property is; whether there is one is no question here, since one without is passed over. */
function readValue(
  reading: Reading,
  written: unknown,
  pointer: string,
  depth: number,
  kind: "first" | "last",
): Aggregate | undefined {
  if (!isJsonObject(written)) {
    return reading.fault(
      pointer,
      "wrong_type",
      `Say which value is compared, and how, for example {"of":"category","eq":"shoes"}.`,
    );
  }
  const of = readOf(reading, written, pointer, "compared");
  const { exists, ...asked } = written;
  if (exists !== undefined) {
    const place = childPointer(pointer, "exists");
    reading.fault(place, "unknown_operator", "The first or last value is of an event that has one: it always exists.");
  }
  const hasOperator = Object.keys(asked).some((key) => key !== "of" && key !== "ignoreCase");
  if (!hasOperator && exists === undefined)
    return reading.fault(pointer, "missing_operator", `Say what the value is compared with, for example "eq".`);
  const readElement: ReadElement = (element, place) => readElementFilter(reading, element, place, depth + 1);
  const test = hasOperator ? readTest(reading, asked, pointer, "of", readElement) : undefined;
  return of && test && { kind, of, test };
}

function readOf(reading: Reading, written: Readonly<Record<string, unknown>>, pointer: string, done: string): Path | undefined {
  return Object.hasOwn(written, "of")
    ? readPathAt(reading, written["of"], childPointer(pointer, "of"))
    : reading.fault(pointer, "missing_key", `Say which property is ${done}, as "of".`);
}
