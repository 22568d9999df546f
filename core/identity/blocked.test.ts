import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isNobodys, isNobodysMail } from "./blocked.ts";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("a value that names nobody", () => {
  it.each([
    "null",
    " NULL ",
    "undefined",
    "anonymous",
    "[object Object]",
    "0",
    "000",
    "-1",
    "---",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "11111111-1111-1111-1111-111111111111",
    "9999999999",
    "xxxx",
    "N/A",
  ])("is %s, for a user, a browser, a card", (value) => {
    for (const type of ["userId", "anonymousId", "ext:loyalty"]) expect(isNobodys({ type, value })).toBe(true);
  });

  it.each(["", "null", "undefined", "anonymous"])("is the hash of %j", (text) => {
    expect(isNobodys({ type: "emailSha256", value: hash(text) })).toBe(true);
  });

  it.each(["u1", "7", "a", "aa", "10", "1001", "nullify", "user42", "00000000-0000-0000-0000-000000000001"])(
    "is not %s",
    (value) => {
      expect(isNobodys({ type: "userId", value })).toBe(false);
    },
  );

  it.each(["111", "22222", "777777777"])("is not %s: somebody has that number where people are counted", (value) => {
    for (const type of ["userId", "ext:loyalty"]) expect(isNobodys({ type, value })).toBe(false);
  });

  it("is not the hash of somebody's e-mail", () => {
    expect(isNobodys({ type: "emailSha256", value: hash("ann@shop.example") })).toBe(false);
  });

  it.each(["noreply@shop.example", "No-Reply@shop.example", "test@test.example", "x@null", "a@none.com", "a@localhost"])(
    "is the mail %s",
    (email) => {
      expect(isNobodysMail(email)).toBe(true);
    },
  );

  it.each(["ann@shop.example", "testa@shop.example", "ann@nonesuch.example"])("is not the mail %s", (email) => {
    expect(isNobodysMail(email)).toBe(false);
  });
});
