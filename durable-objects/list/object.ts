import { DurableObject } from "cloudflare:workers";
import type { ProfileId } from "../../core/model/ids.ts";
import type { AcceptCall, EntryStanding, JobView, ListCall, ListMatching, ListState } from "./calls.ts";
import { jobView, newJob, nextOf, type Head, type Job } from "./job.ts";
import { PACE, REMEMBERED_MS, step, type Pace } from "./step.ts";
import { ListStore } from "./store.ts";

/** How soon the alarm takes up what has failed, ms. */
const ALARM_AGAIN_MS = 5_000;
/** Between two steps those are served who share the thread. */
const BREATH_MS = 1;
/** Jobs that are shown. */
const MOST_SHOWN = 20;

/**
 * A list of identifiers: who is on it exactly, and the jobs that change it, one after the other, in the order of their
 * instants. Every step is durable with how far it came, so a job that is cut off anywhere goes on there.
 */
export class ListObject extends DurableObject<Env> {
  matching: ListMatching = this.ctx.exports.ListMatching;
  /** Where bodies and filters lie. */
  bucket: R2Bucket = this.env.PUBLISHED;
  pace: Pace = PACE;
  readonly #store = new ListStore(this.ctx.storage);
  #working = false;

  /** Takes on an upload; from the instant in the answer on it counts. Durable when it returns. */
  async accept({ id, mode, format, type, column, body, bytes, expiresMs, ...home }: AcceptCall): Promise<JobView> {
    const upload = { format, type, body, bytes, ...(column === undefined ? {} : { column }) };
    const job = this.#append(home, (at) => ({
      id,
      kind: "upload",
      mode,
      until: expiresMs === null ? null : at + expiresMs,
      upload,
    }));
    await this.ctx.storage.setAlarm(Date.now());
    return jobView(job);
  }

  /** The list is deleted: everybody goes, and is told. Where there was nothing, nothing is made. */
  async clear(home: ListCall): Promise<void> {
    if (this.#store.head() === undefined) return;
    this.#append(home, (at) => ({ id: `clear-${at}`, kind: "clear", mode: "replace", until: null }));
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** How identifiers stand, each by its name: exact, also while an upload is taken in. */
  standing(call: ListCall, hashes: readonly ProfileId[]): (EntryStanding | null)[] {
    const untilOf = new Map(this.#jobs(call).map(({ n, until }) => [n, until]));
    return hashes.map((hash) => {
      const entry = untilOf.size === 0 ? undefined : this.#store.entry(Buffer.from(hash, "base64url"));
      if (entry === undefined) return null;
      return { since: entry.since, until: untilOf.get(entry.job) ?? null, gone: entry.gone };
    });
  }

  state(call: ListCall): ListState {
    const jobs = this.#jobs(call);
    const filter = jobs.length === 0 ? null : (this.#store.head()?.filter ?? null);
    return { filter, jobs: jobs.toReversed().slice(0, MOST_SHOWN).map(jobView) };
  }

  upload(call: ListCall, id: string): JobView | null {
    const job = this.#jobs(call).find((one) => one.id === id);
    return job === undefined ? null : jobView(job);
  }

  /** None to another workspace, nor for a list that was never written. */
  #jobs({ workspace }: ListCall): readonly Job[] {
    return this.#store.head()?.home.workspace === workspace ? this.#store.jobs() : [];
  }

  /** Caught and armed again for ever: an alarm that fails its retries is deleted. */
  override async alarm(): Promise<void> {
    if (this.#working) return this.ctx.storage.setAlarm(Date.now() + ALARM_AGAIN_MS);
    this.#working = true;
    try {
      const at = await this.#work();
      if (at < Infinity) await this.ctx.storage.setAlarm(at);
    } catch {
      await this.ctx.storage.setAlarm(Date.now() + ALARM_AGAIN_MS);
    } finally {
      this.#working = false;
    }
  }

  /** @returns when there is something to do again, ms; Infinity for never */
  async #work(): Promise<number> {
    const { bucket, matching, pace } = this;
    const ground = { store: this.#store, bucket, matching, pace, nameKey: this.env.NAME_KEY };
    for (let left = pace.steps; left > 0; left--) {
      const jobs = this.#store.jobs();
      const next = nextOf(jobs, Date.now());
      if (next.kind === "sleep") return this.#sleep(jobs, next.until);
      if (next.kind === "expire") this.#expire(next.of);
      else await step(ground, this.#begin(next.job));
      await scheduler.wait(BREATH_MS);
    }
    return Date.now();
  }

  #begin(job: Job): Job {
    if (job.begun) return job;
    const begun = { ...job, begun: true };
    this.#store.transaction(() => this.#store.putJob(begun));
    return begun;
  }

  /** A list that is deleted is remembered for as long as its entries are. */
  async #sleep(jobs: readonly Job[], until: number): Promise<number> {
    const last = jobs.at(-1);
    if (last?.kind !== "clear") return until;
    const forgetAt = last.at + REMEMBERED_MS;
    if (Date.now() < forgetAt) return Math.min(until, forgetAt);
    await this.#store.forget();
    return Infinity;
  }

  /** The entries of an upload end: a job of its own, at the instant that the upload said. */
  #expire(of: Job): void {
    const head = this.#store.head();
    const at = of.until;
    if (head === undefined || at === null) throw new Error("entries end that have no end");
    const n = head.job + 1;
    this.#store.transaction(() => {
      this.#store.putJob({ ...of, isOver: true });
      this.#store.putJob({
        ...newJob(n, at, { id: `expiry-${of.n}`, kind: "expiry", mode: "append", until: null, of: of.n }),
        begun: true,
      });
      this.#store.putHead({ ...head, job: n, at: Math.max(head.at, at) });
    });
  }

  #append(home: ListCall, make: (at: number) => Pick<Job, "id" | "kind" | "mode" | "until"> & Partial<Job>): Job {
    const { v, workspace, jurisdiction, list } = home;
    const nothing: Head = {
      format: 1,
      home: { v, workspace, jurisdiction, list },
      schema: 0,
      job: 0,
      at: 0,
      version: 0,
      filter: null,
      types: [],
    };
    const head = this.#store.head() ?? nothing;
    const at = Math.max(Date.now(), head.at + 1);
    const job = newJob(head.job + 1, at, make(at));
    this.#store.transaction(() => {
      this.#store.putJob(job);
      this.#store.putHead({ ...head, job: job.n, at });
      for (const { n } of forgettable(this.#store.jobs())) this.#store.dropJob(n);
    });
    return job;
  }
}

/** Jobs that are neither shown nor say until when an entry holds. */
function forgettable(jobs: readonly Job[]): readonly Job[] {
  return jobs.slice(0, -MOST_SHOWN).filter(({ stage, until, isOver }) => stage === "done" && (until === null || isOver));
}
