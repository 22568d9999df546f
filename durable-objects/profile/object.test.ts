import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import {
  DAY_MS,
  call,
  decide,
  event,
  fresh,
  identifier,
  ingest,
  journalOf,
  publishRules,
  stubOf,
  type DecideAnswer,
} from "../../test/runtime/profiles.ts";
import type { ProfileObject } from "./object.ts";

const BUYERS = { buyers: { event: "Order Completed", within: "7d" }, often: { event: "Order Completed", count: { gte: 3 } } };

async function tables(of: DurableObjectStub<ProfileObject>): Promise<string[]> {
  return runInDurableObject(of, (_, state) =>
    state.storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'")
      .toArray()
      .map(({ name }) => name),
  );
}

async function rowsWritten(of: DurableObjectStub<ProfileObject>): Promise<number> {
  return runInDurableObject(of, (object: ProfileObject) => object.rowsWritten);
}

describe("a profile object", () => {
  it("creates nothing when it is read and nobody is there", async () => {
    const workspace = fresh("w");
    const nobody = identifier(workspace, "userId", fresh("u"));
    expect(await decide(workspace, nobody)).toMatchObject({ known: false, audiences: [], validUntil: null });
    expect(await stubOf(nobody.hash).resolve(call(workspace, nobody.hash))).toBe("");
    expect(await stubOf(nobody.hash).profile(call(workspace, nobody.hash))).toBe("");
    expect(await tables(stubOf(nobody.hash))).toEqual([]);
    expect(await rowsWritten(stubOf(nobody.hash))).toBe(0);
    expect(await runInDurableObject(stubOf(nobody.hash), (_, state) => state.storage.getAlarm())).toBeNull();
  });

  it("knows a person from the first event on", async () => {
    const workspace = fresh("w");
    await publishRules(workspace, 1, BUYERS);
    const ann = identifier(workspace, "userId", fresh("u"));
    const time = Date.now() - 60_000;
    expect(await ingest(workspace, ann, [event(ann, { time })], { ruleset: 1 })).toMatchObject({
      accepted: 1,
      duplicates: 0,
      conflicts: [],
    });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({
      known: true,
      profileId: ann.hash,
      ruleset: 1,
      audiences: ["buyers"],
      validUntil: new Date(time + 7 * DAY_MS).toISOString(),
    });
  });

  it("counts a repeated delivery once and writes nothing for it", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    const events = [event(ann), event(ann)];
    await ingest(workspace, ann, events);
    const before = await rowsWritten(stubOf(ann.hash));
    expect(await ingest(workspace, ann, events.toReversed())).toMatchObject({ accepted: 0, duplicates: 2, conflicts: [] });
    expect(await ingest(workspace, ann, [events[0]!, events[0]!])).toMatchObject({ accepted: 0, duplicates: 2 });
    expect(await rowsWritten(stubOf(ann.hash))).toBe(before);
    expect(await journalOf(workspace, ann)).toHaveLength(2);
  });

  it("knows a repeated delivery whose time was corrected anew", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    const first = event(ann, { source: "web" });
    await ingest(workspace, ann, [first]);
    const again = { ...first, time: first.time + 17, receivedAt: first.receivedAt + 40 };
    expect(await ingest(workspace, ann, [again])).toMatchObject({ accepted: 0, duplicates: 1, conflicts: [] });
  });

  it("lets the first of two different events under one id stand and names the other", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    const first = event(ann, { properties: { value: 10 } });
    await ingest(workspace, ann, [first]);
    const other = { ...first, properties: { value: 1_000 } };
    expect(await ingest(workspace, ann, [event(ann), other])).toMatchObject({ accepted: 1, conflicts: [1] });
    expect(await journalOf(workspace, ann)).toHaveLength(2);
  });

  it("tells ids of two sources apart", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    const first = event(ann);
    expect(await ingest(workspace, ann, [first, { ...first, source: "web" }])).toMatchObject({ accepted: 2, duplicates: 0 });
  });

  it("writes one row an ingest call, two more for a new person, and one for a sealed chunk", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann)]);
    expect(await rowsWritten(stubOf(ann.hash))).toBe(3);
    await ingest(workspace, ann, [event(ann)]);
    await ingest(workspace, ann, [event(ann), event(ann)]);
    expect(await rowsWritten(stubOf(ann.hash))).toBe(5);
    await ingest(workspace, ann, [event(ann, { properties: { note: "x".repeat(17_000) } })]);
    expect(await rowsWritten(stubOf(ann.hash))).toBe(7);
    await decide(workspace, ann);
    expect(await rowsWritten(stubOf(ann.hash))).toBe(7);
  });

  it("writes at most 1.1 rows a call over 1,000 calls", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    for (let sent = 0; sent < 1_000; sent++)
      await ingest(workspace, ann, [event(ann, { properties: { value: sent, product: "a product's name" } })]);
    const rows = await rowsWritten(stubOf(ann.hash));
    expect(rows).toBeGreaterThan(1_002);
    expect(rows).toBeLessThanOrEqual(1_100);
    await evictDurableObject(stubOf(ann.hash));
    expect(await journalOf(workspace, ann)).toHaveLength(1_000);
  }, 60_000);

  it("answers from storage after an eviction, also for what lies in sealed chunks", async () => {
    const workspace = fresh("w");
    await publishRules(workspace, 1, BUYERS);
    const ann = identifier(workspace, "userId", fresh("u"));
    const note = "x".repeat(6_000);
    const events = Array.from({ length: 8 }, () => event(ann, { properties: { note } }));
    for (const one of events) await ingest(workspace, ann, [one], { ruleset: 1 });
    const before = await decide(workspace, ann, { ruleset: 1 });
    const chunks = await runInDurableObject(
      stubOf(ann.hash),
      (_, state) => state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM part").one().n,
    );
    expect(chunks).toBeGreaterThan(2);
    await evictDurableObject(stubOf(ann.hash));
    expect({ ...((await decide(workspace, ann, { ruleset: 1 })) as DecideAnswer), asOf: "" }).toEqual({
      ...(before as DecideAnswer),
      asOf: "",
    });
    expect(await ingest(workspace, ann, events)).toMatchObject({ accepted: 0, duplicates: 8, conflicts: [] });
  });

  it("lets storage win over a corrupted memory", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann), event(ann)]);
    await runInDurableObject(stubOf(ann.hash), (_, state) => {
      // What a crash between a write and its commit leaves behind: nothing.
      expect(() =>
        state.storage.transactionSync(() => {
          state.storage.sql.exec("DELETE FROM part");
          throw new Error("cut off");
        }),
      ).toThrow("cut off");
    });
    await evictDurableObject(stubOf(ann.hash));
    expect(await journalOf(workspace, ann)).toHaveLength(2);
  });

  it("is nobody for another workspace that asks for it by its id", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann, { type: "identify", properties: { city: "Lyon" } })]);
    const other = fresh("w");
    expect(await decide(other, ann, { traits: true })).toMatchObject({ known: false, audiences: [] });
    expect(await stubOf(ann.hash).profile(call(other, ann.hash))).toBe("");
    expect(await journalOf(other, ann)).toEqual([]);
  });

  it("takes nothing from another workspace, and keeps what it holds", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    const bob = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann)]);
    const other = fresh("w");
    for (const item of [event(ann), { to: bob.hash, identify: true }]) {
      // The call itself, not its stub: what a stub rejects with is also reported as uncaught.
      const refused = await runInDurableObject(stubOf(ann.hash), (object: ProfileObject) => {
        const items = ["messageId" in item ? JSON.stringify(item) : item];
        return object.ingest({ ...call(other, ann.hash), receivedAt: Date.now(), items }).then(
          () => undefined,
          (error: unknown) => String(error),
        );
      });
      expect(refused).toContain("another workspace");
    }
    await evictDurableObject(stubOf(ann.hash));
    expect(await journalOf(workspace, ann)).toHaveLength(1);
  });

  it("evaluates the whole journal when a newer ruleset is published, and never goes back to an older", async () => {
    const workspace = fresh("w");
    await publishRules(workspace, 1, BUYERS);
    await publishRules(workspace, 2, { ...BUYERS, twice: { event: "Order Completed", count: { gte: 2 } } });
    const ann = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann), event(ann)], { ruleset: 1 });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ ruleset: 1, audiences: ["buyers"] });
    expect(await decide(workspace, ann, { ruleset: 2 })).toMatchObject({ ruleset: 2, audiences: ["buyers", "twice"] });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ ruleset: 2, audiences: ["buyers", "twice"] });
    await ingest(workspace, ann, [event(ann)], { ruleset: 2 });
    await evictDurableObject(stubOf(ann.hash));
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ ruleset: 2, audiences: ["buyers", "often", "twice"] });
  });

  it("ends a window to the millisecond with no new event, and answers for any instant", async () => {
    const workspace = fresh("w");
    await publishRules(workspace, 1, BUYERS);
    const ann = identifier(workspace, "userId", fresh("u"));
    const time = Date.now() - 20 * DAY_MS;
    await ingest(workspace, ann, [event(ann, { time })], { ruleset: 1 });
    const at = async (instant: number): Promise<unknown> =>
      ((await decide(workspace, ann, { ruleset: 1, at: instant })) as DecideAnswer).audiences;
    expect(await at(time - 1)).toEqual([]);
    expect(await at(time)).toEqual(["buyers"]);
    expect(await at(time + 7 * DAY_MS - 1)).toEqual(["buyers"]);
    expect(await at(time + 7 * DAY_MS)).toEqual([]);
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: [] });
    expect(await decide(workspace, ann, { ruleset: 1, at: time - 400 * DAY_MS })).toBe("!at_before_horizon");
  });

  it("takes events while the ruleset cannot be read, and is exact once it can", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    expect(await ingest(workspace, ann, [event(ann)], { ruleset: 7 })).toMatchObject({ accepted: 1 });
    expect(await decide(workspace, ann, { ruleset: 7 })).toBe("!unavailable");
    await publishRules(workspace, 7, BUYERS);
    expect(await decide(workspace, ann, { ruleset: 7 })).toMatchObject({ ruleset: 7, audiences: ["buyers"] });
  });

  it("tells traits only when asked", async () => {
    const workspace = fresh("w");
    const ann = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann, { type: "identify", properties: { city: "Lyon", plan: null } })]);
    expect(await decide(workspace, ann)).not.toHaveProperty("traits");
    expect(await decide(workspace, ann, { traits: true })).toMatchObject({ traits: { city: "Lyon" } });
  });
});

