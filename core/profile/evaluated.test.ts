import { describe, expect, it } from "vitest";
import type { JsonObject } from "../model/json.ts";
import { anArtifact, anEvent } from "../rules/factories.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { Evaluation } from "./evaluation.ts";
import { History } from "./history.ts";
import { ConditionReader } from "./reader.ts";

const NOW = Date.UTC(2026, 2, 1);

/** Traits that come one after the other, under audiences: how many are evaluated for each, and who is in at the end. */
function evaluating(rules: Readonly<Record<string, unknown>>, ...calls: readonly JsonObject[]) {
  const ruleset = loadRuleset(anArtifact(rules));
  const history = new History("p");
  const evaluation = new Evaluation(new ConditionReader(ruleset, history), { now: NOW, present: NOW });
  const evaluated = calls.map((properties, index) => {
    const before = evaluation.evaluated;
    history.insert(anEvent({ type: "identify", time: NOW - 1_000 + index, properties }));
    for (const [key, value] of Object.entries(properties)) evaluation.answer(ruleset.traitTable(key), value);
    evaluation.finish();
    return evaluation.evaluated - before;
  });
  return { evaluated, keys: evaluation.audiences().map((audience) => ruleset.audienceKeys[audience]) };
}

const a = { trait: "a", eq: 1 };
const b = { trait: "b", eq: 1 };
const c = { trait: "c", eq: 1 };

describe("audiences evaluated", () => {
  it("are none that a condition it needs still keeps out", () => {
    const all = { all: [a, b, c] };
    expect(evaluating({ all }, { a: 1 }, { b: 1 }, { c: 1 })).toEqual({ evaluated: [0, 0, 1], keys: ["all"] });
    expect(evaluating({ all }, { c: 1 }, { b: 1 }, { a: 1 })).toEqual({ evaluated: [1, 1, 1], keys: ["all"] });
  });

  it("are those the profile is in, whatever changes", () => {
    const all = { all: [a, b] };
    const joined = evaluating({ all }, { a: 1, b: 1 }, { a: 2 }, { b: 2 }, { b: 1 }, { a: 1 });
    expect(joined).toEqual({ evaluated: [1, 1, 0, 1, 1], keys: ["all"] });
    expect(evaluating({ all }, { a: 1, b: 1 }, { b: 2, a: 2 }).keys).toEqual([]);
  });

  it("are none where a value becomes known that is not asked for", () => {
    expect(evaluating({ any: { any: [a, b] } }, { a: 2 }, { b: 2 }, { b: 1 })).toEqual({ evaluated: [0, 0, 1], keys: ["any"] });
    const not = { not: { any: [a, b] } };
    expect(evaluating({ not }, { b: 1 }, { a: 2 }, { b: 2 })).toEqual({ evaluated: [0, 0, 1], keys: ["not"] });
  });

  it("hear of nested groups, and of one condition asked both ways", () => {
    const nested = { all: [a, { any: [b, { not: { all: [c, { none: [b] }] } }] }] };
    expect(evaluating({ nested }, { c: 2 }, { a: 1 }).keys).toEqual(["nested"]);
    expect(evaluating({ nested }, { c: 2 }, { a: 1 }, { c: 1 }, { b: 2 }).keys).toEqual([]);
    expect(evaluating({ nested }, { a: 1, c: 1, b: 2 }, { b: 1 }).keys).toEqual(["nested"]);
    const both = { all: [{ any: [a, b] }, { not: { all: [a, b] } }] };
    expect(evaluating({ both }, { a: 1, b: 2 }).keys).toEqual(["both"]);
    expect(evaluating({ both }, { a: 1, b: 2 }, { b: 1 }).keys).toEqual([]);
    expect(evaluating({ both }, { a: 1, b: 2 }, { b: 1 }, { a: 2 }).keys).toEqual(["both"]);
  });

  it("hear of counted groups", () => {
    const two = { atLeast: 2, of: [a, b, { not: c }] };
    expect(evaluating({ two }, { a: 1 }, { c: 2 }).keys).toEqual(["two"]);
    expect(evaluating({ two }, { a: 1 }, { c: 2 }, { a: 2 }, { b: 1 }).keys).toEqual(["two"]);
    expect(evaluating({ two }, { a: 1 }, { c: 2 }, { c: 1 }).keys).toEqual([]);
  });

  it("hear of audiences they name, and of none that is broken", () => {
    const rules = {
      first: { all: [a, b] },
      second: { all: [c, { audience: "first" }] },
      third: { all: [c, { not: { audience: "first" } }] },
      broken: { all: [c, { audience: "missing" }] },
      onBroken: { any: [c, { audience: "broken" }] },
    };
    expect(evaluating(rules, { c: 1 }).keys).toEqual(["third"]);
    expect(evaluating(rules, { c: 1 }, { a: 1 }, { b: 1 }).keys).toEqual(["first", "second"]);
    expect(evaluating(rules, { a: 1, b: 1 }, { c: 1 }, { b: 2 }).keys).toEqual(["third"]);
  });
});
