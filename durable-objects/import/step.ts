import type { MapFault } from "../../core/import/column-map.ts";
import type { ImportJob, ImportPart, Progress, StepDone } from "../../core/import/progress.ts";

/** Both sides may be of another day's Worker: the form bears a version and only grows. */
export const STEP_VERSION = 1;

/** The next rows of a part, to be given to their profiles. */
export interface ImportStep {
  readonly v: typeof STEP_VERSION;
  readonly job: ImportJob;
  readonly part: ImportPart;
  readonly from: Pick<Progress, "cursor" | "reading">;
}

/**
 * What became of a step. `busy` and `unavailable`: nothing is lost and some of it may be done; the same step is to be
 * asked for again, later.
 */
export type StepAnswer =
  | { readonly is: "done"; readonly done: StepDone }
  | { readonly is: "failed"; readonly failure: MapFault }
  | { readonly is: "busy" | "unavailable" };

/** The Worker's side, reached as an entrypoint of its own: objects import nothing of the Worker. */
export interface ImportSteps {
  /** @param step JSON of an `ImportStep` @returns JSON of a `StepAnswer` */
  apply(step: string): Promise<string>;
}
