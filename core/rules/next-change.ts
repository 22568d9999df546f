import { isJsonArray } from "../model/json.ts";
import type { ValueTest } from "./ast.ts";
import { compileTest, type NextChange } from "./checks.ts";
import { propertiesAsked } from "./elements.ts";
import { nextOfMoment } from "./moments.ts";
import { readPath } from "./path.ts";

/** Changes of elements looked at before the instant reached is told: early then, never late. Only anniversaries come so often. */
const MOST_STEPS = 100;

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

/** Not every change of a part of an element is one of the whole. */
function nextOfSome(test: ValueTest<"some">, zone: string): NextChange | undefined {
  const parts = propertiesAsked(test.operand).flatMap(({ path, test: asked }) => {
    const next = nextOfTest(asked, zone);
    return next ? [{ path, next }] : [];
  });
  if (parts.length === 0) return undefined;
  const check = compileTest(test, zone);
  return (value, now) => {
    if (!isJsonArray(value)) return Infinity;
    const answer = check(value, now);
    let at = now;
    for (let step = 0; step < MOST_STEPS; step++) {
      let next = Infinity;
      for (const element of value) {
        for (const part of parts) next = Math.min(next, part.next(readPath(element, part.path), at));
      }
      at = next;
      if (at === Infinity || check(value, at) !== answer) break;
    }
    return at;
  };
}
