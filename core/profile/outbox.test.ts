import { describe, expect, it } from "vitest";
import type { ProfileId } from "../model/ids.ts";
import { LARGEST_MESSAGE, type OutboxState } from "../model/outbox.ts";
import {
  appended,
  confirmed,
  isSealed,
  LONGEST_PAUSE_MS,
  LONGEST_SEAL_MS,
  message,
  nextSend,
  NOTHING_SENT,
  nudgePause,
  pulled,
  SEAL_MESSAGE_BYTES,
  SEAL_MS,
  sealDelay,
  sentAll,
  SHORTEST_PAUSE_MS,
} from "./outbox.ts";

const SENDER = { workspace: "w", jurisdiction: null, profile: "p".repeat(43) as ProfileId, epoch: 1 };
const STATE: OutboxState = { members: {}, ruleset: 1, nextChange: null, identifiers: [], firstSeen: 1, lastSeen: 2 };

describe("records wait for others to leave with", () => {
  it.each([
    ["the first ever", undefined, SEAL_MS],
    ["one of many", 1_000, SEAL_MS],
    ["one a minute", 60_000, LONGEST_SEAL_MS],
    ["one every forty seconds", 40_000, 200_000],
    ["one every four minutes", 240_000, LONGEST_SEAL_MS],
    ["one that no other follows soon", 86_400_000, SEAL_MS],
    ["one just written", 0, SEAL_MS],
  ])("%s", (_, gapMs, wait) => {
    expect(sealDelay(gapMs, false)).toBe(wait);
    expect(sealDelay(gapMs, true)).toBe(SEAL_MS);
  });

  it("until there are fifty, or 64 KB, or their time has come", () => {
    const waiting = appended(NOTHING_SENT, 100, 30_000);
    expect(isSealed(waiting, 49, 29_999)).toBe(false);
    expect(isSealed(waiting, 50, 0)).toBe(true);
    expect(isSealed(waiting, 1, 30_000)).toBe(true);
    expect(isSealed(appended(waiting, SEAL_MESSAGE_BYTES, 99_999), 2, 0)).toBe(true);
    expect(isSealed(NOTHING_SENT, 0, 1e15)).toBe(false);
  });

  it("counted from the first of them", () => {
    expect(appended(appended(NOTHING_SENT, 5, 100), 7, 900)).toMatchObject({ bytes: 12, sealAt: 100 });
  });
});

describe("what has left", () => {
  const sent = sentAll(appended(NOTHING_SENT, 100, 30_000), 50, 1_000);

  it("is sent again until it is confirmed, in pauses that double up to an hour", () => {
    expect(nextSend(sent, 50, 1_000, 0)).toBe(1_000 + SHORTEST_PAUSE_MS);
    const pauses: number[] = [];
    for (let now = 1_000, tries = 0; tries < 9; tries++) {
      const at = nextSend(sent, 50, now, 0);
      pauses.push((at - now) / 60_000);
      now = at;
    }
    expect(pauses).toEqual([1, 1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it.each([
    [0, 0, SHORTEST_PAUSE_MS],
    [1e9, 0, LONGEST_PAUSE_MS],
    [120_000, 0, 120_000],
    [120_000, 0.5, 135_000],
  ])("having waited %d ms, with a spread of %d, it goes again after %d ms", (waitedMs, spread, pause) => {
    expect(nudgePause(waitedMs, spread)).toBe(pause);
  });

  it("is waited for no longer once all of it is confirmed", () => {
    expect(confirmed(sent, 50, 50, 2_000)).toEqual({ sent: 50, bytes: 0, sealAt: null, waitingSince: null });
    expect(nextSend(confirmed(sent, 50, 50, 2_000), 50, 2_000, 0)).toBe(Infinity);
  });

  it("is waited for anew where only a part of it is confirmed, and what has not left goes on waiting", () => {
    const more = appended(sent, 10, 40_000);
    expect(confirmed(more, 20, 51, 2_000)).toEqual({ sent: 50, bytes: 10, sealAt: 40_000, waitingSince: 2_000 });
    expect(confirmed(more, 50, 51, 2_000)).toMatchObject({ waitingSince: null, sealAt: 40_000 });
    expect(nextSend(confirmed(more, 50, 51, 2_000), 51, 2_000, 0)).toBe(40_000);
  });

  it("also counts as sent where it was pulled before it was sent", () => {
    const more = appended(sent, 10, 40_000);
    expect(confirmed(more, 51, 51, 2_000)).toEqual({ sent: 51, bytes: 0, sealAt: null, waitingSince: null });
  });
});

describe("a message", () => {
  it("bears its records where the queue takes it", () => {
    expect(message(SENDER, 3, 5, ["{}", "{}"], STATE)).toMatchObject({ from: 3, to: 5, records: ["{}", "{}"], state: STATE });
  });

  it.each([
    ["in letters", "x".repeat(LARGEST_MESSAGE)],
    ["in bytes only", "é".repeat(LARGEST_MESSAGE * 0.6)],
    ["in bytes of other scripts", "語".repeat(LARGEST_MESSAGE * 0.35)],
  ])("is a nudge where it is too large %s", (_, note) => {
    expect(message(SENDER, 3, 4, [JSON.stringify({ note })], STATE)).toEqual({ v: 1, ...SENDER, from: 3, to: 4 });
  });

  it("is as large as it may be", () => {
    const records = ["x".repeat(LARGEST_MESSAGE - 1_000)];
    expect(message(SENDER, 3, 4, records, STATE).records).toBe(records);
  });
});

describe("the answer to a pull", () => {
  const records = ["a".repeat(10), "b".repeat(10), "c".repeat(10)];

  it("bears as many records as fit, and says how the profile stands with the last one only", () => {
    expect(pulled(SENDER, 0, 3, records, 25, STATE)).toEqual({ v: 1, ...SENDER, from: 0, to: 2, records: records.slice(0, 2) });
    expect(pulled(SENDER, 0, 3, records, 30, STATE)).toMatchObject({ to: 3, records, state: STATE });
    expect(pulled(SENDER, 3, 3, [], 30, STATE)).toMatchObject({ from: 3, to: 3, records: [], state: STATE });
  });

  it("bears one record however large it is", () => {
    expect(pulled(SENDER, 0, 3, records, 1, STATE)).toMatchObject({ from: 0, to: 1 });
  });
});
