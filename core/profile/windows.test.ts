import { describe, expect, it } from "vitest";
import type { LogEvent } from "../model/event.ts";
import { parseInstant } from "../model/instant.ts";
import { SESSION_GAP_MS } from "../model/sessions.ts";
import { anArtifact, anEvent, DAY_MS } from "../rules/factories.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { explainAt } from "./explain.ts";
import { History } from "./history.ts";
import { openMemberships } from "./memberships.ts";

const START = Date.UTC(2026, 2, 1);
const MINUTE_MS = 60_000;
const at = (text: string): number => parseInstant(text, "UTC") ?? Number.NaN;

function profile(rules: Readonly<Record<string, unknown>>, zone = "Europe/Paris") {
  const ruleset = loadRuleset(JSON.parse(JSON.stringify(anArtifact(rules, { zone, retentionMs: 400 * DAY_MS }))));
  const history = new History("p");
  const memberships = openMemberships(ruleset, history, START);
  const take = (event: LogEvent, now = event.time): number => {
    const before = memberships.touched;
    memberships.settle(now);
    history.insert(event);
    memberships.apply(event, now);
    return memberships.touched - before;
  };
  const saw = (key: string, now: number): unknown => {
    const node = explainAt(ruleset, history, key, { now, present: now });
    return "saw" in node ? node.saw : undefined;
  };
  return { ruleset, history, memberships, take, saw };
}

const bought = (time: number, value: number | string, more: Partial<LogEvent> = {}): LogEvent =>
  anEvent({ time, name: "Bought", properties: { value }, ...more });

describe("the next change", () => {
  it.each<[string, object, string]>([
    ["a last value is that of the moment it comes", { last: { of: "value", withinNext: "1d" } }, "2026-03-19T00:00Z"],
    [
      "a first value is that of the next once the first has left",
      { within: "10d", first: { of: "value", withinNext: "1d" } },
      "2026-03-19T00:00Z",
    ],
  ])("of %s", (_, parts, next) => {
    const { memberships, take } = profile({ k: { event: "Bought", ...parts } });
    take(bought(at("2026-03-02"), "2026-02-01", { messageId: "a" }));
    take(bought(at("2026-03-11"), "2026-03-20T00:00Z", { messageId: "b" }));
    expect(new Date(memberships.nextChange).toISOString()).toBe(new Date(at(next)).toISOString());
  });

  it("of a first value does not count a moment that passed before the value was first", () => {
    const { memberships, take } = profile({ k: { event: "Bought", within: "10d", first: { of: "value", withinNext: "1d" } } });
    take(bought(at("2026-03-02"), "2026-02-01", { messageId: "a" }));
    take(bought(at("2026-03-03"), "2026-03-10", { messageId: "b" }));
    expect(memberships.nextChange).toBe(at("2026-03-13"));
  });

  it.each<[string, object, string, string]>([
    ["a day of 23 hours", { calendar: "day" }, "2026-03-29T10:00Z", "2026-03-29T22:00Z"],
    ["a day of 25 hours", { calendar: "day" }, "2026-10-25T10:00Z", "2026-10-25T23:00Z"],
    ["a day in another zone", { calendar: "day", timeZone: "America/New_York" }, "2026-03-08T10:00Z", "2026-03-09T04:00Z"],
    ["yesterday, before it", { calendar: "day", complete: true }, "2026-03-29T10:00Z", "2026-03-29T22:00Z"],
    ["a week 53", { calendar: "week" }, "2026-12-30T10:00Z", "2027-01-03T23:00Z"],
    ["two months", { calendar: "month", last: 2 }, "2026-03-10T10:00Z", "2026-04-30T22:00Z"],
    ["a year", { calendar: "year" }, "2026-03-10T10:00Z", "2026-12-31T23:00Z"],
    ["days ago", { from: "3d", to: "1d" }, "2026-03-10T10:00Z", "2026-03-11T10:00Z"],
    ["a session", { session: true }, "2026-03-10T10:00Z", "2026-03-10T10:30:00.001Z"],
  ])("of %s is exact", (_, within, time, next) => {
    const { memberships, take } = profile({ k: { event: "Bought", within } });
    take(bought(at(time), 1));
    expect(new Date(memberships.nextChange).toISOString()).toBe(new Date(at(next)).toISOString());
    const before = memberships.has("k");
    memberships.settle(memberships.nextChange - 1);
    expect(memberships.has("k")).toBe(before);
    memberships.settle(memberships.nextChange);
    expect(memberships.has("k")).toBe(!before);
  });

  it("of a session moves with each of its events, of any name", () => {
    const { memberships, take } = profile({ k: { event: "Bought", within: { session: true } } });
    take(bought(START, 1));
    for (const minutes of [10, 30, 55]) {
      take(anEvent({ time: START + minutes * MINUTE_MS, name: "Other" }));
      expect(memberships.nextChange).toBe(START + minutes * MINUTE_MS + SESSION_GAP_MS + 1);
    }
    take(anEvent({ time: START + 60 * MINUTE_MS, name: "Other", channel: "store" }));
    expect(memberships.nextChange).toBe(START + 85 * MINUTE_MS + 1);
    memberships.settle(Infinity);
    expect([memberships.keys(), memberships.nextChange]).toEqual([[], Infinity]);
    take(bought(START + 90 * MINUTE_MS, 1)); // at the end of time nothing is current
    expect(memberships.keys()).toEqual([]);
  });
});

