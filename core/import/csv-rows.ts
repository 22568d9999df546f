import Papa from "papaparse";
import { faultyLine, type CutRows, type RawRow, type Stretch } from "./raw-rows.ts";

/** How a CSV file is written. */
export interface Dialect {
  readonly delimiter: string;
  /** What ends a row; a carriage return before a line feed belongs to the end. */
  readonly newline: "\n" | "\r";
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** The dialect of a file by its beginning: the delimiter that its first row has most of, quotes respected. */
export function dialectOf(text: string, said: string | null): Dialect {
  const newline = text.includes("\n") || !text.includes("\r") ? "\n" : "\r";
  if (said !== null) return { delimiter: said, newline };
  const counts = new Map<string, number>();
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === newline) break;
    else counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const [first, ...others] = DELIMITERS;
  const count = (delimiter: string): number => counts.get(delimiter) ?? 0;
  return { delimiter: others.reduce<string>((best, one) => (count(one) > count(best) ? one : best), first), newline };
}

/**
 * Cuts rows of CSV (RFC 4180): quotes, doubled quotes, line breaks and delimiters within quotes. A row whose quotes are
 * wrong costs itself alone: the next is looked for behind the next line break. Blank lines are no rows.
 * @param most rows at most
 */
export function cutCsvRows(stretch: Stretch, dialect: Dialect, most: number): CutRows {
  const { text, isEnd } = stretch;
  const rows: RawRow[] = [];
  let used = 0;
  while (rows.length < most && used < text.length) {
    const cut = sound(text, used, dialect, most - rows.length, rows);
    used = cut.used;
    if (rows.length >= most || used >= text.length) break;
    if (cut.isFaulty) {
      used = addFault(stretch, used, dialect, rows);
      continue;
    }
    // No row ends in what is left.
    if (!isEnd && used > 0) break;
    const last = isEnd ? lastRow(text.slice(used), dialect) : undefined;
    if (last !== undefined) {
      if (!isBlank(last)) rows.push({ cells: last });
      used = text.length;
      break;
    }
    const given = faultyLine(stretch, used, dialect.newline, text.includes('"', used) ? "bad_quotes" : "row_too_large");
    rows.push(given.row);
    used = given.used;
    if (given.skipping) return { rows, used, skipping: true };
  }
  return { rows, used, skipping: false };
}

/** Rows from a place on up to the first that is wrong or that nothing ends. */
function sound(
  text: string,
  from: number,
  { delimiter, newline }: Dialect,
  most: number,
  rows: RawRow[],
): { readonly used: number; readonly isFaulty: boolean } {
  let used = from;
  let isFaulty = false;
  let taken = 0;
  const parser = new Papa.Parser({
    delimiter,
    newline,
    fastMode: false,
    step: ({ data, errors, meta }) => {
      if (errors.length > 0) {
        isFaulty = true;
        parser.abort();
        return;
      }
      used = from + meta.cursor;
      const cells = withoutReturn(data[0] ?? [], newline);
      if (!isBlank(cells)) {
        rows.push({ cells });
        taken++;
      }
      if (taken >= most) parser.abort();
    },
  });
  parser.parse(from === 0 ? text : text.slice(from), 0, true);
  return { used, isFaulty };
}

function addFault(stretch: Stretch, from: number, { newline }: Dialect, rows: RawRow[]): number {
  const { row, used } = faultyLine(stretch, from, newline, "bad_quotes");
  rows.push(row);
  return used;
}

/** The cells of a part's last row, which no line break ends; undefined where its quotes are wrong. */
function lastRow(text: string, { delimiter, newline }: Dialect): readonly string[] | undefined {
  const trimmed = newline === "\n" && text.endsWith("\r") ? text.slice(0, -1) : text;
  if (trimmed === "") return [""];
  let cells: readonly string[] | undefined;
  let rows = 0;
  const parser = new Papa.Parser({
    delimiter,
    newline,
    fastMode: false,
    step: ({ data, errors }) => {
      rows++;
      cells = errors.length === 0 ? data[0] : undefined;
    },
  });
  parser.parse(trimmed, 0, false);
  return rows === 1 ? cells : undefined;
}

/** The carriage return of a row's end stands at the last cell, where that is not quoted. */
function withoutReturn(cells: readonly string[], newline: string): readonly string[] {
  const last = cells.at(-1);
  if (newline !== "\n" || last === undefined || !last.endsWith("\r")) return cells;
  return [...cells.slice(0, -1), last.slice(0, -1)];
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0]?.trim() === "";
}
