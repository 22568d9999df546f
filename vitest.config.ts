import { statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** The secret that `wrangler.toml` asks for, as a deploy would hold it. */
process.env["NAME_KEY"] ??= "a key for tests only, 32 bytes or more";
// It says at every start where it read that from.
process.env["WRANGLER_LOG"] ??= "error";

const BROWSER = "test/system/in-browser.test.ts";
const FULL = process.env["TIDELINE_FULL"] === "1";
/**
 * Thousands of small databases, each write of each synced to its disk: most of what such a test waits for. In memory they
 * outlive any process that is killed, and nothing here cuts the power.
 */
if (bytesFree("/dev/shm") > (FULL ? 12e9 : 4e9)) process.env["TMPDIR"] ??= "/dev/shm";
/** By default one core is left alone, of two every second one. */
const AT_ONCE = Math.max(2, availableParallelism());

/**
 * Three rooms, three grounds: the pure core in Node, what runs on the platform inside workerd, and whole-system tests
 * that start Tideline as a stranger would and break it, those in a browser by themselves.
 */
export default defineConfig({
  test: {
    setupFiles: ["./test/fail-on-console.ts"],
    // A test that hangs must end, but a busy machine is no fault: nothing here is judged by the clock.
    testTimeout: 60_000,
    reporters: ["default", "./test/closing-line.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "core",
          include: ["core/**/*.test.ts", "scripts/**/*.test.ts", "bench/**/*.test.ts"],
          environment: "node",
          maxWorkers: AT_ONCE,
          // Pure functions share nothing that one file could leave behind for the next.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "dashboard",
          include: ["dashboard/**/*.test.{ts,tsx}"],
          environment: "node",
          maxWorkers: AT_ONCE,
          isolate: false,
        },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest({
            main: "./worker/index.ts",
            wrangler: { configPath: "./wrangler.toml" },
            // For the test of a cold index over two databases; nothing else knows it.
            // What profiles send is consumed by the tests that mean to, not behind the back of others.
            miniflare: { d1Databases: ["SECOND_DB"], queueProducers: { OUTBOX: "nobodys" } },
          }),
        ],
        test: {
          name: "runtime",
          maxWorkers: AT_ONCE,
          // Inside the runtime there is no environment to ask.
          provide: { full: FULL },
          include: ["worker/**/*.test.ts", "durable-objects/**/*.test.ts", "test/runtime/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          exclude: [BROWSER],
          environment: "node",
          globalSetup: "test/system/build-first.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A Tideline each, and much of their time is waiting. At full size they measure, each alone.
          maxWorkers: FULL ? 1 : AT_ONCE + 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: [BROWSER],
          environment: "node",
          globalSetup: "test/system/build-first.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Pages have a clock of their own to keep: by itself, at the end.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

function bytesFree(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
