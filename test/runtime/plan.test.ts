import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/model/json.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { forgetAll } from "../../worker/auth/cache.ts";
import { call } from "../../worker/api/test-api.ts";
import { testKey, testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import guide from "../../docs/guides/tracking-plan.md?raw";
import { journalOf } from "./profiles.ts";
import { collect, request, type CollectAnswer } from "./workspace.ts";

let ws: TestWorkspace;
beforeEach(async () => {
  ws = await testWorkspace();
});

const CARD = "4111111111111111";

async function put(plan: JsonObject, headers: Record<string, string> = {}): ReturnType<typeof call> {
  return call("PUT", "/api/plan", { key: ws.secret, body: plan, headers });
}

async function holds(plan: JsonObject): Promise<void> {
  const reply = await put(plan);
  expect([reply.status, reply.json.errors]).toEqual([200, undefined]);
}

async function send(...batch: readonly JsonObject[]): Promise<CollectAnswer & { readonly dropped?: number }> {
  const reply = await collect(ws.writeKey, "batch", { batch: batch.map((event) => ({ type: "track", userId: "u1", ...event })) });
  expect(reply.status).toBe(200);
  return reply.body;
}

/** What the journal holds of a person: names and properties, oldest first. */
async function journal(userId = "u1"): Promise<readonly (readonly [string, unknown])[]> {
  const hash = profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId });
  const events = (await journalOf(ws.id, { type: "userId", hash })) as unknown as readonly {
    name: string;
    properties: unknown;
  }[];
  return events.toReversed().map(({ name, properties }) => [name, properties]);
}

interface Kept {
  readonly code: string;
  readonly detail: string | null;
  readonly payload: JsonObject;
}

async function quarantined(): Promise<readonly Kept[]> {
  return (await call("GET", "/api/quarantine", { key: ws.secret })).json.events;
}

const TOTAL = { required: ["total"], properties: { total: { type: "number" } } };

describe("the plan of a workspace", () => {
  it("is written, read, and written over only by who has seen it", async () => {
    const none = await call("GET", "/api/plan", { key: ws.secret });
    expect(none.json).toMatchObject({ version: 0, events: {}, unplanned: "allow", updatedAt: null });
    const first = await put({ events: { Buy: { schema: TOTAL } } }, { "if-match": none.headers.get("etag") ?? "" });
    expect([first.status, first.json.version]).toEqual([200, 1]);
    expect((await call("GET", "/api/plan", { key: ws.secret })).json).toEqual(first.json);
    expect((await put({}, { "if-match": '"p0"' })).status).toBe(412);
    expect((await put({ events: { Buy: { schema: TOTAL } } })).json.version).toBe(1);
    const races = await Promise.all(
      ["a", "b", "c"].map((name) => put({ events: { [name]: {} } }, { "if-match": first.headers.get("etag") ?? "" })),
    );
    expect(races.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 412, 412]);
    const won = races.find(({ status }) => status === 200);
    expect((await call("GET", "/api/plan", { key: ws.secret })).json).toEqual(won?.json);
    // A change of settings does not lose it.
    const { timeZone, retentionDays } = (await call("GET", "/api/workspace", { key: ws.secret })).json;
    await call("PUT", "/api/workspace", { key: ws.secret, body: { timeZone, retentionDays, smallCount: 3 } });
    expect((await call("GET", "/api/plan", { key: ws.secret })).json).toEqual(won?.json);
  });

  it("is refused with each fault at its place, and by who may not", async () => {
    const bad = await put({ events: { "a/b": { schema: { requried: [] } }, b: { rename: "$page" } } });
    expect([bad.status, bad.json.code]).toEqual([422, "invalid_plan"]);
    expect(bad.json.errors).toMatchObject([
      { pointer: "/events/a~1b/schema/requried", code: "unknown_keyword" },
      { pointer: "/events/b/rename", code: "reserved_name" },
    ]);
    expect((await put({ unplaned: "drop" })).json.errors).toMatchObject([{ pointer: "/unplaned", code: "unknown_field" }]);
    const key = await testKey(ws.id, ["rules:write"]);
    expect((await call("PUT", "/api/plan", { key, body: {} })).status).toBe(403);
  });

  it("is tried without being written", async () => {
    const events = [
      { type: "track", event: "buy", properties: { total: "5" } },
      { type: "track", event: "Other" },
      { type: "track", event: "Buy", properties: { total: "x" } },
    ];
    const plan = {
      events: { buy: { rename: "Buy" }, Buy: { schema: TOTAL, properties: { types: { total: "number" } } } },
      unplanned: "drop",
    };
    const tried = await call("POST", "/api/plan/check", { key: ws.secret, body: { plan, events } });
    expect(tried.json.judgements).toEqual([
      { outcome: "as_planned", code: null, detail: null, event: { type: "track", event: "Buy", properties: { total: 5 } } },
      { outcome: "dropped", code: "unplanned_event", detail: null, event: events[1] },
      { outcome: "quarantined", code: "plan_violation", detail: "/total is not of a type(s) number", event: events[2] },
    ]);
    expect((await call("POST", "/api/plan/check", { key: ws.secret, body: { events } })).json.judgements).toMatchObject(
      events.map(() => ({ outcome: "as_planned" })),
    );
  });
});

