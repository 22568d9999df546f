import {
  cellOf,
  jsonIdentifier,
  listIdentifier,
  readHeader,
  type Column,
  type LineFault,
} from "../../core/identity/list-lines.ts";
import type { Identifier } from "../../core/model/ids.ts";
import { fail, type Result } from "../../core/model/result.ts";
import type { Job } from "./job.ts";

/** Faults of an upload that are named; all are counted. */
const MOST_FAULTS = 20;

/** What a piece of a body held, and the job once it is taken in. */
export interface Taken {
  readonly identifiers: readonly Identifier[];
  readonly job: Job;
}

/**
 * Reads the whole lines of a piece of an upload's body; the rest of it begins the next piece.
 * @param piece from `job.done` on @param isLast whether the body ends with it
 */
export function takePiece(job: Job, piece: Uint8Array, isLast: boolean): Taken {
  const { upload } = job;
  if (upload === undefined) throw new Error("a job without a body has no lines");
  const end = isLast ? piece.length : piece.lastIndexOf(NEWLINE) + 1;
  // A line longer than a piece is no identifier: it is passed over, piece by piece, and counted where it begins.
  const length = end === 0 ? piece.length : end;
  const texts = new TextDecoder().decode(piece.subarray(0, length)).split("\n");
  if (texts.at(-1) === "") texts.pop();
  let { lines, header, rows, rejected } = job;
  const faults = [...job.faults];
  const identifiers: Identifier[] = [];
  let column = header === undefined ? undefined : readHeader(header, upload.column);
  for (const [place, text] of texts.entries()) {
    const isRest = place === 0 && job.skipping;
    if (!isRest) lines++;
    if (isRest || text.trim() === "") continue;
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (upload.format === "csv" && header === undefined) {
      header = line;
      column = readHeader(line, upload.column);
      continue;
    }
    rows++;
    const read = end === 0 ? fail("too_long" as const) : readLine(upload, column, line);
    if (read.ok) {
      identifiers.push(read.value);
      continue;
    }
    rejected++;
    if (faults.length < MOST_FAULTS) faults.push({ line: lines, code: read.error });
  }
  return {
    identifiers,
    job: {
      ...job,
      done: job.done + length,
      skipping: end === 0,
      lines,
      rows,
      rejected,
      faults,
      ...(header === undefined ? {} : { header }),
    },
  };
}

const NEWLINE = 0x0a;

function readLine(
  { format, type }: NonNullable<Job["upload"]>,
  column: Result<Column, LineFault> | undefined,
  line: string,
): Result<Identifier, LineFault> {
  if (format === "ndjson") return jsonIdentifier(type, line);
  if (column === undefined) return listIdentifier(type, line);
  if (!column.ok) return column;
  const cell = cellOf(line, column.value);
  return cell === undefined ? fail("no_such_column") : listIdentifier(type, cell);
}
