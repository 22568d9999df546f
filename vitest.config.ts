import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** The secret that `wrangler.toml` asks for, as a deploy would hold it. */
process.env["NAME_KEY"] ??= "a key for tests only, 32 bytes or more";
// It says at every start where it read that from.
process.env["WRANGLER_LOG"] ??= "error";

/**
 * Three rooms, three grounds: the pure core in Node, what runs on the platform inside workerd, and whole-system tests
 * that start Tideline as a stranger would and break it.
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
        test: { name: "core", include: ["core/**/*.test.ts", "scripts/**/*.test.ts", "bench/**/*.test.ts"], environment: "node" },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest({
            main: "./worker/index.ts",
            wrangler: { configPath: "./wrangler.toml" },
            // For the test of a cold index over two databases; nothing else knows it.
            miniflare: { d1Databases: ["SECOND_DB"] },
          }),
        ],
        test: {
          name: "runtime",
          // Inside the runtime there is no environment to ask.
          provide: { full: process.env["TIDELINE_FULL"] === "1" },
          include: ["worker/**/*.test.ts", "durable-objects/**/*.test.ts", "test/runtime/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
