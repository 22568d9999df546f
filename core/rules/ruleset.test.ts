import { describe, expect, it } from "vitest";
import { History } from "../profile/history.ts";
import { openMemberships } from "../profile/memberships.ts";
import type { RulesetArtifact } from "./artifact.ts";
import { flattenRuleset } from "./flatten.ts";
import { anArtifact, anEvent, aRule, SETTINGS } from "./factories.ts";
import { loadRuleset } from "./ruleset.ts";

const shoes = { property: "category", eq: "shoes" };

describe("the artifact", () => {
  it("is plain JSON with instants resolved", () => {
    const artifact = anArtifact({ k: { event: "A", within: { after: "2026-01-01" } } });
    expect(JSON.parse(JSON.stringify(artifact))).toEqual(artifact);
    expect(artifact.conditions).toEqual([
      {
        kind: "event",
        selection: 0,
        window: { kind: "absolute", after: Date.UTC(2026, 0, 1) },
        aggregate: { kind: "count", compare: { gte: 1 } },
      },
    ]);
  });

  it("holds equal conditions of all audiences once, however they were written", () => {
    const artifact = anArtifact({
      a: {
        all: [
          { trait: "x", in: [1, "b", 1] },
          { event: ["B", "A"], within: "7d" },
        ],
      },
      b: { not: { event: ["A", "B", "A"], count: { gte: 1 }, within: "1w" } },
      c: { ignoreCase: false, in: ["b", 1], trait: "x" },
      d: { event: "A", where: shoes, count: { lt: 2, gte: 1 } },
      e: { event: "A", where: shoes, count: { gte: 1, lt: 2 }, within: "7d" },
    });
    expect(artifact.conditions).toHaveLength(4);
    expect(artifact.selections).toHaveLength(2);
  });

  it("holds equal tests once, however their lists and dates were written", () => {
    const artifact = anArtifact({
      a: { trait: "x", hasAny: [2, "b", 2] },
      b: { trait: "x", hasAny: ["b", 2] },
      c: { trait: "x", cidr: ["10.0.0.0/8", "::/0"] },
      d: { trait: "x", cidr: ["::/0", "10.0.0.0/8"] },
      e: { trait: "x", before: "2026-03-01" },
      f: { trait: "x", before: "2026-03-01T01:00+01:00" },
      g: { trait: "x", some: { property: "y", after: "2026-03-01" } },
      h: { trait: "x", some: { property: "y", after: "2026-03-01T00:00Z" } },
    });
    expect(artifact.conditions).toHaveLength(4);
  });

  it("holds a window in the workspace's zone once, named or not, and keeps other zones and sessions apart", () => {
    const conditionsOf = (...windows: object[]): number =>
      anArtifact(Object.fromEntries(windows.map((within, index) => [`k${index}`, { event: "A", within }]))).conditions.length;
    expect(conditionsOf({ calendar: "day" }, { calendar: "day", last: 1, complete: false, timeZone: "UTC" })).toBe(1);
    expect(conditionsOf({ calendar: "day" }, { calendar: "day", timeZone: "Asia/Tokyo" })).toBe(2);
    expect(anArtifact({ a: { event: "A" }, b: { event: "A", within: { session: true } } }).selections).toHaveLength(2);
  });

  it("keeps apart what only looks alike", () => {
    const artifact = anArtifact({
      a: { trait: "x", eq: 5 },
      b: { trait: "x", eq: "5" },
      c: { trait: "x\\.y", eq: 5 },
      d: { trait: "x.y", eq: 5 },
      e: { trait: "x", in: [5] },
      f: { trait: "x", eq: "a", ignoreCase: true },
      g: { trait: "x", eq: "a" },
    });
    expect(artifact.conditions).toHaveLength(7);
  });

  it("is the same whatever the order of the audiences, which are sorted by key", () => {
    const rules = {
      b: { trait: "x", eq: 1 },
      a: { event: "A" },
      "😀": { event: "A", where: shoes },
      "\uFFFD": { not: { event: "B" } },
    };
    const audiences = Object.entries(rules).map(([key, json]) => ({ key, rule: aRule(json) }));
    const settings = { workspace: "demo", version: 1, ...SETTINGS };
    expect(flattenRuleset(audiences.toReversed(), settings)).toEqual(flattenRuleset(audiences, settings));
    expect(flattenRuleset(audiences, settings).audiences.map(({ key }) => key)).toEqual(["a", "b", "😀", "\uFFFD"]);
  });
});

