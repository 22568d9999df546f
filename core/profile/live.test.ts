import { describe, expect, it, vi } from "vitest";
import type { JournalEvent } from "../model/envelope.ts";
import type { ProfileId } from "../model/ids.ts";
import type { JsonObject } from "../model/json.ts";
import { flattenRuleset } from "../rules/flatten.ts";
import { parseRule } from "../rules/parse.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { isChange, type JournalChange } from "../model/outbox.ts";
import { decodeHead, encodeHead, newProfile } from "./head.ts";
import type { Rules } from "./delivery.ts";
import { HOME, TestObject } from "./memory-store.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 2, 1);

function ruleset(version: number, rules: Readonly<Record<string, JsonObject>>): Rules {
  const settings = { zone: "Europe/Paris", retentionMs: 400 * DAY_MS };
  const audiences = Object.entries(rules).map(([key, json]) => {
    const rule = parseRule(json, settings);
    if (!rule.ok) throw new Error(JSON.stringify(rule.error));
    return { key, rule: rule.value };
  });
  return { version, rules: loadRuleset(flattenRuleset(audiences, { workspace: "w", version, ...settings })) };
}

let count = 0;
function purchase(time: number, more: Partial<JournalEvent> = {}): JournalEvent {
  const origin = { type: "userId", hash: "a".repeat(43) as ProfileId };
  const fixed = { type: "track", name: "Order Completed", source: "store", channel: "store", party: "first" } as const;
  return { messageId: `m${++count}`, ...fixed, time, receivedAt: time, origin, properties: {}, ...more };
}

const WEEK = ruleset(1, { week: { event: "Order Completed", within: "7d" }, once: { event: "Order Completed" } });
const QUIET = ruleset(1, {
  quiet: { none: [{ event: "Order Completed", within: "7d" }] },
  once: { event: "Order Completed" },
});

/** What the profile is in at an instant, as a read finds it. */
function read(object: TestObject, { version, rules }: Rules, now: number): readonly string[] {
  return object.live?.stand(version, rules, now).keys ?? [];
}

describe("a profile in memory", () => {
  it("never lets its clock go back, whatever the server's does", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW - 6 * DAY_MS)], NOW, WEEK);
    expect(read(object, WEEK, NOW + 2 * DAY_MS)).toEqual(["once"]);
    // The server's clock steps back into the week: what has ended stays ended.
    expect(read(object, WEEK, NOW)).toEqual(["once"]);
    expect(object.live?.clock).toBe(NOW + 2 * DAY_MS);
    object.deliver([purchase(NOW)], NOW, WEEK);
    object.evict();
    expect(object.live?.head.clock).toBe(NOW + 2 * DAY_MS);
  });

  it("reads each chunk once to know a long delivery again", () => {
    const object = new TestObject();
    const note = "x".repeat(1_000);
    const events = Array.from({ length: 1_000 }, (_, n) => purchase(NOW - n, { properties: { note } }));
    object.deliver(events, NOW, WEEK);
    object.evict();
    const looked = vi.spyOn(object.store, "chunkOf");
    expect(object.deliver(events, NOW, WEEK)).toMatchObject({ accepted: 0, duplicates: 1_000, conflicts: [] });
    const chunks = [...object.store.rows.keys()].filter((key) => key > 0);
    expect(chunks.length).toBeGreaterThan(1);
    expect(looked).toHaveBeenCalledTimes(chunks.length);
  });

  it("says since when it is in an audience: from the event's delivery, or the instant at which time let it in", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW)], NOW + 5, QUIET);
    read(object, QUIET, NOW + 5);
    expect([object.live?.since("once"), object.live?.since("quiet")]).toEqual([NOW + 5, undefined]);
    read(object, QUIET, NOW + 30 * DAY_MS);
    expect(object.live?.since("quiet")).toBe(NOW + 7 * DAY_MS);
  });

  it("knows the exact instant also of what changed while it was evicted", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW)], NOW, QUIET);
    object.evict();
    read(object, QUIET, NOW + 30 * DAY_MS);
    expect(object.live?.since("quiet")).toBe(NOW + 7 * DAY_MS);
  });

  it("keeps since when through an eviction and a newer ruleset", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW)], NOW, WEEK);
    object.evict();
    const next = ruleset(2, { once: { event: "Order Completed" }, fresh: { event: "Order Completed" } });
    read(object, next, NOW + 3 * DAY_MS);
    const { live } = object;
    expect([live?.since("once"), live?.since("fresh"), live?.since("week")]).toEqual([NOW, NOW + 3 * DAY_MS, undefined]);
    expect(live?.version).toBe(2);
    object.settle(next, NOW + 3 * DAY_MS);
    object.evict();
    expect(object.live?.head).toMatchObject({ ruleset: 2, members: { once: NOW, fresh: NOW + 3 * DAY_MS } });
  });

  it("lists each identifier it came by once, and when it was first and last seen by the events' own times", () => {
    const object = new TestObject();
    const browser = { type: "anonymousId", hash: "b".repeat(43) as ProfileId };
    const events = [
      purchase(NOW - DAY_MS),
      purchase(NOW - 9 * DAY_MS, { with: [browser] }),
      purchase(NOW - 2 * DAY_MS, { origin: browser }),
    ];
    object.deliver(events, NOW, ruleset(0, {}));
    expect(object.live?.head).toMatchObject({ firstSeen: NOW - 9 * DAY_MS, lastSeen: NOW - DAY_MS, seq: 3 });
    expect(object.live?.head.identifiers.map(({ type }) => type)).toEqual(["userId", "anonymousId"]);
  });
});

