import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HashedIdentifier } from "../../core/model/ids.ts";
import { isChange, type JournalRecord, type OutboxMessage } from "../../core/model/outbox.ts";
import { call, DAY_MS, decide, event, fresh, identifier, ingest, publishRules, stubOf } from "../../test/runtime/profiles.ts";
import type { ProfileObject } from "./object.ts";

const RULES = { week: { event: "Order Completed", within: "7d" }, once: { event: "Order Completed" } };

interface Person {
  readonly workspace: string;
  readonly ann: HashedIdentifier;
  /** What the queue was given; `fails` while it takes nothing. */
  readonly queue: { readonly sent: OutboxMessage[]; fails: boolean };
}

async function person(): Promise<Person> {
  const workspace = fresh("w");
  await publishRules(workspace, 1, RULES);
  const one = { workspace, ann: identifier(workspace, "userId", fresh("u")), queue: { sent: [], fails: false } };
  await listen(one);
  return one;
}

/** Puts our own queue in the place of the platform's; after an eviction it is to be put there again. */
async function listen({ ann, queue }: Person): Promise<void> {
  await runInDurableObject(stubOf(ann.hash), (object: ProfileObject) => {
    object.queue = {
      send: (message: unknown) => {
        if (queue.fails) return Promise.reject(new Error("the queue is down"));
        queue.sent.push(message as OutboxMessage);
        return Promise.resolve({} as QueueSendResponse);
      },
    };
  });
}

async function evict(one: Person): Promise<void> {
  await evictDurableObject(stubOf(one.ann.hash));
  await listen(one);
}

/** Lets what was put off until it is durable be done. */
async function sends({ ann, queue }: Person, least: number): Promise<readonly OutboxMessage[]> {
  await vi.waitFor(() => expect(queue.sent.length).toBeGreaterThanOrEqual(least));
  await runInDurableObject(stubOf(ann.hash), () => undefined);
  return queue.sent;
}

function pull({ workspace, ann }: Person, from = 0, limitBytes = 1_000_000): Promise<OutboxMessage> {
  return stubOf(ann.hash)
    .outbox({ ...call(workspace, ann.hash), from, limitBytes })
    .then((text) => JSON.parse(text) as OutboxMessage);
}

function confirm({ workspace, ann }: Person, to: number, epoch = 1): Promise<boolean> {
  return stubOf(ann.hash).confirm({ ...call(workspace, ann.hash), epoch, to });
}

function sweep({ workspace, ann }: Person, ruleset = 1): Promise<{ version: number; changed: number }> {
  return stubOf(ann.hash)
    .sweep(call(workspace, ann.hash, ruleset))
    .then((text) => JSON.parse(text) as { version: number; changed: number });
}

function give({ workspace, ann }: Person, events = [event(ann)], ruleset = 1): ReturnType<typeof ingest> {
  return ingest(workspace, ann, events, { ruleset });
}

async function cost({ ann }: Person): Promise<{ rows: number; alarms: number }> {
  return runInDurableObject(stubOf(ann.hash), ({ rowsWritten, alarmsSet }: ProfileObject) => ({
    rows: rowsWritten,
    alarms: alarmsSet,
  }));
}

async function armed({ ann }: Person): Promise<number | null> {
  return runInDurableObject(stubOf(ann.hash), (_, state) => state.storage.getAlarm());
}

function records(message: OutboxMessage | undefined): JournalRecord[] {
  return (message?.records ?? []).map((text) => JSON.parse(text) as JournalRecord);
}

