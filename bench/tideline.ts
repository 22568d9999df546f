import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { ROOT } from "../scripts/bundle.ts";
import { callJson, type Tideline } from "../scripts/replay/api.ts";
import type { Stores } from "../worker/cold/database.ts";
import { DEMO_WORKSPACE } from "../worker/cold/demo.ts";
import { applyMigrations } from "../worker/cold/migrate.ts";
import { createWorkspace } from "../worker/cold/workspaces.ts";
import { benchAudiences } from "./audiences.ts";
import type { Call } from "./people.ts";
import { serve, type Running } from "./serve.ts";

/** A workspace of the benchmark, by how many audiences are live in it. */
export interface BenchWorkspace {
  readonly audiences: number;
  readonly secretKey: string;
  readonly writeKey: string;
}

export function benchWorkspace(audiences: number): BenchWorkspace {
  return { audiences, secretKey: `sk_bench_${audiences}`, writeKey: `wk_bench_${audiences}` };
}

export function workspaceId({ audiences }: Pick<BenchWorkspace, "audiences">): string {
  return `bench${audiences}`;
}

export interface TidelineSettings {
  /** Folder that holds our Worker's code. */
  readonly bundle: string;
  /** Folder for all state. */
  readonly data: string;
  readonly inspect: boolean;
}

export const NAME_KEY = "a key for benchmarks only, 32 bytes or more";

/** Starts our own Worker, with the settings that `npm start` serves it with. */
export function serveTideline({ bundle, data, inspect }: TidelineSettings): Promise<Running> {
  // Read by wrangler as a deploy's secrets would be; it is not to chat about it.
  Object.assign(process.env, { NAME_KEY, WRANGLER_LOG: "error" });
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, "wrangler.toml"));
  const { compatibilityDate, compatibilityFlags, durableObjects, d1Databases, r2Buckets, queueProducers, queueConsumers } =
    workerOptions as Readonly<Record<string, unknown>>;
  const worker = {
    compatibilityDate,
    compatibilityFlags,
    durableObjects,
    d1Databases,
    r2Buckets,
    queueProducers,
    queueConsumers,
    rootPath: bundle,
    scriptPath: "index.js",
    bindings: { DEMO: "0", PROXIES: "{}", NAME_KEY },
  };
  return serve({ name: "tideline", data, worker, inspect });
}

/** Applies the migrations and makes workspaces with keys that are known here. */
export async function createWorkspaces({ miniflare }: Running, workspaces: readonly BenchWorkspace[]): Promise<void> {
  const folder = join(ROOT, "migrations");
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const stores = {
    DB: await miniflare.getD1Database("DB"),
    PUBLISHED: await miniflare.getR2Bucket("PUBLISHED"),
  } as unknown as Stores;
  await applyMigrations(
    stores.DB,
    files.map((name) => ({ name, sql: readFileSync(join(folder, name), "utf8") })),
  );
  const source = DEMO_WORKSPACE.sources.find((one) => one.key === "store");
  const [key] = DEMO_WORKSPACE.secretKeys;
  if (source === undefined || key === undefined) throw new Error("the demo workspace has no source `store` or no key");
  for (const { audiences, secretKey, writeKey } of workspaces) {
    const own = {
      id: workspaceId({ audiences }),
      sources: [{ ...source, writeKey }],
      secretKeys: [{ ...key, secret: secretKey }],
    };
    await createWorkspace(stores, { ...DEMO_WORKSPACE, ...own }, Date.now());
  }
}

const CALLS_AT_ONCE = 8;

async function atOnce<T>(all: readonly T[], call: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const work = async (): Promise<void> => {
    for (const one of left) await call(one);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work));
}

/** Puts a workspace's audiences and publishes them, all through the control plane. @returns the version */
export async function publishBenchAudiences(url: string, { audiences, secretKey }: BenchWorkspace): Promise<number> {
  const tideline: Tideline = { url, secretKey };
  await atOnce(benchAudiences(audiences), async ({ key, name, rule }) => {
    await callJson(tideline, "PUT", `/api/audiences/${key}`, { name, rule, visibility: "public" });
  });
  const { version } = (await callJson(tideline, "POST", "/api/ruleset/publish", { note: "Benchmark" })) as {
    readonly version: number;
  };
  return version;
}

/** As people do things: some at a time. */
const EVENTS_A_BATCH = 25;

/** Sends what people did, each person's own in one batch or more. */
export async function sendHistories(
  url: string,
  { writeKey }: BenchWorkspace,
  histories: readonly (readonly Call[])[],
): Promise<void> {
  const batches = histories.flatMap((calls) =>
    Array.from({ length: Math.ceil(calls.length / EVENTS_A_BATCH) }, (_, at) =>
      calls.slice(at * EVENTS_A_BATCH, (at + 1) * EVENTS_A_BATCH),
    ),
  );
  await atOnce(batches, async (batch) => {
    const response = await fetch(`${url}/v1/batch`, {
      method: "POST",
      headers: { "x-write-key": writeKey },
      body: JSON.stringify({ batch }),
    });
    const text = await response.text();
    if (text !== '{"success":true}') throw new Error(`a batch was answered ${response.status} ${text}`);
  });
}
