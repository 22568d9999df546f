import { isJsonArray, type Json } from "../model/json.ts";
import type { ValueTest } from "./ast.ts";
import { compileTest, type NextChange } from "./checks.ts";
import { compileElement, propertiesAsked } from "./elements.ts";
import { nextOfMoment } from "./moments.ts";
import { readPath } from "./path.ts";
import { TRUE } from "./truth.ts";

/** Changes of elements that are walked; then the instant reached is told, early but never late. Only anniversaries come so often. */
const MOST_STEPS = 1_000;

/** When time alone changes what a test says of a value; undefined where it never does. */
export function nextOfTest(test: ValueTest, zone: string): NextChange | undefined {
  switch (test.op) {
    case "before":
    case "after":
    case "withinLast":
    case "olderThan":
    case "withinNext":
    case "anniversary":
      return nextOfMoment(test, zone);
    case "some":
      return nextOfSome(test, zone);
    default:
      return undefined;
  }
}

interface Part {
  /** Index of the element. */
  readonly element: number;
  readonly value: Json | undefined;
  readonly next: NextChange;
  due: number;
}

/** Not every change of a part of an element is one of the whole: walks them in order, asking only the elements they are of. */
function nextOfSome({ operand }: ValueTest<"some">, zone: string): NextChange | undefined {
  const asked = propertiesAsked(operand).flatMap(({ path, test }) => {
    const next = nextOfTest(test, zone);
    return next ? [{ path, next }] : [];
  });
  if (asked.length === 0) return undefined;
  const holds = compileElement(operand, (test) => compileTest(test, zone));
  return (value, now) => {
    if (!isJsonArray(value)) return Infinity;
    const parts = value.flatMap((held, element): Part[] =>
      asked.map(({ path, next }) => {
        const property = readPath(held, path);
        return { element, value: property, next, due: next(property, now) };
      }),
    );
    const fitting = new Set<number>();
    const ask = (index: number, at: number): void => {
      if (holds({ element: value[index] ?? null, at }) === TRUE) fitting.add(index);
      else fitting.delete(index);
    };
    for (const index of value.keys()) ask(index, now);
    const answer = fitting.size > 0;
    let at = now;
    for (let step = 0; step < MOST_STEPS; step++) {
      at = Infinity;
      for (const { due } of parts) if (due < at) at = due;
      if (at === Infinity) break;
      for (const part of parts) {
        if (part.due !== at) continue;
        part.due = part.next(part.value, at);
        ask(part.element, at);
      }
      if (fitting.size > 0 !== answer) break;
    }
    return at;
  };
}
