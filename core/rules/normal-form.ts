import type { ElementFilter, Filter, Scalar, ValueTest } from "./ast.ts";

/** Parts of rules that mean the same become the same, so that conditions of many audiences are one. */

export function normalFilter(filter: Filter): Filter {
  switch (filter.kind) {
    case "all":
    case "any":
    case "none":
      return { kind: filter.kind, of: filter.of.map(normalFilter) };
    case "not":
      return { kind: filter.kind, part: normalFilter(filter.part) };
    case "property":
      return { ...filter, test: normalTest(filter.test) };
    case "source":
    case "party":
    case "channel":
      return filter;
  }
}

/** Tests that mean the same become the same: nothing lies in the order and repetition of a list, nor in how a date is written. */
export function normalTest(test: ValueTest): ValueTest {
  switch (test.op) {
    case "in":
    case "notIn":
    case "hasAny":
    case "hasAll":
    case "hasNone":
      return { ...test, operand: normalList(test.operand) };
    case "cidr":
      return { ...test, operand: normalList(test.operand) };
    case "before":
    case "after":
      return { ...test, operand: { ms: test.operand.ms, text: new Date(test.operand.ms).toISOString() } };
    case "some":
      return { ...test, operand: normalElement(test.operand) };
    default:
      return test;
  }
}

function normalElement(filter: ElementFilter): ElementFilter {
  switch (filter.kind) {
    case "all":
    case "any":
    case "none":
      return { kind: filter.kind, of: filter.of.map(normalElement) };
    case "not":
      return { kind: filter.kind, part: normalElement(filter.part) };
    case "property":
      return { ...filter, test: normalTest(filter.test) };
  }
}

function normalList<Value extends Scalar>(values: readonly Value[]): readonly Value[] {
  const byText = new Map<string, Value>(values.map((value) => [JSON.stringify(value), value]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
