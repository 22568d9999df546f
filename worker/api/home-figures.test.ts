import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { flushCounts } from "../cold/counters.ts";
import { HOUR_MS, hourOf } from "../cold/hours.ts";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;
/** A Wednesday, half past ten at night in Paris. */
const NOW = Date.parse("2026-11-25T21:30:00Z");
const WEEK = 7 * 86_400_000;

beforeEach(async () => {
  shop = await testWorkspace({ timeZone: "Europe/Paris" });
});

const get = async (path: string) => (await call("GET", `/api/${path}`, { key: shop.secret })).json;

async function counted(rows: readonly (readonly [name: string, at: number, count: number])[]): Promise<void> {
  const insert = env.DB.prepare("INSERT INTO counter (workspace, name, hour, count) VALUES (?, ?, ?, ?)");
  await env.DB.batch(rows.map(([name, at, count]) => insert.bind(shop.id, name, hourOf(at), count)));
}

describe("the day so far", () => {
  it("begins at the workspace's midnight, and is held against the same hours a week ago", async () => {
    vi.setSystemTime(NOW);
    try {
      const midnight = Date.parse("2026-11-24T23:00:00Z");
      await counted([
        ["events.ingested", midnight - 1, 1_000],
        ["events.ingested", midnight, 10],
        ["events.ingested", NOW, 5],
        ["events.rejected", NOW, 2],
        ["events.ingested", midnight - WEEK - 1, 1_000],
        ["events.ingested", midnight - WEEK, 8],
        ["events.ingested", NOW - WEEK, 40],
        ["events.ingested", NOW - WEEK + HOUR_MS, 1_000],
        ["decisions.within.1", NOW, 60],
        ["decisions.within.5", NOW, 34],
        ["decisions.within.100", NOW, 6],
      ]);
      const person = env.DB.prepare(
        `INSERT INTO profile (workspace, id, epoch, applied, ruleset, events, first_seen, last_seen, member_count, members, owed)
         VALUES (?, ?, 1, 1, 0, 1, ?, ?, 0, '', ?)`,
      );
      await env.DB.batch([
        person.bind(shop.id, "old", midnight - 1, midnight - 1, null),
        person.bind(shop.id, "back", midnight - WEEK + 1, NOW, null),
        person.bind(shop.id, "new", NOW, NOW, null),
        person.bind(shop.id, "pointer", NOW, NOW, 3),
      ]);
      expect(await get("home")).toMatchObject({
        today: { events: 15, rejected: 2, decisions: 100, waitP50: 1, waitP95: 100, newPeople: 1 },
        // Of the hour that ends the span half has passed.
        weekAgo: { events: 8 + 20, decisions: 0, waitP50: null, newPeople: 1 },
        people: 3,
        activeToday: 2,
        campaigns: { live: 0, published: 0 },
        quarantine: 0,
        deadLetters: 0,
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it("counts campaigns that run now, and audiences by how they moved", async () => {
    const put = (path: string, body: object) => call("PUT", `/api/${path}`, { key: shop.secret, body });
    await put("placements/hero", { name: "Hero" });
    const campaign = { name: "C", placement: "hero", creatives: [{ key: "a", content: {} }] };
    await put("campaigns/on", campaign);
    await put("campaigns/over", { ...campaign, schedule: { to: "2020-01-01" } });
    await call("POST", "/api/ruleset/publish", { key: shop.secret });
    const insert = env.DB.prepare("INSERT INTO audience_hour VALUES (?, ?, ?, ?, ?, 0, 0)");
    const hour = hourOf(Date.now());
    await env.DB.batch([
      insert.bind(shop.id, "still", hour - 100 * HOUR_MS, 9, 0),
      insert.bind(shop.id, "up", hour, 3, 1),
      insert.bind(shop.id, "down", hour, 0, 5),
    ]);
    const home = await get("home");
    expect(home.campaigns).toEqual({ live: 1, published: 2 });
    expect(home.moving.map(({ key, change }: { key: string; change: number }) => [key, change])).toEqual([
      ["down", -5],
      ["up", 2],
    ]);
  });

  it("counts decisions and what each source sent as they are served", async () => {
    const ask = (path: string, headers: Record<string, string>, body: object) =>
      exports.default.fetch(`https://tideline.example${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const server = { authorization: `Bearer ${shop.secret}` };
    const page = { "x-write-key": shop.writeKey };
    expect((await ask("/v1/decide", server, { identity: { userId: "u1" } })).status).toBe(200);
    expect((await ask("/v1/decide", page, {})).status).toBe(200);
    expect((await ask("/v1/track", page, { anonymousId: "a1", event: "Seen" })).status).toBe(200);
    await flushCounts(env.DB, Date.now());
    const home = await get("home");
    expect([home.today.decisions, home.today.events]).toEqual([2, 1]);
    const { hours, sources } = await get("volume");
    expect(hours).toHaveLength(168);
    expect(sources).toEqual([{ source: "web", events: [...Array.from({ length: 167 }, () => 0), 1] }]);
  });
});
