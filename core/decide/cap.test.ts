import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roomUnder } from "./cap.ts";

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

describe("a cap over a window that slides", () => {
  const cap = { limit: 2, per: { ms: HOUR } };
  it("is full with as many uses as its limit, until the oldest of them has left", () => {
    expect(roomUnder(cap, [1_000, 2_000], 3_000, "UTC")).toEqual({ isFull: true, until: HOUR + 1_000 });
  });
  it("has room again at the millisecond at which a use is as old as the window", () => {
    expect(roomUnder(cap, [1_000, 2_000], HOUR + 999, "UTC").isFull).toBe(true);
    expect(roomUnder(cap, [1_000, 2_000], HOUR + 1_000, "UTC").isFull).toBe(false);
  });
  it("says of more uses than its limit when enough of them will have left", () => {
    expect(roomUnder(cap, [1_000, 3_000, 2_000, 4_000], 5_000, "UTC")).toEqual({ isFull: true, until: HOUR + 3_000 });
  });
  it("tells the very next instant at which it has room", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 12 }),
        (limit, ms, uses) => {
          const room = (now: number) => roomUnder({ limit, per: { ms } }, uses, now, "UTC");
          const { isFull, until } = room(100);
          if (!isFull) return until === Infinity;
          return room(until - 1).isFull && !room(until).isFull;
        },
      ),
    );
  });
});

describe("a cap over the calendar", () => {
  const cap = { limit: 1, per: { calendar: "day" } } as const;
  it("counts the day of its zone, and has room again with the next", () => {
    const used = [at("2026-03-01T23:30:00Z")]; // the 2nd in Paris
    expect(roomUnder(cap, used, at("2026-03-02T22:59:59.999Z"), "Europe/Paris")).toEqual({
      isFull: true,
      until: at("2026-03-02T23:00:00Z"),
    });
    expect(roomUnder(cap, used, at("2026-03-02T23:00:00Z"), "Europe/Paris").isFull).toBe(false);
    expect(roomUnder(cap, used, at("2026-03-02T00:00:00Z"), "UTC").isFull).toBe(false);
  });
  it("counts weeks from Monday", () => {
    const week = { limit: 1, per: { calendar: "week" } } as const;
    expect(roomUnder(week, [at("2026-03-01T12:00:00Z")], at("2026-03-02T12:00:00Z"), "UTC").isFull).toBe(false);
    expect(roomUnder(week, [at("2026-03-02T12:00:00Z")], at("2026-03-08T12:00:00Z"), "UTC")).toEqual({
      isFull: true,
      until: at("2026-03-09T00:00:00Z"),
    });
  });
});
