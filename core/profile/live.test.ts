import { describe, expect, it } from "vitest";
import type { JournalEvent } from "../model/envelope.ts";
import type { ProfileId } from "../model/ids.ts";
import type { JsonObject } from "../model/json.ts";
import { flattenRuleset } from "../rules/flatten.ts";
import { parseRule } from "../rules/parse.ts";
import { loadRuleset, type Ruleset } from "../rules/ruleset.ts";
import { decodeHead, encodeHead, newProfile, type ProfileHead } from "./head.ts";
import { LiveProfile } from "./live.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 2, 1);
const ID = "p".repeat(43) as ProfileId;
const HOME = { workspace: "w", jurisdiction: null };

function ruleset(version: number, rules: Readonly<Record<string, JsonObject>>): Ruleset {
  const settings = { zone: "Europe/Paris", retentionMs: 400 * DAY_MS };
  const audiences = Object.entries(rules).map(([key, json]) => {
    const rule = parseRule(json, settings);
    if (!rule.ok) throw new Error(JSON.stringify(rule.error));
    return { key, rule: rule.value };
  });
  return loadRuleset(flattenRuleset(audiences, { workspace: "w", version, ...settings }));
}

let count = 0;
function purchase(time: number, more: Partial<JournalEvent> = {}): JournalEvent {
  const origin = { type: "userId", hash: "a".repeat(43) as ProfileId };
  const fixed = { type: "track", name: "Order Completed", source: "store", channel: "store", party: "first" } as const;
  return { messageId: `m${++count}`, ...fixed, time, receivedAt: time, origin, properties: {}, ...more };
}

const never = (): never => {
  throw new Error("nothing was sent twice");
};

function deliver(profile: LiveProfile, events: readonly JournalEvent[], now: number): void {
  profile.deliver(
    events.map((event) => JSON.stringify(event)),
    now,
    never,
  );
}

/** What a head row written and read back gives: the profile as another day finds it. */
function evicted(profile: LiveProfile, events: readonly JournalEvent[]): LiveProfile {
  const { head } = decodeHead(encodeHead(profile.toWrite(), []));
  const woken = new LiveProfile(head as ProfileHead, ID);
  for (const [sequence, event] of events.entries()) woken.recall(event, sequence);
  return woken;
}

describe("a profile in memory", () => {
  const WEEK = ruleset(1, { week: { event: "Order Completed", within: "7d" }, once: { event: "Order Completed" } });

  it("never lets its clock go back, whatever the server's does", () => {
    const profile = new LiveProfile(newProfile(HOME, NOW), ID);
    const first = purchase(NOW - 6 * DAY_MS);
    deliver(profile, [first], NOW);
    expect(profile.memberships(1, WEEK, NOW + 2 * DAY_MS).keys()).toEqual(["once"]);
    // The server's clock steps back into the week: what has ended stays ended.
    expect(profile.memberships(1, WEEK, NOW).keys()).toEqual(["once"]);
    expect(profile.head.clock).toBe(NOW + 2 * DAY_MS);
    deliver(profile, [purchase(NOW)], NOW);
    expect(profile.head.clock).toBe(NOW + 2 * DAY_MS);
    expect(evicted(profile, []).head.clock).toBe(NOW + 2 * DAY_MS);
  });

  it("says since when it is in an audience: from the event's delivery, or the instant at which time let it in", () => {
    const quiet = ruleset(1, {
      quiet: { none: [{ event: "Order Completed", within: "7d" }] },
      once: { event: "Order Completed" },
    });
    const profile = new LiveProfile(newProfile(HOME, NOW), ID);
    profile.memberships(1, quiet, NOW);
    deliver(profile, [purchase(NOW)], NOW + 5);
    profile.memberships(1, quiet, NOW + 5);
    expect([profile.since("once"), profile.since("quiet")]).toEqual([NOW + 5, undefined]);
    profile.memberships(1, quiet, NOW + 30 * DAY_MS);
    expect(profile.since("quiet")).toBe(NOW + 7 * DAY_MS);
  });

  it("knows the exact instant also of what changed while it was evicted", () => {
    const quiet = ruleset(1, { quiet: { none: [{ event: "Order Completed", within: "7d" }] } });
    const events = [purchase(NOW)];
    const profile = new LiveProfile(newProfile(HOME, NOW), ID);
    deliver(profile, events, NOW);
    profile.memberships(1, quiet, NOW);
    const woken = evicted(profile, events);
    woken.memberships(1, quiet, NOW + 30 * DAY_MS);
    expect(woken.since("quiet")).toBe(NOW + 7 * DAY_MS);
  });

  it("keeps since when through an eviction and a newer ruleset", () => {
    const events = [purchase(NOW)];
    const profile = new LiveProfile(newProfile(HOME, NOW), ID);
    deliver(profile, events, NOW);
    profile.memberships(1, WEEK, NOW);
    const woken = evicted(profile, events);
    const next = ruleset(2, { once: { event: "Order Completed" }, fresh: { event: "Order Completed" } });
    woken.memberships(2, next, NOW + 3 * DAY_MS);
    expect([woken.since("once"), woken.since("fresh"), woken.since("week")]).toEqual([NOW, NOW + 3 * DAY_MS, undefined]);
    expect(woken.version).toBe(2);
    expect(woken.toWrite()).toMatchObject({ ruleset: 2, members: { once: NOW, fresh: NOW + 3 * DAY_MS } });
  });

  it("lists each identifier it came by once, and when it was first and last seen by the events' own times", () => {
    const profile = new LiveProfile(newProfile(HOME, NOW), ID);
    const browser = { type: "anonymousId", hash: "b".repeat(43) as ProfileId };
    deliver(
      profile,
      [purchase(NOW - DAY_MS), purchase(NOW - 9 * DAY_MS, { with: [browser] }), purchase(NOW - 2 * DAY_MS, { origin: browser })],
      NOW,
    );
    expect(profile.head).toMatchObject({ firstSeen: NOW - 9 * DAY_MS, lastSeen: NOW - DAY_MS, seq: 3 });
    expect(profile.head.identifiers.map(({ type }) => type)).toEqual(["userId", "anonymousId"]);
  });
});

describe("a head row", () => {
  it("is read back as it was written", () => {
    const head = newProfile(HOME, NOW);
    const open = [purchase(NOW)].map((event) => JSON.stringify(event));
    expect(decodeHead(encodeHead(head, open))).toEqual({ head, open: open.map((text) => JSON.parse(text) as unknown) });
  });

  it("of a newer format is refused, not guessed at", () => {
    const text = encodeHead(newProfile(HOME, NOW), []).replace('"format":1', '"format":2');
    expect(() => decodeHead(text)).toThrow("newer than this program");
  });
});
