import { join } from "node:path";
import { bundleWorker } from "../scripts/bundle.ts";
import { MATCHING } from "./audiences.ts";
import { bidRequestBodies } from "./bid-requests.ts";
import { coldWake } from "./cold.ts";
import { serveFloors, type FloorSettings } from "./floors.ts";
import { decideBodies, decideLoad, middle, people, rounds, type Area, type Settings, type Tools } from "./harness.ts";
import type { Load } from "./load.ts";
import { history, type Call } from "./people.ts";
import { originsOf, profiled, profileTable } from "./profile.ts";
import { benchRow, type BenchRow } from "./results.ts";
import { meanHeadBytes } from "./rows.ts";
import type { Running } from "./serve.ts";
import { interleaved } from "./stats.ts";
import { tokenRow } from "./token.ts";
import {
  benchWorkspace,
  createWorkspaces,
  publishBenchAudiences,
  sendHistories,
  serveTideline,
  type BenchWorkspace,
  type TidelineSettings,
} from "./tideline.ts";

const WARM_EVENTS = 200;
const COLD_EVENTS = 1_000;

const FEW = benchWorkspace(10);
const USUAL = benchWorkspace(1_000);
const MANY = benchWorkspace(10_000);

/** A Tideline of its own for each number of audiences: what one has in memory is no burden to another. */
interface Served {
  readonly workspace: BenchWorkspace;
  readonly settings: TidelineSettings;
  readonly running: Running;
}

/** Decisions of warm profiles with one hop, and of evicted ones. */
export const decideArea: Area = async (settings, tools) => {
  const bundle = join(tools.folder, "bundle");
  bundleWorker(bundle);
  const cold = people("cold").map((user) => history(user, COLD_EVENTS, Date.now()));
  const usual = await serveFilled(USUAL, bundle, settings, tools, cold);
  if (settings.profile) return profileDecide(usual, settings, tools);
  const few = await serveFilled(FEW, bundle, settings, tools);
  const many = await serveFilled(MANY, bundle, settings, tools);
  const floorSettings = {
    data: join(tools.folder, "floors"),
    decideReply: await sampleReply(usual),
    ingestReply: '{"success":true}',
  };
  const floors = await serveFloors({ ...floorSettings, rowBytes: 1_000 });
  tools.running.add(floors);
  const warm = await warmRows({ usual, few, many, floors }, settings, tools);
  const enrich = await enrichRow(usual, settings, tools);
  const token = await tokenRow(usual.running, USUAL, settings, tools, join(tools.folder, "token-floor"));
  for (const one of tools.running) await one.stop();
  tools.running.clear();
  const rowBytes = meanHeadBytes(usual.settings.data);
  settings.log(`  our head rows are ${rowBytes} bytes on average: so is the floor's row`);
  return [...warm, enrich, token, await coldRow(usual.settings, { ...floorSettings, rowBytes }, settings, tools)];
};

/**
 * Fills a Tideline and starts it again: what decides has in memory what deciding needs, and not the control plane that
 * published or the people who only waited, which the floors have not either.
 */
async function serveFilled(
  workspace: BenchWorkspace,
  bundle: string,
  { log, profile }: Settings,
  tools: Tools,
  more: readonly (readonly Call[])[] = [],
): Promise<Served> {
  const settings = { bundle, data: join(tools.folder, `tideline-${workspace.audiences}`), inspect: profile };
  const filling = await serveTideline(settings);
  tools.running.add(filling);
  await createWorkspaces(filling, [workspace]);
  const began = Date.now();
  await publishBenchAudiences(filling.url, workspace);
  const warm = people("warm").map((user) => history(user, WARM_EVENTS, began));
  await sendHistories(filling.url, workspace, [...warm, ...more]);
  await filling.stop();
  tools.running.delete(filling);
  const running = await serveTideline(settings);
  tools.running.add(running);
  const served = { workspace, settings, running };
  const bytes = (await sampleReply(served)).length;
  log(
    `  ${workspace.audiences} audiences and their people are here after ${((Date.now() - began) / 1_000).toFixed(1)} s; a decision is ${bytes} bytes`,
  );
  return served;
}

/** What ours answers, which must be what the benchmark means to ask for. */
async function sampleReply({ running, workspace }: Served): Promise<string> {
  const headers = { authorization: `Bearer ${workspace.secretKey}` };
  const response = await fetch(`${running.url}/v1/decide`, { method: "POST", headers, body: decideBodies("warm")[0] ?? "" });
  const text = await response.text();
  const { audiences = [] } = JSON.parse(text) as { readonly audiences?: readonly string[] };
  if (audiences.length !== MATCHING) throw new Error(`${MATCHING} audiences should hold everybody, but decide says ${text}`);
  return text;
}

interface Contenders {
  readonly usual: Served;
  readonly few: Served;
  readonly many: Served;
  readonly floors: Running;
}

