import { describe, expect, it } from "vitest";
import type { HashedIdentifier, ProfileId } from "../model/ids.ts";
import { excessOf, limitOf } from "./limits.ts";

const one = (type: string, name: string): HashedIdentifier => ({ type, hash: name as ProfileId });
const some = (type: string, count: number, name = type): readonly HashedIdentifier[] =>
  Array.from({ length: count }, (_, n) => one(type, `${name}${n}`));
const WEEK_MS = 7 * 86_400_000;

describe("the limit of an identifier", () => {
  it.each([
    ["emailSha256", { most: 10 }],
    ["phone", { most: 10 }],
    ["ext:loyalty", { most: 10 }],
    ["anonymousId", { most: 20, withinMs: WEEK_MS }],
    ["tl_id", { most: 20, withinMs: WEEK_MS }],
    ["ext:deviceId", { most: 20, withinMs: WEEK_MS }],
    ["userId", undefined],
    ["tl_id:person", undefined],
    ["tl_id:known", undefined],
  ])("of type %s is usually %j", (type, limit) => {
    expect(limitOf(one(type, "x"), undefined)).toEqual(limit);
  });

  it("is what the workspace says, of a browser's cookie as of its anonymous id, and of own members alone", () => {
    const limits = { anonymousId: { most: 3 } };
    expect(limitOf(one("anonymousId", "x"), limits)).toEqual({ most: 3 });
    expect(limitOf(one("tl_id", "x"), limits)).toEqual({ most: 3 });
    expect(limitOf(one("toString", "x"), limits)).toEqual({ most: 10 });
  });
});

describe("what is too much", () => {
  const limits = { emailSha256: { most: 2 }, anonymousId: { most: 2 } };

  it("is one more than the limit, of its kind alone", () => {
    const mails = some("emailSha256", 2);
    expect(excessOf(mails, [one("emailSha256", "new")], limits).map(({ kind, of }) => [kind, of.length])).toEqual([
      ["emailSha256", 3],
    ]);
    expect(excessOf(mails, [one("anonymousId", "new")], limits)).toEqual([]);
    expect(excessOf(mails.slice(1), [one("emailSha256", "new")], limits)).toEqual([]);
  });

  it("is not what is there already, whatever limit was lowered since", () => {
    const mails = some("emailSha256", 5);
    expect(excessOf(mails, [one("emailSha256", "emailSha2560")], limits)).toEqual([]);
    expect(excessOf(mails, [one("anonymousId", "new")], limits)).toEqual([]);
    expect(excessOf(mails, [one("emailSha256", "new")], limits)).toHaveLength(1);
  });

  it("counts an identifier once, as a browser's cookie names it and its anonymous id", () => {
    const held = [one("anonymousId", "a"), one("tl_id", "a")];
    expect(excessOf(held, [one("tl_id", "b"), one("anonymousId", "b")], limits)).toEqual([]);
    expect(excessOf(held, [one("tl_id", "b"), one("anonymousId", "c")], limits)).toHaveLength(1);
  });

  it("counts all that come along, of each kind", () => {
    const [held, coming] = [
      [...some("emailSha256", 1), ...some("anonymousId", 1)],
      [...some("emailSha256", 2, "m"), ...some("anonymousId", 2, "d")],
    ];
    expect(excessOf(held, coming, limits).map(({ kind }) => kind)).toEqual(["emailSha256", "anonymousId"]);
  });
});
