import type { AcceptCall, FilterView, JobView, ListCall } from "./calls.ts";

/** What a list's object knows beside its entries. */
export interface Head {
  readonly format: 1;
  readonly home: ListCall;
  /** Migrations that have run. */
  readonly schema: number;
  /** Number of the newest job, and its instant, ms: each one is later than the one before. */
  readonly job: number;
  readonly at: number;
  /** Versions of the filter, also those of which nothing is left. */
  readonly version: number;
  readonly filter: FilterView | null;
  /** Types of identifiers; an entry bears a place in here. */
  readonly types: readonly string[];
}

/** Steps of a job in their order. Each may be cut off anywhere and is taken up where it stood. */
export type Stage = "purge" | "apply" | "leave" | "publish" | "tell" | "done";

/** One thing to be done to the list, counted from one instant on. */
export interface Job {
  readonly n: number;
  readonly id: string;
  readonly kind: JobView["kind"];
  readonly mode: "replace" | "append";
  /** ms: from then on it counts. */
  readonly at: number;
  /** ms: when the entries of an upload end; null for never. */
  readonly until: number | null;
  /** True once they have ended. */
  readonly isOver: boolean;
  readonly upload?: Pick<AcceptCall, "format" | "type" | "column" | "body" | "bytes">;
  /** Of an expiry: the job whose entries end. */
  readonly of?: number;
  readonly stage: Stage;
  readonly begun: boolean;
  readonly failed: boolean;
  /** Bytes of the body that are taken in, lines before them, and whether they end inside a line that is too long. */
  readonly done: number;
  readonly lines: number;
  readonly skipping: boolean;
  /** The first line of a table. */
  readonly header?: string;
  readonly rows: number;
  readonly rejected: number;
  readonly faults: JobView["faults"];
  /** The last entry, in hexadecimal, that the stage has gone over; `""` at its begin. */
  readonly cursor: string;
  readonly told: number;
}

export function newJob(n: number, at: number, of: Pick<Job, "id" | "kind" | "mode" | "until"> & Partial<Job>): Job {
  const nothing = { done: 0, lines: 0, skipping: false, rows: 0, rejected: 0, faults: [], cursor: "", told: 0 };
  return { n, at, isOver: false, stage: "purge", begun: false, failed: false, ...nothing, ...of };
}

/** The job with its next stage begun: those that have nothing to do for its kind are passed over. */
export function nextStage(job: Job): Job {
  const order: readonly Stage[] = ["purge", "apply", "leave", "publish", "tell", "done"];
  const isNeeded = (stage: Stage): boolean => {
    if (stage === "apply") return job.kind === "upload";
    if (stage === "leave") return job.kind !== "upload" || job.mode === "replace";
    return true;
  };
  const stage = order.slice(order.indexOf(job.stage) + 1).find(isNeeded) ?? "done";
  return { ...job, stage, cursor: "" };
}

/** What a list does next. */
export type Next =
  | { readonly kind: "job"; readonly job: Job }
  | { readonly kind: "expire"; readonly of: Job }
  /** Nothing before this instant, ms; Infinity for never. */
  | { readonly kind: "sleep"; readonly until: number };

/**
 * Everything that happens to a list happens in the order of its instants: an upload that was accepted before entries end is
 * taken in first, even late, for it may bear them anew; entries that end before an upload end first, for it does not undo that.
 * @param jobs all, in the order of acceptance
 */
export function nextOf(jobs: readonly Job[], now: number): Next {
  const open = jobs.filter(({ stage }) => stage !== "done");
  const underWay = open.find(({ begun }) => begun);
  if (underWay !== undefined) return { kind: "job", job: underWay };
  const ending = jobs
    .filter(({ until, isOver, stage }) => until !== null && !isOver && stage === "done")
    .reduce<Job | undefined>((first, job) => ((job.until ?? 0) < (first?.until ?? Infinity) ? job : first), undefined);
  const queued = open[0];
  const endsAt = ending?.until ?? Infinity;
  if (ending !== undefined && endsAt <= Math.min(now, queued?.at ?? Infinity)) return { kind: "expire", of: ending };
  return queued === undefined ? { kind: "sleep", until: endsAt } : { kind: "job", job: queued };
}

export function jobView({ id, kind, mode, at, until, upload, stage, begun, failed, done, ...counts }: Job): JobView {
  const { rows, rejected, faults, told } = counts;
  return {
    id,
    kind,
    mode,
    state: stateOf(stage, begun, failed),
    at,
    until,
    bytes: upload?.bytes ?? 0,
    done,
    rows,
    rejected,
    faults,
    told,
  };
}

function stateOf(stage: Stage, begun: boolean, failed: boolean): JobView["state"] {
  if (failed) return "failed";
  if (!begun) return "waiting";
  switch (stage) {
    case "purge":
    case "apply":
    case "leave":
      return "applying";
    case "publish":
      return "publishing";
    case "tell":
      return "telling";
    case "done":
      return "done";
  }
}
