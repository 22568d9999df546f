import type { ProfileId } from "../../core/model/ids.ts";
import type { EntryChange, ListMatching } from "./calls.ts";
import { buildFilters, publishFilters, retireFilters } from "./filters.ts";
import { nextStage, type Head, type Job } from "./job.ts";
import { takePiece } from "./lines.ts";
import { entryNames, partnerKey } from "./names.ts";
import { hexOf, type Entry, type ListStore } from "./store.ts";

/** What a step works with. */
export interface Ground {
  readonly store: ListStore;
  readonly bucket: R2Bucket;
  readonly nameKey: string;
  readonly matching: ListMatching;
  /** How much one step takes: a test takes less, to be cut off in between. */
  readonly pace: Pace;
}

export interface Pace {
  /** Bytes of a body: about a thousand hashed e-mails, some 60 ms. All of an isolate is on one thread, and others have to be served between. */
  readonly bytes: number;
  /** Entries of a walk that only touches rows. */
  readonly entries: number;
  /** Entries of which people are told: a call each, of the 10,000 that one invocation may make. */
  readonly told: number;
  /** Steps of one alarm: its invocation has 30 s of CPU. */
  readonly steps: number;
}

export const PACE: Pace = { bytes: 65_536, entries: 2_000, told: 500, steps: 200 };

/** Entries that went are remembered for a day: who turns out to bear one, late, is told when it went. */
export const REMEMBERED_MS = 86_400_000;

/**
 * Does one bounded step of a job and makes durable what it did and how far it came, in one transaction. What it asks of
 * others comes before that and may be repeated.
 * @returns the job as it is from then on
 */
export async function step(ground: Ground, job: Job): Promise<Job> {
  switch (job.stage) {
    case "purge":
      return walk(ground, job, (after, limit) => ground.store.purge(job.at - REMEMBERED_MS, after, limit));
    case "apply":
      return apply(ground, job);
    case "leave": {
      const from = job.of === undefined ? { before: job.kind === "clear" ? job.n + 1 : job.n } : { of: job.of };
      return walk(ground, job, (after, limit) => ground.store.leave(job.at, from, after, limit));
    }
    case "publish":
      return publish(ground, job);
    case "tell":
      return tell(ground, job);
    case "done":
      return job;
  }
}

function walk({ store, pace }: Ground, job: Job, page: (after: string, limit: number) => string | undefined): Job {
  let next = job;
  store.transaction(() => {
    const cursor = page(job.cursor, pace.entries);
    next = cursor === undefined ? nextStage(job) : { ...job, cursor };
    store.putJob(next);
  });
  return next;
}

/** Takes in a piece of the body. */
async function apply({ store, bucket, nameKey, pace }: Ground, job: Job): Promise<Job> {
  const { upload } = job;
  const head = store.head();
  if (upload === undefined || head === undefined) throw new Error("an upload has lost its body's name");
  const length = Math.min(pace.bytes, upload.bytes - job.done);
  const piece = length <= 0 ? new Uint8Array(0) : await readPiece(bucket, upload.body, job.done, length);
  if (piece === undefined) return lost(store, job);
  const { identifiers, job: taken } = takePiece(job, piece, job.done + length >= upload.bytes);
  const { workspace, list } = head.home;
  const partner = partnerKey(nameKey, workspace, list);
  const types = [...head.types];
  const entries = identifiers.map((identifier) => {
    if (!types.includes(identifier.type)) types.push(identifier.type);
    return { names: entryNames(nameKey, workspace, partner, identifier), type: types.indexOf(identifier.type) };
  });
  const next = taken.done < upload.bytes ? taken : nextStage(taken);
  store.transaction(() => {
    for (const { names, type } of entries) store.putEntry(names, type, job.n, job.at);
    if (types.length > head.types.length) store.putHead({ ...(store.head() ?? head), types });
    store.putJob(next);
  });
  return next;
}

async function readPiece(bucket: R2Bucket, key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
  const object = await bucket.get(key, { range: { offset, length } });
  return object === null ? undefined : new Uint8Array(await object.arrayBuffer());
}

/** The body is gone: what was taken of it holds, and a replacing upload lets nobody go whom it might have borne. */
function lost(store: ListStore, job: Job): Job {
  const next: Job = { ...job, failed: true, mode: "append", stage: "publish", cursor: "" };
  store.transaction(() => store.putJob(next));
  return next;
}

/** Builds the filters anew from all who are on the list, and makes them the ones that new identifiers are checked against. */
async function publish(ground: Ground, job: Job): Promise<Job> {
  const { store, bucket, matching } = ground;
  const before = store.head();
  if (before === undefined) throw new Error("a list without a head has a job");
  const { home } = before;
  const version = before.version + 1;
  // The number is taken first: a version is written by one build alone, so what is published never changes.
  store.transaction(() => store.putHead({ ...before, version }));
  const built = await buildFilters(store, home.list, version);
  const isGone = job.kind === "clear";
  if (!isGone) await publishFilters(bucket, home, version, built);
  await matching.publish({ ...home, version: isGone ? null : version });
  const next = nextStage(job);
  store.transaction(() => {
    const head: Head = store.head() ?? before;
    store.putHead({ ...head, filter: isGone ? null : built.view });
    store.putJob(next);
  });
  await retireFilters(bucket, home, isGone ? version : version - 1);
  return next;
}

/** Tells those whose identifiers came onto the list, or went off it, at the instant of this job. */
async function tell({ store, bucket, matching, pace }: Ground, job: Job): Promise<Job> {
  const head = store.head();
  if (head === undefined) throw new Error("a list without a head has a job");
  const page = store.changed(job.at, job.cursor, pace.told);
  const told = page.length === 0 ? 0 : await matching.tell({ ...head.home, changes: page.map((entry) => changeOf(entry, head)) });
  const isEnd = page.length < pace.told;
  if (isEnd && job.upload !== undefined) await bucket.delete(job.upload.body);
  const counted = { ...job, told: job.told + told };
  const next = isEnd ? nextStage(counted) : { ...counted, cursor: hexOf(page.at(-1)) };
  store.transaction(() => store.putJob(next));
  return next;
}

function changeOf({ hash, type, since, gone }: Entry, { types }: Head): EntryChange {
  return { hash: profileIdOf(hash), type: types[type] ?? "userId", on: gone === null, at: gone ?? since };
}

/** 32 bytes of an HMAC are a name in base64url. */
function profileIdOf(hash: Uint8Array): ProfileId {
  return Buffer.from(hash).toString("base64url") as ProfileId;
}
