import { isJsonObject, type Json } from "../model/json.ts";
import type { Path } from "./ast.ts";

/**
 * Reads a dotted path; `\.` is a dot of the key itself and `\\` a backslash (rules.md, "Path").
 * @returns the keys, or undefined for an empty key or a backslash before anything else
 */
export function parsePath(text: string): Path | undefined {
  const keys: string[] = [];
  let key = "";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === ".") {
      if (key === "") return undefined;
      keys.push(key);
      key = "";
    } else if (character === "\\") {
      at += 1;
      const escaped = text.charAt(at);
      if (escaped !== "." && escaped !== "\\") return undefined;
      key += escaped;
    } else {
      key += character;
    }
  }
  if (key === "") return undefined;
  keys.push(key);
  return keys;
}

/** The path as a rule writes it. */
export function pathText(path: Path): string {
  return path.map((key) => key.replaceAll("\\", "\\\\").replaceAll(".", "\\.")).join(".");
}

/** Follows own properties of objects from the key at `from` on; arrays and texts have none. Null is returned as it is. */
export function readPath(value: Json | undefined, path: Path, from = 0): Json | undefined {
  let current = value;
  for (let at = from; at < path.length; at++) {
    const key = path[at];
    if (key === undefined || !isJsonObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}
