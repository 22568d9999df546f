import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../core/model/json.ts";
import { mergePatch } from "../../core/model/merge-patch.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import type { KeptRejected } from "../../durable-objects/quarantine/object.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { call } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { BAD_EVENTS, type BadEvent } from "./bad-events.ts";
import guide from "../../docs/guides/quality.md?raw";
import { fresh, journalOf } from "./profiles.ts";
import { request, type CollectAnswer } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await testWorkspace();
});

/** An event as the journal shows it, here as far as a test names it. */
interface Shown {
  readonly messageId: string;
  readonly receivedAt: string;
  readonly time: string;
  readonly [field: string]: unknown;
}

async function journal(userId: string): Promise<readonly Shown[]> {
  const hash = profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId });
  return (await journalOf(ws.id, { type: "userId", hash })) as unknown as readonly Shown[];
}

/** What the journal shows of an event but for who it is about, its id, its place and its receipt. */
function told(event: Partial<Shown>): object {
  const { messageId: _, origin: __, sequence: ___, receivedAt: ____, ...rest } = event;
  return rest;
}

function send(path: string, body: Json): Promise<{ readonly status: number; readonly body: CollectAnswer }> {
  return request<CollectAnswer>(path, body, { "x-write-key": ws.writeKey });
}

async function pixel(query: Readonly<Record<string, string>>): Promise<number> {
  const search = new URLSearchParams({ writeKey: ws.writeKey, ...query });
  const reply = await exports.default.fetch(`http://tideline.test/v1/pixel.gif?${search.toString()}`);
  await reply.arrayBuffer();
  return reply.status;
}

const replayed = async (body: JsonObject): Promise<Record<string, unknown>> => {
  const reply = await call("POST", "/api/quarantine/replay", { key: ws.secret, body });
  expect([reply.status, reply.json.code]).toEqual([200, undefined]);
  return reply.json;
};

async function newest(): Promise<readonly KeptRejected[]> {
  return (await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 10 })).items;
}

async function kept(messageId: string): Promise<KeptRejected | undefined> {
  return (await newest()).find((item) => item.messageId === messageId);
}

/** The bad event about a person, and the patch after which it is right. */
function made(bad: BadEvent, userId: string, messageId: string): { readonly event: JsonObject; readonly patch: JsonObject } {
  return {
    event: { type: bad.type, userId, messageId, ...bad.said },
    patch: bad.userIdFromPatch === true ? { ...bad.patch, userId } : bad.patch,
  };
}

const ascending = (one: number, other: number): number => one - other;

const SHORT = { track: "t", identify: "i", page: "p", screen: "s", group: "g", alias: "a" };

it("there are fifty kinds of bad event", () => {
  expect(BAD_EVENTS.length).toBeGreaterThanOrEqual(50);
  expect(new Set(BAD_EVENTS.map(({ type, what }) => `${type} ${what}`)).size).toBe(BAD_EVENTS.length);
});

