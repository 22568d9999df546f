import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import guide from "../../docs/guides/golden-record.md?raw";
import type { JsonObject } from "../../core/model/json.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { rulesetObjectKey, type PublishedRuleset } from "../../durable-objects/ruleset/load.ts";
import { call, type Reply } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { collect, decideOver } from "./workspace.ts";

interface Said {
  readonly source: string;
  readonly timestamp: string;
  readonly traits: JsonObject;
}

/** The guide's pieces of JSON: the body that sets the policies, what sources say, what is shown of it. */
const [settings, said, golden] = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]) => JSON.parse(json)) as [
  JsonObject,
  readonly Said[],
  JsonObject,
];

let shop: TestWorkspace;
/** By source. */
const writeKeys = new Map<string, string>();
const post = (path: string, body: unknown = {}): Promise<Reply> => call("POST", path, { key: shop.secret, body });
const put = (path: string, body: unknown): Promise<Reply> => call("PUT", path, { key: shop.secret, body });

async function publish(): Promise<number> {
  const reply = await post("/api/ruleset/publish");
  expect(reply.status).toBe(200);
  return reply.json.version;
}

function personOf(userId: string): ProfileId {
  return profileName(env.NAME_KEY, shop.id, { type: "userId", value: userId });
}

async function profile(userId: string): Promise<Reply["json"]> {
  return (await call("GET", `/api/profiles/${personOf(userId)}`, { key: shop.secret })).json;
}

async function identify(userId: string, { source, ...event }: Said): Promise<void> {
  const reply = await collect(writeKeys.get(source) ?? "", "identify", { userId, ...event });
  expect(reply.body).toEqual({ success: true });
}

async function decided(userId: string, minRuleset: number): Promise<object> {
  const body = { identity: { userId }, include: ["audiences", "traits"], minRuleset };
  return (await decideOver(shop.secret, body)).body;
}

async function artifactOf(workspace: string, version: number): Promise<PublishedRuleset["ruleset"]> {
  const stored = await env.PUBLISHED.get(rulesetObjectKey(workspace, version));
  return (JSON.parse((await stored?.text()) ?? "") as PublishedRuleset).ruleset;
}

beforeAll(async () => {
  shop = await testWorkspace();
  writeKeys.set("web", shop.writeKey);
  const sources = {
    crm: { kind: "server", channel: "crm", priority: 10 },
    partner: { kind: "server", channel: "partner", party: "second" },
  };
  for (const [key, source] of Object.entries(sources)) {
    const made = await put(`/api/sources/${key}`, { name: key, consent: "assumed", ...source });
    writeKeys.set(key, made.json.writeKey);
  }
  const rules = {
    paris: { trait: "city", eq: "Paris" },
    reachable: { trait: "email", endsWith: "@lovelace.example" },
    gold: { trait: "plan", eq: "gold" },
  };
  for (const [key, rule] of Object.entries(rules)) await put(`/api/audiences/${key}`, { name: key, rule });
});

describe("the golden record", () => {
  it("does what the guide says", async () => {
    expect((await put("/api/workspace", settings)).json.goldenRecord).toEqual(settings["goldenRecord"]);
    const version = await publish();
    for (const one of said) await identify("ada", one);
    const ada = await profile("ada");
    expect(ada.golden).toEqual(golden);
    const traits = { email: "ada@lovelace.example", name: "A. King-Noel, Lovelace", city: "Paris" };
    expect(ada.traits).toEqual(traits);
    const audiences = ["paris", "reachable"];
    expect(ada.audiences.map(({ key }: { key: string }) => key)).toEqual(audiences);
    expect(await decided("ada", version)).toMatchObject({ traits, audiences });
    const explained = await call("GET", `/api/profiles/${ada.profileId}/explain?audience=paris`, { key: shop.secret });
    expect(explained.json).toMatchObject({ value: true, saw: "Paris" });
  });

  it("acts with the next publish, a source's priority too, and goes back with a rollback", async () => {
    const grace = { timestamp: "2026-03-01T09:00:00.000Z", traits: { city: "Arlington" } };
    await put("/api/workspace", { ...settings, goldenRecord: { default: "recent" } });
    const recent = await publish();
    expect(await artifactOf(shop.id, recent)).not.toHaveProperty("golden");
    await identify("grace", { source: "partner", ...grace });
    await identify("grace", { ...grace, source: "web", timestamp: "2026-03-02T09:00:00.000Z", traits: { city: "Paris" } });
    const city = async (): Promise<unknown[]> => {
      const { traits, golden: of, audiences } = await profile("grace");
      return [traits.city, of.city.policy, of.city.others[0].value, audiences.length];
    };
    expect(await city()).toEqual(["Paris", "recent", "Arlington", 1]);
    await put("/api/workspace", { ...settings, goldenRecord: { traits: { city: "priority" } } });
    expect(await city()).toEqual(["Paris", "recent", "Arlington", 1]);
    const equal = await publish();
    expect(await city()).toEqual(["Paris", "priority", "Arlington", 1]);
    await put("/api/sources/partner", { name: "P", kind: "server", channel: "partner", party: "second", priority: 2 });
    expect(await city()).toEqual(["Paris", "priority", "Arlington", 1]);
    const partnerFirst = await publish();
    expect(await city()).toEqual(["Arlington", "priority", "Paris", 0]);
    expect(await decided("grace", partnerFirst)).toMatchObject({ traits: { city: "Arlington" }, audiences: [] });
    await post("/api/ruleset/rollback", { version: equal });
    expect(await city()).toEqual(["Paris", "priority", "Arlington", 1]);
  });

  it("knows only the workspace's own sources", async () => {
    const other = await testWorkspace();
    const key = other.secret;
    await call("PUT", "/api/sources/crm", { key, body: { name: "CRM", kind: "server", channel: "crm", priority: 3 } });
    await call("PUT", "/api/workspace", { key, body: { ...settings, goldenRecord: { default: "priority" } } });
    await call("POST", "/api/ruleset/publish", { key });
    expect((await artifactOf(other.id, 1)).golden).toEqual({ default: "priority", traits: {}, priorities: { crm: 3 } });
  });
});
