/** A quoted cell longer than this never closes: the reader gives such a row up, too. In characters. */
const LONGEST_QUOTED = 262_144;

/** Finds where rows end in a text that comes piece by piece, for whoever cuts a file into parts. */
export class RowEnds {
  /** Null for lines: nothing is quoted in them. */
  readonly #delimiter: string | null;
  #quoted = false;
  /** Characters since the quote opened. */
  #since = 0;
  #before = "\n";

  /** @param delimiter of CSV; null where each line is a row */
  constructor(delimiter: string | null) {
    this.#delimiter = delimiter;
  }

  /** @returns the place after the last row that ends in this piece; -1 where none does */
  lastIn(piece: string): number {
    if (this.#delimiter === null) return piece.lastIndexOf("\n") + 1 || -1;
    const marks = /["\n]/g;
    let end = -1;
    let from = 0;
    for (let mark = marks.exec(piece); mark !== null; mark = marks.exec(piece)) {
      const at = mark.index;
      if (this.#quoted) this.#since += at - from;
      from = at;
      if (this.#quoted && this.#since > LONGEST_QUOTED) this.#quoted = false;
      if (mark[0] === "\n") {
        if (!this.#quoted) end = at + 1;
      } else if (this.#quoted) {
        this.#quoted = false;
      } else if (this.#opensAt(piece, at)) {
        this.#quoted = true;
        this.#since = 0;
      }
    }
    if (this.#quoted) this.#since += piece.length - from;
    if (piece !== "") this.#before = piece.charAt(piece.length - 1);
    return end;
  }

  /** A quote opens a cell where the cell begins, or opens it again as the second of a doubled one. */
  #opensAt(piece: string, at: number): boolean {
    const before = at === 0 ? this.#before : piece.charAt(at - 1);
    return before === this.#delimiter || before === "\n" || before === '"';
  }
}
