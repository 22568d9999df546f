import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./bundle.ts";

/**
 * `npm run fuzz -- --minutes 10 [--seed N]`: the properties of the engine on ever new worlds, until the time is up. Each
 * round prints its seed; a world that breaks a property is shrunk and printed, and ends it with exit code 1. With --seed
 * one round is run again.
 */
const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, seed: { type: "string" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error("--minutes takes a number of minutes");
const RUNS_A_ROUND = 4_000;
const LARGEST_SEED = 2 ** 31;
const end = Date.now() + minutes * 60_000;

let rounds = 0;
do {
  const seed = values.seed ?? String(randomInt(LARGEST_SEED));
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, "node_modules/vitest/vitest.mjs"),
      "run",
      "--project",
      "core",
      "core/profile/differential",
      "core/profile/moments",
    ],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, TIDELINE_FUZZ_RUNS: String(RUNS_A_ROUND), TIDELINE_FUZZ_SEED: seed, NO_COLOR: "1" },
      maxBuffer: 1 << 28,
    },
  );
  rounds += 1;
  console.log(`round ${rounds}, seed ${seed}: ${status === 0 ? "held" : "BROKEN"}, ${Math.round((Date.now() - began) / 1000)} s`);
  if (status !== 0) {
    console.error(stdout, stderr);
    process.exit(1);
  }
} while (values.seed === undefined && Date.now() < end);
console.log(`${rounds} rounds of ${RUNS_A_ROUND} worlds a property, none broke one`);
