import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { HEAD_FORMAT } from "../../core/profile/head.ts";
import { ProfileObject } from "../../durable-objects/profile/object.ts";
import { OVERLOADED } from "../../durable-objects/profile/overload.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call, fresh, journalOf, stubOf } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, putKey, request, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await makeWorkspace({
    buyers: { event: "Order Completed" },
    visitors: { event: "$page" },
    lyon: { trait: "city", eq: "Lyon" },
  });
});

interface SeenEvent {
  readonly messageId: string;
  readonly name: string;
  readonly time: string;
  readonly source: string;
  readonly properties: object;
}

async function journal(userId: string, type = "userId"): Promise<readonly SeenEvent[]> {
  return (await journalOf(ws.id, {
    type,
    hash: profileName(env.NAME_KEY, ws.id, { type, value: userId }),
  })) as unknown as readonly SeenEvent[];
}

async function quarantined(code: string): Promise<readonly { readonly messageId: string | null; readonly payload: string }[]> {
  const { items } = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 1_000 });
  return items.filter((item) => item.code === code);
}

describe("a collecting call", () => {
  it.each([
    ["track", { event: "Order Completed", properties: { value: 3 } }, "Order Completed"],
    ["identify", { traits: { city: "Lyon" } }, "$identify"],
    ["page", { name: "Home", properties: { path: "/" } }, "$page"],
    ["screen", { name: "Cart" }, "$screen"],
    ["group", { groupId: "g1", traits: { plan: "pro" } }, "$group"],
  ])("takes %s", async (path, fields, name) => {
    const userId = fresh("u");
    expect(await collect(ws.writeKeys.store, path, { userId, ...fields })).toMatchObject({
      status: 200,
      body: { success: true },
    });
    expect(await journal(userId)).toMatchObject([{ name, source: "store" }]);
  });

  it("takes alias: the one person's journal lies under either name", async () => {
    const [userId, previousId] = [fresh("u"), fresh("old")];
    await collect(ws.writeKeys.store, "alias", { userId, previousId });
    const both = [...(await journal(userId)), ...(await journal(previousId))];
    expect(both).toMatchObject([{ name: "$alias", source: "store" }]);
  });

  it("answers 200 only for what a decision then sees", async () => {
    const userId = fresh("u");
    await collect(ws.writeKeys.store, "track", { userId, event: "Order Completed" });
    await collect(ws.writeKeys.store, "identify", { userId, traits: { city: "Lyon" } });
    const { body } = await decideOver(ws.secret, { identity: { userId }, include: ["audiences", "traits"] });
    expect(body).toMatchObject({ known: true, audiences: ["buyers", "lyon"], traits: { city: "Lyon" } });
  });

  it("takes the key from every place that may bear it", async () => {
    const key = ws.writeKeys.store;
    const event = (): object => ({ userId: fresh("u"), event: "e" });
    expect((await request("/v1/track", event(), { authorization: `Basic ${btoa(`${key}:anything`)}` })).status).toBe(200);
    expect((await request("/v1/track", event(), { "x-write-key": key })).status).toBe(200);
    expect((await request(`/v1/track?writeKey=${key}`, event())).status).toBe(200);
    expect((await request("/v1/track", { ...event(), writeKey: key })).status).toBe(200);
    expect((await request("/v1/track", event())).status).toBe(401);
    expect((await request("/v1/track", { ...event(), writeKey: `${key}x` })).status).toBe(401);
    expect((await request("/v1/track", event(), { authorization: `Bearer ${ws.secret}` })).status).toBe(401);
  });

  it("merges what the batch says of its context into the items, whose own stands", async () => {
    const [one, two] = [fresh("u"), fresh("u")];
    const batch = [
      { type: "track", userId: one, event: "e", messageId: fresh("m") },
      { type: "track", userId: two, event: "e", messageId: fresh("m"), context: { consent: { purposes: { storage: true } } } },
    ];
    const { body } = await collect(ws.writeKeys.store, "batch", {
      batch,
      context: { consent: { purposes: { storage: false } } },
    });
    expect(body).toMatchObject({ accepted: 1, refused: 1 });
    expect(await journal(one)).toEqual([]);
    expect(await journal(two)).toHaveLength(1);
  });

  it("holds back no neighbour of a faulty event, and keeps that with its reason", async () => {
    const userId = fresh("u");
    const id = fresh("m");
    const batch = [
      { type: "track", userId, event: "e" },
      { type: "track", userId, messageId: id },
      { type: "purchase", userId },
      { type: "track", userId, event: "f" },
    ];
    const { status, body } = await collect(ws.writeKeys.store, "batch", { batch });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      accepted: 2,
      rejected: 2,
      errors: [
        { index: 1, messageId: id, code: "missing_event" },
        { index: 2, messageId: null, code: "bad_type" },
      ],
    });
    expect(await journal(userId)).toHaveLength(2);
    expect(await quarantined("missing_event")).toMatchObject([{ messageId: id, payload: JSON.stringify(batch[1]) }]);
  });

  it("keeps a faulty event once, however often it is sent", async () => {
    const event = { type: "track", userId: fresh("u"), messageId: fresh("m"), event: "$page" };
    await collect(ws.writeKeys.store, "batch", { batch: [event] });
    await collect(ws.writeKeys.store, "batch", { batch: [event] });
    expect((await quarantined("reserved_name")).filter(({ messageId }) => messageId === event.messageId)).toHaveLength(1);
  });

  it("lets the first of two events under one id stand and quarantines the second", async () => {
    const event = { userId: fresh("u"), messageId: fresh("m"), event: "e", properties: { value: 1 } };
    await collect(ws.writeKeys.store, "track", event);
    const { body } = await collect(ws.writeKeys.store, "track", { ...event, properties: { value: 2 } });
    expect(body).toEqual({
      success: true,
      accepted: 0,
      rejected: 1,
      errors: [{ index: 0, messageId: event.messageId, code: "conflicting_duplicate" }],
    });
    expect(await journal(event.userId)).toMatchObject([{ properties: { value: 1 } }]);
    expect(await quarantined("conflicting_duplicate")).toMatchObject([{ messageId: event.messageId }]);
  });

  it("keeps in quarantine what is more than one person does in a minute", async () => {
    const userId = fresh("u");
    const batch = Array.from({ length: 1_600 }, () => ({ type: "track", userId, event: "e", messageId: fresh("m") }));
    // Within one minute of the clock, whenever this runs.
    vi.useFakeTimers({ toFake: ["Date"], now: Math.floor(Date.now() / 60_000) * 60_000 });
    expect((await collect(ws.writeKeys.store, "batch", { batch })).body).toEqual({ success: true });
    const more = batch.map((event) => ({ ...event, messageId: `${event.messageId}-2` }));
    const { body } = await collect(ws.writeKeys.store, "batch", { batch: more });
    expect(body).toMatchObject({ success: true, accepted: 1_400, rejected: 200 });
    expect(body.errors?.[0]).toEqual({ index: 1_400, messageId: more[1_400]?.messageId, code: "flood" });
    expect(await journal(userId)).toHaveLength(3_000);
    expect(await quarantined("flood")).toHaveLength(200);
    vi.setSystemTime(Date.now() + 60_000);
    expect((await collect(ws.writeKeys.store, "batch", { batch: more.slice(1_400) })).body).toEqual({ success: true });
    vi.useRealTimers();
  });

  it("answers 429 where too many calls wait at one profile, and nothing is lost of what is then sent again", async () => {
    const userId = fresh("u");
    const broken = vi.spyOn(ProfileObject.prototype, "ingest").mockRejectedValue(new Error(OVERLOADED));
    const event = { userId, event: "e", messageId: fresh("m") };
    const answer = await collect(ws.writeKeys.store, "track", event);
    expect([answer.status, answer.body.code, answer.headers.get("retry-after")]).toEqual([429, "rate_limited", "2"]);
    broken.mockRestore();
    expect((await collect(ws.writeKeys.store, "track", event)).status).toBe(200);
    expect(await journal(userId)).toHaveLength(1);
  });

  it("knows a call without an id again by its content where it bears a timestamp, and counts each where it bears none", async () => {
    const dated = { userId: fresh("u"), event: "e", timestamp: new Date().toISOString() };
    for (let sent = 0; sent < 3; sent++)
      await collect(ws.writeKeys.store, "track", { ...dated, sentAt: new Date(Date.now() + sent).toISOString() });
    expect(await journal(dated.userId)).toHaveLength(1);
    const undated = { userId: fresh("u"), event: "e" };
    for (let sent = 0; sent < 3; sent++) await collect(ws.writeKeys.store, "track", undated);
    expect(await journal(undated.userId)).toHaveLength(3);
  });

  it("links an anonymous id to the user that a call bears beside it", async () => {
    const [anonymousId, userId] = [fresh("a"), fresh("u")];
    await collect(ws.writeKeys.web, "page", { anonymousId });
    const { body } = await collect(ws.writeKeys.web, "batch", {
      batch: [
        { type: "identify", anonymousId, userId, traits: { city: "Lyon" } },
        { type: "track", anonymousId, event: "Order Completed" },
      ],
    });
    expect(body).toEqual({ success: true });
    const byUser = await decideOver(ws.secret, { identity: { userId } });
    const byBrowser = await decideOver(ws.secret, { identity: { anonymousId } });
    expect(byUser.body.audiences).toEqual(["buyers", "lyon", "visitors"]);
    expect(byBrowser.body).toMatchObject({ audiences: ["buyers", "lyon", "visitors"], profileId: byUser.body.profileId });
    expect(byBrowser.headers.get("server-timing")).toContain('hops;desc="2"');
  });

  it("gives a browser to the second person who identifies on it, and not to one who is only named", async () => {
    const [anonymousId, ann, bob, eve] = [fresh("a"), fresh("ann"), fresh("bob"), fresh("eve")];
    const profileOf = async (identity: object): Promise<unknown> => (await decideOver(ws.secret, { identity })).body.profileId;
    await collect(ws.writeKeys.web, "identify", { anonymousId, userId: ann });
    await collect(ws.writeKeys.web, "track", { anonymousId, userId: eve, event: "e" });
    expect(await profileOf({ anonymousId })).toBe(await profileOf({ userId: ann }));
    await collect(ws.writeKeys.web, "identify", { anonymousId, userId: bob });
    expect(await profileOf({ anonymousId })).toBe(await profileOf({ userId: bob }));
    await collect(ws.writeKeys.web, "page", { anonymousId });
    expect([(await journal(ann)).length, (await journal(bob)).length, (await journal(eve)).length]).toEqual([1, 2, 1]);
  });

  it("answers 503 when any object of the call failed, and counts once what is then sent again", async () => {
    const [broken, well] = [fresh("u"), fresh("u")];
    await collect(ws.writeKeys.store, "track", { userId: broken, event: "e" });
    const stub = stubOf(profileName(env.NAME_KEY, ws.id, { type: "userId", value: broken }));
    const setFormat = (from: number, to: number): Promise<unknown> =>
      runInDurableObject(stub, (_, state) =>
        state.storage.sql.exec(
          "UPDATE part SET body = replace(body, ?, ?) WHERE k = 0",
          `"kind":"profile","format":${from},`,
          `"kind":"profile","format":${to},`,
        ),
      );
    await setFormat(HEAD_FORMAT, 99);
    await evictDurableObject(stub);
    const batch = [broken, well].map((userId) => ({ type: "track", userId, messageId: fresh("m"), event: "f" }));
    const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const failed = await collect(ws.writeKeys.store, "batch", { batch });
    expect([failed.status, failed.body.code, failed.headers.get("retry-after")]).toEqual([503, "unavailable", "1"]);
    expect(JSON.stringify(printed.mock.calls)).not.toContain(broken);
    printed.mockRestore();
    await setFormat(99, HEAD_FORMAT);
    await evictDurableObject(stub);
    expect(await collect(ws.writeKeys.store, "batch", { batch })).toMatchObject({ status: 200, body: { success: true } });
    expect([(await journal(broken)).length, (await journal(well)).length]).toEqual([2, 1]);
  });

  it("takes gzip", async () => {
    const userId = fresh("u");
    const stream = new Blob([JSON.stringify({ userId, event: "e" })]).stream().pipeThrough(new CompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    expect((await collect(ws.writeKeys.store, "track", bytes, { "content-encoding": "gzip" })).status).toBe(200);
    expect(await journal(userId)).toHaveLength(1);
  });
});

