import { describe, expect, it } from "vitest";
import { canonicalJson, isJsonObject, jsonEquals, ownProperty, type Json } from "./json.ts";

const parse = (text: string): Json => JSON.parse(text);

describe("canonical JSON", () => {
  it("sorts keys by UTF-16 code units at every depth", () => {
    expect(canonicalJson(parse('{"b":1,"a":{"z":[],"B":null},"\uFFFD":1,"😀":2}'))).toBe(
      '{"a":{"B":null,"z":[]},"b":1,"😀":2,"\uFFFD":1}',
    );
  });
  it("keeps own keys that are names of the prototype", () => {
    expect(canonicalJson(parse('{"constructor":1,"__proto__":{"x":2}}'))).toBe('{"__proto__":{"x":2},"constructor":1}');
  });
  it("writes -0 as 0 and keeps the order of elements", () => {
    expect(canonicalJson([-0, "b", "a", true])).toBe('[0,"b","a",true]');
  });
});

describe("equality of JSON", () => {
  it.each([
    ['{"a":1,"b":[1,2]}', '{"b":[1,2],"a":1}'],
    ["0", "-0"],
    ['{"__proto__":1}', '{"__proto__":1}'],
  ])("holds of %s and %s", (a, b) => expect(jsonEquals(parse(a), parse(b))).toBe(true));
  it.each([
    ["[1,2]", "[2,1]"],
    ["[]", "{}"],
    ["null", "{}"],
    ['"5"', "5"],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"__proto__":1}', '{"a":1}'],
    ['{"constructor":null}', '{"a":null}'],
    ["[1]", "[1,1]"],
  ])("does not hold of %s and %s", (a, b) => {
    expect(jsonEquals(parse(a), parse(b))).toBe(false);
    expect(jsonEquals(parse(b), parse(a))).toBe(false);
  });
});

describe("an own property", () => {
  it("is never one of the prototype", () => {
    expect(ownProperty({}, "constructor")).toBeUndefined();
    expect(ownProperty(parse('{"__proto__":7}') as never, "__proto__")).toBe(7);
  });
  it("is looked for in objects only", () => {
    expect([isJsonObject(null), isJsonObject([]), isJsonObject("x"), isJsonObject({})]).toEqual([false, false, false, true]);
  });
});
