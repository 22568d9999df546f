import { env, exports } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import { HouseholdObject } from "../../durable-objects/household/object.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { fresh } from "./profiles.ts";
import { collect, request } from "./workspace.ts";

/** Caps that all of a household share: strict over several people, at a second hop, closed where it cannot be asked. */

let shop: TestWorkspace;

interface Decided {
  readonly placements: Readonly<
    Record<string, { readonly campaign?: string; readonly reason: string; readonly impressionUrl?: string }>
  >;
  readonly trace?: readonly { readonly campaign: string; readonly why: string }[];
}

beforeAll(async () => {
  shop = await testWorkspace({}, { kind: "server", origins: [] });
  const { secret: key } = shop;
  const put = async (path: string, body: object): Promise<void> =>
    expect((await call("PUT", `/api/${path}`, { key, body })).status).toBe(200);
  await put("placements/hero", { name: "Hero", default: null });
  const creatives = [{ key: "a", content: "A" }];
  const cap = [{ limit: 3, per: "1d", of: "household" }];
  await put("campaigns/family", { name: "Family", placement: "hero", priority: 2, cap, creatives });
  await put("campaigns/rest", { name: "Rest", placement: "hero", creatives });
  expect((await call("POST", "/api/ruleset/publish", { key })).status).toBe(200);
});

async function decide(userId: string, requestId: string = fresh("r")): Promise<{ body: Decided; hops: string }> {
  const asked = {
    identity: { userId },
    placements: ["hero"],
    include: ["trace"],
    minRuleset: 1,
    timeoutMs: 30_000,
    requestId,
  };
  const { status, body, headers } = await request<Decided>("/v1/decide", asked, { authorization: `Bearer ${shop.secret}` });
  expect(status).toBe(200);
  return { body, hops: /hops;desc="(\d+)"/.exec(headers.get("server-timing") ?? "")?.[1] ?? "" };
}

const chosen = async (userId: string, requestId?: string) => (await decide(userId, requestId)).body.placements["hero"]?.campaign;

/** People of one household, each known there. */
async function household(size: number): Promise<readonly string[]> {
  const householdId = fresh("h");
  const people = Array.from({ length: size }, () => fresh("u"));
  for (const userId of people) await collect(shop.writeKey, "identify", { userId, traits: { householdId } });
  const home = profileName(env.NAME_KEY, shop.id, { type: "household", value: householdId });
  await vi.waitFor(async () => {
    const { json } = await call("GET", `/api/households/${home}`, { key: shop.secret });
    expect(json.members).toHaveLength(size);
  });
  return people;
}

it("lets exactly three of a hundred simultaneous decisions for four people through, by two hops each", async () => {
  const people = await household(4);
  const all = await Promise.all(Array.from({ length: 100 }, (_, n) => decide(people[n % people.length] ?? "")));
  expect(all.filter(({ body }) => body.placements["hero"]?.campaign === "family")).toHaveLength(3);
  for (const { body, hops } of all) {
    expect(hops).toBe("2");
    if (body.placements["hero"]?.campaign === "family") continue;
    expect(body.trace).toContainEqual(expect.objectContaining({ campaign: "family", why: "household_capped" }));
  }
});

it("is taken once by a request, however often it is sent, and an impression counts in its place", async () => {
  const [ann = "", bob = ""] = await household(2);
  const first = await decide(ann, "again");
  for (let n = 0; n < 4; n++) expect(await chosen(ann, "again")).toBe("family");
  const url = first.body.placements["hero"]?.impressionUrl ?? "";
  for (let n = 0; n < 3; n++) expect((await exports.default.fetch(`http://tideline.test${url}`)).status).toBe(200);
  expect([await chosen(bob), await chosen(bob), await chosen(bob), await chosen(ann)]).toEqual([
    "family",
    "family",
    "rest",
    "rest",
  ]);
  expect(await chosen(ann, "again")).toBe("family");
});

it("is a person's own who is in no household, without a second hop", async () => {
  const userId = fresh("u");
  await collect(shop.writeKey, "track", { userId, event: "e" });
  for (const campaign of ["family", "family", "family", "rest"]) {
    const { body, hops } = await decide(userId);
    expect([body.placements["hero"]?.campaign, hops]).toEqual([campaign, "1"]);
  }
});

it("leaves no room where the household cannot be asked", async () => {
  const [ann = ""] = await household(1);
  const down = vi.spyOn(HouseholdObject.prototype, "reserve").mockImplementation(() => {
    throw new Error("down");
  });
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(await chosen(ann)).toBe("rest");
  down.mockRestore();
  log.mockRestore();
  expect(await chosen(ann)).toBe("family");
});
