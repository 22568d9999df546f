import { isJsonArray, isJsonObject, ownProperty, type Json, type JsonObject } from "../model/json.ts";
import { parsePath } from "../rules/path.ts";

/** A key on the way into a value; `each` goes on through every element of the array found there. */
export interface Step {
  readonly key: string;
  readonly each: boolean;
}

/** From a property down to a value: `total`, `shipping.country`, `products[].price`. */
export type PropertyPath = readonly Step[];

/** Reads a path as rules write it, with `[]` after a key for each element of an array. @returns undefined for what is none */
export function parsePropertyPath(text: string): PropertyPath | undefined {
  const steps = parsePath(text)?.map((key): Step => {
    const each = key.endsWith("[]");
    return { key: each ? key.slice(0, -2) : key, each };
  });
  return steps?.every(({ key }) => key !== "") === true ? steps : undefined;
}

/**
 * The object with the values at a path replaced; undefined takes one away. What is not there stays so, and an object in
 * which nothing changes is returned itself.
 */
export function replaceAt(object: JsonObject, path: PropertyPath, change: (value: Json) => Json | undefined): JsonObject {
  const [step, ...rest] = path;
  const held = step && ownProperty(object, step.key);
  if (step === undefined || held === undefined) return object;
  const replaced = step.each ? eachReplaced(held, rest, change) : replacedIn(held, rest, change);
  if (replaced === held) return object;
  const { [step.key]: _, ...others } = object;
  if (replaced === undefined) return others;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, key === step.key ? replaced : value]));
}

function eachReplaced(held: Json, rest: PropertyPath, change: (value: Json) => Json | undefined): Json | undefined {
  if (!isJsonArray(held)) return held;
  const replaced = held.map((element) => replacedIn(element, rest, change));
  return replaced.every((element, index) => element === held[index]) ? held : replaced.filter((element) => element !== undefined);
}

function replacedIn(held: Json, rest: PropertyPath, change: (value: Json) => Json | undefined): Json | undefined {
  if (rest.length === 0) return change(held);
  return isJsonObject(held) ? replaceAt(held, rest, change) : held;
}

/** The value at a path through objects alone; undefined where there is none. */
export function valueAt(object: JsonObject, path: PropertyPath): Json | undefined {
  let value: Json | undefined = object;
  for (const { key } of path) value = isJsonObject(value) ? ownProperty(value, key) : undefined;
  return value;
}

/** The object with a value put at a path through objects alone, those that are missing made; undefined where something else is in the way. */
export function putAt(object: JsonObject, path: PropertyPath, value: Json): JsonObject | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (rest.length === 0) return { ...object, [step.key]: value };
  const held = ownProperty(object, step.key) ?? {};
  const inner = isJsonObject(held) ? putAt(held, rest, value) : undefined;
  return inner === undefined ? undefined : { ...object, [step.key]: inner };
}
