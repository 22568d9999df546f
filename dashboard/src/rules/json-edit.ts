import { isJsonObject, type Json, type JsonObject } from "../../../core/model/json.ts";

/** Changes of JSON that keep all else, and the order of its keys. A key may be `__proto__`: data is never assigned to. */

export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

/** @param value undefined takes the key away */
export function put(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (value === undefined) return without(object, key);
  return Object.hasOwn(object, key) ? replaceKey(object, key, key, value) : { ...object, [key]: value };
}

export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Another key in the place of one, with its value. */
export function replaceKey(object: JsonObject, from: string, to: string, value: Json): JsonObject {
  if (!Object.hasOwn(object, from)) return { ...without(object, to), [to]: value };
  const entries = Object.entries(object).filter(([key]) => key === from || key !== to);
  return Object.fromEntries(entries.map(([key, held]): [string, Json] => (key === from ? [to, value] : [key, held])));
}

/** Takes away what a JSON Pointer points to, where something is there. */
export function removeAt(value: Json, pointer: string): Json {
  const [, first, ...rest] = pointer.split("/");
  if (first === undefined) return value;
  const key = first.replaceAll("~1", "/").replaceAll("~0", "~");
  const deeper = rest.map((part) => `/${part}`).join("");
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const held = list[Number(key)];
    if (held === undefined) return value;
    return deeper === "" ? list.toSpliced(Number(key), 1) : list.with(Number(key), removeAt(held, deeper));
  }
  if (!isJsonObject(value)) return value;
  const held = value[key];
  if (!Object.hasOwn(value, key) || held === undefined) return value;
  return deeper === "" ? without(value, key) : put(value, key, removeAt(held, deeper));
}

/**
 * A value as one text and back, for fields that hold several: what reads as JSON is that, all else is a text. A text that would
 * read as JSON, or is not seen, stands in quotation marks.
 */
export function tagOf(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = value !== "" && value === value.trim() && !/[\n\r\t]/.test(value) && parsed(value) === undefined;
  return isPlain ? value : JSON.stringify(value);
}

export function valueOfTag(tag: string): Json {
  const value = parsed(tag);
  return value === undefined ? tag : value;
}

/** A number as it is typed, with a comma too; what is none stays the text it is, which is a fault at its place. */
export function numberOf(text: string): Json {
  const plain = text.trim().replace(",", ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : text;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
