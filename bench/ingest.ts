import { join } from "node:path";
import { bundleWorker } from "../scripts/bundle.ts";
import { serveFloors } from "./floors.ts";
import { collectLoad, CONNECTIONS, middle, PEOPLE, rounds, type Area, type Settings, type Tools } from "./harness.ts";
import { eventCall, history, userId, type Call } from "./people.ts";
import { originsOf, profiled, profileTable } from "./profile.ts";
import { benchRow, type BenchRow } from "./results.ts";
import { meanHeadBytes } from "./rows.ts";
import type { Running } from "./serve.ts";
import { interleaved } from "./stats.ts";
import {
  benchWorkspace,
  createWorkspaces,
  publishBenchAudiences,
  sendHistories,
  serveTideline,
  type TidelineSettings,
} from "./tideline.ts";

const WORKSPACE = benchWorkspace(1_000);
const BATCH = 50;

/** Taking events in: one a call, and in batches of 50 for one profile. */
export const ingestArea: Area = async (settings, tools) => {
  const data = join(tools.folder, "tideline");
  const tidelineSettings = { bundle: join(tools.folder, "bundle"), data, inspect: settings.profile };
  bundleWorker(tidelineSettings.bundle);
  const sizes = amounts(settings);
  const rowBytes = await calibrate(tidelineSettings, settings, tools);
  settings.log(`  our head rows are ${rowBytes} bytes on average: so are the floor's`);
  const tideline = await serveTideline(tidelineSettings);
  tools.running.add(tideline);
  if (settings.profile) return profileIngest(tideline, tidelineSettings.bundle, settings, tools);
  const floors = await serveFloors({
    data: join(tools.folder, "floors"),
    decideReply: "",
    ingestReply: '{"success":true}',
    rowBytes,
  });
  tools.running.add(floors);
  const { loader } = tools;
  let made = 0;
  /** People of their own for each run, so that no run finds larger profiles than another. */
  const group = async (): Promise<string> => {
    const name = `run${made++}`;
    await seed(tideline.url, name);
    return name;
  };
  const contenders = {
    single: async () => loader.run(collectLoad(`${tideline.url}/v1/track`, WORKSPACE, singles(await group(), sizes.singles))),
    row: async () => {
      const name = `run${made++}`;
      // Warm objects: each has its table and its row before it counts.
      await loader.run(collectLoad(`${floors.url}/row`, WORKSPACE, singles(name, PEOPLE * 2)));
      return loader.run(collectLoad(`${floors.url}/row`, WORKSPACE, singles(name, sizes.singles)));
    },
    batch: async () => loader.run(collectLoad(`${tideline.url}/v1/batch`, WORKSPACE, batches(await group(), sizes.batches))),
  };
  await interleaved(1, contenders);
  const runs = await interleaved(rounds(settings), contenders);
  return ingestRows(middle(runs.single), middle(runs.row), middle(runs.batch));
};

type Middle = ReturnType<typeof middle>;

function ingestRows(single: Middle, row: Middle, batch: Middle): BenchRow[] {
  const base = {
    area: "ingest",
    what: "ingest, one event a call, 1,000 live audiences",
    referenceName: "object call that writes one row",
  };
  return [
    benchRow({ ...base, ours: single.perSecond, unit: "req/s", reference: row.perSecond }, { least: 0.7 }),
    benchRow({ ...base, what: `${base.what}: p50`, ours: single.p50Ms, unit: "ms", reference: row.p50Ms }, undefined),
    benchRow({ ...base, what: `${base.what}: p99`, ours: single.p99Ms, unit: "ms", reference: row.p99Ms }, undefined),
    benchRow(
      {
        area: "ingest",
        what: "ingest, batches of 50 for one profile",
        ours: batch.perSecond * BATCH,
        unit: "events/s",
        reference: single.perSecond,
        referenceName: "single calls",
      },
      { least: 12 },
    ),
  ];
}

/** Calls of a run: enough to take seconds, few enough to leave profiles at some hundred events. */
function amounts({ quick }: Settings): { readonly singles: number; readonly batches: number } {
  return quick
    ? { singles: 200 * CONNECTIONS, batches: 20 * CONNECTIONS }
    : { singles: 500 * CONNECTIONS, batches: 40 * CONNECTIONS };
}

/** Each person with another number of events, so that open chunks are of every size and are not sealed all at once. */
function seed(url: string, group: string): Promise<void> {
  const now = Date.now();
  return sendHistories(
    url,
    WORKSPACE,
    Array.from({ length: PEOPLE }, (_, at) => history(userId(group, at), 20 + at, now)),
  );
}

/** Numbers of events beyond those of a history. */
const AFTER_HISTORY = 10_000;

/** Neighbours in the list are of different people. */
function singles(group: string, count: number): Call[] {
  return Array.from({ length: count }, (_, at) => eventCall(userId(group, at % PEOPLE), AFTER_HISTORY + at));
}

function batches(group: string, count: number): Call[] {
  return Array.from({ length: count }, (_, at) => {
    const user = userId(group, at % PEOPLE);
    return { batch: Array.from({ length: BATCH }, (_unused, place) => eventCall(user, AFTER_HISTORY + at * BATCH + place)) };
  });
}

/** Fills the workspace and finds out how large the rows are that ours writes. */
async function calibrate(tidelineSettings: TidelineSettings, settings: Settings, { loader, running }: Tools): Promise<number> {
  const tideline = await serveTideline({ ...tidelineSettings, inspect: false });
  running.add(tideline);
  await createWorkspaces(tideline, [WORKSPACE]);
  await publishBenchAudiences(tideline.url, WORKSPACE);
  await seed(tideline.url, "calibrate");
  await loader.run(collectLoad(`${tideline.url}/v1/track`, WORKSPACE, singles("calibrate", amounts(settings).singles)));
  await tideline.stop();
  running.delete(tideline);
  return meanHeadBytes(tidelineSettings.data);
}

async function profileIngest(
  tideline: Running,
  bundle: string,
  { log, quick }: Settings,
  { loader }: Tools,
): Promise<BenchRow[]> {
  const load = async (name: string) => {
    await seed(tideline.url, name);
    return collectLoad(`${tideline.url}/v1/track`, WORKSPACE, singles(name, (quick ? 400 : 1_000) * CONNECTIONS));
  };
  await loader.run(await load("warm"));
  const measured = await load("measured");
  const file = join(import.meta.dirname, "profiles/ingest.cpuprofile");
  const profile = await profiled(tideline.inspectorPort ?? 0, file, async () => {
    const { perSecond, p50Ms, p99Ms } = await loader.run(measured);
    log(`  under the profiler ${Math.round(perSecond)} calls/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`);
  });
  log(`\n${profileTable(profile, 30, originsOf(join(bundle, "index.js.map")))}\n\n  kept as ${file}`);
  return [];
}