async function warmRows({ usual, few, many, floors }: Contenders, settings: Settings, { loader }: Tools): Promise<BenchRow[]> {
  const seconds = settings.quick ? 2 : 5;
  const ours =
    ({ running, workspace }: Served) =>
    () =>
      loader.run(decideLoad(`${running.url}/v1/decide`, "warm", workspace, seconds));
  const floor = (path: string) => () => loader.run(decideLoad(`${floors.url}${path}`, "warm", USUAL, seconds));
  const contenders = {
    usual: ours(usual),
    object: floor("/object"),
    few: ours(few),
    many: ours(many),
    constant: floor("/constant"),
  };
  await interleaved(1, contenders);
  const runs = await interleaved(rounds(settings), contenders);
  const of = (name: keyof typeof runs) => middle(runs[name]);
  const area = "decide";
  const what = "decide, one hop, 1,000 live audiences, warm profile of 200 events";
  const call = { area, referenceName: "object call" };
  const rate = { area, unit: "req/s" };
  const [ratio, among] = [
    { least: 0.85, most: 1.15 },
    (served: Served) => `${served.workspace.audiences.toLocaleString("en-US")} live audiences`,
  ];
  const beside = (one: "few" | "many", other: "usual" | "few", served: { readonly one: Served; readonly other: Served }) =>
    benchRow(
      {
        ...rate,
        what: `decide, ${among(served.one)}`,
        ours: of(one).perSecond,
        reference: of(other).perSecond,
        referenceName: among(served.other),
      },
      ratio,
    );
  return [
    benchRow({ ...call, what, ours: of("usual").perSecond, unit: "req/s", reference: of("object").perSecond }, { least: 0.8 }),
    benchRow({ ...call, what: `${what}: p99`, ours: of("usual").p99Ms, unit: "ms", reference: of("object").p99Ms }, { most: 2 }),
    benchRow({ ...call, what: `${what}: p50`, ours: of("usual").p50Ms, unit: "ms", reference: of("object").p50Ms }, undefined),
    benchRow(
      { ...rate, what, ours: of("usual").perSecond, reference: of("constant").perSecond, referenceName: "constant reply" },
      undefined,
    ),
    beside("few", "usual", { one: few, other: usual }),
    beside("many", "usual", { one: many, other: usual }),
    beside("many", "few", { one: many, other: few }),
  ];
}

/** What an exchange gets back, which must hold what the benchmark means to ask for. */
async function checkEnrich(running: Running, workspace: BenchWorkspace): Promise<void> {
  const headers = { authorization: `Bearer ${workspace.secretKey}` };
  const [body = ""] = bidRequestBodies("warm");
  const response = await fetch(`${running.url}/openrtb2/enrich`, { method: "POST", headers, body });
  const text = await response.text();
  const { user } = JSON.parse(text) as {
    readonly user: { readonly data: readonly { readonly id: string; readonly segment: object[] }[] };
  };
  if (user.data.find(({ id }) => id === "tideline")?.segment.length !== MATCHING)
    throw new Error(`${MATCHING} audiences should hold everybody, but enrich says ${text}`);
}

/** Exchanges' bid requests beside decisions, both of the same server and people. After the other rows: a server that also does this is a warmer one. */
async function enrichRow({ running, workspace }: Served, settings: Settings, { loader }: Tools): Promise<BenchRow> {
  const seconds = settings.quick ? 2 : 5;
  await checkEnrich(running, workspace);
  const load = (path: string): Load => decideLoad(`${running.url}${path}`, "warm", workspace, seconds);
  const contenders = {
    decide: () => loader.run(load("/v1/decide")),
    enrich: () => loader.run({ ...load("/openrtb2/enrich"), bodies: bidRequestBodies("warm") }),
  };
  await interleaved(1, contenders);
  const runs = await interleaved(rounds(settings), contenders);
  const [ours, reference] = [middle(runs.enrich).perSecond, middle(runs.decide).perSecond];
  return benchRow(
    { area: "decide", what: "OpenRTB enrich", ours, unit: "req/s", reference, referenceName: "decide" },
    { least: 0.7 },
  );
}

async function coldRow(ours: TidelineSettings, floor: FloorSettings, settings: Settings, tools: Tools): Promise<BenchRow> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${USUAL.secretKey}` };
  const floors = await serveFloors(floor);
  tools.running.add(floors);
  // The same people's objects, each with its row: stored by one call.
  for (const user of [...people("warm"), ...people("cold")]) {
    const response = await fetch(`${floors.url}/row`, { method: "POST", body: JSON.stringify({ userId: user }) });
    await response.text();
  }
  await floors.stop();
  tools.running.delete(floors);
  const bodies = { warmUp: Array.from({ length: 5 }, () => decideBodies("warm")).flat(), cold: decideBodies("cold") };
  return coldWake(
    settings,
    tools,
    { ...bodies, start: () => serveTideline(ours), path: "/v1/decide", headers },
    { ...bodies, start: () => serveFloors(floor), path: "/read", headers },
  );
}

async function profileDecide(
  { running, settings }: Served,
  { log, quick }: Settings,
  { loader, running: all }: Tools,
): Promise<BenchRow[]> {
  const origin = originsOf(join(settings.bundle, "index.js.map"));
  const record = async (name: string, { inspectorPort }: Running, load: Load): Promise<void> => {
    const file = join(import.meta.dirname, `profiles/${name}.cpuprofile`);
    const profile = await profiled(inspectorPort ?? 0, file, async () => {
      const { requests, perSecond, p50Ms, p99Ms } = await loader.run(load);
      log(
        `\n  ${name}: ${requests} decisions, ${Math.round(perSecond)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms under the profiler`,
      );
    });
    log(`\n${profileTable(profile, 30, origin)}\n\n  kept as ${file}`);
  };
  const warm = decideLoad(`${running.url}/v1/decide`, "warm", USUAL, quick ? 3 : 10);
  await loader.run({ ...warm, seconds: 3 });
  await record("decide", running, warm);
  await running.stop();
  all.delete(running);
  const woken = await serveTideline(settings);
  all.add(woken);
  await loader.run({ ...decideLoad(`${woken.url}/v1/decide`, "warm", USUAL, 1) });
  await record("cold-wake", woken, {
    ...decideLoad(`${woken.url}/v1/decide`, "cold", USUAL, 1),
    seconds: undefined,
    connections: 1,
  });
  return [];
}
