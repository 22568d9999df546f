import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { userId, type Call } from "./people.ts";
import type { Load, LoadResult } from "./load.ts";
import { Loader } from "./loader.ts";
import type { BenchRow } from "./results.ts";
import { median } from "./stats.ts";
import type { BenchWorkspace } from "./tideline.ts";

/** How a benchmark is run. */
export interface Settings {
  /** Few and short runs: to see that it works, not to be believed. */
  readonly quick: boolean;
  /** Records a CPU profile of ours in place of measuring. */
  readonly profile: boolean;
  readonly log: (line: string) => void;
}

/** An area of budgets.md, "Speed". */
export type Area = (settings: Settings, tools: Tools) => Promise<BenchRow[]>;

/** What an area works with; all of it is gone afterwards. */
export interface Tools {
  /** An empty folder. */
  readonly folder: string;
  readonly loader: Loader;
  /** Stopped when the area is over, or has failed. */
  readonly running: Set<{ readonly stop: () => Promise<void> }>;
}

/** Runs an area and leaves nothing behind: no process, no file. */
export async function inOrder(area: Area, settings: Settings): Promise<BenchRow[]> {
  const clean = (): void => rmSync(tools.folder, { recursive: true, force: true });
  const tools: Tools = { folder: mkdtempSync(join(tmpdir(), "tideline-bench-")), loader: new Loader(), running: new Set() };
  process.once("exit", clean);
  try {
    return await area(settings, tools);
  } finally {
    tools.loader.stop();
    for (const one of tools.running) await one.stop();
    clean();
    process.off("exit", clean);
  }
}

/** One object has one thread: load is spread over so many people, ours and the floors' alike. */
export const PEOPLE = 64;
/**
 * Enough to keep the one thread busy, and no more: each collection of garbage holds up all that are waiting, and with 32
 * these came so near to being one in a hundred that the p99 of one and the same floor was 8 ms or 47.
 */
export const CONNECTIONS = 16;

export function rounds({ quick }: Settings): number {
  return quick ? 3 : 7;
}

export function people(group: string): string[] {
  return Array.from({ length: PEOPLE }, (_, at) => userId(group, at));
}

export function decideBodies(group: string): string[] {
  return people(group).map((user) => JSON.stringify({ identity: { userId: user } }));
}

/** A load of decisions: whoever is asked gets the same bodies, under the same headers. */
export function decideLoad(url: string, group: string, { secretKey }: BenchWorkspace, seconds: number): Load {
  return {
    url,
    headers: { "content-type": "application/json", authorization: `Bearer ${secretKey}` },
    bodies: decideBodies(group),
    connections: CONNECTIONS,
    seconds,
  };
}

/** A load of calls that are each sent once. */
export function collectLoad(url: string, { writeKey }: BenchWorkspace, calls: readonly Call[]): Load {
  return {
    url,
    headers: { "content-type": "application/json", "x-write-key": writeKey },
    bodies: calls.map((call) => JSON.stringify(call)),
    connections: CONNECTIONS,
    seconds: undefined,
  };
}

/** The run in the middle, figure by figure. */
export function middle(runs: readonly LoadResult[]): {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
} {
  return {
    perSecond: median(runs.map(({ perSecond }) => perSecond)),
    p50Ms: median(runs.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(runs.map(({ p99Ms }) => p99Ms)),
  };
}
