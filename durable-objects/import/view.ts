import type { ImportJob, Progress, RejectedRow } from "../../core/import/progress.ts";

/** What became of a part: `same` where it was there, `conflict` where another was, `gone` where the import was deleted meanwhile. */
export type PartAnswer = "added" | "same" | "conflict" | "gone";

/** All that is told of an import. */
export interface ImportView {
  readonly job: ImportJob;
  readonly progress: Progress;
  /** Parts that are stored, and their bytes. */
  readonly parts: number;
  readonly bytesTotal: number;
  /** The first part that is not there; null where none is wanted any more. */
  readonly nextPart: number | null;
  /** A step could not be done and waits until then; null else. */
  readonly waitingUntil: number | null;
  readonly rejected: readonly RejectedRow[];
  readonly mostListed: number;
}
