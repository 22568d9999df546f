import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { benchRow, type Bar, type BenchRow } from "../results.ts";
import { interleaved, median } from "../stats.ts";
import type { Population } from "./population.ts";
import type { MixedRule } from "./rules.ts";
import { publish } from "./ruleset.ts";

const WITHIN: Bar = { most: 1 };
const BUDGET = { compileMs: 1_000, rulesetMb: 40, profileKb: 200 };

/** What is measured in processes of their own, each time a fresh one: compiling, and memory. */
export async function freshRows(
  populations: readonly Population<MixedRule>[],
  folder: string,
  rounds: number,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [at, { name, artifact, audiences }] of populations.entries()) {
    const file = join(folder, `artifact-${at}.json`);
    const text = JSON.stringify(artifact);
    writeFileSync(file, text);
    const rulesText = JSON.stringify(audiences);
    const samples = await interleaved(rounds, {
      compile: () => inFreshProcess("compile", file),
      ruleset: () => inFreshProcess("ruleset", file),
      profiles: () => inFreshProcess("profiles", file),
      publish: () => Promise.resolve({ ms: msOf(() => publish(audiences)), jsonMs: msOf(() => JSON.parse(rulesText)) }),
    });
    const of = (task: keyof typeof samples, figure: string): number =>
      median(samples[task].map((sample: Readonly<Record<string, number>>) => sample[figure] ?? NaN));
    const ms = (figure: string): string => of("compile", figure).toFixed(0);
    const total = of("compile", "parseMs") + of("compile", "loadMs") + of("compile", "evaluateMs");
    const row = (what: string, ours: number, unit: string, reference: number, referenceName: string, bar?: Bar): BenchRow =>
      benchRow({ area: "engine", what: `${what}, ${name}`, ours, unit, reference, referenceName }, bar);
    rows.push(
      row(
        `compile in a fresh process: parse ${ms("parseMs")} + link ${ms("loadMs")} + first evaluation ${ms("evaluateMs")}`,
        total,
        "ms",
        BUDGET.compileMs,
        `budget (artifact ${(text.length / 1e6).toFixed(1)} MB)`,
        WITHIN,
      ),
      row("publish: parse and flatten rules", of("publish", "ms"), "ms", of("publish", "jsonMs"), "JSON.parse of their text"),
      row("ruleset in memory, as linked", of("ruleset", "loaded") / 1e6, "MB", BUDGET.rulesetMb, "budget"),
      row("ruleset in memory, in use", of("ruleset", "used") / 1e6, "MB", BUDGET.rulesetMb, "budget", WITHIN),
      row("its 1,000 events alone, as JSON.parse makes them", of("profiles", "events") / 1e3, "KB", BUDGET.profileKb, "budget"),
      row("hot profile of 1,000 events in memory", of("profiles", "profile") / 1e3, "KB", BUDGET.profileKb, "budget", WITHIN),
    );
  }
  return rows;
}

function msOf(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

async function inFreshProcess(task: string, file: string): Promise<Readonly<Record<string, number>>> {
  const script = join(import.meta.dirname, "fresh-process.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script, task, file]);
  return JSON.parse(stdout) as Readonly<Record<string, number>>;
}