describe("the clock rule", () => {
  const minutes = (count: number): string => new Date(Date.now() + count * 60_000).toISOString();

  it.each([
    ["web", -90, -30],
    ["app", -90, -30],
  ] as const)("corrects a %s clock that is off by more than a minute", async (source, timestamp, sentAt) => {
    const userId = fresh("u");
    await collect(ws.writeKeys[source], "track", { userId, event: "e", timestamp: minutes(timestamp), sentAt: minutes(sentAt) });
    const [event] = await journal(userId);
    expect(Math.abs(Date.parse(event?.time ?? "") - Date.parse(minutes(timestamp - sentAt)))).toBeLessThan(5_000);
  });

  it("leaves a browser's clock alone within a minute, and a server's always", async () => {
    const [near, server] = [fresh("u"), fresh("u")];
    const timestamp = minutes(-90);
    await collect(ws.writeKeys.web, "track", { userId: near, event: "e", timestamp, sentAt: minutes(-0.9) });
    await collect(ws.writeKeys.store, "track", { userId: server, event: "e", timestamp, sentAt: minutes(-45) });
    expect(await journal(near)).toMatchObject([{ time: timestamp }]);
    expect(await journal(server)).toMatchObject([{ time: timestamp }]);
  });

  it("clamps a time that lies in the future to the receipt, years too", async () => {
    const userId = fresh("u");
    await collect(ws.writeKeys.store, "track", { userId, event: "e", timestamp: "2999-01-01T00:00:00Z" });
    const [event] = await journal(userId);
    expect(Math.abs(Date.parse(event?.time ?? "") - Date.now())).toBeLessThan(5_000);
  });

  it("reads a date alone as its first instant in the workspace's zone", async () => {
    const userId = fresh("u");
    await collect(ws.writeKeys.store, "track", { userId, event: "e", timestamp: "2026-07-14" });
    expect(await journal(userId)).toMatchObject([{ time: "2026-07-13T22:00:00.000Z" }]);
  });
});

