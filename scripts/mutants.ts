import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./bundle.ts";
import { MUTANTS, type Mutant } from "./mutants/list.ts";

/**
 * `npm run mutants [-- TEXT]`: plants one fault of the list after the other (those whose file or words hold TEXT) in a copy
 * of the engine and runs its tests, which must see each. Ends with exit code 1 where one survives, or no longer fits the code.
 */
const [only = ""] = process.argv.slice(2);
const RUNS = "1000";
const copy = mkdtempSync(join(tmpdir(), "tideline-mutants-"));

function main(): number {
  for (const name of [
    "core",
    "test",
    "package.json",
    "vitest.config.ts",
    "tsconfig.base.json",
    "wrangler.toml",
    "docs",
    "README.md",
  ]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const began = Date.now();
  const failing = tests();
  if (failing !== undefined) throw new Error(`the engine's tests fail as they are: ${failing}`);
  longestMs = 3 * (Date.now() - began);
  const asked = MUTANTS.filter(({ file, what }) => `${file} ${what}`.includes(only));
  let missed = 0;
  for (const [index, mutant] of asked.entries()) {
    const seenBy = plant(mutant);
    if (seenBy === undefined) missed += 1;
    console.log(
      `${index + 1}/${asked.length} ${seenBy === undefined ? "SURVIVED" : "caught"}: ${mutant.what} (${mutant.file})${seenBy === undefined ? "" : `; first by ${seenBy}`}`,
    );
  }
  console.log(`${asked.length - missed} of ${asked.length} faults caught`);
  return missed === 0 ? 0 : 1;
}

/** @returns the file of tests that saw it first; undefined where none did */
function plant({ file, what, find, replace }: Mutant): string | undefined {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  if (text.split(find).length !== 2) throw new Error(`"${what}" no longer fits ${file}: its text must stand there once`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  try {
    return tests();
  } finally {
    writeFileSync(path, text);
  }
}

/** A fault may make the engine settle for ever: that is seen, too, after three times as long as without any. Threads end with their process, forks would not. */
let longestMs: number | undefined;

/** Runs the engine's tests. @returns the first file that fails; undefined where all pass */
function tests(): string | undefined {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, "node_modules/vitest/vitest.mjs"),
      "run",
      "--project",
      "core",
      "--pool",
      "threads",
      "--bail",
      "1",
      "core/profile",
      "core/rules",
      "core/model",
    ],
    {
      cwd: copy,
      encoding: "utf8",
      ...(longestMs !== undefined && { timeout: longestMs }),
      killSignal: "SIGKILL",
      env: { ...process.env, TIDELINE_FUZZ_RUNS: RUNS, TIDELINE_FUZZ_SHRINK: "0", NO_COLOR: "1" },
      maxBuffer: 1 << 28,
    },
  );
  if (signal !== null) return "the clock: it hangs";
  return status === 0 ? undefined : (/FAIL\s+(?:\|?core\|?\s+)?(\S+)/.exec(stdout + stderr)?.[1] ?? "the run itself");
}

try {
  process.exitCode = main();
} finally {
  rmSync(copy, { recursive: true, force: true });
}
