import { describe, expect, it } from "vitest";
import type { Json } from "../model/json.ts";
import { compileTest } from "./checks.ts";
import { anArtifact } from "./factories.ts";
import { TraitTable } from "./trait-table.ts";

const SIDE_BY_SIDE: readonly object[] = [
  { eq: "a" },
  { eq: 1 },
  { eq: true },
  { ne: "a" },
  { ne: 0 },
  { in: ["a", "b", 1, "a"] },
  { notIn: ["b", 2, false] },
  { exists: true },
  { exists: false },
  { gt: 1 },
  { gte: 1 },
  { lt: 1 },
  { lte: 1 },
  { between: [0, 1] },
  { between: [-1, -1] },
];
const ONE_BY_ONE: readonly object[] = [
  { eq: "A", ignoreCase: true },
  { in: ["A"], ignoreCase: true },
  { contains: "a" },
  { hasAny: ["a"] },
  { before: "2026-01-01" },
];

const rules = [...SIDE_BY_SIDE, ...ONE_BY_ONE].map((operator) => ({ trait: "t", ...operator }));
const inside = { trait: "t.x", eq: "a" };
const { conditions } = anArtifact({ all: { all: [...rules, inside] } });
const table = new TraitTable(Array.from(conditions.keys()), (index) => conditions[index] as (typeof conditions)[number]);

describe("the conditions on a trait, side by side", () => {
  it("are all that compare a whole value with others", () => {
    expect(table.conditions).toHaveLength(SIDE_BY_SIDE.length);
    expect(table.others).toHaveLength(ONE_BY_ONE.length + 1);
    expect([...table.conditions, ...table.others].toSorted((a, b) => a - b)).toEqual([...conditions.keys()]);
  });

  it.each<Json | undefined>([
    undefined,
    null,
    "a",
    "b",
    "A",
    "1",
    "",
    0,
    -0,
    1,
    -1,
    0.999,
    1.001,
    2,
    1e300,
    true,
    false,
    [],
    ["a"],
    {},
    { x: "a" },
  ])("say of %j what each says by itself", (value) => {
    const answers = table.ask(value);
    for (const [place, index] of table.conditions.entries()) {
      const condition = conditions[index];
      if (condition?.kind !== "trait") throw new Error("a condition on a trait was expected");
      expect([condition.test, answers[place]]).toEqual([condition.test, compileTest(condition.test, "UTC")(value, 0)]);
    }
  });
});
