import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decideArea } from "./decide.ts";
import { engineArea } from "./engine.ts";
import { inOrder, type Area } from "./harness.ts";
import { ingestArea } from "./ingest.ts";
import { environment, resultsTable, type BenchRow } from "./results.ts";

/**
 * `npm run bench [-- AREA...] [--quick] [--profile]`: measures ours beside floors, prints one table an area and writes
 * `bench/results.json` (budgets.md, "Speed"). With `--profile` it records a CPU profile of ours instead.
 * Exit code: 0 also where a bar is missed, for the machine may be busy; 1 where it could not measure, or where two that
 * are compared did not find the same.
 */
const AREAS: Readonly<Record<string, Area>> = { engine: engineArea, decide: decideArea, ingest: ingestArea };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, profile: { type: "boolean", default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(AREAS);
const unknown = names.filter((name) => !Object.hasOwn(AREAS, name));
if (unknown.length > 0) {
  console.error(`There is no area ${unknown.join(", ")}. Areas: ${Object.keys(AREAS).join(", ")}.`);
  process.exit(2);
}

const rows: BenchRow[] = [];
for (const name of names) {
  const area = AREAS[name];
  if (area === undefined) continue;
  console.log(`${name}:`);
  const measured = await inOrder(area, { ...values, log: (line) => console.log(line) });
  if (measured.length > 0) console.log(`\n${resultsTable(measured)}\n`);
  rows.push(...measured);
}
if (!values.profile)
  writeFileSync(
    join(import.meta.dirname, "results.json"),
    `${JSON.stringify({ environment: environment(new Date(), values.quick), rows }, undefined, 2)}\n`,
  );