describe("consent of a collecting call", () => {
  const yes = { purposes: { storage: true, profiling: true } };
  const no = { purposes: { profiling: false } };

  it("refuses what was refused, writes nothing for it and leaves a count", async () => {
    const userId = fresh("u");
    const own = await makeWorkspace();
    const { status, body } = await collect(own.writeKeys.web, "track", { userId, event: "e", context: { consent: no } });
    expect([status, body]).toEqual([200, { success: true, accepted: 0, refused: 1 }]);
    const name = profileName(env.NAME_KEY, own.id, { type: "userId", value: userId });
    expect(await stubOf(name).resolve(call(own.id, name))).toBe("");
    const { refused, items } = await listQuarantine(env, { id: own.id, jurisdiction: null }, { limit: 10 });
    expect(items).toEqual([]);
    expect(refused).toMatchObject([{ source: "web", count: 1 }]);
  });

  it("takes silence as the source says it is meant", async () => {
    const [silent, said] = [fresh("u"), fresh("u")];
    expect((await collect(ws.writeKeys.strict, "track", { userId: silent, event: "e" })).body).toMatchObject({ refused: 1 });
    expect((await collect(ws.writeKeys.strict, "track", { userId: said, event: "e", context: { consent: yes } })).body).toEqual({
      success: true,
    });
  });

  it("keeps a withdrawal with the profile, also by the browser of a known person", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    await collect(ws.writeKeys.web, "identify", { userId, anonymousId });
    expect((await decideOver(ws.secret, { identity: { userId } })).body).toMatchObject({ known: true });
    await collect(ws.writeKeys.web, "page", { anonymousId, context: { consent: no } });
    expect((await decideOver(ws.secret, { identity: { userId } })).body).toMatchObject({
      known: false,
      audiences: [],
      reason: "NO_CONSENT",
    });
  });

  it("counts an undecodable string as no", async () => {
    const { body } = await collect(ws.writeKeys.web, "page", { anonymousId: fresh("a"), context: { consent: { tcf: "junk" } } });
    expect(body).toMatchObject({ accepted: 0, refused: 1 });
  });

  it("reads a GPP string, with its large decoder", async () => {
    const userId = fresh("u");
    expect((await collect(ws.writeKeys.web, "page", { userId, context: { consent: { gpp: "DBABTA~1YYN" } } })).body).toEqual({
      success: true,
    });
    expect((await collect(ws.writeKeys.web, "page", { userId, context: { consent: { gpp: "junk" } } })).body).toMatchObject({
      refused: 1,
    });
  });
});