describe("a window, where the retention was lowered after the rule was made", () => {
  it.each<[string, object, number]>([
    ["30 to 10 days ago", { from: "30d", to: "10d" }, 20],
    ["30 days", { from: "30d", to: "1s" }, 20],
    ["a year", { calendar: "year" }, 20],
  ])("of %s is cut by it", (_, within, days) => {
    const artifact = anArtifact({ k: { event: "Bought", within } });
    const history = new History("p");
    history.insert(bought(START, 1));
    const memberships = openMemberships(loadRuleset({ ...artifact, retentionMs: days * DAY_MS }), history, START + 15 * DAY_MS);
    expect(memberships.has("k")).toBe(true);
    expect(memberships.nextChange).toBe(START + days * DAY_MS);
    memberships.settle(START + days * DAY_MS);
    expect(memberships.has("k")).toBe(false);
  });

  it("of which it leaves nothing, sees nothing", () => {
    const artifact = anArtifact({ k: { event: "Bought", within: { from: "30d", to: "10d" } } });
    const history = new History("p");
    history.insert(bought(START, 1));
    const memberships = openMemberships(loadRuleset({ ...artifact, retentionMs: 10 * DAY_MS }), history, START);
    expect([memberships.keys(), memberships.nextChange]).toEqual([[], Infinity]);
    memberships.settle(START + 10 * DAY_MS);
    expect([memberships.keys(), memberships.nextChange]).toEqual([[], Infinity]);
  });
});

describe("conditions on sessions and calendars", () => {
  const rules = {
    session: { event: "Bought", within: { session: true }, count: { gte: 2 } },
    other: { event: "Seen", within: { session: true } },
    today: { event: "Bought", within: { calendar: "day" } },
  };

  it("are touched by events of a session only where the session holds something for them", () => {
    const { take } = profile(rules);
    const other = (minutes: number, more: Partial<LogEvent> = {}) => take(anEvent({ time: START + minutes * MINUTE_MS, name: "Other", ...more })); // prettier-ignore
    expect(other(0)).toBe(0);
    expect(take(bought(START + MINUTE_MS, 1))).toBe(2);
    expect(other(2)).toBe(1);
    expect(other(3, { channel: "store" })).toBe(0);
    expect(other(4, { type: "identify", channel: "app" })).toBe(1);
    expect(take(bought(START + 5 * MINUTE_MS, 1, { channel: "store" }))).toBe(1); // today
  });

  it("are joined by a late event, also in a profile that was opened in between", () => {
    const { ruleset, history, memberships, take } = profile(rules);
    take(bought(START, 1));
    take(bought(START + 50 * MINUTE_MS, 1));
    expect(memberships.has("session")).toBe(false);
    const woken = openMemberships(ruleset, history, START + 50 * MINUTE_MS);
    const late = anEvent({ time: START + 25 * MINUTE_MS, name: "Other", type: "identify" });
    take(late, START + 51 * MINUTE_MS);
    woken.apply(late, START + 51 * MINUTE_MS);
    expect([memberships.has("session"), woken.has("session")]).toEqual([true, true]);
    expect(woken.nextChange).toBe(memberships.nextChange);
  });
});