describe("what a profile announces", () => {
  const inShort = ({ audience, entered, at, ruleset: version, reason }: JournalChange): string =>
    `${entered ? "+" : "-"}${audience} ${(at - NOW) / DAY_MS} v${version} ${reason.kind}`;
  const told = (object: TestObject): string[] =>
    object.records().map((record) => (isChange(record) ? inShort(record) : record.messageId));
  const NOBODY = ruleset(1, { quiet: { none: [{ event: "Order Completed", within: "7d" }] }, all: { everyone: true } });

  it("begins with what the first event entered, and what is true of anybody", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW, { name: "Viewed", messageId: "a" })], NOW, NOBODY);
    expect(told(object)).toEqual(["a", "+all 0 v1 event", "+quiet 0 v1 event"]);
    expect(object.changes()[0]?.reason).toEqual({ kind: "event", source: "store", messageId: "a" });
  });

  it("stands behind the event that did it, one by one", () => {
    const object = new TestObject();
    const twice = ruleset(1, { once: { event: "Order Completed" }, two: { event: "Order Completed", count: { gte: 2 } } });
    object.deliver([purchase(NOW, { messageId: "a" }), purchase(NOW, { messageId: "b" })], NOW, twice);
    expect(told(object)).toEqual(["a", "+once 0 v1 event", "b", "+two 0 v1 event"]);
  });

  it("is written with the next write, before what that brings, at the instant at which time did it", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW, { messageId: "a" })], NOW, WEEK);
    object.deliver([purchase(NOW + 9 * DAY_MS, { messageId: "b" })], NOW + 9 * DAY_MS, WEEK);
    expect(told(object).slice(3)).toEqual(["-week 7 v1 time", "b", "+week 9 v1 event"]);
  });

  it("says that an event older than what was known corrected the past", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW, { messageId: "a", name: "Viewed" })], NOW, WEEK);
    object.deliver([purchase(NOW - DAY_MS, { messageId: "b" })], NOW, WEEK);
    expect(told(object)).toEqual(["a", "b", "+once 0 v1 correction", "+week 0 v1 correction"]);
  });

  it("says what a publish did, and still at which instant time did the rest", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW, { messageId: "a" })], NOW, WEEK);
    const next = ruleset(2, { week: { event: "Order Completed", within: "7d" }, fresh: { event: "Order Completed" } });
    expect(object.settle(next, NOW + 8 * DAY_MS)).toBe(3);
    expect(told(object).slice(3)).toEqual(["-week 7 v2 time", "+fresh 8 v2 publish", "-once 8 v2 publish"]);
    expect(object.settle(next, NOW + 8 * DAY_MS)).toBe(0);
  });

  it("says nothing of what a publish would have done earlier and time has undone since", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW, { messageId: "a" })], NOW, ruleset(0, {}));
    expect(object.settle(WEEK, NOW + 8 * DAY_MS)).toBe(1);
    expect(told(object)).toEqual(["a", "+once 8 v1 publish"]);
  });

  it("never goes back to an older ruleset", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW)], NOW, ruleset(7, { once: { event: "Order Completed" } }));
    object.settle(WEEK, NOW);
    object.evict();
    expect(object.live?.version).toBe(7);
  });

  it("waits for the newer ruleset where an older one is offered with events after an eviction", () => {
    const newer = ruleset(7, { often: { event: "Order Completed", count: { gte: 2 } } });
    const object = new TestObject();
    object.deliver([purchase(NOW, { messageId: "a" })], NOW, newer);
    object.evict();
    object.deliver([purchase(NOW, { messageId: "b" })], NOW, WEEK);
    expect(object.live?.head).toMatchObject({ ruleset: 7, members: {} });
    object.evict();
    expect(read(object, newer, NOW)).toEqual(["often"]);
    expect(object.settle(newer, NOW)).toBe(1);
    expect(told(object)).toEqual(["a", "b", "+often 0 v7 event"]);
  });

  it("is made up for once the ruleset can be read", () => {
    const object = new TestObject();
    object.deliver([purchase(NOW, { messageId: "a" })], NOW, undefined);
    object.evict();
    object.deliver([purchase(NOW, { messageId: "b" })], NOW + DAY_MS, undefined);
    object.evict();
    object.deliver([purchase(NOW, { messageId: "c", name: "Viewed" })], NOW + DAY_MS, WEEK);
    expect(told(object)).toEqual(["a", "b", "+once 1 v1 event", "+week 1 v1 event", "c"]);
    expect(object.changes()[0]?.reason).toMatchObject({ messageId: "b" });
  });

  it("is the same whether a read looked in between, and whether it was evicted", () => {
    const next = ruleset(2, { week: { event: "Order Completed", within: "7d" }, fresh: { event: "Order Completed" } });
    const journals = [0, 1, 2, 3].map((way) => {
      const object = new TestObject();
      object.deliver([purchase(NOW, { messageId: "a" })], NOW, WEEK);
      if (way > 0) read(object, WEEK, NOW + 3 * DAY_MS);
      if (way > 1) read(object, next, NOW + 4 * DAY_MS);
      if (way > 2) object.evict();
      if (way > 1) read(object, next, NOW + 8 * DAY_MS);
      object.deliver([purchase(NOW + 9 * DAY_MS, { messageId: "b" })], NOW + 9 * DAY_MS, next);
      return object.store.rows.get(0);
    });
    expect(new Set(journals).size).toBe(1);
  });
});

