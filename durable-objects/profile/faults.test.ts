import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { HashedIdentifier } from "../../core/model/ids.ts";
import type { IngestReply, JournalEvent } from "../../core/model/envelope.ts";
import { LiveProfile } from "../../core/profile/live.ts";
import {
  call,
  DAY_MS,
  decide,
  event,
  fresh,
  identifier,
  ingest,
  journalOf,
  publishRules,
  RETENTION_MS,
  stubOf,
  type DecideAnswer,
} from "../../test/runtime/profiles.ts";
import { MOST_IN_FLIGHT, type ProfileObject } from "./object.ts";
import { isOverload } from "./overload.ts";
import { ProfileStore } from "./store.ts";

/** Each promise of budgets.md, "Faults", that one object keeps alone, and what breaks the thing. */

const RULES = { week: { event: "Order Completed", within: "7d" }, lyon: { trait: "city", eq: "Lyon" } };

async function person(): Promise<{ workspace: string; ann: HashedIdentifier }> {
  const workspace = fresh("w");
  await publishRules(workspace, 1, RULES);
  return { workspace, ann: identifier(workspace, "userId", fresh("u")) };
}

/** Every row of the object's table. */
function rows(ann: HashedIdentifier): Promise<readonly (readonly [number, string])[]> {
  return runInDurableObject(stubOf(ann.hash), (_, state) => {
    const tables = state.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'part'").toArray();
    if (tables.length === 0) return [];
    const all = state.storage.sql.exec<{ k: number; body: string }>("SELECT k, body FROM part ORDER BY k").toArray();
    return all.map(({ k, body }) => [k, body] as const);
  });
}

/** The call itself, not its stub: what a stub rejects with is also reported as uncaught. */
function attempt(workspace: string, ann: HashedIdentifier, events: readonly JournalEvent[]): Promise<IngestReply | Error> {
  return runInDurableObject(stubOf(ann.hash), (object: ProfileObject) => {
    const items = events.map((one) => JSON.stringify(one));
    return object.ingest({ ...call(workspace, ann.hash, 1), receivedAt: Date.now(), items }).then(
      (text): IngestReply => JSON.parse(text),
      (error: unknown): Error => (error instanceof Error ? error : new Error(String(error))),
    );
  });
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("a throw", () => {
  const fails = (): never => {
    throw new Error("broken here");
  };
  const note = "x".repeat(9_000);
  const batch = (ann: HashedIdentifier): JournalEvent[] => [
    event(ann, { properties: { note } }),
    event(ann, { type: "identify", properties: { city: "Lyon", note } }),
  ];
  /** Every statement that a call runs, one after the other: the table, the sealed chunk, the head. */
  const steps: readonly (readonly [string, () => void])[] = [
    ["as the delivery begins", () => void vi.spyOn(LiveProfile.prototype, "deliver").mockImplementationOnce(fails)],
    ["as the memberships are looked up", () => void vi.spyOn(LiveProfile.prototype, "memberships").mockImplementationOnce(fails)],
    ["as its changes are announced", () => void vi.spyOn(LiveProfile.prototype, "announce").mockImplementationOnce(fails)],
    ["before it is written", () => void vi.spyOn(LiveProfile.prototype, "toWrite").mockImplementationOnce(fails)],
    ["as it is written", () => void vi.spyOn(ProfileStore.prototype, "commit").mockImplementationOnce(fails)],
  ];

  it.each(steps)("%s leaves nothing, and the delivery is whole when it is sent again", async (_, breaks) => {
    const { workspace, ann } = await person();
    await ingest(workspace, ann, [event(ann)], { ruleset: 1 });
    const before = await rows(ann);
    const events = batch(ann);
    breaks();
    expect(await attempt(workspace, ann, events)).toBeInstanceOf(Error);
    expect(await rows(ann)).toEqual(before);
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["week"] });
    expect(await attempt(workspace, ann, events)).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(await journalOf(workspace, ann)).toHaveLength(3);
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["lyon", "week"] });
  });

  it("in any statement of a write leaves nothing of it, for a new person too", async () => {
    for (let step = 0; step < 4; step++) {
      const { workspace, ann } = await person();
      const events = batch(ann);
      const reached = await runInDurableObject(stubOf(ann.hash), async (object: ProfileObject, state) => {
        const { sql } = state.storage;
        const exec = sql.exec.bind(sql);
        let writes = 0;
        const broken = vi.spyOn(sql, "exec").mockImplementation((query: string, ...bound: unknown[]) => {
          if (!query.startsWith("SELECT") && writes++ === step) fails();
          return exec(query, ...bound);
        });
        const items = events.map((one) => JSON.stringify(one));
        const thrown = await object.ingest({ ...call(workspace, ann.hash, 1), receivedAt: Date.now(), items }).then(
          () => false,
          () => true,
        );
        broken.mockRestore();
        return thrown;
      });
      // The table, the sealed chunk, the head.
      expect(reached).toBe(step < 3);
      expect(await rows(ann)).toHaveLength(step < 3 ? 0 : 2);
      const again = await attempt(workspace, ann, events);
      expect(again).toMatchObject(step < 3 ? { accepted: 2, duplicates: 0 } : { accepted: 0, duplicates: 2 });
      await evictDurableObject(stubOf(ann.hash));
      expect(await journalOf(workspace, ann)).toHaveLength(2);
    }
  });
});

