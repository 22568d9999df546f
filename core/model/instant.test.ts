import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTimeZone, parseInstant, parseTimestamp } from "./instant.ts";

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

describe("a timestamp", () => {
  it.each([
    ["2026-03-01T12:00Z", "2026-03-01T12:00:00.000Z"],
    ["2026-03-01T12:00:07Z", "2026-03-01T12:00:07.000Z"],
    ["2026-03-01T12:00:07.5Z", "2026-03-01T12:00:07.500Z"],
    ["2026-03-01T12:00:07.1239999999999Z", "2026-03-01T12:00:07.123Z"],
    ["1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"],
    ["2026-03-01T00:30+01:00", "2026-02-28T23:30:00.000Z"],
    ["2026-03-01T23:30:00.250-05:30", "2026-03-02T05:00:00.250Z"],
    ["2026-03-01T00:00-00:00", "2026-03-01T00:00:00.000Z"],
    ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"],
    ["2000-02-29T00:00Z", "2000-02-29T00:00:00.000Z"],
    ["0099-12-31T00:00Z", "0099-12-31T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ])("reads %s", (text, expected) => {
    expect(iso(parseTimestamp(text))).toBe(expected);
    expect(iso(parseInstant(text, "Europe/Paris"))).toBe(expected);
  });

  it.each([
    "",
    "now",
    "1772366400000",
    "2026-03-01T12:00", // no zone
    "2026-03-01T12:00:00",
    "2026-03-01 12:00Z",
    "2026-03-01t12:00z",
    "2026-03-01T12Z",
    "2026-03-01T24:00Z",
    "2026-03-01T23:60Z",
    "2026-03-01T23:59:60Z",
    "2026-03-01T12:00:00.Z",
    "2026-03-01T12:00:00,5Z",
    "2026-03-01T12:00.5Z",
    "2026-03-01T12:00+0100",
    "2026-03-01T12:00+01",
    "2026-03-01T12:00+24:00",
    "2026-03-01T12:00+01:60",
    "2026-03-01T12:00Z ",
    " 2026-03-01T12:00Z",
    "2026-03-01T12:00Z[Europe/Paris]",
    "+002026-03-01T12:00Z",
    "20260301T120000Z",
    "2026-W09-7T12:00Z",
    "2025-02-29T12:00Z",
    "1900-02-29T12:00Z",
    "2026-00-10T12:00Z",
    "2026-13-10T12:00Z",
    "2026-04-31T12:00Z",
    "2026-04-00T12:00Z",
    "2026-03-01T12:00:٠٠Z",
  ])("refuses %j", (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
    expect(parseInstant(text, "UTC")).toBeUndefined();
  });

  it("is read as Date reads the same text, wherever both know it", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
        (date) => {
          expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });
});

describe("a date alone", () => {
  it.each([
    ["2026-03-01", "UTC", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01", "Europe/Paris", "2026-02-28T23:00:00.000Z"],
    ["2026-03-30", "Europe/Paris", "2026-03-29T22:00:00.000Z"],
    ["2026-11-01", "America/New_York", "2026-11-01T04:00:00.000Z"],
    ["2026-11-02", "America/New_York", "2026-11-02T05:00:00.000Z"],
    ["2024-02-29", "Asia/Kolkata", "2024-02-28T18:30:00.000Z"],
    ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"], // midnight is jumped over: the day begins at 01:00
    ["2006-10-29", "America/St_Johns", "2006-10-29T02:30:00.000Z"], // 00:00 to 00:01 comes twice: the first
  ])("is the first instant of %s in %s", (text, zone, expected) => {
    expect(iso(parseInstant(text, zone))).toBe(expected);
  });
  it.each(["2026-02-29", "2026-3-1", "2026-03", "03/01/2026", "2026-03-1x", "2026/03/01", "20260301 x"])("refuses %j", (text) => {
    expect(parseInstant(text, "UTC")).toBeUndefined();
  });
  it("is no full timestamp", () => {
    expect(parseTimestamp("2026-03-01")).toBeUndefined();
  });
});

describe("a time zone", () => {
  it.each(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Etc/GMT+5"])("is known by its name %s", (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });
  it.each(["", "+01:00", "-05:00", "Paris", "Europe/Nowhere", "Europe/Paris ", "constructor"])("is not %j", (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  });
});
