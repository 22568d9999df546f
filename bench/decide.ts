import { join } from "node:path";
import { MATCHING } from "./audiences.ts";
import { coldWake } from "./cold.ts";
import { serveFloors } from "./floors.ts";
import { decideBodies, decideLoad, middle, PEOPLE, rounds, type Area, type Settings, type Tools } from "./harness.ts";
import { history, userId } from "./people.ts";
import { profiled, profileTable } from "./profile.ts";
import { benchRow, type BenchRow } from "./results.ts";
import { meanHeadBytes } from "./rows.ts";
import type { Running } from "./serve.ts";
import { interleaved } from "./stats.ts";
import { benchWorkspace, bundleTideline, createWorkspaces, publishBenchAudiences, sendHistories, serveTideline, type BenchWorkspace } from "./tideline.ts";

const WARM_EVENTS = 200;
const COLD_EVENTS = 1_000;

const FEW = benchWorkspace(10);
const USUAL = benchWorkspace(1_000);
const MANY = benchWorkspace(10_000);

/** Decisions of warm profiles with one hop, and of evicted ones. */
export const decideArea: Area = async (settings, tools) => {
  const data = join(tools.folder, "tideline");
  bundleTideline(data);
  const tideline = await serveTideline(data, settings.profile);
  tools.running.add(tideline);
  await fill(tideline, settings);
  const reply = await sampleReply(tideline.url, USUAL);
  if (settings.profile) return profileDecide(tideline, settings, tools);
  const floorData = join(tools.folder, "floors");
  const floorSettings = { data: floorData, decideReply: reply, ingestReply: '{"success":true}' };
  const floors = await serveFloors({ ...floorSettings, rowBytes: 1_000 });
  tools.running.add(floors);
  const warm = await warmRows(tideline, floors, settings, tools);
  await floors.stop();
  await tideline.stop();
  tools.running.clear();
  const rowBytes = meanHeadBytes(data);
  settings.log(`  our head rows are ${rowBytes} bytes on average: so are the floor's`);
  return [...warm, await coldRow({ data, floorSettings: { ...floorSettings, rowBytes } }, settings, tools)];
};

/** Workspaces, audiences and people. */
async function fill(tideline: Running, { log, profile }: Settings): Promise<void> {
  const workspaces = profile ? [USUAL] : [FEW, USUAL, MANY];
  await createWorkspaces(tideline, workspaces);
  const now = Date.now();
  for (const workspace of workspaces) {
    const began = Date.now();
    await publishBenchAudiences(tideline.url, workspace);
    log(`  ${workspace.audiences} audiences put and published in ${((Date.now() - began) / 1_000).toFixed(1)} s`);
    await sendHistories(tideline.url, workspace, people("warm").map((user) => history(user, WARM_EVENTS, now)));
  }
  await sendHistories(tideline.url, USUAL, people("cold").map((user) => history(user, COLD_EVENTS, now)));
}

function people(group: string): string[] {
  return Array.from({ length: PEOPLE }, (_, at) => userId(group, at));
}

/** What ours answers, which must be what the benchmark means to ask for. */
async function sampleReply(url: string, { secretKey }: BenchWorkspace): Promise<string> {
  const response = await fetch(`${url}/v1/decide`, { method: "POST", headers: { authorization: `Bearer ${secretKey}` }, body: decideBodies("warm")[0] ?? "" });
  const text = await response.text();
  const { audiences = [] } = JSON.parse(text) as { readonly audiences?: readonly string[] };
  if (audiences.length !== MATCHING) throw new Error(`${MATCHING} audiences should hold everybody, but decide says ${text}`);
  return text;
}