describe("a profile object", () => {
  it("answers the same, and stores the same, whether it was evicted before any call or never", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const workspace = fresh("w");
    await publishRules(workspace, 1, RULES);
    await publishRules(workspace, 2, { ...RULES, often: { event: "Order Completed", count: { gte: 3 } } });
    const start = Date.now();
    const told: unknown[][] = [];
    const stored: unknown[] = [];
    for (const isEvicted of [false, true]) {
      vi.setSystemTime(start);
      // One name for both: what is stored bears it.
      const ann = identifier(workspace, "userId", `ann ${isEvicted}`);
      const answers: unknown[] = [];
      const step = async (act: () => Promise<unknown>): Promise<void> => {
        if (isEvicted) await evictDurableObject(stubOf(ann.hash)).catch(() => undefined);
        answers.push(JSON.parse(JSON.stringify(await act()).replaceAll(ann.hash, "ann")));
        vi.setSystemTime(Date.now() + 1_000);
      };
      for (let round = 0; round < 12; round++) {
        const ruleset = round < 6 ? 1 : 2;
        const one = event(ann, { messageId: `m${round}`, properties: { note: "x".repeat(3_000) } });
        await step(() => ingest(workspace, ann, [one], { ruleset }));
        await step(() => decide(workspace, ann, { ruleset }));
        await step(() => ingest(workspace, ann, [one], { ruleset }));
        vi.setSystemTime(Date.now() + (round % 4 === 3 ? 8 * DAY_MS : 0));
        await step(() => decide(workspace, ann, { ruleset }));
        await step(() => decide(workspace, ann, { ruleset, traits: true, explain: true }));
        await step(() => stubOf(ann.hash).profile(call(workspace, ann.hash, ruleset)));
      }
      told.push(answers);
      stored.push(
        (await rows(ann)).map(([key, text]) => [key, text.replaceAll(ann.hash, "ann")].filter((_, at) => key !== 0 || at === 0)),
      );
    }
    expect(told[1]).toEqual(told[0]);
    expect(stored[1]).toEqual(stored[0]);
  });

  it("never goes back in time where the server's clock does", async () => {
    const { workspace, ann } = await person();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    await ingest(workspace, ann, [event(ann)], { ruleset: 1 });
    vi.setSystemTime(Date.now() + 8 * DAY_MS);
    await ingest(workspace, ann, [event(ann, { event: "Viewed" })], { ruleset: 1 });
    const { asOf } = (await decide(workspace, ann, { ruleset: 1 })) as DecideAnswer;
    vi.setSystemTime(Date.now() - 5 * DAY_MS);
    await evictDurableObject(stubOf(ann.hash));
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ asOf, audiences: [] });
  });

  it("turns calls away when too many wait, and takes them when they are sent again", async () => {
    const { workspace, ann } = await person();
    const events = Array.from({ length: MOST_IN_FLIGHT + 20 }, () => event(ann));
    const attempts = await runInDurableObject(stubOf(ann.hash), (object: ProfileObject) =>
      Promise.all(
        events.map((one) =>
          object
            .ingest({ ...call(workspace, ann.hash, 1), receivedAt: Date.now(), items: [JSON.stringify(one)] })
            .then(() => true, isOverload),
        ),
      ),
    );
    expect(attempts).toHaveLength(MOST_IN_FLIGHT + 20);
    expect((await journalOf(workspace, ann)).length).toBe(MOST_IN_FLIGHT);
    const again = await ingest(workspace, ann, events, { ruleset: 1 });
    expect(again).toMatchObject({ accepted: 20, duplicates: MOST_IN_FLIGHT });
  });

  it("takes no more in a minute than a person does, but all of another object's journal", async () => {
    const { workspace, ann } = await person();
    vi.useFakeTimers({ toFake: ["Date"], now: Math.floor(Date.now() / 60_000) * 60_000 });
    const events = Array.from({ length: 8 }, () => event(ann));
    const more = { ruleset: 1, mostAMinute: 5 };
    expect(await ingest(workspace, ann, events, more)).toMatchObject({ accepted: 5, floods: [5, 6, 7] });
    await evictDurableObject(stubOf(ann.hash));
    const before = await rows(ann);
    expect(await ingest(workspace, ann, events, more)).toMatchObject({ accepted: 0, duplicates: 5, floods: [5, 6, 7] });
    expect(await rows(ann)).toEqual(before);
    expect(await ingest(workspace, ann, events.slice(5, 6), { ...more, adopting: true })).toMatchObject({ accepted: 1 });
    vi.setSystemTime(Date.now() + 60_000);
    expect(await ingest(workspace, ann, events, more)).toMatchObject({ accepted: 2, duplicates: 6, floods: [] });
  });

  it("reads what the first format stored, and goes on from there", async () => {
    const { workspace, ann } = await person();
    const [sealed, open] = [
      event(ann, { time: Date.now() - 5_000 }),
      event(ann, { type: "identify", properties: { city: "Lyon" } }),
    ];
    await runInDurableObject(stubOf(ann.hash), (_, { storage: { sql } }) => {
      const head = { format: 1, schema: 1, kind: "profile", workspace, jurisdiction: null, epoch: 1, clock: Date.now(), seq: 2 };
      const rest = { openFrom: 1, ruleset: 1, outbox: 0, firstSeen: sealed.time, lastSeen: open.time, identifiers: [ann] };
      const members = { consent: null, members: { week: 5, lyon: 6 }, state: null, open: [open] };
      sql.exec("CREATE TABLE part (k INTEGER PRIMARY KEY, body TEXT NOT NULL)");
      sql.exec("INSERT INTO part VALUES (1, ?)", JSON.stringify({ format: 1, epoch: 1, first: 0, events: [sealed] }));
      sql.exec("INSERT INTO part VALUES (0, ?)", JSON.stringify({ ...head, ...rest, ...members }));
    });
    await evictDurableObject(stubOf(ann.hash));
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["lyon", "week"] });
    expect(await ingest(workspace, ann, [sealed, open, event(ann)], { ruleset: 1 })).toMatchObject({
      accepted: 1,
      duplicates: 2,
    });
    const message: unknown = JSON.parse(
      await stubOf(ann.hash).outbox({ ...call(workspace, ann.hash), from: 0, limitBytes: 1_000_000 }),
    );
    expect(message).toMatchObject({ from: 0, to: 3, state: { members: { week: 5, lyon: 6 } } });
  });
});

