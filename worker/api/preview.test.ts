import { beforeAll, expect, it } from "vitest";
import { testKey, testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call, testPanel } from "./test-api.ts";

let shop: TestWorkspace;
const PEOPLE = 40;

beforeAll(async () => {
  shop = await testWorkspace();
  const rule = { event: "Order Completed" };
  await call("PUT", "/api/audiences/buyers", { key: shop.secret, body: { name: "Buyers", rule } });
  await call("POST", "/api/ruleset/publish", { key: shop.secret });
  await testPanel(shop, PEOPLE, (n) => (n % 4 === 0 ? ["Product Viewed", "Order Completed"] : ["Product Viewed"]));
});

const preview = (body: object, key = shop.secret) => call("POST", "/api/rules/preview", { key, body });

it("says how many people a rule would select, exactly while they are few", async () => {
  const { status, json } = await preview({ rule: { event: "Order Completed" } });
  expect(status).toBe(200);
  expect(json.size).toEqual({ estimate: 10, low: 10, high: 10, exact: true });
  expect(json.overlap).toEqual([{ audience: "buyers", share: 1 }]);
  expect(json.sample).toHaveLength(10);
  expect((await call("GET", `/api/profiles/${json.sample[0]}`, { key: shop.secret })).json.audiences[0].key).toBe("buyers");
});

it("reads the drafts of the audiences that it names", async () => {
  const rule = { audience: "buyers" };
  await call("PUT", "/api/audiences/others", { key: shop.secret, body: { name: "Others", rule: { not: rule } } });
  expect((await preview({ rule: { not: { audience: "others" } } })).json.size.estimate).toBe(10);
  expect((await preview({ rule: { audience: "nobody-knows-it" } })).json.size.estimate).toBe(0);
});

it("says what sets them apart, where that is asked", async () => {
  expect((await preview({ rule: { audience: "buyers" } })).json.composition).toBeUndefined();
  const { composition } = (await preview({ rule: { audience: "buyers" }, composition: true })).json;
  expect(composition).toEqual([{ feature: "event Order Completed", share: 1, everyone: 0.25 }]);
});

it("shows people to who may read them alone, and refuses what is no rule", async () => {
  const { json } = await preview({ rule: { event: "Order Completed" } }, await testKey(shop.id, ["rules:write"]));
  expect([json.size.estimate, json.sample]).toEqual([10, []]);
  const refused = await preview({ rule: { evnt: "A" } });
  expect([refused.status, refused.json.code]).toEqual([422, "invalid_rule"]);
});
