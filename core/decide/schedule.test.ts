import { describe, expect, it } from "vitest";
import type { Schedule } from "../model/campaign.ts";
import { runningAt } from "./schedule.ts";

const ALWAYS: Schedule = { from: null, to: null, timeZone: "Europe/Paris", days: [], hours: [] };

const at = (text: string): number => Date.parse(text);

function run(schedule: Partial<Schedule>, now: string): string {
  const { isOn, until } = runningAt({ ...ALWAYS, ...schedule }, at(now));
  return `${isOn ? "on" : "off"} until ${until === Infinity ? "ever" : new Date(until).toISOString()}`;
}

const hours = (from: string, to: string) => {
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { from: minutes(from), to: minutes(to) };
};

describe("a schedule", () => {
  it.each([
    ["without anything runs for ever", {}, "2026-03-01T12:00:00Z", "on until ever"],
    [
      "has not begun a millisecond before",
      { from: at("2026-03-01T12:00:00.001Z") },
      "2026-03-01T12:00:00.000Z",
      "off until 2026-03-01T12:00:00.001Z",
    ],
    ["begins to the millisecond", { from: at("2026-03-01T12:00:00Z") }, "2026-03-01T12:00:00.000Z", "on until ever"],
    [
      "lasts to the millisecond before its end",
      { to: at("2026-03-01T12:00:00Z") },
      "2026-03-01T11:59:59.999Z",
      "on until 2026-03-01T12:00:00.000Z",
    ],
    ["is over at its end", { to: at("2026-03-01T12:00:00Z") }, "2026-03-01T12:00:00.000Z", "off until ever"],
    // 2026-03-02 is a Monday; Paris is at +01:00.
    [
      "of Mondays begins at midnight of its zone",
      { days: [1] },
      "2026-03-01T22:59:59.999Z",
      "off until 2026-03-01T23:00:00.000Z",
    ],
    ["of Mondays lasts the day", { days: [1] }, "2026-03-02T12:00:00Z", "on until 2026-03-02T23:00:00.000Z"],
    ["of Mondays waits a week", { days: [1] }, "2026-03-03T12:00:00Z", "off until 2026-03-08T23:00:00.000Z"],
    [
      "of days in a row does not end between them",
      { days: [1, 2, 3] },
      "2026-03-02T12:00:00Z",
      "on until 2026-03-04T23:00:00.000Z",
    ],
    [
      "of hours is off before them",
      { hours: [hours("09:00", "18:30")] },
      "2026-03-02T07:59:59.999Z",
      "off until 2026-03-02T08:00:00.000Z",
    ],
    ["of hours is on in them", { hours: [hours("09:00", "18:30")] }, "2026-03-02T08:00:00Z", "on until 2026-03-02T17:30:00.000Z"],
    [
      "of hours is off at their end",
      { hours: [hours("09:00", "18:30")] },
      "2026-03-02T17:30:00Z",
      "off until 2026-03-03T08:00:00.000Z",
    ],
    [
      "of two spans goes on between touching ones",
      { hours: [hours("09:00", "12:00"), hours("12:00", "14:00")] },
      "2026-03-02T09:00:00Z",
      "on until 2026-03-02T13:00:00.000Z",
    ],
    [
      "of hours on some days",
      { days: [6], hours: [hours("20:00", "24:00")] },
      "2026-03-02T20:00:00Z",
      "off until 2026-03-07T19:00:00.000Z",
    ],
    [
      "of hours ends with its whole",
      { hours: [hours("09:00", "18:00")], to: at("2026-03-02T10:00:00Z") },
      "2026-03-02T09:00:00Z",
      "on until 2026-03-02T10:00:00.000Z",
    ],
    // 2026-03-29: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00.
    [
      "whose hour does not exist begins when clocks have jumped",
      { hours: [hours("02:30", "04:00")] },
      "2026-03-29T01:29:59Z",
      "off until 2026-03-29T01:30:00.000Z",
    ],
    [
      "over a jump is an hour shorter",
      { hours: [hours("01:00", "04:00")] },
      "2026-03-29T00:00:00Z",
      "on until 2026-03-29T02:00:00.000Z",
    ],
    [
      "over clocks that go back is an hour longer",
      { hours: [hours("01:00", "04:00")] },
      "2026-10-24T23:00:00Z",
      "on until 2026-10-25T03:00:00.000Z",
    ],
    [
      "of whole days goes on over clocks that go back",
      { days: [7] },
      "2026-10-25T20:00:00Z",
      "on until 2026-10-25T23:00:00.000Z",
    ],
  ] as const)("%s", (_, schedule, now, expected) => {
    expect(run(schedule, now)).toBe(expected);
  });

  it("tells by `until` each instant at which it changes, as asking every quarter of an hour does", () => {
    const schedule: Schedule = {
      ...ALWAYS,
      days: [1, 3, 7],
      hours: [hours("00:00", "02:15"), hours("09:30", "17:00"), hours("22:00", "24:00")],
    };
    for (const from of [at("2026-03-27T00:00:00Z"), at("2026-10-23T00:00:00Z")]) {
      let { isOn, until } = runningAt(schedule, from);
      for (let now = from; now < from + 8 * 86_400_000; now += 900_000) {
        const found = runningAt(schedule, now);
        if (now < until) expect(found.isOn).toBe(isOn);
        else expect(found.isOn).toBe(!isOn);
        ({ isOn, until } = found);
      }
    }
  });
});
