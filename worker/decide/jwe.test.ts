import { randomBytes } from "node:crypto";
import { compactDecrypt } from "jose/jwe/compact/decrypt";
import { CompactEncrypt } from "jose/jwe/compact/encrypt";
import { describe, expect, it } from "vitest";
import { openJwe, sealJwe } from "./jwe.ts";

const key = randomBytes(32);
const text = JSON.stringify({ audiences: ["é", "b"], until: null });
const byJose = (enc: string, secret: Uint8Array): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ alg: "dir", enc }).encrypt(secret);

describe("a JWE", () => {
  it("is read by another program, and one of another program is read", async () => {
    const { plaintext, protectedHeader } = await compactDecrypt(sealJwe(text, key), new Uint8Array(key));
    expect([new TextDecoder().decode(plaintext), protectedHeader]).toEqual([text, { alg: "dir", enc: "A256GCM" }]);
    expect(openJwe(await byJose("A256GCM", new Uint8Array(key)), key)).toBe(text);
  });

  it("is never twice the same", () => {
    expect(sealJwe(text, key)).not.toBe(sealJwe(text, key));
  });

  it("is nothing under another key, of another kind, or with one character changed", async () => {
    const sealed = sealJwe(text, key);
    expect(openJwe(sealed, randomBytes(32))).toBeUndefined();
    expect(openJwe(await byJose("A128GCM", new Uint8Array(16)), key)).toBeUndefined();
    expect(openJwe(await byJose("A256CBC-HS512", new Uint8Array(64)), key)).toBeUndefined();
    for (const token of ["", "a.b.c", "....", `${sealed}.x`, sealed.split(".").slice(0, 4).join(".")])
      expect(openJwe(token, key)).toBeUndefined();
    const dots = [...sealed.matchAll(/\./g)].map(({ index }) => index);
    for (const place of [0, ...dots.slice(1).map((dot) => dot + 1), sealed.length - 3]) {
      const other = sealed[place] === "A" ? "B" : "A";
      expect(openJwe(`${sealed.slice(0, place)}${other}${sealed.slice(place + 1)}`, key)).toBeUndefined();
    }
  });
});
