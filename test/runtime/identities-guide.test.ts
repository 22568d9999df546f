import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import guide from "../../docs/guides/identities.md?raw";
import type { JsonObject } from "../../core/model/json.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call as api } from "../../worker/api/test-api.ts";
import { testWorkspace } from "../../worker/cold/test-workspaces.ts";
import { fresh } from "./profiles.ts";
import { collect } from "./workspace.ts";

const examples = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]): JsonObject => JSON.parse(json));

it("the guide to identities shows settings that are taken, and that act", async () => {
  const [settings = {}] = examples;
  const ws = await testWorkspace();
  const put = await api("PUT", "/api/workspace", { key: ws.secret, body: settings });
  expect([put.status, put.json]).toMatchObject([200, settings]);
  const userId = fresh("u");
  const cards = Array.from({ length: 3 }, () => fresh("c"));
  for (const id of cards)
    await collect(ws.writeKey, "track", { userId, event: "e", context: { externalIds: [{ type: "loyalty", id }] } });
  const user = profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId });
  const { json } = await api("GET", `/api/profiles/${user}/identities`, { key: ws.secret });
  const linked = json.identities.filter(({ state }: { state: string }) => state === "linked");
  expect(linked).toHaveLength(2);
  const { json: kept } = await api("GET", "/api/quarantine", { key: ws.secret });
  expect(kept.events.map(({ code }: { code: string }) => code)).toEqual(["identifier_limit"]);
});

it("is what the guide to identities shows: the link, and the call that undoes it", async () => {
  const [, shown, split] = examples;
  const ws = await testWorkspace();
  const [anonymousId, userId] = [fresh("a"), fresh("u")];
  await collect(ws.writeKey, "identify", { anonymousId, userId, messageId: "m1" });
  const hash = profileName(env.NAME_KEY, ws.id, { type: "anonymousId", value: anonymousId });
  const user = profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId });
  const { json } = await api("GET", `/api/profiles/${user}/identities`, { key: ws.secret });
  const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
  expect(json.identities).toContainEqual({ ...shown, hash, to: user, since });
  const identifier = { ...(split?.["identifier"] as JsonObject), hash };
  const { status } = await api("POST", `/api/profiles/${user}/split`, { key: ws.secret, body: { ...split, identifier } });
  expect(status).toBe(200);
  const after = await api("GET", `/api/profiles/${hash}/identities`, { key: ws.secret });
  expect(after.json.profileId).toBe(hash);
});
