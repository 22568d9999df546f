import { beforeAll, expect, it } from "vitest";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call, testPanel } from "./test-api.ts";

let shop: TestWorkspace;

/** Of 24 people 8 have bought, 6 have gone, 2 of them both. */
beforeAll(async () => {
  shop = await testWorkspace();
  await put("buyers", { event: "Bought" });
  await put("gone", { event: "Gone" });
  await put("others", { not: { audience: "buyers" } });
  await put("far", { all: [{ audience: "others" }, { event: "Gone" }] });
  await call("POST", "/api/ruleset/publish", { key: shop.secret });
  await testPanel(shop, 24, (n) => ["Seen", ...(n % 3 === 0 ? ["Bought"] : []), ...(n % 4 === 0 ? ["Gone"] : [])]);
});

const put = (key: string, rule: object, more: object = {}) =>
  call("PUT", `/api/audiences/${key}`, { key: shop.secret, body: { name: key.toUpperCase(), rule, ...more } });
const effect = (body: object = {}) => call("POST", "/api/ruleset/effect", { key: shop.secret, body });
const exactly = (size: number) => ({ seen: size, estimate: size, low: size, high: size, exact: true });

it("is nothing where nothing differs, or only what an audience is called", async () => {
  expect((await effect()).json).toEqual({ from: 1, affected: 0, people: 24, audiences: [], ms: expect.any(Number) });
  await put("buyers", { event: "Bought" }, { name: "Buyers of anything" });
  expect((await effect()).json.affected).toBe(0);
});

it("is who would enter and exit, of audiences that name the one that differs too", async () => {
  await put("buyers", { event: ["Gone"] });
  const { json } = await effect();
  expect(json.affected).toBe(3);
  expect(json.audiences).toEqual([
    {
      key: "buyers",
      name: "BUYERS",
      change: "changed",
      because: "rule",
      before: exactly(8),
      after: exactly(6),
      entered: exactly(4),
      exited: exactly(6),
    },
    {
      key: "far",
      name: "FAR",
      change: "changed",
      because: "named",
      before: exactly(4),
      after: exactly(0),
      entered: exactly(0),
      exited: exactly(4),
    },
    {
      key: "others",
      name: "OTHERS",
      change: "changed",
      because: "named",
      before: exactly(16),
      after: exactly(18),
      entered: exactly(6),
      exited: exactly(4),
    },
  ]);
  expect((await effect({ audiences: ["others", "gone"] })).json.audiences).toEqual([json.audiences[2]]);
  await put("buyers", { event: "Bought" });
});

it("of what is added and of what is removed has one side alone", async () => {
  await put("seen", { event: "Seen" });
  await call("DELETE", "/api/audiences/far", { key: shop.secret });
  const { json } = await effect();
  expect(json.audiences).toMatchObject([
    { key: "far", change: "removed", before: exactly(4), after: null, entered: null, exited: exactly(4) },
    { key: "seen", change: "added", before: null, after: exactly(24), entered: exactly(24), exited: null },
  ]);
  await call("DELETE", "/api/audiences/seen", { key: shop.secret });
  await put("far", { all: [{ audience: "others" }, { event: "Gone" }] });
});

it("is asked of every audience where all rules would be read otherwise", async () => {
  const settings = (timeZone: string) =>
    call("PUT", "/api/workspace", { key: shop.secret, body: { timeZone, retentionDays: 400 } });
  await settings("UTC");
  const { json } = await effect();
  await settings("Europe/Paris");
  expect(json.affected).toBe(4);
  expect(json.audiences[1]).toMatchObject({ key: "far", because: "settings", before: exactly(4), after: exactly(4) });
});

it("is refused where a publish would be, with the same faults", async () => {
  await put("broken", { audience: "none" });
  const refused = await effect();
  expect([refused.status, refused.json.errors]).toMatchObject([422, [{ audience: "broken", code: "unknown_audience" }]]);
  await call("DELETE", "/api/audiences/broken", { key: shop.secret });
});
