import { env, exports } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import { profileName, profileStub } from "../../durable-objects/profile/stub.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import { call } from "../../worker/api/test-api.ts";
import { envelopeOf, objectsOf } from "../../worker/cold/profile-calls.ts";
import { consumed } from "../../worker/cold/test-journal.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { readWorkspaceRecord } from "../../worker/cold/workspace-record.ts";
import { fresh } from "./profiles.ts";
import { collect, request } from "./workspace.ts";

/** The loop from what was shown to what is shown next: impressions, goals reached after them, counts, and a campaign that goes by them. */

let shop: TestWorkspace;

beforeAll(async () => {
  shop = await testWorkspace({}, { kind: "server", origins: [] });
  const { secret: key } = shop;
  const creatives = ["good", "bad"].map((name) => ({ key: name, content: name }));
  const learning = { name: "Learns", placement: "hero", allocation: "thompson", creatives };
  expect((await call("PUT", "/api/placements/hero", { key, body: { name: "Hero", default: null } })).status).toBe(200);
  const refused = await call("PUT", "/api/campaigns/learns", { key, body: learning });
  expect([refused.status, refused.json.errors?.[0]?.code]).toEqual([422, "no_goal"]);
  const body = { ...learning, goal: { event: "Order Completed", window: "1d" } };
  expect((await call("PUT", "/api/campaigns/learns", { key, body })).status).toBe(200);
  expect((await call("POST", "/api/ruleset/publish", { key })).status).toBe(200);
});

interface Shown {
  readonly creative: string;
  readonly impressionUrl: string;
}

async function decide(userId: string): Promise<Shown> {
  const asked = { identity: { userId }, placements: ["hero"], minRuleset: 1, timeoutMs: 30_000 };
  const { body } = await request<{ placements: { hero: Shown } }>("/v1/decide", asked, {
    authorization: `Bearer ${shop.secret}`,
  });
  return body.placements.hero;
}

/** Everything that the cold path has not been told of these people, in as many messages as they are, twice. */
async function drain(people: readonly string[]): Promise<void> {
  const record = await readWorkspaceRecord(env.PUBLISHED, shop.id);
  if (record === undefined) throw new Error("no workspace");
  const messages = await Promise.all(
    people.map(async (value): Promise<OutboxMessage> => {
      const name = profileName(env.NAME_KEY, shop.id, { type: "userId", value });
      return JSON.parse(
        await profileStub(env, record, name).outbox({ ...envelopeOf(record, name), from: 0, limitBytes: 1_000_000 }),
      );
    }),
  );
  for (const some of [messages, messages]) await consumed(objectsOf(env), some);
}

const outcomes = async () =>
  Object.fromEntries(
    (await call("GET", "/api/campaigns/learns/outcomes", { key: shop.secret })).json.outcomes.map(
      ({ creative, shown, converted }: { creative: string; shown: number; converted: number }) => [creative, [shown, converted]],
    ),
  );

it("counts what was shown and what it brought about once, and shows what does better more often", async () => {
  const people = Array.from({ length: 60 }, () => fresh("u"));
  const truth: Record<string, [number, number]> = { good: [0, 0], bad: [0, 0] };
  for (const userId of people) {
    await collect(shop.writeKey, "track", { userId, event: "Seen" });
    const { creative, impressionUrl } = await decide(userId);
    for (let n = 0; n < 2; n++) await exports.default.fetch(`http://tideline.test${impressionUrl}`);
    const counted = truth[creative];
    if (counted === undefined) throw new Error("no such creative");
    counted[0]++;
    if (creative !== "good") continue;
    counted[1]++;
    const order = { userId, event: "Order Completed", messageId: `order-${userId}`, timestamp: new Date().toISOString() };
    for (let n = 0; n < 2; n++) await collect(shop.writeKey, "track", order);
  }
  await drain(people);
  expect(await outcomes()).toEqual(truth);
  expect(truth["bad"]?.[0]).toBeGreaterThan(10);
  const stranger = fresh("u");
  await collect(shop.writeKey, "track", { userId: stranger, event: "Seen" });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  // What is known is read behind an answer.
  await decide(stranger);
  await vi.waitFor(async () => {
    const chosen: string[] = [];
    for (let n = 0; n < 40; n++) chosen.push((await decide(stranger)).creative);
    expect(chosen.filter((creative) => creative === "good").length).toBeGreaterThan(36);
  });
  vi.useRealTimers();
});

it("follows a person who was merged, and counts nothing twice", async () => {
  const [anonymousId, userId] = [fresh("a"), fresh("u")];
  await collect(shop.writeKey, "track", { anonymousId, event: "Seen" });
  const before = await outcomes();
  const asked = { identity: { anonymousId }, placements: ["hero"], timeoutMs: 30_000 };
  const { body } = await request<{ placements: { hero: Shown } }>("/v1/decide", asked, {
    authorization: `Bearer ${shop.secret}`,
  });
  const { creative, impressionUrl } = body.placements.hero;
  await exports.default.fetch(`http://tideline.test${impressionUrl}`);
  const record = await readWorkspaceRecord(env.PUBLISHED, shop.id);
  if (record === undefined) throw new Error("no workspace");
  const device = profileName(env.NAME_KEY, shop.id, { type: "anonymousId", value: anonymousId });
  const first = await profileStub(env, record, device).outbox({ ...envelopeOf(record, device), from: 0, limitBytes: 1_000_000 });
  await consumed(objectsOf(env), [JSON.parse(first) as OutboxMessage]);
  await collect(shop.writeKey, "identify", { anonymousId, userId });
  await collect(shop.writeKey, "track", { userId, event: "Order Completed" });
  await drain([userId]);
  const [shown = 0, converted = 0] = before[creative] ?? [];
  expect((await outcomes())[creative]).toEqual([shown + 1, converted + 1]);
});
