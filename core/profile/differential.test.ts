import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogEvent } from "../model/event.ts";
import type { Rule } from "../rules/ast.ts";
import { aRule, anArtifact } from "../rules/factories.ts";
import type { GoldenRules } from "../rules/golden-policy.ts";
import { interpret, type Truth } from "../rules/interpret.ts";
import { loadRuleset, type Ruleset } from "../rules/ruleset.ts";
import { FUZZ_TIMEOUT_MS, fuzzed } from "./fuzzing.testing.ts";
import {
  denseWorld,
  goldenWorld,
  RETENTION_MS,
  SETTINGS,
  START,
  TICK_MS,
  TICKS,
  world,
  type World,
} from "./differential-world.ts";
import { explainAt } from "./explain.ts";
import { History } from "./history.ts";
import { membershipsAt, openMemberships } from "./memberships.ts";

/** The engine against the interpreter (rules.md, "Properties that must hold"). */
/** How far explain's next change of a group is sure to be exact, at the least. */
const SEARCHED_MS = 20 * 365 * 86_400_000;

interface Tested {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly golden: GoldenRules | undefined;
  readonly ruleset: Ruleset;
  readonly log: readonly LogEvent[];
}

/** @param named rules by key, in place of those of the world */
function prepare(
  { rules: jsons, log, golden }: World,
  named = Object.fromEntries(jsons.map((json, index) => [`r${index}`, json])),
): Tested {
  const rules = new Map(Object.entries(named).map(([key, json]) => [key, aRule(json, SETTINGS)]));
  const ruleset = loadRuleset(JSON.parse(JSON.stringify(anArtifact(named, { ...SETTINGS, golden }))));
  return { rules, golden, ruleset, log: accepted(log) };
}

/** What a profile object hands on: of two events with one source and message the first. */
function accepted(log: readonly LogEvent[]): LogEvent[] {
  const byId = new Map<string, LogEvent>();
  for (const one of log) if (!byId.has(`${one.source} ${one.messageId}`)) byId.set(`${one.source} ${one.messageId}`, one);
  return [...byId.values()];
}

function valueOf(tested: Tested, log: readonly LogEvent[], key: string, now: number, present: number): Truth {
  const parsed = tested.rules.get(key);
  if (!parsed) throw new Error(key);
  const { rules: audiences, golden } = tested;
  return interpret(parsed, log, { now, present, ...SETTINGS, golden, profileId: "p", audiences });
}

/** Keys that the interpreter says are true. */
function expectedKeys(tested: Tested, log: readonly LogEvent[], now: number, present = now): string[] {
  return [...tested.rules.keys()].filter((key) => valueOf(tested, log, key, now, present) === true);
}

function historyOf(log: readonly LogEvent[]): History {
  const history = new History("p");
  for (const one of log) history.insert(one);
  return history;
}

function shuffled<T>(items: readonly T[], order: readonly number[]): T[] {
  return items.map((item, index) => ({ item, place: order[index] ?? 0 })).toSorted((a, b) => a.place - b.place).map(({ item }) => item); // prettier-ignore
}

/** @param share of all runs */
const check = (name: string, property: (given: World) => void, share = 1): void => {
  it(name, () => fc.assert(fc.property(fc.oneof(world, denseWorld, goldenWorld), property), fuzzed(share)), FUZZ_TIMEOUT_MS);
};