describe("what is collected under a plan", () => {
  it("is renamed and typed, kept, let go or taken, each without its neighbours", async () => {
    await holds({
      events: {
        order_completed: { rename: "Order Completed", properties: { rename: { amount: "total" } } },
        "Order Completed": { schema: TOTAL, properties: { types: { total: "number" } } },
        Ping: { schema: false, violation: "drop" },
        Loose: { schema: { required: ["x"] }, violation: "allow" },
      },
      unplanned: "quarantine",
    });
    const reply = await send(
      { event: "order_completed", properties: { amount: "12.5" }, messageId: "m1" },
      { event: "Order Completed", properties: { total: "twelve" }, messageId: "m2" },
      { event: "Ping", messageId: "m3" },
      { event: "Loose", messageId: "m4" },
      { event: "Unheard Of", messageId: "m5" },
    );
    expect(reply).toEqual({
      success: true,
      accepted: 2,
      dropped: 1,
      rejected: 2,
      errors: [
        { index: 1, messageId: "m2", code: "plan_violation", detail: "/total is not of a type(s) number" },
        { index: 4, messageId: "m5", code: "unplanned_event" },
      ],
    });
    expect(await journal()).toEqual([
      ["Order Completed", { total: 12.5 }],
      ["Loose", {}],
    ]);
    const kept = (await quarantined()).map(({ code, detail, payload }) => [code, detail, payload["event"]]);
    expect(kept).toHaveLength(2);
    expect(kept).toContainEqual(["plan_violation", "/total is not of a type(s) number", "Order Completed"]);
    expect(kept).toContainEqual(["unplanned_event", null, "Unheard Of"]);
  });

  it("is replayed after the fix as it would have come at first, once", async () => {
    await holds({ events: { Buy: { schema: TOTAL } } });
    const event = { event: "Buy", properties: { total: "5" }, timestamp: "2026-01-01T00:00:00Z" };
    expect((await send(event)).rejected).toBe(1);
    const replay = async (): Promise<unknown> =>
      (await call("POST", "/api/quarantine/replay", { key: ws.secret, body: {} })).json;
    expect(await replay()).toMatchObject({ replayed: 1, rejected: 1, errors: [{ code: "plan_violation" }] });
    await holds({ events: { Buy: { schema: TOTAL, properties: { types: { total: "number" } } } } });
    expect(await replay()).toMatchObject({ replayed: 1, accepted: 1, remaining: 0 });
    // The client sends it again: without an id of its own it is the same one.
    expect(await send(event)).toEqual({ success: true });
    expect(await journal()).toEqual([["Buy", { total: 5 }]]);
  });

  it("lets a replayed event go where the plan has come to say so", async () => {
    await holds({ events: { Buy: { schema: TOTAL } } });
    await send({ event: "Buy" });
    await holds({ events: { Buy: { schema: false, violation: "drop" } } });
    expect((await call("POST", "/api/quarantine/replay", { key: ws.secret, body: {} })).json).toMatchObject({
      dropped: 1,
      remaining: 0,
    });
    expect(await quarantined()).toEqual([]);
  });

  it("holds in an isolate that has not heard of it yet", async () => {
    await holds({ unplanned: "drop" });
    forgetAll();
    expect(await send({ event: "Any" })).toMatchObject({ accepted: 0, dropped: 1 });
  });

  it("is not judged before it is known to be allowed: of who refuses, nothing is kept", async () => {
    await holds({ events: { Buy: { schema: TOTAL } } });
    const consent = { context: { consent: { purposes: { storage: false, profiling: false } } } };
    const reply = await send({ event: "Buy", ...consent, messageId: "no1" }, { event: "", ...consent, messageId: "no2" });
    expect(reply).toEqual({
      success: true,
      accepted: 0,
      refused: 1,
      rejected: 1,
      errors: [{ index: 1, messageId: "no2", code: "missing_event" }],
    });
    expect(await quarantined()).toEqual([]);
  });
});

