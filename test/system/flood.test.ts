import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTideline, type Tideline } from "./tideline.ts";

/** 200 events a second for one profile: a whole minute with TIDELINE_FULL=1, which passes the bound of 3,000; else too short to. */
const SECONDS = process.env["TIDELINE_FULL"] === "1" ? 60 : 2;
const A_SECOND = 200;
const MOST_A_MINUTE = 3_000;

describe("a profile that gets far too much", () => {
  let at: Tideline;
  beforeAll(async () => {
    at = await makeTideline();
    await at.start();
  });
  afterAll(async () => {
    await at.remove();
  });

  async function post(path: string, key: string, body: unknown): Promise<{ json: Record<string, unknown>; ms: number }> {
    const began = performance.now();
    const response = await fetch(at.url + path, { method: "POST", headers: { authorization: key }, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return { json: (await response.json()) as Record<string, unknown>, ms: performance.now() - began };
  }

  const residentMb = (): number =>
    at
      .processes()
      .workerd.reduce(
        (mb, pid) => mb + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024,
        0,
      );

  it(`is guarded: ${A_SECOND} events a second for ${SECONDS} s, and others do not wait`, async () => {
    const before = residentMb();
    let accepted = 0;
    let floods = 0;
    const waits: number[] = [];
    const began = Date.now();
    for (let second = 0; second < SECONDS; second++) {
      const batch = Array.from({ length: A_SECOND }, (_, n) => ({
        type: "track",
        userId: "robot",
        event: "Loop",
        messageId: `${second}-${n}`,
      }));
      const { json } = await post("/v1/batch", `Basic ${btoa("wk_demo_store:")}`, { batch });
      const errors = (json["errors"] ?? []) as readonly { code: string }[];
      floods += errors.filter(({ code }) => code === "flood").length;
      accepted += A_SECOND - errors.length;
      const asked = await post("/v1/decide", "Bearer sk_demo", { identity: { userId: "a-person" } });
      waits.push(asked.ms);
      await delay(Math.max(0, began + (second + 1) * 1_000 - Date.now()));
    }
    const minutes = Math.floor(Date.now() / 60_000) - Math.floor(began / 60_000) + 1;
    expect(accepted + floods).toBe(SECONDS * A_SECOND);
    expect(accepted).toBeLessThanOrEqual(minutes * MOST_A_MINUTE);
    if (SECONDS * A_SECOND > 2 * MOST_A_MINUTE) expect(floods).toBeGreaterThan(0);
    const sorted = waits.toSorted((a, b) => a - b);
    const { json } = await post("/v1/decide", "Bearer sk_demo", { identity: { userId: "robot" } });
    expect(json["known"]).toBe(true);
    process.stdout.write(
      `flood: ${accepted} taken, ${floods} to quarantine over ${minutes} minutes; another's decision ${sorted[sorted.length >> 1]?.toFixed(1)} ms in the middle, ${sorted.at(-1)?.toFixed(1)} ms at most; workerd ${before.toFixed(0)} -> ${residentMb().toFixed(0)} MB\n`,
    );
  });
});