describe("a loaded ruleset", () => {
  it("knows what is true of somebody of whom nothing is known", () => {
    const ruleset = loadRuleset(
      anArtifact({
        everyone: { everyone: true },
        noEmail: { trait: "email", exists: false },
        never: { event: "A", count: { eq: 0 } },
        spentNothing: { event: "A", sum: { of: "value", lte: 0 } },
        notFrench: { not: { trait: "country", eq: "FR" } },
        once: { event: "A" },
      }),
    );
    expect(ruleset.emptyKeys).toEqual(["everyone", "never", "noEmail", "spentNothing"]);
    expect(openMemberships(ruleset, new History("p"), 0).keys()).toEqual(ruleset.emptyKeys);
    expect([ruleset.audienceCount, ruleset.version, ruleset.workspace]).toEqual([6, 1, "demo"]);
  });

  it.each<[string, (artifact: RulesetArtifact) => unknown]>([
    [
      "kind of condition",
      (artifact) => ({ ...artifact, conditions: artifact.conditions.map((one) => ({ ...one, kind: "sequence" })) }),
    ],
    ["operator", (artifact) => JSON.parse(JSON.stringify(artifact).replaceAll('"op":"eq"', '"op":"soundsLike"'))],
    ["inherited operator", (artifact) => JSON.parse(JSON.stringify(artifact).replaceAll('"op":"eq"', '"op":"constructor"'))],
    ["filter", (artifact) => JSON.parse(JSON.stringify(artifact).replaceAll('"kind":"property"', '"kind":"weather"'))],
    ["window", (artifact) => JSON.parse(JSON.stringify(artifact).replaceAll('"kind":"sliding"', '"kind":"calendar"'))],
    ["aggregate", (artifact) => JSON.parse(JSON.stringify(artifact).replaceAll('"kind":"count"', '"kind":"days"'))],
    ["bound", (artifact) => JSON.parse(JSON.stringify(artifact).replaceAll('"gte":1', '"about":1'))],
    ["group", (artifact) => JSON.parse(JSON.stringify(artifact).replaceAll('"kind":"not"', '"kind":"xor"'))],
    ["format", (artifact) => ({ ...artifact, format: 2, conditions: "elsewhere", selections: null })],
    [
      "condition that is not there",
      (artifact) => ({ ...artifact, audiences: artifact.audiences.map(({ key }) => ({ key, logic: 99 })) }),
    ],
  ])("matches no one with an audience of an unknown %s, and reports it", (_, spoil) => {
    const artifact = anArtifact({
      broken: { any: [{ everyone: true }, { not: { event: "A", where: shoes, within: "7d" } }, { not: { trait: "x", eq: 1 } }] },
    });
    const sound = loadRuleset(artifact);
    expect([sound.brokenKeys, sound.emptyKeys]).toEqual([[], ["broken"]]);
    const spoilt: RulesetArtifact = JSON.parse(JSON.stringify(spoil(artifact)));
    const ruleset = loadRuleset(spoilt);
    expect(ruleset.brokenKeys).toEqual(["broken"]);
    expect(ruleset.emptyKeys).toEqual([]);
    const history = new History("p");
    const memberships = openMemberships(ruleset, history, 1_000);
    for (const event of [anEvent({ time: 1, name: "A" }), anEvent({ time: 2, type: "identify", properties: { x: 1 } })]) {
      history.insert(event);
      memberships.apply(event, 1_000);
    }
    memberships.settle(1e15);
    expect(memberships.keys()).toEqual([]);
  });

  it.each([
    ["operator on an element of a list", '"op":"lt"', '"op":"soundsLike"'],
    ["filter of an element of a list", '"kind":"property"', '"kind":"weather"'],
    ["bound on the size of a list", '"gte":2', '"about":2'],
    ["bound on a version", '"lt":"2.0.0"', '"about":"2.0.0"'],
  ])("matches no one with an audience of an unknown %s", (_, known, unknown) => {
    const artifact = anArtifact({
      broken: {
        all: [
          { not: { trait: "a", some: { not: { property: "x", lt: 5 } } } },
          { trait: "b", size: { gte: 2 } },
          { trait: "c", version: { lt: "2.0.0" } },
        ],
      },
    });
    expect(loadRuleset(artifact).brokenKeys).toEqual([]);
    const text = JSON.stringify(artifact);
    expect(text).toContain(known);
    const ruleset = loadRuleset(JSON.parse(text.replace(known, unknown)));
    expect([ruleset.brokenKeys, ruleset.emptyKeys]).toEqual([["broken"], []]);
  });

  it("knows nothing of a text under a pattern that it cannot read, which a newer publisher let in", () => {
    const artifact = anArtifact({ a: { trait: "x", matches: "abc" }, b: { not: { trait: "x", matches: "abc" } } });
    const ruleset = loadRuleset(JSON.parse(JSON.stringify(artifact).replaceAll('"abc"', '"(?=abc)"')));
    const history = new History("p");
    history.insert(anEvent({ time: 1, type: "identify", properties: { x: "abc" } }));
    expect(openMemberships(ruleset, history, 1_000).keys()).toEqual([]);
  });

  it.each<[string, object, string, string]>([
    ["unit", { within: { calendar: "month" } }, '"unit":"month"', '"unit":"moon"'],
    ["time zone", { within: { calendar: "day", timeZone: "Asia/Tokyo" } }, "Asia/Tokyo", "Luna/Tycho"],
    ["time zone of days", { days: { gte: 0 } }, '"zone":"UTC","compare"', '"zone":"Luna/Tycho","compare"'],
    ["offset", { within: { from: "2d", to: "1d" } }, '"toMs":', '"toEra":'],
    ["window", { within: { session: true } }, '"kind":"session"', '"kind":"visit"'],
    ["kind of selection", { within: { session: true } }, '"ofSessions":true', '"ofSessions":"app"'],
    ["bound of an average", { avg: { of: "v", gte: 1 } }, '"gte":1', '"near":1'],
    ["operator on a last value", { last: { of: "v", eq: 1 } }, '"op":"eq"', '"op":"like"'],
    ["operator on an element of a last value", { last: { of: "v", some: { property: "x", lt: 1 } } }, '"op":"lt"', '"op":"like"'],
    ["path of a distinct", { distinct: { of: "v", gte: 0 } }, '"of":["v"]', '"of":"v"'],
  ])("matches no one with an unknown %s", (_, parts, known, unknown) => {
    const text = JSON.stringify(anArtifact({ k: { any: [{ everyone: true }, { event: "A", ...parts }] } }));
    expect(text).toContain(known);
    expect(loadRuleset(JSON.parse(text)).brokenKeys).toEqual([]);
    expect(loadRuleset(JSON.parse(text.replaceAll(known, unknown))).brokenKeys).toEqual(["k"]);
  });

  it("leaves the other audiences as they are", () => {
    const artifact = anArtifact({ fine: { not: { event: "B" } }, broken: { trait: "x", ne: 1 } });
    const ruleset = loadRuleset(JSON.parse(JSON.stringify(artifact).replaceAll('"op":"ne"', '"op":"soundsLike"')));
    expect([ruleset.brokenKeys, ruleset.emptyKeys]).toEqual([["broken"], ["fine"]]);
  });
});
