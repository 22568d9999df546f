import { describe, expect, it } from "vitest";
import type { LogEvent } from "../model/event.ts";
import { aRule, anArtifact, anEvent, DAY_MS, SETTINGS } from "../rules/factories.ts";
import { interpret } from "../rules/interpret.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { History } from "./history.ts";
import { openMemberships } from "./memberships.ts";

/** More events of a name than columns are worked out anew for: what is kept for long lists is kept right, late events or not. */
const EVENTS = 160;
const START = Date.UTC(2026, 0, 1);

const AGGREGATES: readonly object[] = [
  { count: { gte: 70 } },
  { days: { gte: 9 } },
  { sum: { of: "value", gte: 90.3 } },
  { sum: { of: "value", lt: 120 } },
  { avg: { of: "value", gte: 1.2 } },
  { min: { of: "value", lt: 0.1 } },
  { max: { of: "value", gte: 2.9 } },
  { distinct: { of: "category", gte: 8 } },
  { first: { of: "category", eq: 3 } },
  { last: { of: "category", eq: 5 } },
];
const WINDOWS: readonly object[] = [{}, { within: "9d" }, { within: { calendar: "week", last: 2 } }];
const FILTERS: readonly object[] = [{}, { where: { property: "value", gte: 0.2 } }];
const rules = Object.fromEntries(
  AGGREGATES.flatMap((aggregate) =>
    WINDOWS.flatMap((window) => FILTERS.map((filter) => Object.assign({ event: "Viewed" }, aggregate, window, filter))),
  ).map((rule, index): [string, object] => [`r${index}`, rule]),
);
const parsed = Object.entries(rules).map(([key, json]) => [key, aRule(json)] as const);
const ruleset = loadRuleset(anArtifact(rules));

/** Three hours apart, every seventh one day late. */
const log = Array.from({ length: EVENTS }, (_, n) =>
  anEvent({
    time: START + n * 3 * 3_600_000 - (n % 7 === 0 ? DAY_MS : 0),
    messageId: String(n),
    properties: { ...(n % 5 !== 0 && { value: ((n * 37) % 300) / 100 }), ...(n % 3 !== 0 && { category: (n * 11) % 9 }) },
  }),
);

function expectedKeys(held: readonly LogEvent[], now: number): string[] {
  const asked = { now, present: now, profileId: "p", ...SETTINGS };
  return parsed
    .filter(([, rule]) => interpret(rule, held, asked) === true)
    .map(([key]) => key)
    .toSorted();
}

describe("long lists of events", () => {
  it("are maintained as the interpreter counts them", () => {
    const history = new History("p");
    let now = START;
    const memberships = openMemberships(ruleset, history, now);
    for (const [n, event] of log.entries()) {
      now = Math.max(now, event.time);
      history.insert(event);
      memberships.apply(event, now);
      if (n > 50 && n % 4 === 0) expect(memberships.keys()).toEqual(expectedKeys(log.slice(0, n + 1), now));
    }
    for (let at = now; at < now + 20 * DAY_MS; at += DAY_MS / 2) {
      memberships.settle(at);
      expect(memberships.keys()).toEqual(expectedKeys(log, at));
    }
  });
});
