import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendUserData } from "./append-data.ts";

const OURS = '{"id":"tideline"}';

describe("our data in a bid request's text", () => {
  it.each([
    ["without a user", '{"id":"1"}', '{"id":"1","user":{"data":[OURS]}}'],
    ["of nothing at all", "{}", '{"user":{"data":[OURS]}}'],
    ["of spaces", " { \n} ", ' { \n"user":{"data":[OURS]}} '],
    ["whose user is empty", '{"user":{ }}', '{"user":{ "data":[OURS]}}'],
    ["whose user is null", '{"user": null ,"at":1}', '{"user": {"data":[OURS]} ,"at":1}'],
    ["without data", '{"user":{"id":"u"},"at":1}', '{"user":{"id":"u","data":[OURS]},"at":1}'],
    ["whose data are null", '{"user":{"data":null}}', '{"user":{"data":[OURS]}}'],
    ["whose data are none", '{"user":{"data":[ ]}}', '{"user":{"data":[ OURS]}}'],
    ["with data", '{"user":{"data":[{"id":"x"}\n]}}', '{"user":{"data":[{"id":"x"}\n,OURS]}}'],
    [
      "with a user in a text and one within another",
      '{"ext":{"user":{}},"a":"\\"user\\":{","user":{"b":[]}}',
      '{"ext":{"user":{}},"a":"\\"user\\":{","user":{"b":[],"data":[OURS]}}',
    ],
    ["with two users: the last one counts", '{"user":{"data":[]},"user":{}}', '{"user":{"data":[]},"user":{"data":[OURS]}}'],
    ["whose names are written in escapes", '{"us\\u0065r":{"d\\u0061ta":[1]}}', '{"us\\u0065r":{"d\\u0061ta":[1,OURS]}}'],
    [
      "with numbers that no parser keeps",
      '{"a":12345678901234567890,"b":1.0,"c":1E+2,"d":-0,"user":{"e":1e400}}',
      '{"a":12345678901234567890,"b":1.0,"c":1E+2,"d":-0,"user":{"e":1e400,"data":[OURS]}}',
    ],
    [
      "with escapes and brackets in texts",
      '{"a":"}]\\\\","b":"\\ud800\\/é😀","user":{"c":"{[\\"","data":["]\\\\\\""]}}',
      '{"a":"}]\\\\","b":"\\ud800\\/é😀","user":{"c":"{[\\"","data":["]\\\\\\"",OURS]}}',
    ],
    [
      "with names of prototypes",
      '{"__proto__":{"user":{}},"user":{"constructor":1}}',
      '{"__proto__":{"user":{}},"user":{"constructor":1,"data":[OURS]}}',
    ],
  ])("is at its end, %s", (_, text, expected) => {
    const appended = appendUserData(text, OURS);
    expect(appended).toBe(expected.replace("OURS", OURS));
    expect(() => JSON.parse(appended) as unknown).not.toThrow();
  });

  it.each([
    ['{"user":"u"}'],
    ['{"user":7}'],
    ['{"user":[]}'],
    ['{"user":true}'],
    ['{"user":{"data":"d"}}'],
    ['{"user":{"data":{}}}'],
    ['{"user":{"data":0}}'],
  ])("is not forced into what has another shape: %s", (text) => {
    expect(appendUserData(text, OURS)).toBe(text);
  });

  it("changes nothing else in whatever JSON there is, however it is laid out", () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const user = fc.dictionary(fc.constantFrom("data", "id", "ext", 'a"b'), fc.oneof(value, fc.array(value)));
    const request = fc.dictionary(fc.constantFrom("user", "id", "imp", "\\"), fc.oneof(value, user));
    fc.assert(
      fc.property(request, fc.constantFrom("", " ", "\n\t"), (json, space) => {
        const text = JSON.stringify(json, undefined, space);
        const appended = appendUserData(text, OURS);
        if (appended === text) return;
        const cut = appended.indexOf(OURS);
        // What is left without ours is a beginning and an end of what came, but for brackets that it made.
        const [head, tail] = [appended.slice(0, cut), appended.slice(cut + OURS.length)];
        const common = head.replace(/,?(?:"user":)?(?:\{"data":)?(?:"data":)?\[?$/, "");
        expect(text.startsWith(common)).toBe(true);
        expect(text.endsWith(tail.replace(/^\]?\}?/, ""))).toBe(true);
        const parsed = JSON.parse(appended) as { user: { data: unknown[] } };
        expect(parsed.user.data.pop()).toEqual({ id: "tideline" });
        const before = JSON.parse(text) as { user?: { data?: unknown } | null };
        const { user: after, ...rest } = parsed;
        const { user: was, ...others } = before;
        expect(rest).toEqual(others);
        expect(after).toEqual({ ...was, data: was?.data ?? [] });
      }),
    );
  });
});
