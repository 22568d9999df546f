import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;

const put = (key: string, body: object) => call("PUT", `/api/audiences/${key}`, { key: shop.secret, body });
const publish = (note: string) => call("POST", "/api/ruleset/publish", { key: shop.secret, body: { note } });
const history = async (query = "") => (await call("GET", `/api/audiences/vip/history${query}`, { key: shop.secret })).json;

const [ONE, TWO] = [
  { name: "VIP", rule: { event: "A" } },
  { name: "Very", rule: { event: "B" } },
];

/** 1 has it, 2 changes another, 3 changes it, 4 removes it, 5 is 1 again. */
beforeEach(async () => {
  shop = await testWorkspace();
  await put("vip", ONE);
  await publish("first");
  await put("other", TWO);
  await publish("another");
  await put("vip", TWO);
  await publish("changed");
  await call("DELETE", "/api/audiences/vip", { key: shop.secret });
  await publish("removed");
  await call("POST", "/api/ruleset/rollback", { key: shop.secret, body: { version: 1, note: "back" } });
});

it("lists the versions that changed it, newest first, with what brings it back", async () => {
  const { versions, read, next } = await history();
  expect([read, next]).toEqual([5, null]);
  expect(versions).toMatchObject([
    {
      version: 5,
      note: "back",
      change: "added",
      live: true,
      name: "VIP",
      content: ONE,
      sentences: { en: "People who did “A”." },
    },
    { version: 4, note: "removed", change: "removed", live: false, name: "Very", content: null, sentences: null },
    { version: 3, note: "changed", change: "changed", live: false, fields: ["name", "rule"], content: TWO },
    { version: 1, note: "first", change: "added", live: true, createdBy: "key:all", createdAt: expect.any(String) },
  ]);
  expect((await put("vip", versions[2].content)).json).toMatchObject(TWO);
});

it("goes on where a page ended, and says how many versions were looked into", async () => {
  const first = await history("?limit=2");
  expect(first).toMatchObject({ versions: [{ version: 5 }, { version: 4 }], read: 2 });
  const second = await history(`?limit=2&cursor=${encodeURIComponent(first.next)}`);
  expect(second).toMatchObject({ versions: [{ version: 3 }], read: 2 });
  const third = await history(`?limit=2&cursor=${encodeURIComponent(second.next)}`);
  expect(third).toMatchObject({ versions: [{ version: 1, live: true }], read: 1, next: null });
});

it("passes over a version of which nothing was kept, and one whose publish was cut off", async () => {
  await env.PUBLISHED.delete(`rulesets/${shop.id}/3.content.json`);
  await env.DB.prepare("UPDATE ruleset_version SET state = 'reserved' WHERE workspace = ? AND version IN (4, 5)")
    .bind(shop.id)
    .run();
  expect((await history()).versions).toMatchObject([{ version: 1, change: "added" }]);
});

it("is empty of a draft that was never published, and not there of a key that none has", async () => {
  const of = (key: string) => call("GET", `/api/audiences/${key}/history`, { key: shop.secret });
  await put("new", ONE);
  expect((await of("new")).json).toEqual({ versions: [], read: 5, next: null });
  expect((await of("none")).status).toBe(404);
});
