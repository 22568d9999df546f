import { describe, expect, it } from "vitest";
import { openMemberships } from "../../core/profile/memberships.ts";
import { interpret } from "../../core/rules/interpret.ts";
import { parseRule } from "../../core/rules/parse.ts";
import { loadRuleset } from "../../core/rules/ruleset.ts";
import { mixedAudiences, plainAudiences, sequencesAreRead } from "./audiences.ts";
import { closureScan, ruleClosure } from "./closures.ts";
import { historyOf, log, NOW } from "./people.ts";
import { personOf } from "./person.ts";
import type { Audience, MixedRule } from "./rules.ts";
import { DAY_MS } from "../../core/rules/factories.ts";
import { publish, SETTINGS } from "./ruleset.ts";

const SEEDS = [1, 2, 3, 4, 5];

/** What the engine says. */
function maintained(audiences: readonly Audience<object>[], seed: number): readonly string[] {
  return openMemberships(loadRuleset(publish(audiences)), historyOf(log(200, seed)), NOW).keys();
}

/** What rules.md says, rule by rule. */
function interpreted(audiences: readonly Audience<object>[], seed: number): string[] {
  const events = log(200, seed);
  return audiences
    .filter(({ rule }) => {
      const parsed = parseRule(rule, SETTINGS);
      if (!parsed.ok) throw new Error("refused");
      return interpret(parsed.value, events, { now: NOW, present: NOW, profileId: "p", ...SETTINGS }) === true;
    })
    .map(({ key }) => key);
}

describe("the closures", () => {
  it.each(SEEDS)("say what engine and interpreter say of seed %d, of all kinds of rules", (seed) => {
    const audiences = mixedAudiences(250, seed, sequencesAreRead());
    const expected = interpreted(audiences, seed);
    expect(expected.length).toBeGreaterThan(10);
    expect(closureScan(audiences)(personOf(log(200, seed)), NOW)).toEqual(expected);
    expect(maintained(audiences, seed)).toEqual(expected);
  });
  it.each(SEEDS)("say what the engine says of seed %d, of thousands of rules", (seed) => {
    for (const audiences of [plainAudiences(3_000, seed), mixedAudiences(3_000, seed, sequencesAreRead())]) {
      expect(closureScan(audiences)(personOf(log(200, seed)), NOW)).toEqual(maintained(audiences, seed));
    }
  });

  const person = {
    properties: { plan: "gold", age: 30 },
    events: new Map([
      ["A", [at(1), at(5)]],
      ["B", [at(3), at(9)]],
      ["C", [at(2)]],
    ]),
  };
  it.each<[MixedRule, boolean]>([
    [{ trait: "plan", eq: "gold" }, true],
    [{ not: { trait: "plan", eq: "gold" } }, false],
    [{ not: { trait: "missing", eq: "gold" } }, false],
    [
      {
        not: {
          any: [
            { trait: "missing", eq: "a" },
            { trait: "plan", eq: "b" },
          ],
        },
      },
      false,
    ],
    [
      {
        not: {
          all: [
            { trait: "missing", eq: "a" },
            { trait: "plan", eq: "b" },
          ],
        },
      },
      true,
    ],
    [{ not: { trait: "age", between: [31, 40] } }, true],
    [{ trait: "missing", exists: false }, true],
    [{ sequence: [{ event: "A" }, { event: "B", within: "1d" }], within: "30d" }, false],
    [{ sequence: [{ event: "A" }, { event: "B", within: "2d" }], within: "30d" }, true],
    [{ sequence: [{ event: "A" }, { event: "B", within: "3d" }], within: "22d" }, false],
    [{ sequence: [{ event: "B" }, { event: "C", within: "7d" }], within: "30d" }, false],
    [{ sequence: [{ event: "A" }, { event: "C", within: "1d" }, { event: "B", within: "1d" }], within: "30d" }, true],
    [{ not: { sequence: [{ event: "A" }, { event: "B", within: "1d" }], within: "30d" } }, true],
  ])("of %j say %s", (rule, is) => {
    expect(ruleClosure(rule)(person, NOW)).toBe(is);
  });
});

/** An event on a day of the thirty before now. */
function at(day: number) {
  const call = { type: "track", source: "web", channel: "web", party: "first", properties: {} } as const;
  return { ...call, name: "", messageId: `${day}`, time: NOW - 25 * DAY_MS + day * DAY_MS };
}