describe("a head row", () => {
  it("is read back as it was written", () => {
    const head = newProfile(HOME, NOW);
    const open = [purchase(NOW)].map((event) => JSON.stringify(event));
    expect(decodeHead(encodeHead(head, open))).toEqual({ head, open });
    expect(decodeHead(encodeHead(head, []))).toEqual({ head, open: [] });
  });

  it("of the first format is read for ever", () => {
    const event = JSON.stringify(purchase(NOW));
    const text = `{"kind":"profile","format":1,"schema":1,"workspace":"w","jurisdiction":null,"epoch":1,"clock":5,"seq":1,"openFrom":0,"ruleset":3,"outbox":0,"identifiers":[],"consent":null,"members":{"a":4},"state":null,"firstSeen":2,"lastSeen":3,"open":[${event}]}`;
    const { head, open } = decodeHead(text);
    expect(open).toEqual([event]);
    expect(head).toMatchObject({ kind: "profile", format: 2, clock: 5, seq: 1, members: { a: 4 }, state: null });
    expect(decodeHead(encodeHead(head, open))).toEqual({ head, open });
  });

  it("of a newer format is refused, not guessed at", () => {
    const text = encodeHead(newProfile(HOME, NOW), []).replace('"format":2', '"format":3');
    expect(() => decodeHead(text)).toThrow("newer than this program");
    expect(() => decodeHead('{"format":9,"open":[]}')).toThrow("newer than this program");
  });
});

describe("room under a cap", () => {
  const reserved = (decision: string, at: number) =>
    ({ id: `${decision}:hero`, campaign: "c", creative: "a", arm: "treated", at, until: at + 1_000 }) as const;
  function holding(...reservations: readonly ReturnType<typeof reserved>[]): TestObject {
    const object = new TestObject();
    object.deliver([purchase(NOW)], NOW, WEEK);
    for (const one of reservations) {
      const { live } = object;
      if (live === undefined) throw new Error("nobody is there");
      object.write(live, one.at, () => {
        live.reserve([one], one.at);
        return true;
      });
    }
    object.evict();
    return object;
  }
  const held = (object: TestObject, now: number) => object.live?.reservedAt(now).map(({ id }) => id);

  it("is held to the millisecond before it expires, over an eviction too, and is given back then", () => {
    const object = holding(reserved("d1", NOW), reserved("d2", NOW + 500));
    expect(held(object, NOW + 999)).toEqual(["d1:hero", "d2:hero"]);
    expect(held(object, NOW + 1_000)).toEqual(["d2:hero"]);
    expect(held(object, NOW + 1_500)).toEqual([]);
  });
  it("that has expired is not kept with what is taken next", () => {
    const object = holding(reserved("d1", NOW), reserved("d2", NOW + 1_000));
    expect(object.live?.head.reserved?.map(({ id }) => id)).toEqual(["d2:hero"]);
  });
  it("is given up for the impression of its own decision and no other", () => {
    const object = holding(reserved("d1", NOW), reserved("d2", NOW));
    const seen = { type: "fact", name: "$impression", source: "$tideline" } as const;
    object.deliver([purchase(NOW + 1, { ...seen, messageId: "d3:hero" })], NOW + 1, WEEK);
    object.deliver([purchase(NOW + 1, { messageId: "d1:hero" })], NOW + 1, WEEK);
    expect(held(object, NOW + 1)).toEqual(["d1:hero", "d2:hero"]);
    object.deliver([purchase(NOW + 1, { ...seen, messageId: "d1:hero" })], NOW + 1, WEEK);
    expect(held(object, NOW + 1)).toEqual(["d2:hero"]);
  });
});
