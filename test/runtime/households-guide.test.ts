import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import guide from "../../docs/guides/households.md?raw";
import type { JsonObject } from "../../core/model/json.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call as api } from "../../worker/api/test-api.ts";
import { testWorkspace } from "../../worker/cold/test-workspaces.ts";
import { collect, decideOver } from "./workspace.ts";

const examples = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]): JsonObject => JSON.parse(json));

it("the guide to households shows calls that are taken, and what comes of them", async () => {
  const [group = {}, identify = {}, said = {}, rule = {}, decided = {}, household = {}] = examples;
  const ws = await testWorkspace({}, { kind: "server", origins: [] });
  const key = ws.secret;
  await api("PUT", "/api/audiences/family", { key, body: { name: "Family", rule } });
  const spent = { event: "Order Completed", count: { gte: 2 } };
  await api("PUT", "/api/audiences/big-spenders", { key, body: { name: "Big spenders", rule: spent } });
  await api("POST", "/api/ruleset/publish", { key });
  expect((await collect(ws.writeKey, "group", group)).body).toEqual({ success: true });
  expect((await collect(ws.writeKey, "identify", identify)).body).toEqual({ success: true });
  for (const userId of ["ann", "bob"]) await collect(ws.writeKey, "track", { userId, event: "Order Completed" });
  const ask = async () =>
    (await decideOver(key, { identity: { userId: "bob" }, include: ["audiences", "household"], minRuleset: 1 })).body;
  await vi.waitFor(async () => expect(await ask()).toMatchObject({ audiences: ["family"], ...decided }), { timeout: 10_000 });
  const bob = profileName(env.NAME_KEY, ws.id, { type: "userId", value: "bob" });
  const { id } = (await api("GET", `/api/profiles/${bob}`, { key })).json.household;
  const shown = await api("GET", `/api/households/${id}`, { key });
  expect(shown.json).toEqual({ ...household, householdId: id, members: expect.arrayContaining([bob]) });
  const eve = await collect(ws.writeKey, "track", { userId: "eve", event: "Order Completed" });
  expect(eve.status).toBe(200);
  const profile = profileName(env.NAME_KEY, ws.id, { type: "userId", value: "eve" });
  expect((await api("POST", `/api/profiles/${profile}/household`, { key, body: said })).json.householdId).toBe(id);
});
