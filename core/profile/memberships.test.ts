import { describe, expect, it } from "vitest";
import { anArtifact, anEvent, DAY_MS } from "../rules/factories.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import type { LogEvent } from "../model/event.ts";
import { History } from "./history.ts";
import { explainAt } from "./explain.ts";
import { openMemberships, type Memberships } from "./memberships.ts";

const START = Date.UTC(2026, 2, 1);

/** A profile under some rules, at `START`. */
function profile(rules: Readonly<Record<string, unknown>>): {
  memberships: Memberships;
  history: History;
  take: (event: LogEvent, now: number) => void;
} {
  const history = new History("p");
  const memberships = openMemberships(loadRuleset(anArtifact(rules)), history, START);
  const take = (event: LogEvent, now: number): void => {
    memberships.settle(now);
    history.insert(event);
    memberships.apply(event, now);
  };
  return { memberships, history, take };
}

const viewed = (time: number) => anEvent({ time, name: "Viewed" });
const weekly = { weekly: { event: "Viewed", within: "7d" } };

describe("maintained memberships", () => {
  it("are read as the same array until something changes", () => {
    const { memberships, take } = profile(weekly);
    const before = memberships.keys();
    memberships.settle(START + 5);
    expect(memberships.keys()).toBe(before);
    take(anEvent({ time: START + 6, name: "Other" }), START + 6);
    expect(memberships.keys()).toBe(before);
    take(viewed(START + 7), START + 7);
    expect(memberships.keys()).toEqual(["weekly"]);
    expect(memberships.keys()).toBe(memberships.keys());
    expect([memberships.has("weekly"), memberships.has("nothing"), memberships.has("constructor")]).toEqual([true, false, false]);
  });

  it("tell each change once, with its exact instant where time made it", () => {
    const { memberships, take } = profile({ ...weekly, quiet: { not: { event: "Viewed", within: "1d" } } });
    take(viewed(START - 10), START + 500);
    expect(memberships.changes().toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: "quiet", entered: false, at: START + 500 },
      { key: "weekly", entered: true, at: START + 500 },
    ]);
    expect(memberships.changes()).toEqual([]);
    expect(memberships.nextChange).toBe(START - 10 + DAY_MS);
    memberships.settle(START + 30 * DAY_MS);
    expect(memberships.changes()).toEqual([
      { key: "quiet", entered: true, at: START - 10 + DAY_MS },
      { key: "weekly", entered: false, at: START - 10 + 7 * DAY_MS },
    ]);
    expect(memberships.nextChange).toBe(Infinity);
  });

  it("raise their revision when a membership or the next change moves, and only then", () => {
    const { memberships, take } = profile(weekly);
    expect(memberships.revision).toBe(0);
    take(anEvent({ time: START, name: "Other" }), START);
    memberships.settle(START + 5);
    expect(memberships.revision).toBe(0);
    take(viewed(START + 6), START + 6);
    const entered = memberships.revision;
    expect(entered).toBeGreaterThan(0);
    take(viewed(START + 9), START + 9); // still in, but for longer
    expect(memberships.revision).toBeGreaterThan(entered);
  });

  it("never go back in time", () => {
    const { memberships, take } = profile(weekly);
    take(viewed(START), START);
    memberships.settle(START + 7 * DAY_MS);
    expect(memberships.keys()).toEqual([]);
    memberships.settle(START + 1);
    expect(memberships.keys()).toEqual([]);
    take(viewed(START + 2), START + 2); // the server's clock stepped back: it is out already
    expect(memberships.keys()).toEqual(["weekly"]);
    expect(memberships.nextChange).toBe(START + 2 + 7 * DAY_MS);
    take(anEvent({ time: START - 5, name: "Viewed", messageId: "late" }), START + 3);
    memberships.settle(START + 2 + 7 * DAY_MS);
    expect(memberships.keys()).toEqual([]);
    take(anEvent({ time: START + 1, name: "Viewed" }), START + 4); // in its week by that clock, out by the one acted at
    expect(memberships.keys()).toEqual([]);
  });

  it("let all that shares an instant enter and leave at once, so that no state in between is foreseen", () => {
    const { memberships, take } = profile({
      once: { event: "Viewed", within: "7d", count: { eq: 1 } },
      gold: { trait: "plan", eq: "gold" },
    });
    take(anEvent({ type: "identify", time: START - 5, properties: { plan: "bronze" } }), START);
    for (const messageId of ["1", "2"]) take(anEvent({ time: START + 5, name: "Viewed", messageId }), START);
    for (const [messageId, plan] of Object.entries({ 3: "gold", 4: "silver" })) {
      take(anEvent({ type: "identify", time: START + 5, messageId, properties: { plan } }), START);
    }
    expect(memberships.nextChange).toBe(Infinity);
    memberships.settle(START + 5);
    expect([memberships.keys(), memberships.nextChange]).toEqual([[], Infinity]);
    memberships.settle(START + 30 * DAY_MS);
    expect(memberships.changes()).toEqual([]);
  });

  it("settle all that will ever change, at the end of time", () => {
    const { memberships, take } = profile(weekly);
    take(viewed(START), START);
    memberships.settle(Infinity);
    expect([memberships.keys(), memberships.nextChange]).toEqual([[], Infinity]);
  });

  it("let an event of the future enter at its own instant", () => {
    const { memberships, take } = profile({ ...weekly, gold: { trait: "plan", eq: "gold" } });
    take(viewed(START + 100), START);
    take(anEvent({ type: "identify", time: START + 200, properties: { plan: "gold" } }), START);
    expect([memberships.keys(), memberships.nextChange]).toEqual([[], START + 100]);
    memberships.settle(START + 99);
    expect(memberships.keys()).toEqual([]);
    memberships.settle(START + 100);
    expect([memberships.keys(), memberships.nextChange]).toEqual([["weekly"], START + 200]);
    memberships.settle(START + 200);
    expect(memberships.keys()).toEqual(["gold", "weekly"]);
  });

  it("do not flicker where one condition ends in the instant another begins", () => {
    const { memberships, take } = profile({
      either: {
        any: [
          { event: "A", within: "1d" },
          { event: "A", within: { after: "2026-03-02" } },
        ],
      },
    });
    take(anEvent({ time: START, name: "A", messageId: "1" }), START);
    take(anEvent({ time: START + DAY_MS, name: "A", messageId: "2" }), START);
    memberships.changes();
    memberships.settle(START + DAY_MS);
    expect(memberships.changes()).toEqual([]);
  });

  it("follow a trait that is set, repeated, changed late and cleared", () => {
    const { memberships, take } = profile({ gold: { trait: "plan", eq: "gold" }, known: { trait: "plan", exists: true } });
    const set = (time: number, plan: string | null, now: number): readonly string[] => {
      take(anEvent({ type: "identify", time, messageId: `${now}`, properties: { plan } }), now);
      return memberships.keys();
    };
    expect(set(START + 1, "gold", START + 1)).toEqual(["gold", "known"]);
    expect(set(START + 2, "gold", START + 2)).toEqual(["gold", "known"]);
    expect(set(START - 5, "silver", START + 3)).toEqual(["gold", "known"]);
    expect(set(START + 4, null, START + 4)).toEqual([]);
    expect(set(START + 3, "gold", START + 5)).toEqual([]);
    expect(set(START + 6, "silver", START + 6)).toEqual(["known"]);
  });
});