/** One word a record. */
function told(message: OutboxMessage | undefined): string[] {
  return records(message).map((record) =>
    isChange(record) ? `${record.entered ? "+" : "-"}${record.audience} ${record.reason.kind}` : record.type,
  );
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("what leaves a profile for the cold path", () => {
  it("is the journal, events and changes under one sequence, with how the profile stands after it", async () => {
    const one = await person();
    await give(one);
    const message = await pull(one);
    expect(message).toMatchObject({ v: 1, workspace: one.workspace, profile: one.ann.hash, epoch: 1, from: 0, to: 3 });
    expect(told(message)).toEqual(["track", "+once event", "+week event"]);
    expect(message.state).toMatchObject({ ruleset: 1, identifiers: [one.ann], members: { once: Date.now(), week: Date.now() } });
    expect(message.state?.nextChange).toBe(Date.now() - 60_000 + 7 * DAY_MS);
  });

  it("goes at the fiftieth record, without delaying the reply", async () => {
    const one = await person();
    for (let sent = 0; sent < 47; sent++) await give(one);
    expect(one.queue.sent).toEqual([]);
    await give(one);
    const [message] = await sends(one, 1);
    expect(message).toMatchObject({ from: 0, to: 50 });
    expect(message?.records).toEqual((await pull(one)).records);
    await give(one);
    expect(one.queue.sent).toHaveLength(1);
  });

  it("goes once, not again with what comes after it, though it is not confirmed yet", async () => {
    const one = await person();
    for (let sent = 0; sent < 98; sent++) await give(one);
    const [first, second] = await sends(one, 2);
    expect([first?.from, first?.to]).toEqual([0, 50]);
    expect([second?.from, second?.to]).toEqual([50, 100]);
    expect([...(first?.records ?? []), ...(second?.records ?? [])]).toEqual((await pull(one)).records);
  });

  it("goes at the alarm half a minute after the first, at no row but the alarm's", async () => {
    const one = await person();
    await give(one);
    expect(await armed(one)).toBe(Date.now() + 30_000);
    const before = await cost(one);
    vi.setSystemTime(Date.now() + 30_000);
    expect(await runDurableObjectAlarm(stubOf(one.ann.hash))).toBe(true);
    expect(told((await sends(one, 1))[0])).toEqual(["track", "+once event", "+week event"]);
    expect(await cost(one)).toEqual({ rows: before.rows, alarms: before.alarms + 1 });
  });

  it("is only named where it is too large for a message, and pulled in parts", async () => {
    const one = await person();
    const note = "x".repeat(30_000);
    await give(
      one,
      [0, 1, 2, 3, 4].map(() => event(one.ann, { properties: { note } })),
    );
    const [nudge] = await sends(one, 1);
    expect(nudge).toMatchObject({ from: 0, to: 7 });
    expect(nudge).not.toHaveProperty("records");
    const first = await pull(one, 0, 100_000);
    expect(first.to).toBeLessThan(7);
    expect(first).not.toHaveProperty("state");
    const rest = await pull(one, first.to, 1_000_000);
    expect([...(first.records ?? []), ...(rest.records ?? [])]).toHaveLength(7);
    expect(rest.state).toBeDefined();
  });

  it("goes again until it is confirmed, whatever the queue does", async () => {
    const one = await person();
    one.queue.fails = true;
    await give(one);
    for (let tries = 0; tries < 9; tries++) {
      vi.setSystemTime(Date.now() + 4_000_000);
      if (tries % 2 === 0) await evict(one);
      expect(await runDurableObjectAlarm(stubOf(one.ann.hash))).toBe(true);
    }
    one.queue.fails = false;
    vi.setSystemTime(Date.now() + 4_000_000);
    await runDurableObjectAlarm(stubOf(one.ann.hash));
    expect((await sends(one, 1))[0]).toMatchObject({ from: 0, to: 3 });
    // Lost in the queue: sent again.
    vi.setSystemTime(Date.now() + 4_000_000);
    await runDurableObjectAlarm(stubOf(one.ann.hash));
    await sends(one, 2);
    expect(await confirm(one, 3)).toBe(true);
    vi.setSystemTime(Date.now() + 4_000_000);
    await runDurableObjectAlarm(stubOf(one.ann.hash));
    expect(one.queue.sent).toHaveLength(2);
    expect((await pull(one, 3)).records).toEqual([]);
  });

  it("is confirmed forward only, at one row, and never under an older epoch", async () => {
    const one = await person();
    await give(one);
    const before = await cost(one);
    expect(await confirm(one, 3, 0)).toBe(false);
    expect(await confirm(one, 2)).toBe(true);
    expect(await confirm(one, 1)).toBe(false);
    expect(await confirm(one, 2)).toBe(false);
    expect((await cost(one)).rows).toBe(before.rows + 1);
    await evict(one);
    expect(await confirm(one, 2)).toBe(false);
    expect(await confirm(one, 99)).toBe(true);
    await give(one);
    expect(await pull(one, 3)).toMatchObject({ from: 3, to: 4 });
  });

  it("is nothing for who is not there, and creates nobody", async () => {
    const workspace = fresh("w");
    const nobody = { ...(await person()), workspace, ann: identifier(workspace, "userId", fresh("u")) };
    expect(await pull(nobody)).toMatchObject({ epoch: 0, from: 0, to: 0, records: [] });
    expect(await confirm(nobody, 5)).toBe(false);
    expect(await sweep(nobody)).toEqual({ version: 0, changed: 0 });
    expect(await cost(nobody)).toEqual({ rows: 0, alarms: 0 });
    expect(await armed(nobody)).toBeNull();
  });

  it("costs a new person of three events nine rows, of which three are alarms", async () => {
    const one = await person();
    for (let sent = 0; sent < 3; sent++) await give(one);
    // Two of schema, one a call; the alarm for what leaves.
    expect(await cost(one)).toEqual({ rows: 5, alarms: 1 });
    vi.setSystemTime(Date.now() + 30_000);
    await runDurableObjectAlarm(stubOf(one.ann.hash));
    await sends(one, 1);
    await confirm(one, 5);
    vi.setSystemTime(Date.now() + 90_000);
    await runDurableObjectAlarm(stubOf(one.ann.hash));
    // The confirmation; the alarm in case it had not come, and that for when time changes something.
    expect(await cost(one)).toEqual({ rows: 6, alarms: 3 });
    vi.setSystemTime(Date.now() + 4_000_000);
    await decide(one.workspace, one.ann, { ruleset: 1 });
    expect(await cost(one)).toEqual({ rows: 6, alarms: 3 });
  });

  it("costs at most 1.1 rows a call over 1,000 calls, confirmations and alarms counted", async () => {
    const one = await person();
    for (let sent = 0; sent < 1_000; sent++) {
      await give(one, [event(one.ann, { properties: { value: sent, product: "a product's name" } })]);
      if (sent % 50 !== 49) continue;
      await confirm(one, (await pull(one, 1e9)).to);
      vi.setSystemTime(Date.now() + 30_000);
      await runDurableObjectAlarm(stubOf(one.ann.hash));
    }
    const { rows, alarms } = await cost(one);
    expect(rows + alarms).toBeGreaterThan(1_020);
    expect(rows + alarms).toBeLessThanOrEqual(1_100);
  }, 60_000);
});

describe("an alarm", () => {
  it("tells exits that nobody asked for, at their exact instant, once", async () => {
    const one = await person();
    await give(one);
    await confirm(one, 3);
    const exit = Date.now() - 60_000 + 7 * DAY_MS;
    vi.setSystemTime(exit + 20_000);
    await evict(one);
    await runDurableObjectAlarm(stubOf(one.ann.hash));
    const message = await pull(one, 3);
    expect(records(message)).toEqual([
      { type: "change", audience: "week", entered: false, at: exit, ruleset: 1, reason: { kind: "time" } },
    ]);
    expect(message.state?.members).not.toHaveProperty("week");
    await runInDurableObject(stubOf(one.ann.hash), (object: ProfileObject) => object.alarm());
    await evict(one);
    await runInDurableObject(stubOf(one.ann.hash), (object: ProfileObject) => object.alarm());
    expect(await pull(one, 4)).toMatchObject({ from: 4, to: 4, records: [] });
  });

  it("that comes early, or twice, changes nothing and is set again", async () => {
    const one = await person();
    await give(one);
    await confirm(one, 3);
    const before = await cost(one);
    await runDurableObjectAlarm(stubOf(one.ann.hash));
    const next = await armed(one);
    expect(next).toBeGreaterThanOrEqual(Date.now() - 60_000 + 7 * DAY_MS);
    expect(next).toBeLessThanOrEqual(Date.now() - 50_000 + 7 * DAY_MS);
    expect(await cost(one)).toEqual({ rows: before.rows, alarms: before.alarms + 1 });
    await runInDurableObject(stubOf(one.ann.hash), (object: ProfileObject) => object.alarm());
    expect((await pull(one, 3)).records).toEqual([]);
  });

  it("that is lost is made up for by the next call, with the same changes", async () => {
    const one = await person();
    await give(one);
    await runInDurableObject(stubOf(one.ann.hash), (_, state) => state.storage.deleteAlarm());
    vi.setSystemTime(Date.now() + 9 * DAY_MS);
    expect(await decide(one.workspace, one.ann, { ruleset: 1 })).toMatchObject({ audiences: ["once"] });
    await evict(one);
    await give(one, [event(one.ann, { event: "Viewed" })]);
    expect(told(await pull(one, 3))).toEqual(["-week time", "track"]);
    expect(await armed(one)).toBeGreaterThan(Date.now());
  });

  it("that throws seven times is set again each time", async () => {
    const one = await person();
    await give(one);
    await runInDurableObject(stubOf(one.ann.hash), async (object: ProfileObject, state) => {
      const broken = vi.spyOn(state.storage.sql, "exec").mockImplementation(() => {
        throw new Error("storage is down");
      });
      Object.assign(object, { queue: { send: () => Promise.reject(new Error("down")) } });
      for (let tries = 0; tries < 7; tries++) {
        await state.storage.deleteAlarm();
        vi.setSystemTime(Date.now() + 7 * DAY_MS);
        await object.alarm();
        expect(await state.storage.getAlarm()).not.toBeNull();
      }
      broken.mockRestore();
    });
    await evict(one);
    await runDurableObjectAlarm(stubOf(one.ann.hash));
    expect(told(await pull(one, 3))).toEqual(["-week time"]);
  });
});

describe("a sweep", () => {
  it("takes up the newest ruleset and says what that changed", async () => {
    const one = await person();
    await give(one);
    await publishRules(one.workspace, 2, { ...RULES, fresh: { event: "Order Completed" } });
    await evict(one);
    const before = await cost(one);
    expect(await sweep(one, 2)).toEqual({ version: 2, changed: 1 });
    expect((await cost(one)).rows).toBe(before.rows + 1);
    expect(told(await pull(one, 3))).toEqual(["+fresh publish"]);
    expect(await sweep(one, 2)).toEqual({ version: 2, changed: 0 });
    expect(await sweep(one, 1)).toEqual({ version: 2, changed: 0 });
    expect((await cost(one)).rows).toBe(before.rows + 1);
  });

  it("settles what time has changed where the alarm was lost", async () => {
    const one = await person();
    await give(one);
    await runInDurableObject(stubOf(one.ann.hash), (_, state) => state.storage.deleteAlarm());
    vi.setSystemTime(Date.now() + 9 * DAY_MS);
    await evict(one);
    expect(await sweep(one)).toEqual({ version: 1, changed: 1 });
    expect(await armed(one)).toBeGreaterThan(Date.now());
  });
});
