import { describe, expect, it } from "vitest";
import { fail, ok } from "../../core/model/result.ts";
import { parseJson } from "./json.ts";

const nested = (depth: number, open: string, inner: string, close: string): string =>
  open.repeat(depth) + inner + close.repeat(depth);

describe("JSON", () => {
  it.each(["1", '"a"', "null", '{"a":[1,{"b":"\\"}]}{"}]}', ' [ "\\\\" , "{" ] '])("is read: %s", (text) => {
    expect(parseJson(text)).toEqual(ok(JSON.parse(text)));
  });

  it.each(["", "{", "nope", '{"a":1', '{"a":1}}', '"never closed', "{'a':1}", "[1,]", "\u0000"])("is not this: %j", (text) => {
    expect(parseJson(text)).toEqual(fail("not_json"));
  });

  it.each([
    ["arrays", "[", "]", ""],
    ["objects", '{"a":', "}", "1"],
  ])("may nest %s 32 deep, and no deeper", (_, open, close, inner) => {
    expect(parseJson(nested(32, open, inner, close)).ok).toBe(true);
    expect(parseJson(nested(33, open, inner, close))).toEqual(fail("too_deep"));
  });

  it("counts what is nested, not what lies side by side", () => {
    expect(parseJson(`[${Array.from({ length: 1_000 }, () => '{"a":[{}]}').join(",")}]`).ok).toBe(true);
  });

  it("does not count brackets in texts, however they are escaped", () => {
    const text = JSON.stringify([`${"[".repeat(40)}\\"`, "\\", `{\\\\"${"{".repeat(40)}`]);
    expect(parseJson(text)).toEqual(ok(JSON.parse(text)));
    expect(parseJson(`["\\\\",${nested(33, "[", "", "]")}]`)).toEqual(fail("too_deep"));
  });

  it.each([10_000, 1_000_000])("of depth %d is refused without building it", (depth) => {
    expect(parseJson(nested(depth, "[", "", "]"))).toEqual(fail("too_deep"));
    expect(parseJson("[".repeat(depth))).toEqual(fail("too_deep"));
    expect(parseJson(nested(depth, '{"a":', "1", "}"))).toEqual(fail("too_deep"));
  });

  it("keeps `__proto__` as a key like any other", () => {
    const parsed = parseJson('{"__proto__":{"admin":true}}');
    expect(parsed.ok && Object.hasOwn(parsed.value as object, "__proto__")).toBe(true);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});
