import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../core/model/json.ts";
import { numberOf, put, removeAt, replaceKey, tagOf, valueOfTag, without } from "./json-edit.ts";

describe("values as one text", () => {
  it("come back as they were, of every type", () => {
    const scalars = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.integer().map(String),
    );
    fc.assert(
      fc.property(scalars, (value) => {
        expect(valueOfTag(tagOf(value))).toEqual(value === 0 ? 0 : value);
      }),
    );
    for (const value of ["", " ", " a", "5", "true", "null", '"x"', "a\nb", "1,5", null, [1], { a: 1 }] satisfies Json[])
      expect(valueOfTag(tagOf(value))).toEqual(value);
  });
  it("show blanks at their ends, which a field would take away", () => {
    expect([" a", "a ", ""].map(tagOf)).toEqual(['" a"', '"a "', '""']);
  });
  it("are distinct", () => {
    expect([5, "5", true, "true", null, "null"].map(tagOf)).toEqual(["5", '"5"', "true", '"true"', "null", '"null"']);
  });
});

describe("a typed number", () => {
  it("is one, with a comma too, or stays the text it is", () => {
    expect(["5", "-1.50", "1,5", ".5", "1.", "1e21", " 7 "].map(numberOf)).toEqual([5, -1.5, 1.5, 0.5, 1, 1e21, 7]);
    for (const text of ["", "-", "1.2.3", "abc", "1e999", "0x10", "Infinity"]) expect(numberOf(text)).toBe(text);
  });
});

describe("changing JSON", () => {
  const odd = JSON.parse('{"a":1,"__proto__":{"x":2},"b":3}') as { readonly [key: string]: Json };
  it("keeps all else, in its order, a key called __proto__ too", () => {
    expect(JSON.stringify(put(odd, "b", 4))).toBe('{"a":1,"__proto__":{"x":2},"b":4}');
    expect(JSON.stringify(put(odd, "__proto__", 4))).toBe('{"a":1,"__proto__":4,"b":3}');
    expect(JSON.stringify(put(odd, "a", undefined))).toBe('{"__proto__":{"x":2},"b":3}');
    expect(JSON.stringify(replaceKey(odd, "a", "c", 5))).toBe('{"c":5,"__proto__":{"x":2},"b":3}');
    expect(JSON.stringify(replaceKey(odd, "a", "b", 5))).toBe('{"b":5,"__proto__":{"x":2}}');
    expect(JSON.stringify(without(odd, "__proto__"))).toBe('{"a":1,"b":3}');
  });
  it("takes away what a pointer points to, and nothing where there is nothing", () => {
    const rule = { all: [{ trait: "a", "x/y~": 1 }, { trait: "b" }] };
    expect(removeAt(rule, "/all/0/x~1y~0")).toEqual({ all: [{ trait: "a" }, { trait: "b" }] });
    expect(removeAt(rule, "/all/1")).toEqual({ all: [{ trait: "a", "x/y~": 1 }] });
    for (const nowhere of ["/all/7/a", "/none", "", "/all/0/trait/deep"]) expect(removeAt(rule, nowhere)).toEqual(rule);
  });
});
