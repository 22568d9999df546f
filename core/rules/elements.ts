import type { Json } from "../model/json.ts";
import type { ElementFilter, Path, ValueTest } from "./ast.ts";
import type { Check } from "./checks.ts";
import { allOf, anyOf, not, type Ask } from "./combine.ts";
import { readPath } from "./path.ts";

/** An element of an array, and the instant that time operators count from. */
interface Held {
  readonly element: Json;
  readonly at: number;
}

/**
 * What `some` asks of one element. One that is no object has no properties.
 * @param compile makes ready what is asked of a property
 */
export function compileElement(filter: ElementFilter, compile: (test: ValueTest) => Check): Ask<Held> {
  switch (filter.kind) {
    case "all":
      return allOf(filter.of.map((part) => compileElement(part, compile)));
    case "any":
      return anyOf(filter.of.map((part) => compileElement(part, compile)));
    case "none":
      return not(anyOf(filter.of.map((part) => compileElement(part, compile))));
    case "not":
      return not(compileElement(filter.part, compile));
    case "property": {
      const { path } = filter;
      const check = compile(filter.test);
      return ({ element, at }) => check(readPath(element, path), at);
    }
  }
}

/** Every property that a filter asks about, with what it asks. */
export function propertiesAsked(filter: ElementFilter): readonly { readonly path: Path; readonly test: ValueTest }[] {
  switch (filter.kind) {
    case "all":
    case "any":
    case "none":
      return filter.of.flatMap(propertiesAsked);
    case "not":
      return propertiesAsked(filter.part);
    case "property":
      return [filter];
  }
}