describe("at the end of the retention", () => {
  it("events leave the journal once they are confirmed, and what they set outlasts them", async () => {
    const { workspace, ann } = await person();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const note = "x".repeat(9_000);
    const said = (city: string, time: number): JournalEvent => event(ann, { type: "identify", time, properties: { city, note } });
    await ingest(workspace, ann, [said("Paris", Date.now() - 9_000), said("Lyon", Date.now() - 5_000)], { ruleset: 1 });
    await ingest(workspace, ann, [event(ann)], { ruleset: 1 });
    const wake = (): Promise<void> => runInDurableObject(stubOf(ann.hash), (object: ProfileObject) => object.alarm());
    vi.setSystemTime(Date.now() + RETENTION_MS + 1);
    await wake();
    expect(await journalOf(workspace, ann)).toHaveLength(3);
    expect(await stubOf(ann.hash).confirm({ ...call(workspace, ann.hash), epoch: 1, to: 1_000 })).toBe(true);
    await wake();
    expect(await journalOf(workspace, ann)).toEqual([]);
    expect((await rows(ann)).map(([key]) => key)).toEqual([-1, 0]);
    await evictDurableObject(stubOf(ann.hash));
    expect(await decide(workspace, ann, { ruleset: 1, traits: true })).toMatchObject({
      audiences: ["lyon"],
      traits: { city: "Lyon" },
    });
    // One that comes late competes with what has left, by its own time.
    await ingest(workspace, ann, [said("Nice", Date.now() - RETENTION_MS - 7_000)], { ruleset: 1 });
    expect(await decide(workspace, ann, { ruleset: 1, traits: true })).toMatchObject({ traits: { city: "Lyon" } });
    await ingest(workspace, ann, [said("Lille", Date.now() - RETENTION_MS - 2_000)], { ruleset: 1 });
    expect(await decide(workspace, ann, { ruleset: 1, traits: true })).toMatchObject({
      audiences: [],
      traits: { city: "Lille" },
    });
  });

  it("an event older than it goes to the archive and changes nothing", async () => {
    const { workspace, ann } = await person();
    await ingest(workspace, ann, [event(ann)], { ruleset: 1 });
    // The event and the audience that it entered.
    const from = 2;
    const old = event(ann, { time: Date.now() - RETENTION_MS - 60_000 });
    expect(await ingest(workspace, ann, [old], { ruleset: 1 })).toMatchObject({ accepted: 1 });
    const pulled = JSON.parse(await stubOf(ann.hash).outbox({ ...call(workspace, ann.hash), from, limitBytes: 1_000_000 })) as {
      readonly records: readonly string[];
    };
    expect(pulled.records).toEqual([JSON.stringify(old)]);
  });
});
