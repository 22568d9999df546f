import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { leadingDate, parseTimestamp } from "../model/timestamp.ts";
import { pathText } from "../rules/path.ts";

/** What a value is. An `instant` is a text that the rule language reads as one (rules.md, "Instant"). */
export const PROPERTY_TYPES = ["text", "number", "boolean", "instant", "object", "array", "null"] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

/** Keys below each other that are looked at; what lies deeper is told of by the object that holds it. */
const DEEPEST = 3;
/** Elements of an array that are looked at: they are of a kind. */
const MOST_ELEMENTS = 10;

/** What is told of each property: where it lies, what it is, and its value. */
export type SeeProperty = (path: string, type: PropertyType, value: Json) => void;

/**
 * Tells of every property of an event, those within objects and arrays too. A path is written as rules write it;
 * `products[].sku` is `sku` of the elements of `products`, and `tags[]` an element itself. Left out are keys that no rule
 * can name (the empty one) and those that would read as an element (`tags[]`).
 */
export function walkProperties(properties: JsonObject, see: SeeProperty): void {
  walkObject(properties, "", 1, see);
}

function walkObject(object: JsonObject, prefix: string, depth: number, see: SeeProperty): void {
  for (const key of Object.keys(object)) {
    if (key === "" || key.endsWith("[]")) continue;
    const path = prefix + keyText(key);
    const value = object[key] ?? null;
    const type = typeOf(value);
    see(path, type, value);
    if (isJsonArray(value)) walkArray(value, path, depth, see);
    else if (isJsonObject(value) && depth < DEEPEST) walkObject(value, `${path}.`, depth + 1, see);
  }
}

function walkArray(array: readonly Json[], arrayPath: string, depth: number, see: SeeProperty): void {
  const path = `${arrayPath}[]`;
  for (let at = 0; at < array.length && at < MOST_ELEMENTS; at++) {
    const element = array[at] ?? null;
    see(path, typeOf(element), element);
    if (isJsonObject(element) && depth < DEEPEST) walkObject(element, `${path}.`, depth + 1, see);
  }
}

function keyText(key: string): string {
  return key.includes(".") || key.includes("\\") ? pathText([key]) : key;
}

function typeOf(value: Json): PropertyType {
  switch (typeof value) {
    case "string":
      return isInstant(value) ? "instant" : "text";
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    default:
      return value === null ? "null" : isJsonArray(value) ? "array" : "object";
  }
}

/** Most texts are told by their fifth character. */
function isInstant(text: string): boolean {
  if (text[4] !== "-") return false;
  return (text.length === 10 ? leadingDate(text) : parseTimestamp(text)) !== undefined;
}
