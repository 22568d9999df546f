/**
 * How many generated worlds a property is tried on, and from which seed:
 * TIDELINE_FUZZ_RUNS, by default 5,000, with TIDELINE_FULL=1 100,000;
 * TIDELINE_FUZZ_SEED, by default another each time. A failure prints its seed and shrinks its world;
 * TIDELINE_FUZZ_SHRINK=0 ends at the first, where only that there is one counts.
 */
const { env } = process;
const RUNS = Number(env["TIDELINE_FUZZ_RUNS"] ?? (env["TIDELINE_FULL"] === "1" ? 100_000 : 5_000));
const SEED = env["TIDELINE_FUZZ_SEED"];

/** @param share of all runs that the property is worth: some take long for each */
export function fuzzed(share = 1): { numRuns: number; seed?: number; endOnFailure: boolean } {
  const endOnFailure = env["TIDELINE_FUZZ_SHRINK"] === "0";
  return { numRuns: Math.ceil(RUNS * share), endOnFailure, ...(SEED !== undefined && { seed: Number(SEED) }) };
}

/** ms that a property may take with all its runs. */
export const FUZZ_TIMEOUT_MS = 3_600_000;
