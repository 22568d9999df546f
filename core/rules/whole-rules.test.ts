import { describe, expect, it } from "vitest";
import { anArtifact } from "./factories.ts";
import { loadRuleset } from "./ruleset.ts";

const gold = { trait: "plan", eq: "gold" };
const broken = (rules: Readonly<Record<string, unknown>>): readonly string[] => loadRuleset(anArtifact(rules)).brokenKeys;

describe("audiences that name others", () => {
  it("are whole where all that they name are there, by several ways too", () => {
    expect(broken({ a: gold, b: { audience: "a" }, c: { all: [{ audience: "a" }, { household: { audience: "b" } }] } })).toEqual(
      [],
    );
  });
  it("are broken where one is missing, directly, through another or through a household", () => {
    expect(
      broken({
        a: { audience: "missing" },
        b: { not: { audience: "a" } },
        c: { household: { any: [gold, { audience: "missing" }] } },
        d: { household: { household: { audience: "b" } } },
        e: { household: gold },
        f: gold,
      }),
    ).toEqual(["a", "b", "c", "d"]);
  });
  it("are broken where they lead back to themselves, through a household too, and what does not is whole", () => {
    expect(broken({ a: { household: { audience: "b" } }, b: { audience: "a" }, c: { household: { audience: "d" } }, d: gold })).toEqual(["a", "b"]); // prettier-ignore
    expect(broken({ a: { household: { audience: "a" } } })).toEqual(["a"]);
    expect(broken({ a: { audience: "b", for: "1d" }, b: { household: { household: { not: { audience: "a" } } } } })).toEqual(["a", "b"]); // prettier-ignore
  });
  it("ask a household only what can be evaluated there", () => {
    const { households } = anArtifact({
      a: { household: { audience: "b" } },
      b: gold,
      c: { household: { audience: "missing" } },
    });
    expect(households?.audiences).toHaveLength(3); // the question, its opposite, and what it names
    expect(anArtifact({ c: { household: { audience: "missing" } } }).households).toBeUndefined();
  });
});
