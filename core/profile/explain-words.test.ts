import { describe, expect, it } from "vitest";
import { describeRule } from "../rules/describe.ts";
import { ENGLISH } from "../rules/english.ts";
import { anArtifact, aRule, SETTINGS } from "../rules/factories.ts";
import { FRENCH } from "../rules/french.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { explainAt, type ExplainNode } from "./explain.ts";
import { phraseOf } from "./explain-words.ts";
import { History } from "./history.ts";

const PARIS = { ...SETTINGS, zone: "Europe/Paris" };

function explained(json: unknown): ExplainNode {
  const rules = loadRuleset(anArtifact({ vip: { everyone: true }, asked: json }, PARIS));
  return explainAt(rules, new History("somebody"), "asked", { now: 0, present: 0 });
}

describe("a condition of an explain tree", () => {
  it.each<[unknown]>([
    [{ trait: "address.city", eq: "Paris" }],
    [{ trait: "a\\.b", in: ["a", "b"] }],
    [{ trait: "born", before: "2000-01-01" }],
    [{ trait: "seen", after: "2026-03-01T12:00:00Z" }],
    [{ trait: "pets", some: { property: "kind", eq: "cat" } }],
    [{ event: "Order Completed", within: "30d", count: { gte: 2 } }],
    [{ event: ["A", "B"], where: { any: [{ property: "x", gt: 1 }, { channel: "web" }] }, sum: { of: "value", gte: 10 } }],
    [{ event: "*", within: { from: "90d", to: "30d" } }],
    [{ event: "A", within: { after: "2026-01-01", before: "2026-06-01T08:30:00Z" } }],
    [{ event: "A", within: { calendar: "month", last: 2 }, days: { gte: 3 } }],
    [{ event: "A", within: { calendar: "week", complete: true, timeZone: "Asia/Tokyo" } }],
    [{ event: "A", within: { session: true } }],
    [{ event: "A", last: { of: "sku", startsWith: "x" } }],
    [
      {
        sequence: [{ event: "A" }, { event: "B", within: "1h" }],
        within: "30d",
        without: { event: "C" },
        sameSession: true,
      },
    ],
    [{ audience: "vip" }],
    [{ audience: "vip", for: "7d" }],
    [{ list: "l" }],
    [{ bucket: { salt: "s", from: 0, to: 0.25 } }],
  ])("%j is said as in the sentence of its rule", (json) => {
    const rule = aRule(json, PARIS);
    const node = explained(json);
    for (const phrases of [ENGLISH, FRENCH])
      expect(phrases.sentence(phraseOf(node, "Europe/Paris", phrases))).toBe(describeRule(rule, phrases));
  });
});

describe("a group of an explain tree", () => {
  const some = [
    { trait: "a", eq: 1 },
    { trait: "b", eq: 1 },
    { trait: "c", eq: 1 },
  ];
  it.each<[unknown, string, string]>([
    [{ all: some }, "who fit all of these", "qui remplissent toutes ces conditions"],
    [{ any: some }, "who fit at least one of these", "qui remplissent au moins une de ces conditions"],
    [{ none: some }, "who fit none of these", "qui ne remplissent aucune de ces conditions"],
    [{ not: some[0] }, "who do not fit this", "qui ne remplissent pas cette condition"],
    [{ atLeast: 2, of: some }, "who fit at least 2 of these 3", "qui remplissent au moins 2 de ces 3 conditions"],
    [{ everyone: true }, "who are anyone at all", "quelles qu’elles soient"],
    [{ household: { all: some } }, "whose household fits what is asked of it", "dont le foyer remplit ce qui lui est demandé"],
    [
      { audience: "nobody" },
      "who are in an audience that is not there or cannot be evaluated",
      "qui sont dans une audience absente ou impossible à évaluer",
    ],
  ])("%j is said by how its parts are joined", (json, english, french) => {
    const node = explained(json);
    expect([phraseOf(node, "UTC", ENGLISH), phraseOf(node, "UTC", FRENCH)]).toEqual([english, french]);
  });
});
