import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isExact, replay, type ReplayReport } from "../../scripts/replay/replay.ts";
import { samplePurchases } from "../../scripts/replay/sample.ts";
import { purchaseFile } from "./purchase-file.ts";
import { makeTideline, type Tideline } from "./tideline.ts";

/**
 * Real purchases through the real Segment SDK into a real Tideline, then ten audiences to the person. A
 * stranger does not have the file and makes purchases of the same kind.
 */
const ROWS = process.env["TIDELINE_FULL"] === "1" ? Infinity : 5_000;

function purchases(): string {
  const file = purchaseFile();
  if (file !== undefined) return readFileSync(file, "latin1").split("\n").slice(0, ROWS).join("\n");
  process.stdout.write("the real purchases are not there: the replay test makes some of its own\n");
  return samplePurchases(Math.min(ROWS, 69_659), 7);
}

describe("the replay of a file of purchases", () => {
  let at: Tideline;
  let text: string;
  beforeAll(async () => {
    text = purchases();
    at = await makeTideline();
    await at.start();
  });
  afterAll(async () => {
    await at.remove();
  });

  const run = (more: Partial<Parameters<typeof replay>[0]> = {}): Promise<ReplayReport> =>
    replay({ from: { text }, url: at.url, data: at.data, ...more });

  it("gives the members of ten audiences as counted straight from the file, to the person, also when it is cut off and sent again", async () => {
    const stop = new AbortController();
    const cut = await run({
      signal: stop.signal,
      show: (part, done, total) => {
        if (part === "send" && done > total / 3) stop.abort();
      },
    });
    expect(cut.check).toBeUndefined();
    const report = await run();
    expect(report.resumedAt).toBeGreaterThan(0);
    expect(report.check?.audiences).toHaveLength(10);
    for (const { audience, byFile, byTideline, missing, extra } of report.check?.audiences ?? []) {
      expect({ audience: audience.key, missing, extra, byTideline }).toEqual({
        audience: audience.key,
        missing: [],
        extra: [],
        byTideline: byFile,
      });
    }
    expect(isExact(report)).toBe(true);
    const { check, rows, customers, sent } = report;
    process.stdout.write(
      `replay: ${rows} rows of ${customers} customers, ${sent.acknowledged} sent after the cut, ${check?.decisions} decisions, all audiences equal\n`,
    );
  }, 1_800_000);

  it("counts nothing twice when every row is sent a second time", async () => {
    const again = await run({ fresh: true });
    expect(again.resumedAt).toBe(0);
    expect(isExact(again)).toBe(true);
  }, 1_800_000);
});
