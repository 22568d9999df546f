import { mkdirSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { openMemberships } from "../core/profile/memberships.ts";
import { mixedAudiences, plainAudiences, sequencesAreRead } from "./engine/audiences.ts";
import { mixedRows, plainRows } from "./engine/evaluation.ts";
import { freshRows } from "./engine/fresh.ts";
import { historyOf, log, NOW } from "./engine/people.ts";
import { population, sharing, type Population } from "./engine/population.ts";
import type { Audience, MixedRule } from "./engine/rules.ts";
import { msPerCall } from "./engine/timing.ts";
import { upkeepRows } from "./engine/upkeep.ts";
import { rounds, type Area, type Settings } from "./harness.ts";
import { profileTable } from "./profile.ts";
import type { BenchRow } from "./results.ts";

const SEED = 20_260_916;
const WARM_EVENTS = 200;

/** The engine alone, in Node: no server, no storage. */
export const engineArea: Area = async (settings, { folder }) => {
  const sequences = sequencesAreRead();
  const plain = plainAudiences(10_000, SEED);
  const mixed = mixedAudiences(10_000, SEED, sequences);
  const allPlain = population("plain audiences", plain);
  const allMixed = population(sequences ? "mixed audiences" : "mixed audiences (no sequences yet)", mixed);
  if (settings.profile) return profileEngine([allPlain, allMixed], settings);
  for (const one of [allPlain, allMixed]) settings.log(`  ${sharing(one)}`);
  const person = log(WARM_EVENTS, SEED);
  const how = { rounds: rounds(settings), fillMs: settings.quick ? 20 : 100 };
  const first = <Rule extends MixedRule>(count: number, kind: string, audiences: readonly Audience<Rule>[]) =>
    population(kind, audiences.slice(0, count));
  return [
    ...(await plainRows(allPlain, first(1_000, "plain audiences", plain), person, how)),
    ...(await mixedRows(allMixed, person, how)),
    ...(await upkeepRows(allPlain, first(10, "plain audiences", plain), person, how)),
    ...(await upkeepRows(allMixed, first(10, "mixed audiences", mixed), person, how)),
    ...(await freshRows([allPlain, allMixed], folder, rounds(settings))),
  ];
};

/** Records full evaluations, kept beside the profiles of the other areas. */
async function profileEngine(populations: readonly Population<MixedRule>[], { log: say, quick }: Settings): Promise<BenchRow[]> {
  const history = historyOf(log(WARM_EVENTS, SEED));
  const folder = join(import.meta.dirname, "profiles");
  mkdirSync(folder, { recursive: true });
  for (const { name, ruleset } of populations) {
    const evaluate = (): unknown => openMemberships(ruleset, history, NOW).keys();
    await msPerCall(evaluate, 1_000);
    const session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 200 });
    await session.post("Profiler.start");
    const ms = await msPerCall(evaluate, quick ? 1_000 : 5_000);
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    const { nodes, samples = [], timeDeltas = [] } = profile;
    const file = join(folder, `engine-${name.split(" ")[1]}.cpuprofile`);
    writeFileSync(file, JSON.stringify(profile));
    say(`\n  full evaluation, ${name}: ${(ms * 1_000).toFixed(0)} µs under the profiler`);
    say(`\n${profileTable({ nodes, samples, timeDeltas }, 20)}\n\n  kept as ${file}`);
  }
  return [];
}