describe("consent in a profile object", () => {
  const ADS = { buyers: { event: "Order Completed" }, fans: { event: "Order Completed" } };

  it("counts from the next decision on when it is withdrawn", async () => {
    const workspace = fresh("w");
    await publishRules(workspace, 1, ADS);
    const ann = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann)], { ruleset: 1 });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ known: true });
    expect(await stubOf(ann.hash).withdraw({ ...call(workspace, ann.hash, 1), consent: { profiling: false } })).toBe("=");
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ known: false, audiences: [], reason: "NO_CONSENT" });
    await evictDurableObject(stubOf(ann.hash));
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ known: false, audiences: [], reason: "NO_CONSENT" });
  });

  it("leaves out the audiences for a purpose that was denied, in the request or before", async () => {
    const workspace = fresh("w");
    await publishRules(workspace, 1, ADS, { buyers: "ads", fans: "content" });
    const ann = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann)], { ruleset: 1 });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["buyers", "fans"] });
    expect(await decide(workspace, ann, { ruleset: 1, consent: { ads: false } })).toMatchObject({ audiences: ["fans"] });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["buyers", "fans"] });
    await ingest(workspace, ann, [event(ann)], { ruleset: 1, consent: { ads: false } });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["fans"] });
    expect(await decide(workspace, ann, { ruleset: 1, consent: { ads: true } })).toMatchObject({ audiences: ["fans"] });
  });

  it("leaves them out from the very next decision on, though nothing else has changed", async () => {
    const workspace = fresh("w");
    await publishRules(workspace, 1, ADS, { buyers: "ads", fans: "content" });
    const ann = identifier(workspace, "userId", fresh("u"));
    await ingest(workspace, ann, [event(ann)], { ruleset: 1 });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["buyers", "fans"] });
    await stubOf(ann.hash).withdraw({ ...call(workspace, ann.hash, 1), consent: { ads: false } });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["fans"] });
  });

  it("creates nobody for a withdrawal", async () => {
    const workspace = fresh("w");
    const nobody = identifier(workspace, "userId", fresh("u"));
    expect(await stubOf(nobody.hash).withdraw({ ...call(workspace, nobody.hash), consent: { storage: false } })).toBe("");
    expect(await tables(stubOf(nobody.hash))).toEqual([]);
  });
});
