import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveItem } from "../../core/model/live.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { liveStub } from "../../durable-objects/live/stub.ts";
import { findWorkspace } from "../../worker/auth/cache.ts";
import { call } from "../../worker/api/test-api.ts";
import { testKey, testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { collect as take } from "../../worker/collect/collect.ts";
import { publishSource } from "../../worker/cold/published.ts";
import { fresh } from "./profiles.ts";
import { collect, type CollectAnswer } from "./workspace.ts";

/** What arrives, to who watches, over the real runtime: each event with what became of it. */

let ws: TestWorkspace;
beforeEach(async () => {
  ws = await testWorkspace();
});
afterEach(() => void vi.restoreAllMocks());

interface Watch {
  /** The next so many items. */
  readonly next: (count: number) => Promise<readonly LiveItem[]>;
  readonly stop: () => Promise<void>;
}

const open = (of: TestWorkspace, query = ""): Promise<Response> =>
  exports.default.fetch(
    new Request(`http://tideline.test/api/live${query}`, { headers: { authorization: `Bearer ${of.secret}` } }),
  );

async function watch(of: TestWorkspace, query = ""): Promise<Watch> {
  const response = await open(of, query);
  expect([response.status, response.headers.get("content-type"), response.headers.get("cache-control")]).toEqual([
    200,
    "text/event-stream",
    "no-store",
  ]);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (count: number): Promise<readonly LiveItem[]> => {
    for (;;) {
      const blocks = text.split("\n\n").slice(0, -1);
      const items = blocks.flatMap((block): LiveItem[] => {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        return data === undefined ? [] : [JSON.parse(data) as LiveItem];
      });
      if (items.length >= count) {
        text = "";
        return items;
      }
      const { value, done } = await reader.read();
      if (done) throw new Error(`ended after ${items.length} of ${count}`);
      text += value;
    }
  };
  return { next, stop: () => reader.cancel() };
}

const track = (event: unknown, more: object = {}): object => ({
  type: "track",
  event,
  userId: "u1",
  messageId: fresh("m"),
  ...more,
});
const send = (batch: readonly object[], writeKey = ws.writeKey): Promise<{ readonly body: CollectAnswer }> =>
  collect(writeKey, "batch", { batch });

describe("what arrives", () => {
  it("is shown as it arrives, with what became of each event", async () => {
    const live = await watch(ws);
    const userId = fresh("u");
    const good = track("Product Viewed", { userId, messageId: "good", properties: { value: 3 } });
    await send([good, track(7, { messageId: "bad" })]);
    const [viewed, bad] = await live.next(2);
    expect(viewed).toMatchObject({
      outcome: "accepted",
      source: "web",
      name: "Product Viewed",
      messageId: "good",
      profileId: profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId }),
      event: { properties: { value: 3 }, name: "Product Viewed", channel: "web" },
    });
    expect(bad).toMatchObject({ outcome: "rejected", code: "wrong_type", messageId: "bad", name: null, event: { event: 7 } });
    expect(Date.parse(viewed!.at)).toBeGreaterThan(Date.now() - 60_000);
    await send([good]);
    expect(await live.next(1)).toMatchObject([{ outcome: "duplicate", messageId: "good" }]);
    await send([good, track("Other", { userId })]);
    expect((await live.next(2)).map(({ outcome, duplicates }) => [outcome, duplicates])).toEqual([
      ["accepted", 1],
      ["accepted", 1],
    ]);
    await live.stop();
  });

  it("shows of what consent forbids that it came, neither who it was nor what it said", async () => {
    const live = await watch(ws);
    const no = { context: { consent: { purposes: { storage: false } } } };
    await send([
      track("Private", { userId: "canary-person", properties: { mail: "canary-person@example.com" }, ...no }),
      track(7, { userId: "canary-person", messageId: "canary-person", ...no }),
    ]);
    const items = await live.next(2);
    expect(items.map(({ outcome, name, code, event }) => [outcome, name, code, event])).toEqual([
      ["rejected", null, "wrong_type", null],
      ["refused", "Private", undefined, null],
    ]);
    expect(JSON.stringify(items)).not.toContain("canary");
    expect(JSON.stringify(items)).not.toContain(profileName(env.NAME_KEY, ws.id, { type: "userId", value: "canary-person" }));
    await live.stop();
  });

  it("is shown as it is kept: no token, no whole address, no card where cards are watched for", async () => {
    const plan = { events: { Seen: {} }, unplanned: "drop", personal: { card: "quarantine" } };
    expect((await call("PUT", "/api/plan", { key: ws.secret, body: plan })).status).toBe(200);
    const live = await watch(ws);
    await send([
      track("Seen", { properties: { note: "4111 1111 1111 1111" }, context: { ip: "203.0.113.77" } }),
      track("Seen", { context: { ip: "203.0.113.77" } }),
      track("Nobody planned it"),
    ]);
    await collect(ws.writeKey, "track", { event: 7, userId: "u1", userToken: "eyJhbGciOi.canary.token" });
    const items = await live.next(4);
    expect(items.map(({ outcome, code }) => [outcome, code])).toEqual([
      ["accepted", undefined],
      ["rejected", "personal_card"],
      ["dropped", undefined],
      ["rejected", "wrong_type"],
    ]);
    for (const secret of ["4111 1111 1111 1111", "203.0.113.77", "canary"]) expect(JSON.stringify(items)).not.toContain(secret);
    await live.stop();
  });

  it("is filtered by source and name", async () => {
    const [bySource, byName] = [await watch(ws, "?source=elsewhere"), await watch(ws, "?event=Wanted")];
    await send([track("Unwanted"), track("Wanted")]);
    expect((await byName.next(1)).map(({ name }) => name)).toEqual(["Wanted"]);
    const mark = track("Mark");
    await liveStub(env, { id: ws.id, jurisdiction: null }).tell(
      JSON.stringify({ items: [{ source: "elsewhere", name: "Mark", event: mark }], dropped: 0 }),
    );
    expect((await bySource.next(1)).map(({ name }) => name)).toEqual(["Mark"]);
    await Promise.all([bySource.stop(), byName.stop()]);
  });

  it("is nobody else's", async () => {
    const other = await testWorkspace();
    const [mine, theirs] = [await watch(ws), await watch(other)];
    await send([track("Mine")]);
    await send([track("Theirs")], other.writeKey);
    expect((await mine.next(1)).map(({ name }) => name)).toEqual(["Mine"]);
    expect((await theirs.next(1)).map(({ name }) => name)).toEqual(["Theirs"]);
    await Promise.all([mine.stop(), theirs.stop()]);
  });

  it("is sampled where there is much, what is wrong apart from what is right, and the rest is counted", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const live = await watch(ws);
    await send([...Array.from({ length: 150 }, () => track("Much")), ...Array.from({ length: 5 }, () => track(7))]);
    const items = await live.next(105);
    expect(items.filter(({ outcome }) => outcome === "accepted")).toHaveLength(100);
    await send([track("More")]);
    vi.setSystemTime(Date.now() + 2_000);
    await send([track("Later")]);
    expect((await live.next(1)).map(({ name }) => name)).toEqual(["Later"]);
    vi.useRealTimers();
    const held = await watch(ws, "?seconds=0");
    await expect(held.next(1_000)).rejects.toThrow("ended after 106 ");
    await live.stop();
  });

  it("ends by itself, and at once where nothing but the last moments was asked for", async () => {
    const reply = await call("GET", "/api/live?seconds=0", { key: ws.secret });
    expect([reply.status, reply.text]).toEqual([200, "retry: 2000\n: open\n\n"]);
    expect((await call("GET", "/api/live?seconds=901", { key: ws.secret })).status).toBe(400);
  });

  it("is open to whoever may see people, and noted", async () => {
    expect((await call("GET", "/api/live?seconds=0", { key: await testKey(ws.id, ["kpis:read"]) })).status).toBe(403);
    expect((await call("GET", "/api/live?seconds=0&source=web", { key: await testKey(ws.id, ["profiles:read"]) })).status).toBe(
      200,
    );
    const { entries } = (await call("GET", "/api/audit", { key: ws.secret })).json;
    expect(entries[0]).toMatchObject({ action: "live.watch", target: "source:web" });
  });
});

