import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;

beforeEach(async () => {
  shop = await testWorkspace();
});

const put = async (path: string, body: object) =>
  expect((await call("PUT", `/api/${path}`, { key: shop.secret, body })).status).toBe(200);
const audience = (key: string, rule: object, more: object = {}) => put(`audiences/${key}`, { name: key, rule, ...more });
const publish = (note = "") => call("POST", "/api/ruleset/publish", { key: shop.secret, body: { note } });
const diff = async (query = "") => (await call("GET", `/api/ruleset/diff${query}`, { key: shop.secret })).json;

const ORDERS = { event: "Order Completed", within: "30d", count: { gte: 2 } };
const SAID = {
  en: "People who did “Order Completed” at least 2 times in the last 30 days.",
  fr: "Personnes qui ont effectué «\u00A0Order Completed\u00A0» au moins 2 fois au cours des 30 derniers jours.",
};

describe("what a publish would change", () => {
  it("is all there is before the first", async () => {
    await audience("loyal", ORDERS);
    await put("placements/hero", { name: "Home hero" });
    await put("campaigns/spring", { name: "Spring", placement: "hero", rule: ORDERS, creatives: [{ key: "a", content: 1 }] });
    const { from, to, total, changes, settings, publish: met } = await diff();
    expect([from, to, total, settings]).toEqual([0, null, { added: 3, changed: 0, removed: 0 }, []]);
    expect(changes).toMatchObject([
      { kind: "audience", key: "loyal", name: "loyal", change: "added", after: { rule: ORDERS }, sentences: { before: null } },
      { kind: "placement", key: "hero", name: "Home hero", change: "added", after: { default: null, purpose: "content" } },
      { kind: "campaign", key: "spring", name: "Spring", change: "added", sentences: { before: null, after: SAID } },
    ]);
    expect(changes[0].before).toBeUndefined();
    expect(changes[1].sentences).toBeUndefined();
    expect(met).toEqual({ possible: true, faults: [], warnings: [] });
  });

  it("is nothing once it is published, nor for the same written otherwise", async () => {
    await audience("loyal", ORDERS);
    await publish();
    expect(await diff()).toMatchObject({ from: 1, to: null, changes: [], settings: [] });
    await audience("loyal", Object.fromEntries(Object.entries(ORDERS).toReversed()));
    expect((await diff()).changes).toEqual([]);
  });

  it("names the fields that differ, and gives both as a PUT takes them", async () => {
    await audience("loyal", ORDERS);
    await audience("gone", { everyone: true });
    await publish();
    await audience("loyal", { everyone: true }, { name: "Loyal", tags: ["x"] });
    await call("DELETE", "/api/audiences/gone", { key: shop.secret });
    const { total, changes } = await diff();
    expect(total).toEqual({ added: 0, changed: 1, removed: 1 });
    expect(changes).toMatchObject([
      { key: "gone", change: "removed", sentences: { before: { en: "Everyone.", fr: "Tout le monde." }, after: null } },
      { key: "loyal", name: "Loyal", change: "changed", fields: ["name", "rule", "tags"], sentences: { before: SAID } },
    ]);
    await put("audiences/loyal", changes[1].before);
    expect((await diff()).changes).toHaveLength(1);
  });

  it("says what a publish would meet, and publishes nothing", async () => {
    await audience("old", { event: "x", within: { after: "1965-01-01" } });
    expect((await diff()).publish).toMatchObject({ possible: true, warnings: [{ audience: "old", code: "cut_by_retention" }] });
    await audience("on-none", { any: [{ audience: "none" }] });
    await put("campaigns/lost", { name: "Lost", placement: "nowhere", creatives: [{ key: "a", content: 1 }] });
    expect((await diff()).publish).toEqual({
      possible: false,
      faults: [
        { audience: "on-none", pointer: "/any/0/audience", code: "unknown_audience", message: expect.any(String) },
        { campaign: "lost", pointer: "/placement", code: "unknown_placement", message: expect.any(String) },
      ],
      warnings: [],
    });
    expect((await call("GET", "/api/ruleset/versions", { key: shop.secret })).json.versions).toEqual([]);
  });

  it("names the settings that the drafts would be read with anew", async () => {
    await publish();
    const body = { timeZone: "UTC", retentionDays: 400, goldenRecord: { default: "longest" }, globalHoldout: 0.1 };
    await put("workspace", body);
    expect((await diff()).settings).toEqual(["globalHoldout", "goldenRecord", "timeZone"]);
  });
});

describe("two versions", () => {
  it("are compared in either direction, a rollback as the version it is of", async () => {
    await audience("loyal", ORDERS);
    await publish();
    await audience("loyal", { everyone: true });
    await publish();
    await call("POST", "/api/ruleset/rollback", { key: shop.secret, body: { version: 1 } });
    expect(await diff("?from=1&to=2")).toMatchObject({ from: 1, to: 2, changes: [{ fields: ["rule"] }], publish: null });
    expect((await diff("?from=2&to=1")).changes).toMatchObject([
      { before: { rule: { everyone: true } }, after: { rule: ORDERS } },
    ]);
    expect((await diff("?from=1&to=3")).changes).toEqual([]);
    expect(await diff()).toMatchObject({ from: 3, changes: [{ before: { rule: ORDERS }, after: { rule: { everyone: true } } }] });
  });

  it("are refused where one was never published, or what it was made of was not kept", async () => {
    await publish();
    const get = (query: string) => call("GET", `/api/ruleset/diff?${query}`, { key: shop.secret });
    const why = async (query: string) => {
      const { status, json } = await get(query);
      return [status, json.detail];
    };
    expect(await why("from=2")).toEqual([404, undefined]);
    await publish();
    await publish();
    await env.DB.prepare("UPDATE ruleset_version SET state = 'reserved' WHERE workspace = ? AND version = 2").bind(shop.id).run();
    expect(await why("from=2")).toEqual([404, undefined]);
    expect(await why("to=9")).toEqual([404, undefined]);
    expect((await get("from=0")).json).toMatchObject({ from: 0, to: null });
    expect((await get("from=-1")).status).toBe(400);
    await env.PUBLISHED.delete(`rulesets/${shop.id}/3.content.json`);
    expect(await why("")).toEqual([404, expect.stringContaining("not kept")]);
  });
});
