import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { consumed, finding, HOUR, NOON, TestJournal } from "../cold/test-journal.ts";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;
beforeEach(async () => {
  shop = await testWorkspace();
});
const get = async (path: string, more: Partial<Env> = {}) => call("GET", path, { key: shop.secret, env: { ...env, ...more } });

describe("the size of an audience", () => {
  it("is given by the hour, with how it came to it, and a publish apart", async () => {
    const [ann, bob] = [new TestJournal(shop.id), new TestJournal(shop.id)];
    ann.change("vip", true, NOON).change("vip", false, NOON + 2 * HOUR);
    bob.change("vip", true, NOON + HOUR, "publish");
    await consumed(finding(ann, bob), [ann.message(), bob.message()]);
    const reply = await get("/api/audiences/vip/size?from=2026-11-02T11:00:00Z&to=2026-11-02T15:00:00Z");
    const none = { entered: 0, exited: 0 };
    expect(reply.json).toEqual({
      now: 1,
      series: [
        { time: "2026-11-02T11:00:00.000Z", size: 0, ...none, publish: none },
        { time: "2026-11-02T12:00:00.000Z", size: 1, entered: 1, exited: 0, publish: none },
        { time: "2026-11-02T13:00:00.000Z", size: 2, ...none, publish: { entered: 1, exited: 0 } },
        { time: "2026-11-02T14:00:00.000Z", size: 1, entered: 0, exited: 1, publish: none },
      ],
      publishes: [],
    });
    expect((await get("/api/audiences/vip/size?from=2026-11-02T14:00:00Z&to=2026-11-02T15:00:00Z")).json.series).toMatchObject([
      { size: 1 },
    ]);
  });

  it("comes with the publishes of the span, oldest first", async () => {
    await call("PUT", "/api/audiences/new", { key: shop.secret, body: { name: "New", rule: { everyone: true } } });
    for (const note of ["first", "second", "third", "fourth"])
      await call("POST", "/api/ruleset/publish", { key: shop.secret, body: { note } });
    const at = (version: number, time: string, state = "published") =>
      env.DB.prepare("UPDATE ruleset_version SET created_at = ?, state = ? WHERE workspace = ? AND version = ?")
        .bind(Date.parse(time), state, shop.id, version)
        .run();
    await at(1, "2026-11-02T10:59:59Z");
    await at(2, "2026-11-02T11:00:00Z");
    await at(3, "2026-11-02T12:30:00Z");
    await at(4, "2026-11-02T12:40:00Z", "reserved");
    const span = async (to: string) =>
      (await get(`/api/audiences/new/size?from=2026-11-02T11:00:00Z&to=2026-11-02T${to}Z`)).json.publishes;
    expect(await span("13:00:00")).toEqual([
      { time: "2026-11-02T11:00:00.000Z", version: 2, note: "second" },
      { time: "2026-11-02T12:30:00.000Z", version: 3, note: "third" },
      { time: "2026-11-02T12:40:00.000Z", version: 4, note: "fourth" },
    ]);
    await call("POST", "/api/ruleset/rollback", { key: shop.secret, body: { version: 1 } });
    await at(4, "2026-11-02T12:40:00Z", "reserved");
    expect((await span("12:30:01")).map(({ version }: { version: number }) => version)).toEqual([2, 3]);
    expect(await span("12:30:00")).toHaveLength(1);
    expect((await span("13:00:00")).map(({ version }: { version: number }) => version)).toEqual([2, 3]);
  });

  it("is nothing for a draft, a week long, and not there for an audience that is none", async () => {
    await call("PUT", "/api/audiences/new", { key: shop.secret, body: { name: "New", rule: { everyone: true } } });
    const { json } = await get("/api/audiences/new/size");
    expect([json.now, json.series.length, json.series.at(-1).size]).toEqual([0, 168, 0]);
    expect((await get("/api/audiences/none/size")).status).toBe(404);
  });

  it.each([
    "from=2026-01-01T00:00:00Z&to=2026-11-02T00:00:00Z",
    "from=2026-11-03T00:00:00Z&to=2026-11-02T00:00:00Z",
    "from=yesterday",
  ])("is not given for %s", async (query) => {
    expect((await get(`/api/audiences/vip/size?${query}`)).status).toBe(400);
  });
});

describe("how everything stands", () => {
  it("is told in one reply", async () => {
    const ann = new TestJournal(shop.id).event().event().change("vip", true);
    const now = Date.now();
    await consumed(finding(ann), [ann.message()], {}, now);
    const { json } = await get("/api/health/detail");
    expect(json).toMatchObject({
      ok: true,
      ruleset: 0,
      stores: { d1: { reachable: true }, published: { reachable: true }, archive: { reachable: true } },
      queue: { at: new Date(now).toISOString(), lagMs: 1_000, oldestWaitingMs: null },
      deadLetters: { waiting: 0 },
      sweep: null,
      lastDay: { "events.applied": 2, "changes.applied": 1, "messages.applied": 1 },
    });
  });

  it("says how long the oldest message waits that could not be applied", async () => {
    const ann = new TestJournal(shop.id).event();
    ann.records[0] = "{";
    await consumed(finding(ann), [ann.message()], {}, Date.now() - 60_000);
    const { oldestWaitingMs } = (await get("/api/health/detail")).json.queue;
    expect(oldestWaitingMs).toBeGreaterThanOrEqual(61_000);
  });

  it("is told while D1 and the archive are down, and says which", async () => {
    const fail = () => Promise.reject(new Error("down"));
    const DB = {
      prepare: () => {
        throw new Error("D1_ERROR");
      },
    } as unknown as D1Database;
    const ARCHIVE = { head: fail } as unknown as R2Bucket;
    const reply = await get("/api/health/detail", { DB, ARCHIVE });
    expect([reply.status, reply.json]).toMatchObject([
      200,
      {
        ok: false,
        stores: { d1: { reachable: false }, published: { reachable: true }, archive: { reachable: false } },
        queue: null,
        sweep: null,
      },
    ]);
  });
});

describe("the progress of a ruleset", () => {
  it("is that of the sweep which the publish began", async () => {
    const ann = new TestJournal(shop.id).event();
    await consumed(finding(ann), [ann.message()]);
    expect((await get("/api/ruleset/progress")).json).toMatchObject({ version: 0, total: 1, done: 1, finishedAt: null });
    await call("POST", "/api/ruleset/publish", { key: shop.secret, body: {} });
    expect((await get("/api/ruleset/progress")).json).toMatchObject({ version: 1, total: 1, changed: 0 });
  });
});