async function warmRows(tideline: Running, floors: Running, settings: Settings, { loader }: Tools): Promise<BenchRow[]> {
  const seconds = settings.quick ? 2 : 5;
  for (const workspace of [FEW, USUAL, MANY]) {
    const own = await sampleReply(tideline.url, workspace);
    settings.log(`  a decision among ${workspace.audiences} is ${own.length} bytes`);
  }
  const ask = (url: string, workspace: BenchWorkspace) => () => loader.run(decideLoad(url, "warm", workspace, seconds));
  const contenders = {
    ours: ask(`${tideline.url}/v1/decide`, USUAL),
    object: ask(`${floors.url}/object`, USUAL),
    few: ask(`${tideline.url}/v1/decide`, FEW),
    many: ask(`${tideline.url}/v1/decide`, MANY),
    constant: ask(`${floors.url}/constant`, USUAL),
  };
  await interleaved(1, contenders);
  const runs = await interleaved(rounds(settings), contenders);
  const [ours, object, few, many, constant] = [middle(runs.ours), middle(runs.object), middle(runs.few), middle(runs.many), middle(runs.constant)];
  const what = "decide, one hop, 1,000 live audiences, warm profile of 200 events";
  const base = { area: "decide", what };
  const objectCall = { referenceName: "object call" };
  return [
    benchRow({ ...base, ...objectCall, ours: ours.perSecond, unit: "req/s", reference: object.perSecond }, { least: 0.8 }),
    benchRow({ ...base, ...objectCall, what: `${what}: p99`, ours: ours.p99Ms, unit: "ms", reference: object.p99Ms }, { most: 2 }),
    benchRow({ ...base, ...objectCall, what: `${what}: p50`, ours: ours.p50Ms, unit: "ms", reference: object.p50Ms }, undefined),
    benchRow({ ...base, ours: ours.perSecond, unit: "req/s", reference: constant.perSecond, referenceName: "constant reply" }, undefined),
    benchRow({ ...base, what: "decide, 10 live audiences", ours: few.perSecond, unit: "req/s", reference: ours.perSecond, referenceName: "1,000 live audiences" }, { least: 0.85, most: 1.15 }),
    benchRow({ ...base, what: "decide, 10,000 live audiences", ours: many.perSecond, unit: "req/s", reference: ours.perSecond, referenceName: "1,000 live audiences" }, { least: 0.85, most: 1.15 }),
    benchRow({ ...base, what: "decide, 10,000 live audiences", ours: many.perSecond, unit: "req/s", reference: few.perSecond, referenceName: "10 live audiences" }, { least: 0.85, most: 1.15 }),
  ];
}

interface Cold {
  readonly data: string;
  readonly floorSettings: Parameters<typeof serveFloors>[0];
}

async function coldRow({ data, floorSettings }: Cold, settings: Settings, tools: Tools): Promise<BenchRow> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${USUAL.secretKey}` };
  const [warmUp, cold] = [decideBodies("warm"), decideBodies("cold")];
  const floors = await serveFloors(floorSettings);
  tools.running.add(floors);
  // The same objects, each with its row: stored by one call.
  for (const user of [...people("warm"), ...people("cold")]) {
    const response = await fetch(`${floors.url}/row`, { method: "POST", body: JSON.stringify({ userId: user }) });
    await response.text();
  }
  await floors.stop();
  tools.running.delete(floors);
  const repeated = Array.from({ length: 5 }, () => warmUp).flat();
  return coldWake(
    settings,
    tools,
    { start: () => serveTideline(data, false), path: "/v1/decide", headers, warmUp: repeated, cold },
    { start: () => serveFloors(floorSettings), path: "/read", headers, warmUp: repeated, cold },
  );
}

async function profileDecide(tideline: Running, { log, quick }: Settings, { loader }: Tools): Promise<BenchRow[]> {
  const load = decideLoad(`${tideline.url}/v1/decide`, "warm", USUAL, quick ? 3 : 10);
  await loader.run({ ...load, seconds: 3 });
  const file = join(import.meta.dirname, "profiles/decide.cpuprofile");
  log(profileTable(await profiled(tideline.inspectorPort ?? 0, file, () => loader.run(load)), 30));
  log(`  kept as ${file}`);
  return [];
}
