import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { HOUR_MS, hourOf } from "../cold/hours.ts";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;

beforeEach(async () => {
  shop = await testWorkspace();
});

const get = async (path: string) => (await call("GET", `/api/${path}`, { key: shop.secret })).json;
const put = (path: string, body: object) => call("PUT", `/api/${path}`, { key: shop.secret, body });
const post = (path: string, body: object = {}) => call("POST", `/api/${path}`, { key: shop.secret, body });
const audience = (key: string, rule: object, name = key) => put(`audiences/${key}`, { name, rule });

describe("what a publish would change", () => {
  it("is everything at first, nothing after it, then what was written since", async () => {
    await audience("vip", { event: "Order Completed" }, "VIPs");
    await put("placements/hero", { name: "Hero" });
    await put("campaigns/spring", { name: "Spring", placement: "hero", audience: "vip", creatives: [{ key: "a", content: {} }] });
    const first = await get("ruleset/diff");
    expect(first).toMatchObject({ from: 0, to: null, faults: [] });
    expect(first.changes.map(({ kind, key, change }: Record<string, string>) => [kind, key, change])).toEqual([
      ["audience", "vip", "added"],
      ["placement", "hero", "added"],
      ["campaign", "spring", "added"],
    ]);
    await post("ruleset/publish");
    expect((await get("ruleset/diff")).changes).toEqual([]);
    await audience("vip", { event: "Order Completed", count: { gte: 3 } }, "VIPs");
    await call("DELETE", "/api/campaigns/spring", { key: shop.secret });
    expect((await get("ruleset/diff")).changes).toEqual([
      expect.objectContaining({
        kind: "audience",
        key: "vip",
        name: "VIPs",
        change: "changed",
        fields: ["rule"],
        sentences: {
          before: { en: expect.stringContaining("Order Completed"), fr: expect.stringContaining("Order Completed") },
          after: { en: expect.stringContaining("at least 3 times"), fr: expect.stringContaining("au moins 3 fois") },
        },
      }),
      expect.objectContaining({ kind: "campaign", key: "spring", change: "removed", after: null }),
    ]);
  });

  it("names the faults for which it would be refused, and publishes nothing", async () => {
    await audience("a", { audience: "nobody-wrote-it" });
    const { faults } = await get("ruleset/diff");
    expect(faults).toMatchObject([{ audience: "a", pointer: "/audience", code: "unknown_audience" }]);
    expect((await get("ruleset/versions")).versions).toEqual([]);
  });

  it("may be asked between versions, also over a rollback", async () => {
    await audience("vip", { everyone: true });
    await post("ruleset/publish");
    await audience("vip", { not: { everyone: true } });
    await post("ruleset/publish");
    expect((await get("ruleset/diff?from=1&to=2")).changes).toMatchObject([{ key: "vip", change: "changed" }]);
    await post("ruleset/rollback", { version: 1 });
    expect((await get("ruleset/diff?from=1&to=3")).changes).toEqual([]);
    // The drafts are what they were.
    expect((await get("ruleset/diff")).changes).toMatchObject([{ key: "vip", change: "changed" }]);
    expect((await call("GET", "/api/ruleset/diff?from=9", { key: shop.secret })).status).toBe(404);
  });
});

describe("the history of an audience", () => {
  it("has the versions in which it changed, over pages, and each as it was", async () => {
    await audience("other", { everyone: true });
    await post("ruleset/publish", { note: "without it" });
    await audience("vip", { event: "A" }, "First");
    await post("ruleset/publish", { note: "there" });
    await audience("other", { event: "B" });
    await post("ruleset/publish", { note: "not about it" });
    await audience("vip", { event: "A" }, "Second");
    await post("ruleset/publish", { note: "renamed" });
    await call("DELETE", "/api/audiences/vip", { key: shop.secret });
    await post("ruleset/publish", { note: "gone" });
    const whole = await get("audiences/vip/history");
    expect(whole.history).toMatchObject([
      { version: 5, note: "gone", change: "removed", audience: null, live: true },
      { version: 4, note: "renamed", change: "changed", fields: ["name"], audience: { name: "Second", rule: { event: "A" } } },
      { version: 2, note: "there", change: "added", audience: { name: "First" }, sentences: { en: expect.any(String) } },
    ]);
    const seen: number[] = [];
    for (let next: string | null = ""; next !== null;) {
      const page: { history: { version: number }[]; next: string | null } = await get(
        `audiences/vip/history?limit=1${next === "" ? "" : `&cursor=${encodeURIComponent(next)}`}`,
      );
      seen.push(...page.history.map(({ version }) => version));
      next = page.next;
    }
    expect(seen).toEqual([5, 4, 2]);
    expect((await get("audiences/other/history")).history.map(({ version }: { version: number }) => version)).toEqual([3, 1]);
  });
});

describe("what names an audience", () => {
  it("is other audiences and campaigns", async () => {
    await audience("vip", { everyone: true });
    await audience("better", { all: [{ audience: "vip" }, { event: "vip" }] });
    await audience("unlike", { event: "vip" });
    await put("placements/hero", { name: "Hero" });
    await put("campaigns/spring", { name: "S", placement: "hero", exclude: ["vip"], creatives: [{ key: "a", content: {} }] });
    expect(await get("audiences/vip/users")).toEqual({ audiences: ["better"], campaigns: ["spring"] });
  });
});

describe("the sizes of all audiences", () => {
  it("are those of now, with how each moved in the span", async () => {
    const hour = hourOf(Date.now());
    const insert = env.DB.prepare("INSERT INTO audience_hour VALUES (?, ?, ?, ?, ?, ?, ?)");
    await env.DB.batch([
      insert.bind(shop.id, "vip", hour - 400 * HOUR_MS, 10, 0, 5, 0),
      insert.bind(shop.id, "vip", hour - 27 * HOUR_MS, 3, 1, 0, 0),
      insert.bind(shop.id, "vip", hour, 0, 2, 0, 4),
      insert.bind(shop.id, "fresh", hour, 1, 0, 0, 0),
    ]);
    const { audiences } = await get("sizes?hours=28");
    expect(audiences).toEqual([
      { key: "fresh", now: 1, change: 1, entered: 1, exited: 0, series: [...Array.from({ length: 27 }, () => 0), 1] },
      { key: "vip", now: 11, change: -4, entered: 3, exited: 7, series: [...Array.from({ length: 27 }, () => 17), 11] },
    ]);
  });
});
