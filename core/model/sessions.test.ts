import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SESSION_GAP_MS, Sessions } from "./sessions.ts";

const MINUTE_MS = 60_000;

function sessionsOf(...minutes: number[]): Sessions {
  const sessions = new Sessions();
  for (const minute of minutes) sessions.insert(minute * MINUTE_MS);
  return sessions;
}

describe("sessions", () => {
  it("go on over a gap of exactly 30 minutes, and are current as long", () => {
    const sessions = sessionsOf(0, 30);
    expect(sessions.currentStart(60 * MINUTE_MS)).toBe(0);
    expect(sessions.currentStart(60 * MINUTE_MS + 1)).toBeUndefined();
    expect(sessions.endOf(0)).toBe(30 * MINUTE_MS);
  });

  it("are parted by a millisecond more", () => {
    const sessions = sessionsOf(0);
    sessions.insert(30 * MINUTE_MS + 1);
    expect(sessions.endOf(0)).toBe(0);
    expect(sessions.currentStart(30 * MINUTE_MS)).toBe(0);
    expect(sessions.currentStart(30 * MINUTE_MS + 1)).toBe(30 * MINUTE_MS + 1);
  });

  it("are joined by a late event that is near enough to both", () => {
    const sessions = sessionsOf(0, 60, 200);
    expect(sessions.endOf(0)).toBe(0);
    sessions.insert(30 * MINUTE_MS);
    expect(sessions.endOf(0)).toBe(60 * MINUTE_MS);
    expect(sessions.currentStart(70 * MINUTE_MS)).toBe(0);
    expect(sessions.currentStart(200 * MINUTE_MS)).toBe(200 * MINUTE_MS);
  });

  it("are what cutting all events anew makes of them, whatever the order they came in", () => {
    const minute = fc.integer({ min: 0, max: 300 }).map((n) => n * MINUTE_MS);
    const time = fc.tuple(minute, fc.constantFrom(-1, 0, 0, 1)).map(([ms, off]) => ms + off);
    fc.assert(
      fc.property(fc.array(time, { maxLength: 20 }), fc.array(time, { minLength: 1, maxLength: 5 }), (times, asked) => {
        const sessions = new Sessions();
        for (const one of times) sessions.insert(one);
        for (const now of asked) {
          const known = times.filter((one) => one <= now).toSorted((a, b) => a - b);
          const last = known.at(-1);
          let start = last;
          for (const one of known.toReversed()) if (start !== undefined && start - one <= SESSION_GAP_MS) start = one;
          expect(sessions.currentStart(now)).toBe(last !== undefined && now - last <= SESSION_GAP_MS ? start : undefined);
        }
      }),
    );
  });
});
