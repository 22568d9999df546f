import { env } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import type { ProfileId } from "../../core/model/ids.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import { profileName, profileStub } from "../../durable-objects/profile/stub.ts";
import { envelopeOf, objectsOf } from "../cold/profile-calls.ts";
import { consumed } from "../cold/test-journal.ts";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { readWorkspaceRecord } from "../cold/workspace-record.ts";
import { call, testPerson } from "./test-api.ts";

let shop: TestWorkspace;
let ada: ProfileId;
let bob: ProfileId;
let home: ProfileId;

beforeAll(async () => {
  shop = await testWorkspace();
  await publish("family", { household: { event: "Order Completed", count: { gte: 2 } } });
  [ada, bob] = [
    await testPerson(shop.id, "ada", [["Order Completed", {}]]),
    await testPerson(shop.id, "bob", [["Order Completed", {}]]),
  ];
  home = profileName(env.NAME_KEY, shop.id, { type: "household", value: "h1" });
});

async function publish(key: string, rule: object): Promise<void> {
  await call("PUT", `/api/audiences/${key}`, { key: shop.secret, body: { name: key, rule } });
  expect((await call("POST", "/api/ruleset/publish", { key: shop.secret })).status).toBe(200);
}

const get = (path: string) => call("GET", path, { key: shop.secret });
const says = (profile: ProfileId, householdId: string | null) =>
  call("POST", `/api/profiles/${profile}/household`, { key: shop.secret, body: { householdId } });

async function audiencesOf(profile: ProfileId): Promise<readonly string[]> {
  const { audiences }: { audiences: readonly { readonly key: string }[] } = (await get(`/api/profiles/${profile}`)).json;
  return audiences.map(({ key }) => key);
}

/** What the cold path is told of a person. */
async function messageOf(profile: ProfileId): Promise<OutboxMessage> {
  const record = await readWorkspaceRecord(env.PUBLISHED, shop.id);
  if (record === undefined) throw new Error("no workspace");
  const object = profileStub(env, record, profile);
  return JSON.parse(await object.outbox({ ...envelopeOf(record, profile), from: 0, limitBytes: 1_000_000 }));
}

it("is what a call says of each person, shown with its members, and noted", async () => {
  expect((await says(ada, "h1")).json).toEqual({ profileId: ada, householdId: home });
  expect((await says(bob, "h1")).status).toBe(200);
  await vi.waitFor(async () => expect(await audiencesOf(ada)).toEqual(["family"]));
  await vi.waitFor(async () => expect(await audiencesOf(bob)).toEqual(["family"]));
  const shown = (await get(`/api/households/${home}`)).json;
  expect(shown).toMatchObject({ householdId: home, audiences: [], events: 4 });
  expect(shown.members.toSorted()).toEqual([ada, bob].toSorted());
  expect((await get(`/api/profiles/${ada}`)).json.household).toMatchObject({ id: home });
  const { entries } = (await get("/api/audit?limit=50")).json;
  for (const target of [`household:${home}`, `profile:${ada}`])
    expect(entries).toContainEqual(expect.objectContaining({ target }));
});

it("is no placeholder, and of nobody who is not there", async () => {
  const reply = await says(ada, "undefined");
  expect([reply.status, reply.json.code, reply.json.errors?.[0]?.code]).toEqual([400, "bad_request", "bad_household"]);
  expect((await says("A".repeat(43) as ProfileId, "h1")).status).toBe(404);
  expect((await get(`/api/households/${"A".repeat(43)}`)).status).toBe(404);
});

it("is swept first: what a publish asks of it all its members know when they are swept", async () => {
  expect(await consumed(objectsOf(env), await Promise.all([ada, bob].map(messageOf)))).toEqual({ acked: 2, retried: 0 });
  const rows = () => env.DB.prepare("SELECT id, ruleset FROM household WHERE workspace = ?").bind(shop.id).all();
  expect((await rows()).results).toEqual([{ id: home, ruleset: 1 }]);
  await publish("regulars", { household: { event: "Order Completed", count: { gte: 2, lte: 9 } } });
  // A publish begins to sweep by itself, and the end of it says how far it came.
  await vi.waitFor(async () => {
    const sweep = await env.DB.prepare("SELECT version, done, failed, finished_at AS at FROM sweep WHERE workspace = ?")
      .bind(shop.id)
      .first();
    expect(sweep).toMatchObject({ version: 2, done: 2, failed: 0, at: expect.any(Number) });
  });
  for (const profile of [ada, bob]) expect((await messageOf(profile)).state?.members).toHaveProperty("regulars");
  expect((await rows()).results).toEqual([{ id: home, ruleset: 2 }]);
});

it("ends with whom a call says to live in none", async () => {
  expect((await says(bob, null)).json).toEqual({ profileId: bob, householdId: null });
  await vi.waitFor(async () => expect(await audiencesOf(ada)).toEqual([]));
  expect((await get(`/api/households/${home}`)).json).toMatchObject({ members: [ada], events: 2 });
  expect((await get(`/api/profiles/${bob}`)).json.household).toBeNull();
});
