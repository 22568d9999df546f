import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { call } from "../api/test-api.ts";
import worker from "../index.ts";
import { NOON, TestJournal } from "./test-journal.ts";
import { testWorkspace, type TestWorkspace } from "./test-workspaces.ts";

let shop: TestWorkspace;
let ids = 0;
beforeEach(async () => {
  shop = await testWorkspace();
});

async function die(bodies: readonly unknown[], with_: Env = env, id = `d${++ids}`) {
  const messages = bodies.map((body, n) => ({ id: `${id}-${n}`, timestamp: new Date(NOON), attempts: 11, body }));
  const batch = createMessageBatch("tideline-outbox-dead", messages);
  await worker.queue(batch, with_);
  return getQueueResult(batch, createExecutionContext());
}
const list = async (query = "") => (await call("GET", `/api/dead-letters${query}`, { key: shop.secret })).json;

describe("messages that the queue gave up", () => {
  it("are kept once, with why, and shown to their workspace", async () => {
    const journal = new TestJournal(shop.id).event();
    const bodies = [journal.message(), { v: 7, workspace: shop.id }, { workspace: shop.id }];
    for (let twice = 0; twice < 2; twice++) expect(await die(bodies, env, `same-${shop.id}`)).toMatchObject({ ackAll: true });
    const { deadLetters, next } = await list();
    expect(deadLetters.map(({ reason }: { reason: string }) => reason).toSorted()).toEqual([
      "gave_up",
      "not_a_message",
      "unknown_version",
    ]);
    expect(next).toBeNull();
    expect(deadLetters.map(({ body }: { body: string }) => JSON.parse(body))).toContainEqual(journal.message());
  });

  it("are listed by pages", async () => {
    await die(
      [1, 2, 3].map((n) => ({ workspace: shop.id, n })),
      env,
      "a0",
    );
    const first = await list("?limit=2");
    const second = await list(`?limit=2&cursor=${first.next}`);
    expect([first.deadLetters.length, second.deadLetters.length, second.next]).toEqual([2, 1, null]);
  });

  it("that do not say whose they are are only counted", async () => {
    const before = (await call("GET", "/api/health/detail", { key: shop.secret })).json.deadLetters.nobodys;
    await die(["garbage", new ArrayBuffer(3), { workspace: 7 }]);
    expect((await list()).deadLetters).toEqual([]);
    expect((await call("GET", "/api/health/detail", { key: shop.secret })).json.deadLetters).toEqual({
      waiting: 0,
      nobodys: before + 3,
    });
  });

  it("wait in their queue while D1 is down", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const down = { prepare: () => env.DB.prepare("SELECT 1 WHERE ?1"), batch: () => Promise.reject(new Error("D1_ERROR")) };
    const result = await die([{ workspace: shop.id }], { ...env, DB: down as unknown as D1Database });
    expect([result.retryBatch.retry, logged.mock.calls.length]).toEqual([true, 1]);
  });

  it("are sent again once, all that wait or those that are named", async () => {
    const journal = new TestJournal(shop.id).event();
    const sent: unknown[] = [];
    const OUTBOX = { send: (body: unknown) => Promise.resolve(void sent.push(body)) } as unknown as Queue;
    const replay = async (body: object) =>
      (await call("POST", "/api/dead-letters/replay", { key: shop.secret, body, env: { ...env, OUTBOX } })).json;
    await die([journal.message(), { v: 7, workspace: shop.id }]);
    expect(await replay({})).toEqual({ replayed: 2 });
    expect(sent).toContainEqual(journal.message());
    expect(await replay({})).toEqual({ replayed: 0 });
    const [one] = (await list()).deadLetters;
    expect(one.replayedAt).not.toBeNull();
    expect(await replay({ ids: [one.id, "unknown"] })).toEqual({ replayed: 1 });
    expect(sent).toHaveLength(3);
  });
});
