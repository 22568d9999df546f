import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { count, countsOfDay, flushCounts, isFlushDue } from "./counters.ts";
import { HOUR, NOON } from "./test-journal.ts";
import { testWorkspace } from "./test-workspaces.ts";

describe("counts of an isolate", () => {
  it("are written ten seconds after the first of them, by workspace and hour", async () => {
    const [one, other] = [(await testWorkspace()).id, (await testWorkspace()).id];
    count(one, "events.ingested", 2, NOON);
    expect([isFlushDue(NOON), isFlushDue(NOON + 9_999), isFlushDue(NOON + 10_000)]).toEqual([false, false, true]);
    count(one, "events.ingested", 3, NOON + 1);
    count(one, "events.rejected", 1, NOON + HOUR);
    count(one, "events.refused", 0, NOON);
    count(other, "events.ingested", 7, NOON);
    await flushCounts(env.DB, NOON + 10_000);
    expect(isFlushDue(NOON + 60_000)).toBe(false);
    expect(await countsOfDay(env.DB, one, NOON + HOUR)).toEqual({ "events.ingested": 5, "events.rejected": 1 });
    expect(await countsOfDay(env.DB, other, NOON + 25 * HOUR)).toEqual({});
  });

  it("wait while D1 is down", async () => {
    const { id } = await testWorkspace();
    const at = NOON + 20_000;
    count(id, "events.ingested", 2, at);
    const down = {
      prepare: () => {
        throw new Error("D1_ERROR");
      },
    } as unknown as D1Database;
    await flushCounts(down, at);
    count(id, "events.ingested", 1, at);
    await flushCounts(env.DB, at);
    expect(await countsOfDay(env.DB, id, at)).toEqual({ "events.ingested": 3 });
  });
});
