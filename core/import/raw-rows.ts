/** A row as cut from the text, not yet understood. */
export type RawRow =
  | { readonly cells: readonly string[] }
  | { readonly line: string }
  /** A row that could not be cut: what stands up to the next line break, shortened. */
  | { readonly fault: RowFault; readonly line: string };

/** `bad_quotes`: a quote opens that does not close, or closes in the midst of a cell. `row_too_large`: longer than a range. */
export type RowFault = "bad_quotes" | "row_too_large";

/** A stretch of a part's text that begins where a row does. */
export interface Stretch {
  readonly text: string;
  /** True where the part ends with it: then its last row needs no line break. */
  readonly isEnd: boolean;
}

/** Rows of a stretch, in order. */
export interface CutRows {
  readonly rows: readonly RawRow[];
  /** Characters that are done with. */
  readonly used: number;
  /** True where a row goes on behind the stretch that is given up: all to the next line break is to be passed over. */
  readonly skipping: boolean;
}

const LONGEST_SHOWN = 1_000;

/** The fault at a place, and how far it reaches: to the next line break, where the next row is looked for. */
export function faultyLine(
  { text, isEnd }: Stretch,
  from: number,
  newline: string,
  fault: RowFault,
): { readonly row: RawRow; readonly used: number; readonly skipping: boolean } {
  const end = text.indexOf(newline, from);
  const line = text.slice(from, Math.min(end < 0 ? text.length : end, from + LONGEST_SHOWN));
  return { row: { fault, line }, used: end < 0 ? text.length : end + newline.length, skipping: end < 0 && !isEnd };
}