describe("the way of an event", () => {
  /** The bindings, where whoever asks for those who watch is counted, or fails. */
  function withLive(found: () => never): { readonly env: Env; readonly asked: () => number } {
    let asked = 0;
    const LIVE = new Proxy(env.LIVE, {
      get() {
        asked++;
        return found();
      },
    });
    return { env: { ...env, LIVE }, asked: () => asked };
  }
  const fails = (): never => {
    throw new Error("nobody is to be asked");
  };

  async function taken(id: string, using: Env): Promise<object> {
    const ctx = createExecutionContext();
    const workspace = (await findWorkspace(env, ctx, id))!;
    const source = (await publishSource(env, id, "web"))!.source;
    const one = { events: [track("Seen") as never], type: undefined, sentAt: undefined, context: undefined };
    const { reply } = await take(using, ctx, { workspace, source, hint: undefined }, one, Date.now());
    await waitOnExecutionContext(ctx);
    return reply;
  }

  it("is as it was where nobody watches, and never did: no call, and nothing made", async () => {
    const { env: using, asked } = withLive(fails);
    expect(await taken(ws.id, using)).toEqual({ success: true });
    expect(asked()).toBe(0);
  });

  it("asks nobody any more once a watch is over", async () => {
    await call("GET", "/api/live?seconds=0", { key: ws.secret });
    const { env: using, asked } = withLive(fails);
    expect(await taken(ws.id, using)).toEqual({ success: true });
    expect(asked()).toBe(0);
  });

  it("does not fail where those who watch cannot be told, and does not try again with the next", async () => {
    const live = await watch(ws);
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { env: using, asked } = withLive(fails);
    expect(await taken(ws.id, using)).toEqual({ success: true });
    expect(await taken(ws.id, using)).toEqual({ success: true });
    expect([asked(), said.mock.calls.length]).toEqual([1, 1]);
    await live.stop();
  });

  it("leaves nothing in storage of those who watch", async () => {
    const live = await watch(ws);
    await send([track("Seen")]);
    await live.next(1);
    await runInDurableObject(liveStub(env, { id: ws.id, jurisdiction: null }), async (_, { storage }) => {
      const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master").toArray();
      expect(tables.filter(({ name }) => !name.startsWith("_cf_"))).toEqual([]);
      expect([await storage.getAlarm(), (await storage.list()).size]).toEqual([null, 0]);
    });
    await live.stop();
  });

  it("goes on showing what arrives after the workspace's settings were written", async () => {
    const live = await watch(ws);
    const settings = { timeZone: "Europe/Paris", retentionDays: 30 };
    expect((await call("PUT", "/api/workspace", { key: ws.secret, body: settings })).status).toBe(200);
    await send([track("Seen")]);
    expect((await live.next(1)).map(({ name }) => name)).toEqual(["Seen"]);
    await live.stop();
  });
});
