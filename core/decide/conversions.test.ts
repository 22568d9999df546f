import { describe, expect, it } from "vitest";
import type { Campaign } from "../model/campaign.ts";
import type { LogEvent } from "../model/event.ts";
import { conversionsBy } from "./conversions.ts";

const DAY = 86_400_000;
const spring = { key: "spring", goal: { event: "Order", value: "total", windowMs: 7 * DAY } } as Campaign;
const summer = { key: "summer", goal: { event: "Order", windowMs: DAY } } as Campaign;

let log: LogEvent[] = [];

function put(event: LogEvent): LogEvent {
  log = [...log, event].toSorted((one, other) => one.time - other.time);
  return event;
}

const fixed = { source: "s", channel: "web", party: "first" } as const;
const order = (id: string, time: number, properties = {}): LogEvent =>
  put({ name: "Order", type: "track", messageId: id, time, properties, ...fixed });
const seen = (id: string, time: number, campaign = "spring", more = {}): LogEvent =>
  put({
    name: "$impression",
    type: "fact",
    messageId: id,
    time,
    properties: { decision: `d-${id}`, placement: "p", campaign, creative: "a", arm: "treated", ...more },
    ...fixed,
  });

/** What comes of an event, which is then in the log as a profile has it. */
function take(event: LogEvent, campaigns: readonly Campaign[] = [spring]): readonly string[] {
  const named = (name: string): readonly LogEvent[] => log.filter((one) => one.name === name);
  const found = conversionsBy(campaigns, named, event);
  for (const properties of found)
    put({ name: "$conversion", type: "fact", messageId: `${properties.impression}:c`, time: event.time, properties, ...fixed });
  return found.map(({ campaign, impression, goal }) => `${campaign} ${impression} by ${goal}`);
}

describe("a goal", () => {
  it("counts for the latest impression before it, within the window", () => {
    log = [];
    seen("i1", 1 * DAY);
    seen("i2", 2 * DAY);
    expect(take(order("o1", 3 * DAY))).toEqual(["spring i2 by s o1"]);
    log = [];
    seen("i1", 1 * DAY);
    expect(take(order("o1", 8 * DAY))).toEqual([]);
    expect(take(order("o2", 8 * DAY - 1))).toEqual(["spring i1 by s o2"]);
    expect(take(order("o0", 0))).toEqual([]);
  });

  it("counts once for an impression, and once for a campaign", () => {
    log = [];
    seen("i1", 1 * DAY);
    const first = order("o1", 2 * DAY);
    expect(take(first)).toEqual(["spring i1 by s o1"]);
    expect(take(first)).toEqual([]);
    expect(take(order("o2", 3 * DAY))).toEqual([]);
    seen("i2", 4 * DAY);
    expect(take(first)).toEqual([]);
    expect(take(order("o3", 5 * DAY))).toEqual(["spring i2 by s o3"]);
  });

  it("counts for each campaign by itself, in the holdout too, with what it was worth", () => {
    log = [];
    seen("i1", 1 * DAY, "spring", { arm: "holdout" });
    seen("i2", 1 * DAY, "summer");
    const named = (name: string): readonly LogEvent[] => log.filter((one) => one.name === name);
    const found = conversionsBy([spring, summer], named, order("o1", 1 * DAY + 1, { total: 12.5 }));
    expect(found).toEqual([
      {
        decision: "d-i1",
        placement: "p",
        campaign: "spring",
        creative: "a",
        arm: "holdout",
        impression: "i1",
        goal: "s o1",
        value: 12.5,
      },
      { decision: "d-i2", placement: "p", campaign: "summer", creative: "a", arm: "treated", impression: "i2", goal: "s o1" },
    ]);
  });

  it("that came before its impression was told counts when that comes", () => {
    log = [];
    expect(take(order("o1", 2 * DAY))).toEqual([]);
    expect(take(seen("late", 1 * DAY))).toEqual(["spring late by s o1"]);
    expect(take(seen("later", 1 * DAY + 1))).toEqual([]);
    expect(take(seen("after", 3 * DAY))).toEqual([]);
    expect(take(seen("other", 1 * DAY, "autumn"))).toEqual([]);
  });
});
