import { describe, expect, it } from "vitest";
import { secretKeyOf, writeKeyOf } from "./credentials.ts";

const basic = (text: string): string => `Basic ${btoa(text)}`;

function writeKey(headers: Record<string, string>, query = ""): string | undefined {
  const request = new Request(`https://tideline.example/v1/track${query}`, { headers });
  return writeKeyOf(request);
}

describe("the write key of a call", () => {
  it.each([
    ["wk_1:", "wk_1"],
    ["wk_1:anything", "wk_1"],
    ["wk_1", "wk_1"],
  ])("is what stands before the colon in Basic %j", (credentials, key) => {
    expect(writeKey({ authorization: basic(credentials) })).toBe(key);
  });

  it("is taken from Basic first, then X-Write-Key, then the query", () => {
    const everywhere = { authorization: basic("wk_1:"), "x-write-key": "wk_2" };
    expect(writeKey(everywhere, "?writeKey=wk_3")).toBe("wk_1");
    expect(writeKey({ "x-write-key": "wk_2" }, "?writeKey=wk_3")).toBe("wk_2");
    expect(writeKey({}, "?writeKey=wk_3")).toBe("wk_3");
  });

  it.each([
    ["nothing", {}],
    ["an empty user", { authorization: basic(":secret") }],
    ["what is not base64", { authorization: "Basic ***" }],
    ["a broken base64", { authorization: "Basic a" }],
    ["another scheme", { authorization: "Bearer wk_1" }],
    ["a key longer than any", { "x-write-key": "k".repeat(201) }],
  ])("is not there in %s", (_, headers) => {
    expect(writeKey(headers)).toBeUndefined();
  });
});

describe("the secret key of a call", () => {
  const secretKey = (headers: Record<string, string>, query = "") =>
    secretKeyOf(new Request(`https://tideline.example/${query}`, { headers }));

  it("is the bearer's, else that of X-API-Key", () => {
    expect(secretKey({ authorization: "Bearer sk_1", "x-api-key": "sk_2" })).toBe("sk_1");
    expect(secretKey({ authorization: "bearer  sk_1 " })).toBe("sk_1");
    expect(secretKey({ "x-api-key": "sk_2" })).toBe("sk_2");
  });

  it.each([
    ["nothing", {}, ""],
    ["an empty bearer", { authorization: "Bearer " }, ""],
    ["two words", { authorization: "Bearer sk_1 sk_2" }, ""],
    ["another scheme", { authorization: basic("sk_1:") }, ""],
    ["a URL, which ends up in logs", {}, "?apiKey=sk_1&key=sk_1"],
  ])("is not there in %s", (_, headers, query) => {
    expect(secretKey(headers, query)).toBeUndefined();
  });
});
