import { DurableObject } from "cloudflare:workers";
import {
  beginProgress,
  failed,
  isOver,
  settled,
  stepped,
  type ImportJob,
  type ImportPart,
  type Progress,
} from "../../core/import/progress.ts";
import { canonicalJson, type Json } from "../../core/model/json.ts";
import type { ImportView, PartAnswer } from "./view.ts";
import { STEP_VERSION, type ImportStep, type ImportSteps, type StepAnswer } from "./step.ts";
import { ImportStore, MOST_LISTED } from "./store.ts";

/** An alarm works this long before it makes way for the next. */
const ALARM_WORKS_MS = 10_000;
/** The first wait after a step that could not be done, doubled with each that follows, up to the last. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/**
 * One import: its parts, how far they are applied, and what became of their rows. An alarm applies them step by step; it
 * is what goes on after a death, and it is armed for as long as there is anything to do.
 */
export class ImportObject extends DurableObject<Env> {
  readonly #store = new ImportStore(this.ctx.storage);
  /** Steps in a row that could not be done, and until when the next waits. */
  #failures = 0;
  #waitingUntil: number | null = null;

  /** True for an import under these settings; `conflict` where another has the id; undefined where none has. */
  knows(settings: ImportJob["settings"], source: string): "same" | "conflict" | undefined {
    const held = this.#store.load();
    return held === undefined ? undefined : isSame(held.job, settings, source) ? "same" : "conflict";
  }

  begin(job: ImportJob): "same" | "conflict" {
    const held = this.#store.load();
    if (held !== undefined) return isSame(held.job, job.settings, job.source.key) ? "same" : "conflict";
    this.#store.begin({ job, progress: beginProgress(job.createdAt) });
    return "same";
  }

  /** The hash of a part that is stored; undefined where it is not. */
  hashOf(part: number): string | undefined {
    return this.#store.load() === undefined ? undefined : this.#store.part(part)?.sha256;
  }

  /**
   * Takes a part that is stored in the bucket; durable when it returns.
   * @param last the number of the last part, where that is known
   */
  async addPart(part: ImportPart, last: number | null): Promise<PartAnswer> {
    const held = this.#store.load();
    if (held === undefined) return "gone";
    const stored = this.#store.part(part.part);
    if (stored !== undefined && stored.sha256 !== part.sha256) return "conflict";
    const { progress } = held;
    const end = last ?? progress.last;
    const greatest = Math.max(this.#store.parts().greatest, part.part);
    if ((progress.last !== null && last !== null && progress.last !== last) || (end !== null && greatest > end))
      return "conflict";
    const now = Date.now();
    const isThere = progress.cursor.part === part.part || this.#store.part(progress.cursor.part) !== undefined;
    const next = settled({ ...progress, last: end }, isThere, now);
    if (stored === undefined) this.#store.addPart(part, next);
    else this.#store.commit(next);
    await this.#arm(next);
    return stored === undefined ? "added" : "same";
  }

  /** As JSON text; undefined where there is no such import. */
  async view(): Promise<string | undefined> {
    const held = this.#store.load();
    if (held === undefined) return undefined;
    await this.#arm(held.progress);
    const { job, progress } = held;
    const { count, bytes } = this.#store.parts();
    const missing = this.#store.missing();
    const view: ImportView = {
      job,
      progress,
      parts: count,
      bytesTotal: bytes,
      nextPart: isOver(progress) || (progress.last !== null && missing > progress.last) ? null : missing,
      waitingUntil: this.#waitingUntil,
      rejected: this.#store.rejected(),
      mostListed: MOST_LISTED,
    };
    return JSON.stringify(view);
  }

  /** Ends the import where it is and forgets it; what was accepted stays accepted. */
  async remove(): Promise<void> {
    this.#store.clear();
    await this.ctx.storage.deleteAlarm();
  }

  override async alarm(): Promise<void> {
    try {
      await this.#work(Date.now() + ALARM_WORKS_MS);
    } catch {
      // Whatever it was: the platform gives an alarm up after a few tries, an import must not be.
      await this.#wait();
    }
  }

  /** An alarm for what is to be done; view and parts ask for it too, should one ever have been lost. */
  async #arm(progress: Progress): Promise<void> {
    if (progress.phase !== "applying" || this.#isWorking) return;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now());
  }

  #isWorking = false;

  async #work(until: number): Promise<void> {
    this.#isWorking = true;
    try {
      for (;;) {
        const held = this.#store.load();
        if (held === undefined) return;
        const { job, progress } = held;
        const part = this.#store.part(progress.cursor.part);
        const now = settled(progress, part !== undefined, Date.now());
        if (now !== progress) this.#store.commit(now);
        if (now.phase !== "applying" || part === undefined) return await this.#cleanUp(now);
        if (Date.now() >= until) return await this.ctx.storage.setAlarm(Date.now());
        const steps: ImportSteps = this.ctx.exports.ImportEntrypoint;
        const { cursor, reading } = progress;
        const step: ImportStep = { v: STEP_VERSION, job, part, from: { cursor, reading } };
        const answer: StepAnswer = JSON.parse(await steps.apply(JSON.stringify(step)));
        if (answer.is === "busy" || answer.is === "unavailable") return await this.#wait();
        this.#failures = 0;
        this.#waitingUntil = null;
        this.#take(answer, job, part);
        await scheduler.wait(1);
      }
    } finally {
      this.#isWorking = false;
    }
  }

  /** Parts may have come while the step ran, or the import may have been deleted, and even begun anew. */
  #take(answer: StepAnswer, job: ImportJob, part: ImportPart): void {
    const held = this.#store.load();
    if (held === undefined || held.job.createdAt !== job.createdAt) return;
    if (answer.is === "done") {
      this.#store.commit(stepped(held.progress, answer.done, part.bytes, Date.now()), answer.done.rejected);
    } else if (answer.is === "failed") {
      this.#store.commit(failed(held.progress, answer.failure, Date.now()));
    }
  }

  async #wait(): Promise<void> {
    this.#waitingUntil = Date.now() + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    await this.ctx.storage.setAlarm(this.#waitingUntil);
  }

  /** What is applied need not be kept: the files are about people. */
  async #cleanUp(progress: Progress): Promise<void> {
    const before = isOver(progress) ? Number.MAX_SAFE_INTEGER : progress.cursor.part;
    const objects = this.#store.appliedObjects(before);
    if (objects.length === 0) return;
    // So many keys a call are taken.
    for (let from = 0; from < objects.length; from += 1_000) await this.env.IMPORTS.delete(objects.slice(from, from + 1_000));
    this.#store.markRemoved(before);
  }
}

function isSame(job: ImportJob, settings: ImportJob["settings"], source: string): boolean {
  return job.source.key === source && text(job.settings) === text(settings);
}

function text(settings: ImportJob["settings"]): string {
  const json: Json = JSON.parse(JSON.stringify(settings));
  return canonicalJson(json);
}
