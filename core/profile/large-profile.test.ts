import { expect, it } from "vitest";
import type { JournalEvent } from "../model/envelope.ts";
import type { ProfileId } from "../model/ids.ts";
import { anArtifact, DAY_MS } from "../rules/factories.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { TestObject } from "./memory-store.ts";

/** A profile of 50,000 events with TIDELINE_FULL=1, else of 5,000: what a delivery, a read and waking cost, and what is stored. */
const EVENTS = process.env["TIDELINE_FULL"] === "1" ? 50_000 : 5_000;
const BATCH = 50;
const NOW = Date.UTC(2026, 2, 1);

const ruleset = loadRuleset(
  anArtifact(
    Object.fromEntries(
      Array.from({ length: 1_000 }, (_, n): [string, unknown] => [
        `a${n}`,
        { event: `E${n % 30}`, within: `${1 + (n % 90)}d`, count: { gte: 1 + (n % 9) } },
      ]),
    ),
  ),
);
const rules = { version: 1, rules: ruleset };

function event(n: number, time: number): JournalEvent {
  const origin = { type: "userId", hash: "a".repeat(43) as ProfileId };
  const fixed = { type: "track", source: "web", channel: "web", party: "first", origin } as const;
  return { ...fixed, messageId: `m${n}`, name: `E${n % 30}`, time, receivedAt: time, properties: { n, category: `c${n % 7}` } };
}

it(`a profile of ${EVENTS} events is kept, read and woken`, () => {
  const object = new TestObject();
  const took: number[] = [];
  for (let n = 0; n < EVENTS; n += BATCH) {
    const time = NOW + Math.floor((n / EVENTS) * 90 * DAY_MS);
    const events = Array.from({ length: BATCH }, (_, k) => event(n + k, time + k));
    const began = performance.now();
    expect(object.deliver(events, time + BATCH, rules).accepted).toBe(BATCH);
    took.push(performance.now() - began);
  }
  const middle = (of: readonly number[]): string => (of.toSorted((a, b) => a - b)[of.length >> 1] ?? 0).toFixed(2);
  const now = NOW + 91 * DAY_MS;
  const keys = object.live?.memberships(1, ruleset, now).keys();
  object.evict();
  const began = performance.now();
  expect(object.live?.memberships(1, ruleset, now).keys()).toEqual(keys);
  const woken = performance.now() - began;
  const rows = [...object.store.rows.values()];
  const bytes = rows.reduce((sum, row) => sum + row.length, 0);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThan(1_900_000);
  process.stdout.write(
    `profile of ${EVENTS} events: a delivery of ${BATCH} took ${middle(took.slice(0, 100))} ms at first, ${middle(took.slice(-100))} ms at last; read anew from all of its journal ${woken.toFixed(0)} ms; ${rows.length} rows, ${(bytes / 1e6).toFixed(1)} MB, the head ${((object.store.rows.get(0) ?? "").length / 1000).toFixed(1)} KB\n`,
  );
});