describe("a trait that time changed", () => {
  it("is taken as new when a call sets again what was last known before", () => {
    const { memberships, take } = profile({ gold: { trait: "plan", eq: "gold" } });
    const set = (time: number, plan: string, now: number) =>
      take(anEvent({ type: "identify", time, messageId: `${time}`, properties: { plan } }), now);
    set(START + 1, "gold", START + 1);
    set(START + 10, "silver", START + 2); // of the future
    expect(memberships.keys()).toEqual(["gold"]);
    memberships.settle(START + 10);
    expect(memberships.keys()).toEqual([]);
    set(START + 11, "gold", START + 11);
    expect(memberships.keys()).toEqual(["gold"]);
  });
});

describe("an explanation", () => {
  it("shows each part, what it saw, and when time alone changes it", () => {
    const { history, take } = profile(weekly);
    for (let n = 0; n < 25; n++)
      take(anEvent({ time: START + n, name: "Bought", messageId: `b${n}`, properties: { value: 0.1 } }), START + n);
    take(anEvent({ type: "identify", time: START, messageId: "i", properties: { address: { city: "Paris" } } }), START + 30);
    const ruleset = loadRuleset(
      anArtifact({
        k: {
          all: [
            { trait: "address.city", eq: "Paris" },
            { not: { trait: "age", gte: 18 } },
            { event: "Bought", within: "1d", sum: { of: "value", gte: 2 } },
            { everyone: true },
          ],
        },
      }),
    );
    const now = START + 40;
    const explained = explainAt(ruleset, history, "k", { now, present: now });
    expect(explained).toMatchObject({
      kind: "all",
      value: "unknown",
      nextChange: START + 5 + DAY_MS,
      of: [
        { kind: "trait", trait: "address.city", value: true, saw: "Paris", nextChange: null },
        { kind: "not", value: "unknown", nextChange: null, part: { kind: "trait", value: "unknown", saw: null } },
        { kind: "event", value: true, nextChange: START + 5 + DAY_MS, saw: { count: 25, sum: 2.5 } },
        { kind: "everyone", value: true, nextChange: null },
      ],
    });
    const [, , bought] = explained.kind === "all" ? explained.of : [];
    const ids = bought?.kind === "event" ? bought.saw.messageIds : [];
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([20, "b5", "b24"]);
  });

  it("says of an audience that is not there that it matches no one", () => {
    const { history } = profile(weekly);
    const ruleset = loadRuleset(anArtifact(weekly));
    expect(explainAt(ruleset, history, "toString", { now: START, present: START })).toEqual({
      kind: "unavailable",
      value: false,
      nextChange: null,
    });
  });
});
