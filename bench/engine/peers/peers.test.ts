import { describe, expect, it } from "vitest";
import { plainAudiences } from "../audiences.ts";
import { closureScan } from "../closures.ts";
import { log, NOW } from "../people.ts";
import { personOf } from "../person.ts";
import type { PlainRule } from "../rules.ts";
import { TRAIT_NAMES, traitKind } from "../vocabulary.ts";
import { growthbook } from "./growthbook.ts";
import { jsonLogic } from "./json-logic.ts";
import { jsonRules } from "./json-rules.ts";
import { siftQueries } from "./sift.ts";

/** A trait of each kind that is compared in a way of its own. */
const [NUMBER = "", TEXT = "", FLAG = ""] = ["number", "text", "boolean"].map((kind) =>
  TRAIT_NAMES.find((name) => traitKind(name) === kind),
);

const PEERS = [growthbook, jsonLogic, siftQueries, jsonRules];

describe.each(PEERS)("$name", ({ prepare }) => {
  it.each([1, 2, 3])("finds the same audiences of seed %d", async (seed) => {
    const audiences = plainAudiences(400, seed);
    const person = personOf(log(10, seed));
    const expected = closureScan(audiences)(person, NOW);
    expect(expected.length).toBeGreaterThan(10);
    expect(await prepare(audiences)(person.properties)).toEqual(expected);
  });

  const conditions: PlainRule[] = [
    { trait: TEXT, eq: "b" },
    { trait: TEXT, in: ["a", "b"] },
    { trait: NUMBER, gte: 10 },
    { trait: NUMBER, between: [10, 20] },
    { trait: TEXT, contains: "b" },
    { trait: TEXT, exists: true },
    { trait: TEXT, exists: false },
    { trait: FLAG, eq: true },
    { trait: FLAG, eq: false },
  ];
  it.each([
    ["nothing", {}],
    ["some", { [TEXT]: "b", [NUMBER]: 10, [FLAG]: false }],
    ["others", { [TEXT]: "cab", [NUMBER]: 21, [FLAG]: true }],
    ["zeros", { [TEXT]: "", [NUMBER]: 0 }],
  ])("says of each condition and of its negation what the closures say, of somebody of whom there is %s", async (_, traits) => {
    const audiences = conditions.flatMap((rule, at) => [
      { key: `${at}`, rule },
      { key: `${at} not`, rule: { not: rule } },
      { key: `${at} not all`, rule: { not: { all: [rule, { not: rule }] } } },
    ]);
    const expected = closureScan(audiences)({ properties: traits, events: new Map() }, NOW);
    expect(await prepare(audiences)(traits)).toEqual(expected);
  });
});
