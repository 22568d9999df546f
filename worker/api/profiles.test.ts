import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { keepRejected } from "../../durable-objects/quarantine/stub.ts";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call, testPerson } from "./test-api.ts";

let shop: TestWorkspace;
let ada: ProfileId;

beforeAll(async () => {
  shop = await testWorkspace();
  await call("PUT", "/api/audiences/buyers", { key: shop.secret, body: { name: "Buyers", rule: { event: "Order Completed" } } });
  await call("POST", "/api/ruleset/publish", { key: shop.secret });
  ada = await testPerson(shop.id, "ada@lovelace.example", [
    ["Product Viewed", { sku: "a" }],
    ["Order Completed", { value: 12.5 }],
    ["Product Viewed", { sku: "b" }],
  ]);
});

const get = (path: string) => call("GET", `/api/profiles/${path}`, { key: shop.secret });
const lookup = (body: unknown) => call("POST", "/api/profiles/lookup", { key: shop.secret, body });

describe("a person", () => {
  it("is found by an identity", async () => {
    expect((await lookup({ userId: "ada@lovelace.example" })).json).toEqual({ profileId: ada });
    expect((await lookup({ profileId: ada })).json).toEqual({ profileId: ada });
    expect((await lookup({ userId: "nobody" })).status).toBe(404);
  });

  it.each([
    {},
    { userId: "" },
    { userId: 7 },
    { userId: "a", anonymousId: "b" },
    { email: "no at sign" },
    { shoeSize: 43 },
    [],
    "ada",
  ])("is not looked for by %j", async (body) => {
    const reply = await lookup(body);
    expect([reply.status, reply.json.code]).toEqual([422, "bad_identity"]);
  });

  it("is shown with the audiences they are in", async () => {
    const reply = await get(ada);
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({
      profileId: ada,
      audiences: [{ key: "buyers", name: "Buyers", since: expect.any(String), until: expect.any(String) }],
      identifiers: [{ type: "userId", hash: ada }],
    });
    expect(reply.headers.get("cache-control")).toBe("no-store");
  });

  it("has events, newest first, in pages", async () => {
    const first = await get(`${ada}/events?limit=2`);
    expect(first.json.events.map(({ name }: { name: string }) => name)).toEqual(["Product Viewed", "Order Completed"]);
    const second = await get(`${ada}/events?limit=2&cursor=${encodeURIComponent(first.json.next)}`);
    expect(second.json).toMatchObject({ events: [{ name: "Product Viewed", properties: { sku: "a" } }], next: null });
  });

  it("is explained in words, each part with what was seen of them and when time changes it", async () => {
    const rule = {
      all: [{ event: "Order Completed", within: "30d", count: { gte: 2 } }, { not: { trait: "city", eq: "Paris" } }],
    };
    await call("PUT", "/api/audiences/loyal", { key: shop.secret, body: { name: "Loyal", rule } });
    await call("POST", "/api/ruleset/publish", { key: shop.secret });
    const explained = async (audience: string) => (await get(`${ada}/explain?audience=${audience}`)).json;
    expect(await explained("loyal")).toMatchObject({
      kind: "all",
      value: false,
      words: { en: "who fit all of these", fr: "qui remplissent toutes ces conditions" },
      of: [
        {
          value: false,
          words: {
            en: "who did “Order Completed” at least 2 times in the last 30 days",
            fr: "qui ont effectué «\u00A0Order Completed\u00A0» au moins 2 fois au cours des 30 derniers jours",
          },
          saw: { count: 1 },
        },
        {
          value: "unknown",
          words: { en: "who do not fit this" },
          part: { value: "unknown", words: { en: "whose city is “Paris”", fr: expect.stringContaining("city") }, saw: null },
        },
      ],
    });
  });

  it("can be explained, now and at an instant", async () => {
    expect((await get(`${ada}/explain?audience=buyers`)).status).toBe(200);
    expect((await get(`${ada}/explain?audience=buyers&at=${new Date(Date.now() - 1_000).toISOString()}`)).status).toBe(200);
    expect((await get(`${ada}/explain?audience=strangers`)).json).toMatchObject({ status: 404, code: "not_found" });
    expect((await get(`${ada}/explain?audience=buyers&at=1999-01-01`)).json).toMatchObject({
      status: 422,
      code: "at_before_horizon",
    });
    expect((await get(`${ada}/explain?audience=buyers&at=yesterday`)).json).toMatchObject({
      status: 400,
      errors: [{ parameter: "at", code: "bad_instant" }],
    });
    expect((await get(`${ada}/explain`)).json).toMatchObject({
      status: 400,
      errors: [{ parameter: "audience", code: "missing" }],
    });
  });

  it.each(["", "/events", "/explain?audience=buyers"])("who was never seen has no %s", async (part) => {
    const nobody = profileName(env.NAME_KEY, shop.id, { type: "userId", value: "nobody" });
    expect((await get(`${nobody}${part}`)).json).toMatchObject({ status: 404, code: "not_found" });
    expect((await get(`ada@lovelace.example${part}`)).json).toMatchObject({ status: 404, code: "not_found" });
  });

  it("is read by nobody without a note of who did, which names no identifier", async () => {
    const before = (await call("GET", "/api/audit?limit=1", { key: shop.secret })).json.entries;
    await lookup({ userId: "ada@lovelace.example" });
    await get(ada);
    await get(`${ada}/events`);
    await get(`${ada}/explain?audience=buyers`);
    const { entries } = (await call("GET", "/api/audit?limit=4", { key: shop.secret })).json;
    expect(entries.map(({ action }: { action: string }) => action)).toEqual([
      "profile.explain",
      "profile.events",
      "profile.read",
      "profile.lookup",
    ]);
    for (const { target, actor } of entries) expect([target, actor]).toEqual([`profile:${ada}`, "key:all"]);
    expect(before).toHaveLength(1);
  });
});

describe("the quarantine", () => {
  it("shows rejected events with their reason, newest first, and notes who looked", async () => {
    const rejected = (at: number) => ({
      source: "web",
      messageId: `m${at}`,
      code: "wrong_type",
      at,
      payload: JSON.stringify({ event: at }),
    });
    await keepRejected(env, { id: shop.id, jurisdiction: null }, [1_000, 2_000, 3_000].map(rejected));
    const first = await call("GET", "/api/quarantine?limit=2", { key: shop.secret });
    expect(first.json.events).toMatchObject([
      {
        messageId: "m3000",
        code: "wrong_type",
        source: "web",
        receivedAt: "1970-01-01T00:00:03.000Z",
        payload: { event: 3_000 },
      },
      { messageId: "m2000" },
    ]);
    const second = await call("GET", `/api/quarantine?limit=2&cursor=${encodeURIComponent(first.json.next)}`, {
      key: shop.secret,
    });
    expect(second.json).toMatchObject({ events: [{ messageId: "m1000" }], next: null });
    expect((await call("GET", "/api/audit?limit=1", { key: shop.secret })).json.entries[0].action).toBe("quarantine.read");
  });
});