/** Numbered as in rules.md, "Properties that must hold"; the fifth is in touched.test.ts. */
describe("the engine", () => {
  check("(1) gives at any instant, past or future, what the interpreter gives, whatever the duplicates", (given) => {
    const tested = prepare(given);
    const history = historyOf(tested.log);
    for (const now of given.instants) {
      for (const present of [now, now + given.backwards]) {
        const { keys } = membershipsAt(tested.ruleset, history, { now, present });
        expect(keys).toEqual(expectedKeys(tested, given.log, now, present));
        for (const key of tested.rules.keys()) {
          expect(explainAt(tested.ruleset, history, key, { now, present }).value).toBe(
            valueOf(tested, given.log, key, now, present),
          );
        }
      }
    }
  });

  check("(2) maintains it event by event in any order, however late, and read or not in between", (given) => {
    const tested = prepare(given);
    const history = new History("p");
    const clocks = given.instants.toSorted((a, b) => a - b);
    let now = clocks[0] ?? START;
    const memberships = openMemberships(tested.ruleset, history, now);
    const arrived: LogEvent[] = [];
    for (const [index, one] of shuffled(tested.log, given.order).entries()) {
      now = clocks[Math.floor((index * clocks.length) / tested.log.length)] ?? now;
      if (index % 3 !== 0) memberships.settle(now);
      history.insert(one);
      arrived.push(one);
      memberships.apply(one, now);
      if (index % 2 === 0) expect(memberships.keys()).toEqual(expectedKeys(tested, arrived, now));
    }
    for (const later of [now, ...clocks.filter((clock) => clock >= now), (clocks.at(-1) ?? now) + RETENTION_MS * 3]) {
      memberships.settle(later);
      expect(memberships.keys()).toEqual(expectedKeys(tested, arrived, later));
      expect(openMemberships(tested.ruleset, history, later).keys()).toEqual(memberships.keys());
    }
  });

  check("(3) says no later than true when time alone will change a membership, and says each change at its instant", (given) => {
    const tested = prepare(given);
    const history = historyOf(tested.log);
    for (const now of given.instants) {
      const memberships = openMemberships(tested.ruleset, history, now);
      let before = expectedKeys(tested, tested.log, now);
      expect(membershipsAt(tested.ruleset, history, { now, present: now }).nextChange).toBe(memberships.nextChange);
      // Every edge of every window lies on a tick: between two of them nothing changes.
      for (let at = Math.ceil((now + 1) / TICK_MS) * TICK_MS; at <= START + TICKS * TICK_MS + RETENTION_MS; at += TICK_MS) {
        const keys = expectedKeys(tested, tested.log, at);
        const changed = [...tested.rules.keys()].filter((key) => keys.includes(key) !== before.includes(key));
        if (changed.length > 0) expect(memberships.nextChange).toBeLessThanOrEqual(at);
        memberships.settle(at);
        expect(memberships.keys()).toEqual(keys);
        expect(memberships.changes().toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
          changed.map((key) => ({ key, entered: keys.includes(key), at })),
        );
        expect(memberships.nextChange).toBeGreaterThan(at);
        before = keys;
      }
      if (!JSON.stringify(given.rules).includes("7")) expect(memberships.nextChange).toBe(Infinity); // of two hours, of a day
    }
  }, 1 / 4); // prettier-ignore

  check("(3) knows exactly when time alone changes a single condition, and explain when it changes a rule", (given) => {
    const tested = prepare(given);
    const history = historyOf(tested.log);
    for (const now of given.instants) {
      for (const present of [now, now + given.backwards]) {
        const at = (key: string, t: number): Truth => valueOf(tested, tested.log, key, t, Math.max(t, present));
        for (const key of tested.rules.keys()) {
          const before = at(key, now);
          const { nextChange } = explainAt(tested.ruleset, history, key, { now, present });
          // Anniversaries come for 8,000 years: a group that none of them changes is not searched for so long, but told early.
          if (nextChange !== null && nextChange < now + SEARCHED_MS) {
            expect(at(key, nextChange)).not.toBe(before);
            expect(at(key, nextChange - 1)).toBe(before);
          }
          for (let t = Math.ceil((now + 1) / TICK_MS) * TICK_MS; t < Math.min(nextChange ?? Infinity, START + 60_000); t += TICK_MS) {
            expect(at(key, t)).toBe(before);
          }
        }
        if (tested.ruleset.audienceCount === 1 && tested.ruleset.bareCondition(0) >= 0) {
          const { nextChange } = membershipsAt(tested.ruleset, history, { now, present });
          expect(nextChange).toBe(explainAt(tested.ruleset, history, "r0", { now, present }).nextChange ?? Infinity);
        }
      }
    }
  }, 1 / 4); // prettier-ignore

  check("(4) gives the same whether a rule is published before the events or after", (given) => {
    const tested = prepare(given);
    const now = Math.max(...given.instants);
    const history = new History("p");
    const before = openMemberships(tested.ruleset, history, now);
    for (const one of shuffled(tested.log, given.order)) {
      history.insert(one);
      before.apply(one, now);
    }
    const after = openMemberships(tested.ruleset, history, now);
    expect(before.keys()).toEqual(after.keys());
    expect(before.nextChange).toBe(after.nextChange);
  });

  check("(4) gives the same when one ruleset follows another, as if the second had always been", (given) => {
    const tested = prepare(given);
    const clocks = given.instants.toSorted((a, b) => a - b);
    const [early = START, late = early] = [clocks[0], clocks.at(-1)];
    // Drops the first rule, keeps the others under their keys but one, which is exchanged with the last.
    const keys = [...tested.rules.keys()].slice(1);
    const exchanged = Object.fromEntries(
      keys.map((key, index) => [key, given.rules[index === 0 ? given.rules.length - 1 : index + 1] ?? {}]),
    );
    const golden = given.backwards % 2 === 0 ? given.golden : undefined; // else with other policies, too
    const next = prepare({ ...given, golden, rules: [] }, exchanged);
    const history = historyOf(tested.log.slice(0, 7));
    const before = openMemberships(tested.ruleset, history, early);
    const after = before.under(next.ruleset);
    const compare = (now: number, log: readonly LogEvent[]): void => {
      expect(after.keys()).toEqual(expectedKeys(next, log, now));
      const afresh = openMemberships(next.ruleset, history, now);
      expect([after.keys(), after.nextChange]).toEqual([afresh.keys(), afresh.nextChange]);
    };
    compare(early, tested.log.slice(0, 7));
    for (const one of tested.log.slice(7)) {
      history.insert(one);
      after.apply(one, early);
    }
    compare(early, tested.log);
    after.settle(late);
    compare(late, tested.log);
  });

  check("(2) gives the same when a whole batch was put into the history before any of it was applied", (given) => {
    const tested = prepare(given);
    const now = Math.max(...given.instants);
    const history = historyOf(tested.log.slice(0, 3));
    const memberships = openMemberships(tested.ruleset, history, Math.min(...given.instants));
    for (const one of tested.log.slice(3)) history.insert(one);
    for (const one of tested.log.slice(3)) memberships.apply(one, now);
    memberships.settle(now);
    expect(memberships.keys()).toEqual(expectedKeys(tested, tested.log, now));
  });
});
