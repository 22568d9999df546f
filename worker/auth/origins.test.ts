import { describe, expect, it } from "vitest";
import { allowsOrigin, isOriginEntry } from "./origins.ts";

describe("an origin that a source lists", () => {
  it.each([
    "https://shop.example",
    "http://shop.example:8080",
    "http://localhost:*",
    "https://localhost:*",
    "http://127.0.0.1:*",
  ])("may be %s", (entry) => {
    expect(isOriginEntry(entry)).toBe(true);
  });

  it.each([
    "*",
    "https://*",
    "https://*.example",
    "https://shop.example/",
    "https://shop.example:*",
    "https://Shop.example",
    "shop.example",
    "null",
    "",
    "ftp://shop.example",
    "https://shop.example:443",
    "http://localhost.evil.example:*",
  ])("may not be %j", (entry) => {
    expect(isOriginEntry(entry)).toBe(false);
  });
});

describe("a source", () => {
  it("takes calls from pages of exactly the origins it lists", () => {
    const entries = ["https://shop.example"];
    expect(allowsOrigin(entries, "https://shop.example")).toBe(true);
    for (const other of [
      "https://shop.example.evil",
      "http://shop.example",
      "https://a.shop.example",
      "https://shop.example:8443",
      "null",
      "",
    ]) {
      expect(allowsOrigin(entries, other)).toBe(false);
    }
  });

  it("takes calls from every port of localhost where it says so", () => {
    const entries = ["http://localhost:*"];
    expect(allowsOrigin(entries, "http://localhost:5173")).toBe(true);
    expect(allowsOrigin(entries, "http://localhost")).toBe(true);
    for (const other of [
      "https://localhost:5173",
      "http://127.0.0.1:5173",
      "http://localhost.evil:80",
      "http://localhost:80.evil",
    ]) {
      expect(allowsOrigin(entries, other)).toBe(false);
    }
  });
});
