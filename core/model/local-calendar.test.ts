import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInstant } from "./instant.ts";
import { dateOf, LocalDays, LocalUnits, type CalendarUnit } from "./local-calendar.ts";
import { dayNumber } from "./timestamp.ts";

const at = (text: string): number => parseInstant(text, "UTC") ?? Number.NaN;
const iso = (ms: number): string => new Date(ms).toISOString();

/** First and last instant of the unit that an instant lies in. */
function unitAround(text: string, unit: CalendarUnit, zone: string): [string, string] {
  const units = new LocalUnits(new LocalDays(zone), unit);
  const number = units.numberOf(at(text));
  return [iso(units.start(number)), iso(units.start(number + 1) - 1)];
}

describe("a unit of the calendar", () => {
  it.each<[string, CalendarUnit, string, string, string]>([
    ["2026-03-29T12:00Z", "day", "Europe/Paris", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"],
    ["2026-10-25T12:00Z", "day", "Europe/Paris", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"],
    ["2026-03-08T12:00Z", "day", "America/New_York", "2026-03-08T05:00:00.000Z", "2026-03-09T03:59:59.999Z"],
    ["2026-11-01T12:00Z", "day", "America/New_York", "2026-11-01T04:00:00.000Z", "2026-11-02T04:59:59.999Z"],
    ["2026-09-06T12:00Z", "day", "America/Santiago", "2026-09-06T04:00:00.000Z", "2026-09-07T02:59:59.999Z"],
    ["2006-10-29T02:31Z", "day", "America/St_Johns", "2006-10-29T02:30:00.000Z", "2006-10-30T03:29:59.999Z"],
    ["2011-12-30T10:00Z", "day", "Pacific/Apia", "2011-12-30T10:00:00.000Z", "2011-12-31T09:59:59.999Z"],
    ["2026-01-01T12:00Z", "week", "UTC", "2025-12-29T00:00:00.000Z", "2026-01-04T23:59:59.999Z"],
    ["2027-01-01T12:00Z", "week", "Europe/Paris", "2026-12-27T23:00:00.000Z", "2027-01-03T22:59:59.999Z"],
    ["2024-02-29T12:00Z", "month", "Asia/Kolkata", "2024-01-31T18:30:00.000Z", "2024-02-29T18:29:59.999Z"],
    ["2026-12-31T23:30Z", "month", "Europe/Paris", "2026-12-31T23:00:00.000Z", "2027-01-31T22:59:59.999Z"],
    ["2026-12-31T23:30Z", "year", "America/New_York", "2026-01-01T05:00:00.000Z", "2027-01-01T04:59:59.999Z"],
    ["1969-12-31T23:59Z", "week", "UTC", "1969-12-29T00:00:00.000Z", "1970-01-04T23:59:59.999Z"],
    ["0001-01-01T00:00Z", "year", "UTC", "0001-01-01T00:00:00.000Z", "0001-12-31T23:59:59.999Z"],
  ])("around %s is the %s in %s from %s to %s", (text, unit, zone, first, last) => {
    expect(unitAround(text, unit, zone)).toEqual([first, last]);
  });

  it("beyond what can be told has no end", () => {
    const days = new LocalDays("Europe/Paris");
    expect([days.dayOf(Infinity), days.dayOf(-Infinity), days.dayOf(8.64e15)]).toEqual([Infinity, -Infinity, Infinity]);
    for (const unit of ["day", "week", "month", "year"] as const) {
      const units = new LocalUnits(days, unit);
      expect([units.start(1e300), units.start(-1e300), units.numberOf(Infinity)]).toEqual([Infinity, -Infinity, Infinity]);
      expect(units.start(units.numberOf(1e15))).toBeLessThanOrEqual(1e15);
    }
  });
});

describe("the dates of a zone", () => {
  it("are those the platform tells, wherever none comes twice", () => {
    const zones = ["Europe/Paris", "America/New_York", "Asia/Kolkata", "America/Santiago", "Pacific/Apia", "Australia/Lord_Howe"];
    const told = new Map(zones.map((zone) => [zone, new Intl.DateTimeFormat("en-CA", { timeZone: zone })]));
    const days = new Map(zones.map((zone) => [zone, new LocalDays(zone)]));
    const instant = fc.oneof(
      fc.integer({ min: at("1990-01-01"), max: at("2040-01-01") }),
      fc.integer({ min: at("2011-12-25"), max: at("2012-01-05") }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (zone, ms) => {
        const { year, month, day } = dateOf(days.get(zone)?.dayOf(ms) ?? Number.NaN);
        const date = [String(year), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");
        expect(date).toBe(told.get(zone)?.format(ms));
      }),
      { numRuns: 2_000 },
    );
  });

  it("are the same when few are remembered at a time", () => {
    const days = new LocalDays("Europe/Paris");
    for (let day = 0; day < 8_000; day++) days.start(day);
    expect(days.start(0)).toBe(-3_600_000);
    expect(days.dayOf(at("2026-03-29T12:00Z"))).toBe(dayNumber({ year: 2026, month: 3, day: 29 }));
  });

  it("and their numbers are each other's inverse, in any year", () => {
    fc.assert(
      fc.property(fc.integer({ min: -90_000_000, max: 90_000_000 }), (day) => {
        const date = dateOf(day);
        expect(dayNumber(date)).toBe(day);
        const utc = new Date(day * 86_400_000);
        expect(date).toEqual({ year: utc.getUTCFullYear(), month: utc.getUTCMonth() + 1, day: utc.getUTCDate() });
      }),
    );
  });
});
