import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** How far a replay has come: rows are acknowledged batch by batch in any order, the mark moves only over rows without a gap. */
export class RowMark {
  #mark: number;
  readonly #ahead = new Set<number>();

  constructor(mark: number) {
    this.#mark = mark;
  }

  /** @returns the last row before which, itself included, every row was acknowledged */
  acknowledge(row: number): number {
    if (row > this.#mark) this.#ahead.add(row);
    while (this.#ahead.delete(this.#mark + 1)) this.#mark++;
    return this.#mark;
  }
}

/** What is kept of a replay between runs. */
export interface Progress {
  /** Rows up to here were acknowledged. */
  readonly mark: number;
  /** Rows up to here were meant to be sent: beyond `mark` some of them may have arrived. */
  readonly goal: number;
}

/** Reads the progress of an earlier run; a file that is not there or was cut off in writing means: from the beginning, for nothing counts twice. */
export function readProgress(file: string): Progress {
  try {
    const read: Partial<Progress> = JSON.parse(readFileSync(file, "utf8"));
    const { mark, goal } = read;
    if (Number.isSafeInteger(mark) && Number.isSafeInteger(goal)) return { mark: mark ?? 0, goal: goal ?? 0 };
  } catch {
    // None yet.
  }
  return { mark: 0, goal: 0 };
}

/** Whole or not at all: a kill in the middle leaves the file of before. */
export function writeProgress(file: string, progress: Progress): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(progress));
  renameSync(`${file}.new`, file);
}
