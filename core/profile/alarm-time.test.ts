import { describe, expect, it } from "vitest";
import { alarmTime, mustArm, SPREAD_MS, spreadOf } from "./alarm-time.ts";

const NEVER = { nextChange: Infinity, nextSend: Infinity, compaction: Infinity };

describe("the alarm's time", () => {
  it.each([
    ["nothing is awaited", NEVER, Infinity],
    ["time changes an audience", { ...NEVER, nextChange: 5_000 }, 5_000],
    ["something must leave before that", { ...NEVER, nextChange: 5_000, nextSend: 4_000 }, 4_000],
    ["something must leave after that", { ...NEVER, nextChange: 5_000, nextSend: 6_000 }, 5_000],
    ["the journal can be compacted", { ...NEVER, compaction: 7_000 }, 7_000],
  ])("where %s", (_, awaited, at) => {
    expect(alarmTime(awaited, 0)).toBe(at);
  });

  it("is spread for what all profiles wait for at one instant, and never before it", () => {
    expect(alarmTime({ ...NEVER, nextChange: 5_000 }, 0.5)).toBe(5_000 + SPREAD_MS / 2);
    expect(alarmTime({ ...NEVER, nextSend: 5_000 }, 0.9)).toBe(5_000);
  });

  it("has for each profile a spread of its own, always the same", () => {
    const spreads = Array.from({ length: 1_000 }, (_, at) => spreadOf(`profile ${at}`));
    expect(spreads.every((spread) => spread >= 0 && spread < 1)).toBe(true);
    expect(spreads.filter((spread) => spread < 0.5).length).toBeGreaterThan(400);
    expect(spreadOf("profile 7")).toBe(spreads[7]);
  });
});

describe("an alarm is set", () => {
  it.each([
    ["where none is", undefined, 500, true],
    ["for an earlier instant", 900, 500, true],
    ["where the one it was set for has gone by", 90, 500, true],
  ])("%s", (_, armed, next, is) => {
    expect(mustArm(armed, next, 100)).toBe(is);
  });

  it.each([
    ["for a later instant", 500, 900],
    ["for the instant it is set for", 500, 500],
    ["for nothing", undefined, Infinity],
  ])("never %s", (_, armed, next) => {
    expect(mustArm(armed, next, 100)).toBe(false);
  });
});