describe("personal data where none should be", () => {
  it("is hashed, alike each time, before anything is kept", async () => {
    await holds({ personal: { email: "hash", card: "hash" } });
    await send(
      {
        event: "A",
        messageId: "a",
        properties: { note: `pay ${CARD}`, mail: "Ana@Mail.example" },
        context: { page: { url: "https://s.example/?e=ana%40mail.example" } },
      },
      { event: "B", messageId: "b", properties: { mail: "ana@mail.example" } },
    );
    const [[, a], [, b]] = (await journal()) as [[string, { note: string; mail: string }], [string, { mail: string }]];
    expect(a.mail).toMatch(/^email:[\w-]{22}$/);
    expect(b.mail).toBe(a.mail);
    expect(a.note).toMatch(/^pay card:[\w-]{22}$/);
  });

  it("is not kept whole in quarantine where it is a card, whatever else is wrong; nor in the batch's context", async () => {
    await holds({ events: { Strict: { schema: TOTAL } }, personal: { email: "quarantine", card: "quarantine" } });
    const reply = await collect(ws.writeKey, "batch", {
      context: { campaign: { term: CARD } },
      batch: [
        { type: "track", userId: "u", event: "Buy", properties: { note: CARD }, messageId: "c1" },
        { type: "track", userId: "u", event: "Strict", properties: { note: CARD }, messageId: "c2" },
        { type: "track", event: "Buy", properties: { note: CARD }, messageId: "c3" },
        { type: "identify", userId: "u", traits: { email: "ana@mail.example" }, context: { campaign: {} }, messageId: "ok" },
      ],
    });
    expect(reply.body.errors?.map(({ code }) => code)).toEqual(["personal_card", "personal_card", "missing_identity"]);
    expect(reply.body.accepted).toBe(1);
    const stored = JSON.stringify(await quarantined());
    expect(stored).not.toContain(CARD);
    expect(stored).toContain("411111******1111");
  });

  it("is taken again once the plan allows it there", async () => {
    await holds({ personal: { email: "quarantine", card: "allow" } });
    const properties = { email: "ana@mail.example" };
    expect((await send({ event: "Signed Up", properties })).errors?.[0]?.code).toBe("personal_email");
    await holds({ events: { "Signed Up": { personal: ["email"] } }, personal: { email: "quarantine", card: "allow" } });
    expect((await call("POST", "/api/quarantine/replay", { key: ws.secret, body: {} })).json).toMatchObject({ accepted: 1 });
    expect(await journal()).toEqual([["Signed Up", properties]]);
  });
});

it("is what the guide says", async () => {
  const [plan, events, answer] = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]): JsonObject => JSON.parse(json));
  await holds(plan ?? {});
  expect((await call("POST", "/api/plan/check", { key: ws.secret, body: events })).json).toEqual(answer);
});

it("holds of every way in: a file's rows too are counted apart", async () => {
  await holds({ events: { Ping: { schema: false, violation: "drop" } } });
  const reply = await request<{ importId: string }>(
    "/v1/import?source=web&type=track&format=ndjson&dryRun=1",
    `${JSON.stringify({ event: "Ping", userId: "u" })}\n${JSON.stringify({ event: "Pong", userId: "u" })}\n`,
    { authorization: `Bearer ${ws.secret}` },
  );
  expect(reply.status).toBe(202);
  await expect
    .poll(async () => (await call("GET", `/api/imports/${reply.body.importId}`, { key: ws.secret })).json, { timeout: 20_000 })
    .toMatchObject({ state: "done", rows: 2, accepted: 1, dropped: 1 });
});