it.each(BAD_EVENTS)("$type: $what", async (bad) => {
  const userId = fresh("u");
  const ids: string[] = [];
  for (const path of ["/v1/batch", "/v1/b", "/v1/beacon"]) {
    const messageId = fresh("m");
    const neighbour = (): JsonObject => ({ type: "track", event: "e", userId, messageId: fresh("m") });
    const { status, body } = await send(path, { batch: [neighbour(), made(bad, userId, messageId).event, neighbour()] });
    const errors = [{ index: 1, messageId, code: bad.code }];
    expect([path, status, body]).toEqual([path, 200, { success: true, accepted: 2, rejected: 1, errors }]);
    ids.push(messageId);
  }
  const alone = [`/v1/${bad.type}`, `/v1/${SHORT[bad.type]}`, `/api/s/${bad.type}`, "/v1/beacon"];
  for (const path of bad.batchOnly === true ? [] : alone) {
    const messageId = fresh("m");
    const { type, ...untyped } = made(bad, userId, messageId).event;
    const { body } = await send(path, path === "/v1/beacon" ? { type: type ?? null, ...untyped } : untyped);
    const errors = [{ index: 0, messageId, code: bad.code }];
    expect([path, body]).toEqual([path, { success: true, accepted: 0, rejected: 1, errors }]);
    ids.push(messageId);
  }
  expect(await journal(userId)).toHaveLength(6);

  const items = (await newest()).filter(({ messageId }) => messageId !== null && ids.includes(messageId));
  expect(items.map(({ code }) => code)).toEqual(ids.map(() => bad.code));
  const { event, patch } = made(bad, userId, fresh("m"));
  const order = { ids: items.map(({ id }) => id), patch };
  const counts = { replayed: ids.length, accepted: ids.length, rejected: 0, refused: 0, remaining: 0, errors: [] };
  expect(await replayed(order)).toMatchObject(counts);

  const other = fresh("good");
  const good = mergePatch(event, patch) as JsonObject;
  expect((await send(`/v1/${bad.type}`, { ...good, userId: other, messageId: fresh("m") })).body).toEqual({ success: true });
  const [expected] = await journal(other);
  const all = await journal(userId);
  const mended = all.filter(({ messageId }) => ids.includes(messageId));
  expect(mended.map(told)).toEqual(ids.map(() => told(expected ?? {})));
  expect(mended.map(({ receivedAt }) => Date.parse(receivedAt)).toSorted(ascending)).toEqual(
    items.map(({ at }) => at).toSorted(ascending),
  );
  expect(await replayed(order)).toMatchObject({ ...counts, replayed: 0, accepted: 0 });
  expect(await journal(userId)).toEqual(all);
});

it.each(BAD_EVENTS.filter(({ pixel: query }) => query !== undefined))("$type: $what, as a pixel", async (bad) => {
  const [userId, messageId] = [fresh("u"), fresh("m")];
  const query = { userId, messageId, timestamp: "2026-03-01T12:00:00.000Z", "p.value": "3", ...bad.pixel };
  expect(await pixel(query)).toBe(200);
  const item = await kept(messageId);
  expect(item).toMatchObject({ code: bad.code });
  const { patch } = made(bad, userId, messageId);
  const { properties: _, ...plain } = patch;
  expect(await replayed({ ids: [item?.id ?? ""], patch: plain })).toMatchObject({ accepted: 1, remaining: 0 });
  const other = fresh("good");
  const good = Object.fromEntries(new URLSearchParams({ ...query, ...(plain as Record<string, string>) }));
  expect(await pixel({ ...good, userId: other, messageId: fresh("m") })).toBe(200);
  const [expected] = await journal(other);
  expect(told((await journal(userId))[0] ?? {})).toEqual(told(expected ?? { nothing: true }));
});

