import { z } from "@hono/zod-openapi";
import { ok } from "../../core/model/result.ts";
import { coldDatabases } from "../cold/cold-databases.ts";
import { countsOfDay } from "../cold/counters.ts";
import { database } from "../cold/database.ts";
import { countDeadLetters } from "../cold/dead-letters.ts";
import { readQueueState } from "../cold/queue-state.ts";
import { readSweep } from "../cold/sweep-state.ts";
import { readWorkspaceRecord } from "../cold/workspace-record.ts";
import { VERSION } from "../wire/version.ts";
import { route, type Route } from "./route.ts";
import { iso, orNull, Time } from "./shapes.ts";

const Store = z
  .strictObject({ reachable: z.boolean(), ms: z.int().openapi({ description: "How long it took to answer, or to fail." }) })
  .openapi("StoreHealth");

const Queue = z
  .strictObject({
    at: Time.openapi({ description: "When a batch was last taken." }),
    lagMs: z.int().openapi({ description: "Age of the oldest message of that batch." }),
    oldestWaitingMs: z
      .int()
      .nullable()
      .openapi({ description: "Age of the oldest message that had to be put back; null where none had to." }),
  })
  .openapi("QueueHealth");

const SweepState = z
  .strictObject({
    version: z.int(),
    total: z.int(),
    done: z.int(),
    changed: z.int(),
    failed: z.int(),
    startedAt: Time,
    finishedAt: Time.nullable(),
  })
  .openapi("SweepHealth");

const HealthDetail = z
  .strictObject({
    ok: z.boolean(),
    version: z.string(),
    ruleset: z.int().nullable(),
    stores: z.strictObject({ d1: Store, published: Store, archive: Store }),
    queue: orNull(Queue).openapi({ description: "Null where no batch was taken yet, or D1 cannot be asked." }),
    deadLetters: z
      .strictObject({
        waiting: z.int(),
        nobodys: z.int().openapi({ description: "Of the whole deployment: those that do not say whose they are." }),
      })
      .nullable(),
    sweep: orNull(SweepState),
    lastDay: z
      .record(z.string(), z.int())
      .nullable()
      .openapi({ description: "What was counted in the last 24 hours; what isolates count themselves comes up to 10 s late." }),
  })
  .openapi("HealthDetail");

export const healthRoutes: readonly Route[] = [
  route({
    method: "get",
    path: "/api/health/detail",
    scopes: ["admin", "kpis:read"],
    tag: "Operations",
    summary: "See how everything behind the Worker stands",
    description: "Answers 200 also while a store is out of reach, and says which.",
    reply: HealthDetail,
    async handle({ env, principal: { workspace }, now }) {
      const databases = coldDatabases(env);
      const [d1, published, archive] = await Promise.all([
        probe(() => Promise.all([env.DB, ...databases].map((DB) => DB.prepare("SELECT 1").first()))),
        probe(() => env.PUBLISHED.head("health")),
        probe(() => env.ARCHIVE.head("health")),
      ]);
      const [record, queue, dead, sweep, days] = await Promise.all([
        known(() => readWorkspaceRecord(env.PUBLISHED, workspace)),
        known(() => readQueueState(env.DB, workspace)),
        known(() => countDeadLetters(database(env.DB), workspace)),
        known(() => readSweep(env.DB, workspace)),
        known(() => Promise.all([...new Set([env.DB, ...databases])].map((DB) => countsOfDay(DB, workspace, now)))),
      ]);
      return ok({
        body: {
          ok: d1.reachable && published.reachable && archive.reachable,
          version: VERSION,
          ruleset: record?.ruleset ?? null,
          stores: { d1, published, archive },
          queue:
            queue === undefined || queue === null
              ? null
              : {
                  at: iso(queue.at),
                  lagMs: queue.lagMs,
                  oldestWaitingMs: queue.waitingSince === null ? null : now - queue.waitingSince,
                },
          deadLetters: dead ?? null,
          sweep: sweep === undefined || sweep === null ? null : sweepView(sweep),
          lastDay: days === undefined ? null : summed(days),
        },
      });
    },
  }),
];

function sweepView({
  version,
  total,
  done,
  changed,
  failed,
  startedAt,
  finishedAt,
}: NonNullable<Awaited<ReturnType<typeof readSweep>>>) {
  return {
    version,
    total,
    done,
    changed,
    failed,
    startedAt: iso(startedAt),
    finishedAt: finishedAt === null ? null : iso(finishedAt),
  };
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((one) => Object.entries(one))) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** A store that hangs is out of reach, too. */
const LONGEST_PROBE_MS = 2_000;

async function probe(ask: () => Promise<unknown>): Promise<z.input<typeof Store>> {
  const began = Date.now();
  const reachable = (await known(() => ask().then(() => true))) === true;
  return { reachable, ms: Date.now() - began };
}

/** What a store says, or undefined where it says nothing in time. */
async function known<T>(ask: () => Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), LONGEST_PROBE_MS);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
