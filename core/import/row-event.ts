import type { Json, JsonObject } from "../model/json.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { readCell, type CellFault, type CellReader } from "./cell.ts";
import { mapOfHeader, type MapFault } from "./column-map.ts";
import type { ColumnMap } from "./settings.ts";

/** The columns of a file with their places in the event. */
export interface RowPlan {
  /** How many cells a row has; null where nothing said so. */
  readonly width: number | null;
  readonly columns: readonly (ColumnMap & { readonly place: number })[];
}

/** Why a row gives no event. */
export interface CellError {
  readonly code: CellFault | "wrong_cell_count";
  readonly column?: string;
}

/**
 * @param names of the columns; null: their numbers, from 1
 * @param map null: the names are the paths
 */
export function planRows(names: readonly string[] | null, map: readonly ColumnMap[] | null): Result<RowPlan, MapFault> {
  const trimmed = names?.map((name) => name.trim()) ?? null;
  const mapped = map === null ? mapOfHeader(trimmed ?? []) : ok(map);
  if (!mapped.ok) return mapped;
  const columns: (ColumnMap & { readonly place: number })[] = [];
  for (const entry of mapped.value) {
    const place = trimmed === null ? numbered(entry.column) : trimmed.indexOf(entry.column);
    if (place < 0) return fail({ code: "unknown_column", column: entry.column });
    if (trimmed !== null && trimmed.includes(entry.column, place + 1))
      return fail({ code: "duplicate_column", column: entry.column });
    columns.push({ ...entry, place });
  }
  if (columns.length === 0) return fail({ code: "bad_map", column: null });
  return ok({ width: trimmed?.length ?? null, columns });
}

function numbered(column: string): number {
  return /^[1-9]\d{0,3}$/.test(column) ? Number(column) - 1 : -1;
}

/** The event that a row's cells make. An empty cell says nothing. */
export function eventOfRow(cells: readonly string[], plan: RowPlan, reader: CellReader): Result<JsonObject, CellError> {
  const { width, columns } = plan;
  if (width !== null && cells.length !== width) return fail({ code: "wrong_cell_count" });
  const event: Branch = new Map();
  const externalIds: Json[] = [];
  for (const { place, path, type, column } of columns) {
    const text = cells[place] ?? "";
    if (text.trim() === "") continue;
    const value = readCell(text, type, reader);
    if (!value.ok) return fail({ code: value.error, column });
    const [first, second] = path;
    if (first === "externalIds") externalIds.push({ type: second ?? "", id: value.value });
    else plant(event, path, value.value);
  }
  if (externalIds.length > 0) plant(event, ["context", "externalIds"], externalIds);
  return ok(objectOf(event));
}

/** A map until it is whole: columns may bear any name, `__proto__` too. */
type Branch = Map<string, Leaf | Branch>;
interface Leaf {
  readonly value: Json;
}

function plant(event: Branch, path: readonly string[], value: Json): void {
  let branch = event;
  for (const key of path.slice(0, -1)) {
    const held = branch.get(key);
    const next: Branch = held instanceof Map ? held : new Map();
    branch.set(key, next);
    branch = next;
  }
  branch.set(path.at(-1) ?? "", { value });
}

function objectOf(branch: Branch): JsonObject {
  return Object.fromEntries([...branch].map(([key, held]) => [key, held instanceof Map ? objectOf(held) : held.value]));
}
