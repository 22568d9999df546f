import { describe, expect, it } from "vitest";
import { anArtifact, anEvent } from "../rules/factories.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { History } from "./history.ts";
import { openMemberships } from "./memberships.ts";

/** 1,000 audiences over 30 event names and 40 traits: the proof that the incremental path runs, by count. */
const NAMES = 30;
const TRAITS = 40;
const START = Date.UTC(2026, 2, 1);

const rules = Object.fromEntries(
  Array.from({ length: 1_000 }, (_, n): [string, unknown] => {
    const onEvent = {
      event: `Event ${n % NAMES}`,
      within: `${1 + (n % 60)}d`,
      count: { gte: 1 + (n % 4) },
      ...(n % 3 === 0 && { where: { property: "category", eq: `c${n % 7}` } }),
    };
    const onTrait = { trait: `trait${n % TRAITS}`, eq: n };
    return [`audience${n}`, n % 2 === 0 ? onEvent : n % 5 === 0 ? { all: [onTrait, onEvent] } : onTrait];
  }),
);
const artifact = anArtifact(rules);
const ruleset = loadRuleset(artifact);

/** Conditions that name the event. */
function conditionsNaming(name: string): number {
  return artifact.conditions.filter((condition) => condition.kind === "event" && artifact.selections[condition.selection]?.names.includes(name)).length; // prettier-ignore
}

function conditionsReading(trait: string): number {
  return artifact.conditions.filter((condition) => condition.kind === "trait" && condition.path[0] === trait).length;
}

function open() {
  const history = new History("p");
  const memberships = openMemberships(ruleset, history, START);
  let touched = memberships.touched;
  const count = (act: () => void): number => {
    act();
    const more = memberships.touched - touched;
    touched = memberships.touched;
    return more;
  };
  const take = (event: ReturnType<typeof anEvent>, now: number): number =>
    count(() => {
      history.insert(event);
      memberships.apply(event, now);
    });
  return { memberships, count, take };
}

describe("conditions touched", () => {
  it("are none for a profile of which nothing is known", () => {
    expect(openMemberships(ruleset, new History("p"), START).touched).toBe(0);
  });

  it("are exactly those that name the event, and far from all", () => {
    const { take } = open();
    let all = 0;
    for (let n = 0; n < NAMES; n++) {
      const touched = take(anEvent({ time: START + n, name: `Event ${n}`, properties: { category: "c1" } }), START + n);
      expect(touched).toBe(conditionsNaming(`Event ${n}`));
      expect(touched).toBeLessThanOrEqual(ruleset.conditionCount / 20);
      all += touched;
    }
    expect(all).toBe(artifact.conditions.filter(({ kind }) => kind === "event").length);
    expect(take(anEvent({ time: START + 99, name: "Unheard of" }), START + 99)).toBe(0);
  });

  it("are exactly those that read a trait the call sets, and none where it repeats what is known", () => {
    const { take } = open();
    const identify = (at: number) =>
      take(anEvent({ type: "identify", time: START + at, properties: { trait1: 41, trait3: null, unread: 1 } }), START + at);
    expect(identify(1)).toBe(conditionsReading("trait1") + conditionsReading("trait3"));
    expect(identify(2)).toBe(conditionsReading("trait3")); // null is not remembered as repeated
    expect(conditionsReading("trait1")).toBeGreaterThan(0);
  });

  it("are none by a read that no deadline precedes, however often it is asked", () => {
    const { memberships, count, take } = open();
    take(anEvent({ time: START, name: "Event 2" }), START);
    expect(memberships.nextChange).toBeLessThan(Infinity);
    const reads = count(() => {
      for (let at = START; at < memberships.nextChange; at += 3_600_000) {
        memberships.settle(at);
        memberships.keys();
      }
    });
    expect(reads).toBe(0);
  });

  it("are only those that are due when a deadline has passed", () => {
    const { memberships, count, take } = open();
    take(anEvent({ time: START, name: "Event 2" }), START);
    const due = count(() => memberships.settle(memberships.nextChange));
    expect(due).toBeGreaterThan(0);
    expect(due).toBeLessThan(conditionsNaming("Event 2"));
  });

  it("are only those that a new version has and the version before had not", () => {
    const { memberships, take } = open();
    for (let n = 0; n < NAMES; n++) take(anEvent({ time: START + n, name: `Event ${n}` }), START + n);
    const edited = loadRuleset(
      anArtifact({ ...rules, audience2: { event: "Event 2", within: "99d" }, more: { trait: "trait7", eq: "new" } }),
    );
    const after = memberships.under(edited);
    expect(after.touched).toBe(2);
    expect(after.keys()).toContain("audience2");
    expect(memberships.under(loadRuleset(anArtifact(rules))).touched).toBe(0);
  });

  it("of a sequence are one for each event that it names, though it names that event in several steps", () => {
    const sequence = { sequence: [{ event: "A" }, { event: "A" }, { event: "B" }], without: { event: "C" } };
    const history = new History("p");
    const memberships = openMemberships(loadRuleset(anArtifact({ k: sequence, other: { event: "D" } })), history, START);
    const touchedBy = (name: string, time: number): number => {
      const before = memberships.touched;
      const event = anEvent({ time, name });
      history.insert(event);
      memberships.apply(event, time);
      return memberships.touched - before;
    };
    expect(["A", "A", "B", "C", "D", "E"].map((name, index) => touchedBy(name, START + index))).toEqual([1, 1, 1, 1, 1, 0]);
    expect(memberships.keys()).toEqual(["k", "other"]);
  });
});
