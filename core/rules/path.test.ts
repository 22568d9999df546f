import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePath, pathText, readPath } from "./path.ts";

describe("a path", () => {
  it.each([
    ["a", ["a"]],
    ["address.city", ["address", "city"]],
    ["a\\.b.c", ["a.b", "c"]],
    ["a\\\\.b", ["a\\", "b"]],
    ["\\.", ["."]],
    ["__proto__.x", ["__proto__", "x"]],
    ["é 😀", ["é 😀"]],
  ])("reads %s", (text, keys) => expect(parsePath(text)).toEqual(keys));
  it.each(["", ".", "a.", ".a", "a..b", "a\\", "a\\b", "\\n"])("refuses %j", (text) => expect(parsePath(text)).toBeUndefined());
  it("is written as it is read", () => {
    const keys = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom(".", "\\", "a", "é") }), { minLength: 1 });
    fc.assert(
      fc.property(keys, (path) => {
        expect(parsePath(pathText(path))).toEqual(path);
      }),
    );
  });
  it("follows own properties of objects only", () => {
    expect(readPath({ a: { b: 5 } }, ["a", "b"])).toBe(5);
    expect(readPath({ a: { b: null } }, ["a", "b"])).toBeNull();
    expect(readPath({ a: [1] }, ["a", "0"])).toBeUndefined();
    expect(readPath({ a: "text" }, ["a", "length"])).toBeUndefined();
    expect(readPath({}, ["constructor", "name"])).toBeUndefined();
    expect(readPath(undefined, ["a"])).toBeUndefined();
  });
});
