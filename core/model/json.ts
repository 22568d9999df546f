/** A value as JSON text can say it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** Read its keys as own properties only: data may bear `__proto__` or `constructor` as a key. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for an object that is neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `Array.isArray` that also narrows a read-only array away from an object. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The own property, or undefined: never one inherited from a prototype. */
export function ownProperty(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * The one text of a value: keys sorted by UTF-16 code units, no spaces, so equal values have equal texts.
 * Depth is bounded by whoever parsed the value (a rule by 16, a call's body by its cap).
 */
export function canonicalJson(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}

/** Equal as JSON: the order of keys does not count, that of elements does; -0 is 0. */
export function jsonEquals(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((element, index) => jsonEquals(element, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const other = ownProperty(b, key);
    return other !== undefined && jsonEquals(a[key] ?? null, other);
  });
}
