import { parsePath } from "../rules/path.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { CellType } from "./cell.ts";
import { isDatePattern } from "./date-pattern.ts";
import type { ColumnMap } from "./settings.ts";

/** What is wrong with a map, or with a header that is one. */
export interface MapFault {
  readonly code: "bad_map" | "unknown_path" | "unknown_type" | "path_conflict" | "unknown_column" | "duplicate_column";
  /** The column as it was named; null where it is not about one. */
  readonly column: string | null;
}

/** More columns than any file that describes people. */
const MOST_COLUMNS = 1_000;

/** Fields of an event that hold one text. */
const FIELDS: ReadonlySet<string> = new Set([
  "userId",
  "anonymousId",
  "messageId",
  "event",
  "timestamp",
  "groupId",
  "previousId",
]);
const OBJECTS: ReadonlySet<string> = new Set(["properties", "traits", "context"]);

/**
 * Reads `column:path[:type],...`. A comma, colon or parenthesis of a column's own name bears a backslash; within
 * parentheses neither separates, for `date(DD/MM/YYYY HH:mm)`.
 */
export function parseColumnMap(text: string): Result<readonly ColumnMap[], MapFault> {
  const map: ColumnMap[] = [];
  for (const entry of split(text, ",")) {
    const [name = "", ...rest] = split(entry, ":");
    const column = unescaped(name);
    if (column === "" || rest.length === 0) return fail({ code: "bad_map", column: entry });
    const one = parseTarget(rest, column);
    if (!one.ok) return one;
    map.push(one.value);
  }
  return map.length > MOST_COLUMNS ? fail({ code: "bad_map", column: null }) : noConflict(map);
}

/** The map of a file whose columns are named by their paths, a type behind them where they have one; an empty name leaves its column out. */
export function mapOfHeader(columns: readonly string[]): Result<readonly ColumnMap[], MapFault> {
  const map: ColumnMap[] = [];
  for (const column of columns) {
    if (column === "") continue;
    const one = parseTarget(split(column, ":"), column);
    if (!one.ok) return one;
    map.push(one.value);
  }
  return noConflict(map);
}

function parseTarget(parts: readonly string[], column: string): Result<ColumnMap, MapFault> {
  const [pathText = "", typeText, ...more] = parts;
  const path = parsePath(pathText.replaceAll(/\\([,:()])/g, "$1"));
  if (path === undefined || !isTarget(path)) return fail({ code: "unknown_path", column });
  const type = typeText === undefined ? ({ kind: "text" } as const) : parseType(typeText);
  if (type === undefined || more.length > 0) return fail({ code: "unknown_type", column });
  return ok({ column, path, type });
}

function isTarget(path: readonly string[]): boolean {
  const [first = ""] = path;
  if (FIELDS.has(first)) return path.length === 1;
  if (first === "externalIds") return path.length === 2;
  return OBJECTS.has(first) && path.length > 1;
}

function parseType(text: string): CellType | undefined {
  const [, kind, pattern] = /^([a-z-]+)(?:\((.*)\))?$/.exec(text) ?? [];
  switch (kind) {
    case "date":
      if (pattern === undefined) return { kind, pattern: null };
      return isDatePattern(pattern) ? { kind, pattern } : undefined;
    case "text":
    case "number":
    case "decimal-comma":
    case "integer":
    case "boolean":
    case "json":
    case "unix":
    case "unixms":
      return pattern === undefined ? { kind } : undefined;
    default:
      return undefined;
  }
}

/** A path is written once, and no path lies within another. */
function noConflict(map: readonly ColumnMap[]): Result<readonly ColumnMap[], MapFault> {
  const taken = new Set<string>();
  for (const { path } of map) taken.add(JSON.stringify(path));
  const seen = new Set<string>();
  for (const { path, column } of map) {
    const key = JSON.stringify(path);
    const within = path.some((_, length) => length > 0 && taken.has(JSON.stringify(path.slice(0, length))));
    if (seen.has(key) || within) return fail({ code: "path_conflict", column });
    seen.add(key);
  }
  return ok(map);
}

/** Splits at a separator that has no backslash before it and lies within no parentheses. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") at++;
    else if (character === "(") depth++;
    else if (character === ")") depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1");
}