describe("bad input to a collecting call", () => {
  async function gzipOf(bytes: number): Promise<Uint8Array> {
    const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

  it.each([
    ["malformed JSON", (): string => '{"userId":', 400, "not_json"],
    ["nothing", (): string => "", 400, "not_json"],
    ["a text", (): string => '"hello"', 400, "bad_request"],
    ["an array", (): string => "[]", 400, "bad_request"],
    ["10 MB", (): string => `{"userId":"u","event":"e","properties":{"x":"${"x".repeat(10_000_000)}"}}`, 413, "too_large"],
    ["depth 10,000", (): string => nested(10_000), 400, "too_deep"],
    ["depth 10,000 in brackets never closed", (): string => "[".repeat(10_000), 400, "too_deep"],
  ])("answers %s with its problem and stores nothing", async (_, body, status, code) => {
    const answer = await collect(ws.writeKeys.store, "track", body());
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("stops a gzip bomb at 4 MB inflated", async () => {
    const bomb = await gzipOf(100_000_000);
    expect(bomb.byteLength).toBeLessThan(1_000_000);
    const answer = await collect(ws.writeKeys.store, "track", bomb, { "content-encoding": "gzip" });
    expect([answer.status, answer.body.code]).toEqual([413, "too_large"]);
  });

  it("refuses what is not the gzip it says, and encodings it does not know", async () => {
    expect((await collect(ws.writeKeys.store, "track", "{}", { "content-encoding": "gzip" })).status).toBe(400);
    expect((await collect(ws.writeKeys.store, "track", "{}", { "content-encoding": "br" })).status).toBe(415);
  });

  it("refuses a batch over its limits whole", async () => {
    const userId = fresh("u");
    const many = Array.from({ length: 2_501 }, () => ({ type: "track", userId, event: "e" }));
    expect(await collect(ws.writeKeys.store, "batch", { batch: many })).toMatchObject({
      status: 400,
      body: { code: "batch_too_large" },
    });
    const large = Array.from({ length: 20 }, () => ({
      type: "track",
      userId,
      event: "e",
      properties: { x: "x".repeat(26_000) },
    }));
    expect(await collect(ws.writeKeys.store, "batch", { batch: large })).toMatchObject({
      status: 400,
      body: { code: "batch_too_large" },
    });
    expect(await journal(userId)).toEqual([]);
  });

  it("refuses a batch that is none", async () => {
    for (const body of [{}, { batch: {} }, { batch: "x" }, { batch: [], context: "x" }]) {
      expect((await collect(ws.writeKeys.store, "batch", body)).status).toBe(400);
    }
    expect((await collect(ws.writeKeys.store, "batch", { batch: [] })).body).toEqual({ success: true });
  });

  it.each([
    ["userId", 7, "wrong_type"],
    ["userId", { a: 1 }, "wrong_type"],
    ["userId", "x".repeat(256), "bad_identifier"],
    ["userId", "   ", "bad_identifier"],
    ["userId", null, "missing_identity"],
    ["anonymousId", ["a"], "wrong_type"],
    ["messageId", 5, "wrong_type"],
    ["event", 5, "wrong_type"],
    ["event", "", "missing_event"],
    ["event", "$computed", "reserved_name"],
    ["event", "x".repeat(201), "wrong_type"],
    ["properties", [], "wrong_type"],
    ["properties", "x", "wrong_type"],
    ["context", 1, "wrong_type"],
    ["integrations", [], "wrong_type"],
    ["timestamp", 1_700_000_000, "wrong_type"],
    ["timestamp", "yesterday", "bad_timestamp"],
    ["timestamp", "2026-02-30T00:00:00Z", "bad_timestamp"],
    ["originalTimestamp", false, "wrong_type"],
    ["properties", { x: "x".repeat(33_000) }, "event_too_large"],
    ["properties", { x: "é".repeat(17_000) }, "event_too_large"],
    ["context", { consent: { purposes: { ads: "no" } } }, "bad_consent"],
  ])("sends an event to quarantine where %s is %j (%s)", async (field, value, code) => {
    const messageId = fresh("m");
    const event = { userId: fresh("u"), messageId, event: "e", [field]: value };
    const { status, body } = await collect(ws.writeKeys.store, "track", event);
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, accepted: 0, rejected: 1, errors: [{ index: 0, code }] });
    expect((await quarantined(code)).some(({ payload }) => payload === JSON.stringify(event))).toBe(true);
  });

  it("keeps `__proto__` and its like as the data they are and pollutes nothing", async () => {
    const userId = fresh("u");
    const text = `{"userId":"${userId}","event":"e","properties":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"__proto__":{"userId":"x"}}`;
    expect((await collect(ws.writeKeys.store, "track", text)).status).toBe(200);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    const [event] = await journal(userId);
    expect(JSON.stringify(event?.properties)).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  });

  it("gives identity by own properties only", async () => {
    const { body } = await collect(ws.writeKeys.store, "track", '{"event":"e","__proto__":{"userId":"x"}}');
    expect(body).toMatchObject({ errors: [{ code: "missing_identity" }] });
  });

  it("refuses other methods and unknown paths", async () => {
    expect((await request("/v1/nothing", {})).status).toBe(404);
    const { exports } = await import("cloudflare:workers");
    const get = await exports.default.fetch("http://tideline.test/v1/track");
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("browsers", () => {
  const origin = "http://localhost:3000";

  it("may read replies to calls from the source's own origins, and only those", async () => {
    const event = { anonymousId: fresh("a"), event: "e" };
    const own = await collect(ws.writeKeys.web, "track", event, { origin });
    expect([own.status, own.headers.get("access-control-allow-origin")]).toEqual([200, origin]);
    const other = await collect(ws.writeKeys.web, "track", { ...event, event: "f" }, { origin: "https://evil.example" });
    expect([other.status, other.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    expect(await journal(event.anonymousId, "anonymousId")).toHaveLength(1);
  });

  it("do not send with a server's key", async () => {
    expect((await collect(ws.writeKeys.store, "track", { userId: fresh("u"), event: "e" }, { origin })).status).toBe(403);
    // Nor where somebody gave the server's source an origin.
    const key = `wk_${fresh("k")}`;
    const source = {
      key: "till",
      kind: "server",
      channel: "store",
      party: "first",
      origins: [origin],
      identify: "open",
      consent: "assumed",
    } as const;
    await putKey(key, { v: 1, workspace: ws.id, type: "write", source });
    expect((await collect(key, "track", { userId: fresh("u"), event: "e" })).status).toBe(200);
    expect((await collect(key, "track", { userId: fresh("u"), event: "e" }, { origin })).status).toBe(403);
  });
});
