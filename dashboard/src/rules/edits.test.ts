import { describe, expect, it } from "vitest";
import { addTo, canLift, duplicate, lift, move, remove, setGroup, setLeaf, turn, wrap } from "./edits.ts";
import { isGroup, leafOf, toQuery, toRule, type Query } from "./model.ts";

const a = { trait: "a", eq: 1 };
const b = { trait: "b", eq: 1 };
const c = { trait: "c", eq: 1 };

/** The id of a node by its place. */
function at(query: Query, ...path: readonly number[]): string {
  return path.reduce<Query | { readonly id: string }>((node, index) => {
    const part = "rules" in node ? node.rules[index] : undefined;
    if (part === undefined) throw new Error("no such node");
    return part;
  }, query).id;
}

describe("editing a query", () => {
  it("makes a group of a single condition only when another joins it", () => {
    const query = toQuery(a);
    const added = addTo(query, query.id, leafOf(b, "rule"));
    expect(toRule(added.query)).toEqual({ all: [a, b] });
    expect(added.focus).toBe(at(added.query, 1));
    expect(toRule(remove(added.query, at(added.query, 1)).query)).toEqual(a);
    expect(toRule(remove(query, at(query, 0)).query)).toEqual({});
  });

  it("gives the focus to what took the place of what was removed, else to what stands before, else to the group", () => {
    const query = toQuery({ all: [a, b, { any: [c] }] });
    expect(remove(query, at(query, 0)).focus).toBe(at(query, 1));
    expect(remove(query, at(query, 2)).focus).toBe(at(query, 1));
    expect(remove(query, at(query, 2, 0)).focus).toBe(at(query, 2));
  });

  it("moves within a group, not beyond it", () => {
    const query = toQuery({ all: [a, b] });
    expect(toRule(move(query, at(query, 0), 1).query)).toEqual({ all: [b, a] });
    expect(toRule(move(query, at(query, 0), -1).query)).toEqual({ all: [a, b] });
  });

  it("groups and takes out again", () => {
    const query = toQuery({ all: [a, b] });
    const wrapped = wrap(query, at(query, 0));
    expect(toRule(wrapped.query)).toEqual({ all: [{ any: [a] }, b] });
    expect(toRule(lift(wrapped.query, at(wrapped.query, 0, 0)).query)).toEqual({ all: [a, b] });
    const two = toQuery({ all: [{ any: [a, b] }, c] });
    expect(toRule(lift(two, at(two, 0, 0)).query)).toEqual({ all: [{ any: [b] }, a, c] });
    expect(canLift(query, at(query, 0))).toBe(false);
    const denied = toQuery({ all: [{ not: { any: [a, b] } }] });
    expect(canLift(denied, at(denied, 0, 0, 0))).toBe(false);
  });

  it("puts even the outermost in a group, beside which there is room", () => {
    const query = toQuery({ any: [a, b] });
    const { query: wrapped } = wrap(query, query.id);
    expect(toRule(wrapped)).toEqual({ any: [a, b] });
    expect(toRule(addTo(wrapped, wrapped.id, leafOf(c, "rule")).query)).toEqual({ all: [{ any: [a, b] }, c] });
  });

  it("turns a group into another kind over the same parts", () => {
    const query = toQuery({ all: [a, b] });
    expect(toRule(turn(query, query.id, "none").query)).toEqual({ none: [a, b] });
    expect(toRule(turn(query, query.id, "atLeast").query)).toEqual({ atLeast: 1, of: [a, b] });
    expect(toRule(turn(query, query.id, "not").query)).toEqual({ not: { all: [a, b] } });
    expect(turn(query, query.id, "not").query.rules).toHaveLength(1);
    const least = toQuery({ atLeast: 2, of: [a, b] });
    expect(toRule(setGroup(least, at(least, 0), { least: 1 }).query)).toEqual({ atLeast: 1, of: [a, b] });
  });

  it("lets in who has no value, until the negation is over something else", () => {
    const query = toQuery({ all: [{ none: [a] }, b] });
    const { query: open } = setGroup(query, at(query, 0), { orMissing: true });
    expect(toRule(open)).toEqual({ all: [{ any: [{ none: [a] }, { trait: "a", exists: false }] }, b] });
    const { query: more } = addTo(open, at(open, 0), leafOf(c, "rule"));
    expect(toRule(more)).toEqual({ all: [{ none: [a, c] }, b] });
  });

  it("copies with ids of their own, and keeps the id of what is changed", () => {
    const query = toQuery({ all: [{ any: [a, b] }] });
    const { query: copied } = duplicate(query, at(query, 0));
    expect(toRule(copied)).toEqual({ all: [{ any: [a, b] }, { any: [a, b] }] });
    const ids = (node: Query): readonly string[] => [
      node.id,
      ...node.rules.flatMap((part) => (isGroup(part) ? ids(part) : [part.id])),
    ];
    expect(new Set(ids(copied)).size).toBe(7);
    const changed = setLeaf(query, at(query, 0, 1), { everyone: true }, "rule").query;
    expect(at(changed, 0, 1)).toBe(at(query, 0, 1));
    expect(toRule(changed)).toEqual({ all: [{ any: [a, { everyone: true }] }] });
  });
});
