import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import guide from "../../docs/guides/identities.md?raw";
import type { JsonObject } from "../../core/model/json.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call as api } from "../../worker/api/test-api.ts";
import { testWorkspace } from "../../worker/cold/test-workspaces.ts";
import { fresh } from "./profiles.ts";
import { collect } from "./workspace.ts";

it("is what the guide to identities shows: the link, and the call that undoes it", async () => {
  const [shown, split] = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]): JsonObject => JSON.parse(json));
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
