import { isJsonObject, ownProperty, type Json, type JsonObject } from "../model/json.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { CellReader } from "./cell.ts";
import type { MapFault } from "./column-map.ts";
import { cutCsvRows, dialectOf, type Dialect } from "./csv-rows.ts";
import { cutLines } from "./lines.ts";
import type { CutRows, RawRow, RowFault, Stretch } from "./raw-rows.ts";
import { eventOfRow, planRows, type CellError, type RowPlan } from "./row-event.ts";
import type { CsvLayout, ImportSettings } from "./settings.ts";

/** How far a file has been read, and what its beginning said of the rest. */
export interface Reading {
  /** Rows so far; the header is none. */
  readonly rows: number;
  /** Null until the first row was seen, and for NDJSON. */
  readonly table: (Dialect & { readonly columns: readonly string[] | null }) | null;
  /** A row that was given up goes on: all to the next line break is passed over. */
  readonly skipping: boolean;
}

export const NOTHING_READ: Reading = { rows: 0, table: null, skipping: false };

/** A row's event, not yet looked at, or why it has none. */
export type ReadRow =
  | { readonly row: number; readonly event: JsonObject }
  | {
      readonly row: number;
      readonly code: RowFault | CellError["code"] | "not_json" | "not_an_object";
      readonly column?: string;
      /** The row as it stands in the file, for the quarantine. */
      readonly payload: Json;
    };

export interface ReadRows {
  readonly rows: readonly ReadRow[];
  /** Characters of the stretch that are done with: 0 only where there were none. */
  readonly used: number;
  readonly reading: Reading;
}

/**
 * Reads the next rows of a file. Where stretches are cut makes no difference, as long as each holds a row.
 * @param most rows at most
 * @returns the rows, or what is wrong with the header or with the map under it: then nothing of the file can be read
 */
export function readRows(
  stretch: Stretch,
  reading: Reading,
  settings: ImportSettings,
  reader: CellReader,
  most: number,
): Result<ReadRows, MapFault> {
  if (reading.skipping) return ok(passOver(stretch, reading));
  const { layout, event } = settings;
  return layout.format === "csv"
    ? readTable(stretch, reading, layout, event, reader, most)
    : ok(readLines(stretch, reading, event, reader, most));
}

function passOver({ text, isEnd }: Stretch, reading: Reading): ReadRows {
  const end = text.indexOf(reading.table?.newline ?? "\n");
  if (end < 0) return { rows: [], used: text.length, reading: { ...reading, skipping: !isEnd } };
  return { rows: [], used: end + 1, reading: { ...reading, skipping: false } };
}

function readTable(
  stretch: Stretch,
  reading: Reading,
  layout: CsvLayout,
  name: string | null,
  reader: CellReader,
  most: number,
): Result<ReadRows, MapFault> {
  const dialect = reading.table ?? dialectOf(stretch.text, layout.delimiter);
  const isFirst = reading.table === null && layout.header;
  const cut = cutCsvRows(stretch, dialect, isFirst ? most + 1 : most);
  const [first] = cut.rows;
  if (isFirst && first === undefined) return ok({ rows: [], used: cut.used, reading });
  const columns = isFirst ? columnsOf(first) : (reading.table?.columns ?? layout.columns);
  if (columns === undefined) return fail({ code: "bad_map", column: null });
  const plan = planRows(columns, layout.map);
  if (!plan.ok) return plan;
  const data = isFirst ? cut.rows.slice(1) : cut.rows;
  const rows = data.map((raw, at) => rowOfTable(raw, reading.rows + at + 1, plan.value, name, reader, columns));
  const table = { delimiter: dialect.delimiter, newline: dialect.newline, columns };
  return ok(after(cut, rows, { ...reading, table }));
}

function columnsOf(header: RawRow | undefined): readonly string[] | undefined {
  return header !== undefined && "cells" in header ? header.cells : undefined;
}

function rowOfTable(
  raw: RawRow,
  row: number,
  plan: RowPlan,
  name: string | null,
  reader: CellReader,
  columns: readonly string[] | null,
): ReadRow {
  if ("fault" in raw) return { row, code: raw.fault, payload: { line: raw.line } };
  const cells = "cells" in raw ? raw.cells : [raw.line];
  const event = eventOfRow(cells, plan, reader);
  if (event.ok) return { row, event: named(event.value, name) };
  const payload = Object.fromEntries(cells.map((cell, at) => [columns?.[at] ?? String(at + 1), cell]));
  return { row, ...event.error, payload };
}

function readLines(stretch: Stretch, reading: Reading, name: string | null, reader: CellReader, most: number): ReadRows {
  const cut = cutLines(stretch, most);
  const rows = cut.rows.map((raw, at): ReadRow => {
    const row = reading.rows + at + 1;
    if ("fault" in raw) return { row, code: raw.fault, payload: { line: raw.line } };
    const line = "line" in raw ? raw.line : "";
    const json = reader.parseJson(line);
    if (json === undefined) return { row, code: "not_json", payload: { line } };
    return isJsonObject(json) ? { row, event: named(json, name) } : { row, code: "not_an_object", payload: json };
  });
  return after(cut, rows, reading);
}

function after({ used, skipping }: CutRows, rows: readonly ReadRow[], reading: Reading): ReadRows {
  return { rows, used, reading: { ...reading, rows: reading.rows + rows.length, skipping } };
}

function named(event: JsonObject, name: string | null): JsonObject {
  if (name === null || (ownProperty(event, "event") ?? null) !== null) return event;
  return { ...event, event: name };
}