describe("a replay", () => {
  const bad = (userId: string, more: JsonObject = {}): JsonObject & { readonly messageId: string } => ({
    userId,
    event: "$page",
    messageId: fresh("m"),
    ...more,
  });

  it("keeps instant, clock correction, context and edge of the first call", async () => {
    const userId = fresh("u");
    const messageId = fresh("m");
    const at = Date.now() - 60_000;
    const timestamp = new Date(at - 3_600_000).toISOString();
    const batch = [{ type: "track", event: "$page", userId, messageId, timestamp, context: { own: 1 } }];
    const body = { batch, sentAt: new Date(at - 1_800_000).toISOString(), context: { own: 0, campaign: "spring" } };
    await request("/v1/batch", body, { "x-write-key": ws.writeKey, "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)" });
    const { id } = (await kept(messageId)) ?? { id: "" };
    await replayed({ ids: [id], patch: { event: "e" } });
    const [held] = await journal(userId);
    expect(held).toMatchObject({ context: { own: 1, campaign: "spring" }, edge: { os: "iOS" } });
    expect(Math.abs(Date.parse(held?.time ?? "") - Date.parse(timestamp) - 1_860_000)).toBeLessThan(30_000);
  });

  it("counts an event without an id once, whatever is sent again and by however many at once", async () => {
    for (const more of [{ timestamp: "2026-03-01T12:00:00Z" }, {}]) {
      const userId = fresh("u");
      const { messageId: _, ...anonymous } = bad(userId, { mark: fresh("x"), ...more });
      await send("/v1/track", anonymous);
      const { items } = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 1 });
      const [item] = items;
      expect(item?.payload).toBe(JSON.stringify(anonymous));
      const order = { ids: [item?.id ?? ""], patch: { event: "e" } };
      await Promise.all([replayed(order), replayed(order), replayed(order)]);
      // As after a replay that was cut off before it could take the event out.
      await send("/v1/track", anonymous);
      if (more.timestamp !== undefined) await replayed(order);
      expect(await journal(userId)).toHaveLength(1);
    }
  });

  it("leaves what is bad still, under its new reason where nothing was patched, and says why", async () => {
    const userId = fresh("u");
    const event = bad(userId);
    await send("/v1/track", event);
    const { id = "" } = (await kept(event.messageId)) ?? {};
    expect(await replayed({ ids: [id], patch: { event: "e", timestamp: "now" } })).toMatchObject({
      accepted: 0,
      rejected: 1,
      remaining: 1,
      errors: [{ id, messageId: event.messageId, code: "bad_timestamp" }],
    });
    expect(await replayed({ ids: [id] })).toMatchObject({ rejected: 1, remaining: 1, errors: [{ code: "reserved_name" }] });
    expect(await kept(event.messageId)).toMatchObject({ id, code: "reserved_name" });
    expect(await journal(userId)).toEqual([]);
  });

  it("takes the oldest of a code first, page by page", async () => {
    const users = [fresh("u"), fresh("u"), fresh("u")];
    for (const userId of users) await send("/v1/group", { userId, groupId: " ", messageId: fresh("m") });
    const patch = { groupId: "g1" };
    expect(await replayed({ code: "bad_identifier", limit: 2, patch })).toMatchObject({ replayed: 2, accepted: 2, remaining: 1 });
    const held = await Promise.all(users.map(async (userId) => (await journal(userId)).length));
    expect(held.toSorted(ascending)).toEqual([0, 1, 1]);
    expect(await replayed({ code: "bad_identifier", limit: 2, patch })).toMatchObject({ accepted: 1, remaining: 0, next: null });
  });

  it("keeps nothing but a count of what consent forbids", async () => {
    const userId = fresh("u");
    const event = bad(userId, {});
    await send("/v1/track", event);
    const { id = "" } = (await kept(event.messageId)) ?? {};
    const patch = { event: "e", context: { consent: { purposes: { profiling: false } } } };
    const before = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 1 });
    const sum = (list: typeof before): number => list.refused.reduce((all, { count }) => all + count, 0);
    expect(await replayed({ ids: [id], patch })).toMatchObject({ refused: 1, remaining: 0 });
    expect(sum(await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 1 })) - sum(before)).toBe(1);
    expect(await journal(userId)).toEqual([]);
  });

  it("does what the guide says", async () => {
    const own = await testWorkspace();
    const [order, answer] = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]): JsonObject => JSON.parse(json));
    await request("/v1/track", { userId: fresh("u"), properties: { value: 3 } }, { "x-write-key": own.writeKey });
    expect((await call("POST", "/api/quarantine/replay", { key: own.secret, body: order })).json).toEqual(answer);
  });

  it("is noted in the audit log", async () => {
    await replayed({ code: "nothing_of_the_kind" });
    const { json } = await call("GET", "/api/audit?limit=1", { key: ws.secret });
    expect(json.entries).toMatchObject([{ action: "quarantine.replay" }]);
  });
});
