import { describe, expect, it } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../../core/model/json.ts";
import { SETTINGS } from "../../../core/rules/factories.ts";
import { checkAndDescribe } from "./checker.ts";
import { FOLDING, isOperator, newCondition, newGroup, NEW_OPERANDS, operandFor, type OperatorName } from "./defaults.ts";
import { GROUPS, groupOf, LEAVES, toRule, type Grammar } from "./model.ts";

const faultsOf = (rule: Json) => checkAndDescribe(rule, SETTINGS).faults;
const OPERATORS = Object.keys(NEW_OPERANDS).filter(isOperator);

/** As the builder would write it round what stands in a filter or in an element. */
const placed: Readonly<Record<Grammar, (rule: Json) => readonly [rule: Json, place: string]>> = {
  rule: (rule) => [rule, ""],
  filter: (where) => [{ event: "A", where }, "/where"],
  element: (some) => [{ trait: "list", some }, "/some"],
};
const GRAMMARS = ["rule", "filter", "element"] as const;

function there(rule: Json, pointer: string): boolean {
  let now: Json | undefined = rule;
  for (const key of pointer.split("/").slice(1))
    now = Array.isArray(now)
      ? (now as readonly Json[])[Number(key)]
      : isJsonObject(now) && Object.hasOwn(now, key)
        ? now[key]
        : undefined;
  return now !== undefined;
}

describe("a condition that was just added", () => {
  it.each(GRAMMARS.flatMap((grammar) => LEAVES[grammar].map((kind) => [grammar, kind] as const)))(
    "is right, or lacks what its own controls ask for: %s, %s",
    (grammar, kind) => {
      const [rule, place] = placed[grammar](newCondition(kind));
      for (const { pointer } of faultsOf(rule)) {
        expect(pointer.startsWith(`${place}/`)).toBe(true);
        expect(there(rule, pointer)).toBe(true);
      }
    },
  );

  it.each(GRAMMARS.flatMap((grammar) => GROUPS[grammar].map((kind) => [grammar, kind] as const)))(
    "and so is one in a new group: %s, %s",
    (grammar, kind) => {
      const [rule] = placed[grammar](toRule(groupOf("all", [newGroup(kind, grammar)], { bare: true })));
      const faults = faultsOf(rule);
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.every(({ pointer }) => there(rule, pointer) && /\/(event|property)$/.test(pointer))).toBe(true);
    },
  );

  it("is right for kinds that need nothing told", () => {
    expect(faultsOf(newCondition("bucket"))).toEqual([]);
    expect(faultsOf(newCondition("everyone"))).toEqual([]);
  });
});

describe("an operator that was just chosen", () => {
  const askedOf = (operator: OperatorName, operand: Json): JsonObject => ({ trait: "a", [operator]: operand });
  it.each(OPERATORS)("has an operand that is right, or a fault at it: %s", (operator) => {
    for (const fault of faultsOf(askedOf(operator, NEW_OPERANDS[operator])))
      expect(fault.pointer.startsWith(`/${operator}`)).toBe(true);
  });
  it("keeps an operand that another operator takes too", () => {
    expect(operandFor("ne", "eq", "x")).toBe("x");
    expect(operandFor("in", "eq", "x")).toEqual(["x"]);
    expect(operandFor("eq", "in", ["x", "y"])).toBe("x");
    expect(operandFor("lt", "gte", 5)).toBe(5);
    expect(operandFor("gte", "eq", 5)).toBe(5);
    expect(operandFor("eq", "gte", 5)).toBe(5);
    expect(operandFor("near", "eq", "x")).toEqual(NEW_OPERANDS.near);
    for (const before of OPERATORS)
      for (const operator of OPERATORS) {
        const operand = operandFor(operator, before, NEW_OPERANDS[before]);
        const faults = faultsOf(askedOf(operator, operand));
        expect(faults.every(({ pointer }) => pointer.startsWith(`/${operator}`))).toBe(true);
      }
  });
  it("may stand beside ignoreCase exactly where the language says so", () => {
    for (const operator of OPERATORS) {
      const faults = faultsOf({ ...askedOf(operator, NEW_OPERANDS[operator]), ignoreCase: true });
      expect(faults.some(({ pointer }) => pointer === "/ignoreCase")).toBe(!FOLDING.has(operator));
    }
  });
});