describe("explain", () => {
  it.each<[string, object, unknown]>([
    ["days", { days: { gte: 1 } }, { count: 4, days: 2, messageIds: ["a", "b", "c", "d"] }],
    ["an average", { avg: { of: "value", gte: 1 } }, { count: 3, avg: 0.2, messageIds: ["a", "b", "d"] }],
    ["a lowest", { min: { of: "value", gte: 1 } }, { count: 3, min: 0.1, messageIds: ["a", "b", "d"] }],
    ["a highest", { max: { of: "value", gte: 1 } }, { count: 3, max: 0.3, messageIds: ["a", "b", "d"] }],
    ["distinct values", { distinct: { of: "value", gte: 1 } }, { count: 4, distinct: 4, messageIds: ["a", "b", "c", "d"] }],
    ["a first value", { first: { of: "value", eq: 1 } }, { count: 1, first: 0.1, messageIds: ["a"] }],
    ["a last value", { last: { of: "value", eq: 1 } }, { count: 1, last: 0.3, messageIds: ["d"] }],
    ["an average of nothing", { avg: { of: "none", gte: 1 } }, { count: 0, avg: null, messageIds: [] }],
    ["a lowest of nothing", { min: { of: "none", gte: 1 } }, { count: 0, min: null, messageIds: [] }],
    ["a first of nothing", { first: { of: "none", eq: 1 } }, { count: 0, first: null, messageIds: [] }],
  ])("shows %s, and the events it came from", (_, aggregate, expected) => {
    const { take, saw } = profile({ k: { event: "Bought", ...aggregate } });
    take(bought(START, 0.1, { messageId: "a" }));
    take(bought(START + 1, 0.2, { messageId: "b" }));
    take(bought(START + 2, "5", { messageId: "c" }));
    take(bought(START + DAY_MS, 0.3, { messageId: "d" }));
    expect(saw("k", START + DAY_MS)).toEqual(expected);
  });

  it("shows the window as the artifact has it, its zone too", () => {
    const { ruleset, history } = profile({ k: { event: "Bought", within: { calendar: "month", last: 2 } } });
    expect(explainAt(ruleset, history, "k", { now: START, present: START })).toMatchObject({
      window: { kind: "calendar", unit: "month", last: 2, complete: false, zone: "Europe/Paris" },
      saw: { count: 0 },
    });
  });
});

describe("a calendar window", () => {
  it("is right where a year turns between an event's coming into the history and being applied", () => {
    const ruleset = loadRuleset(
      anArtifact({ k: { event: "Viewed", within: { calendar: "year", last: 3, complete: true }, distinct: { of: "v", eq: 0 } } }),
    );
    const history = new History("p");
    const before = Date.UTC(2026, 11, 30);
    const memberships = openMemberships(ruleset, history, before);
    const take = (time: number, now: number): void => {
      const event = anEvent({ time, properties: { v: 1 } });
      history.insert(event);
      memberships.apply(event, now);
    };
    // So many that what is worked out of them is kept.
    for (let n = 0; n < 100; n++) take(before - DAY_MS + n, before);
    expect(memberships.keys()).toEqual(["k"]);
    take(before, Date.UTC(2027, 0, 2));
    expect(memberships.keys()).toEqual([]);
  });
});

describe("a sliding window", () => {
  it("sees nothing that a retention lowered later no longer keeps", () => {
    const artifact = anArtifact({ k: { event: "Viewed", within: "30d" } });
    const history = new History("p");
    history.insert(anEvent({ time: START }));
    const memberships = openMemberships(loadRuleset({ ...artifact, retentionMs: 10 * DAY_MS }), history, START + DAY_MS);
    expect([memberships.keys(), memberships.nextChange]).toEqual([["k"], START + 10 * DAY_MS]);
    memberships.settle(START + 10 * DAY_MS);
    expect(memberships.keys()).toEqual([]);
  });
});
