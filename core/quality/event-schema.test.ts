import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../model/json.ts";
import { compileSchema } from "./event-schema.ts";

const ask = (schema: JsonObject | boolean, properties: JsonObject): string | undefined => {
  const compiled = compileSchema(schema);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value(properties);
};

const faultsOf = (schema: Json): readonly (readonly [string, string])[] => {
  const compiled = compileSchema(schema as JsonObject);
  return compiled.ok ? [] : compiled.error.map(({ pointer, code }) => [pointer, code]);
};

describe("a schema", () => {
  const order = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "An order",
    type: "object",
    required: ["total", "currency"],
    properties: {
      total: { type: "number", exclusiveMinimum: 0 },
      currency: { enum: ["EUR", "USD"] },
      coupon: { type: "string", pattern: "^[A-Z]{4}\\d$" },
      at: { format: "date-time" },
      products: { type: "array", maxItems: 2, items: { $ref: "#/definitions/product" } },
      "a/b": { type: "null" },
    },
    definitions: { product: { type: "object", required: ["sku"], properties: { sku: { type: "string" } } } },
  };

  it("holds of what is as it says", () => {
    const properties = {
      total: 5,
      currency: "EUR",
      coupon: "ABCD1",
      at: "2026-11-25T10:00:00Z",
      products: [{ sku: "x" }],
      "a/b": null,
    };
    expect(ask(order, properties)).toBeUndefined();
  });

  it.each<[JsonObject, string]>([
    [{ currency: "EUR" }, 'requires property "total"'],
    [{ total: "5", currency: "EUR" }, "/total is not of a type(s) number"],
    [{ total: 0, currency: "EUR" }, "/total must be strictly greater than 0"],
    [{ total: 5, currency: "GBP" }, "/currency is not one of enum values: EUR,USD"],
    [{ total: 5, currency: "EUR", coupon: "abcd1" }, '/coupon does not match pattern "^[A-Z]{4}\\\\d$"'],
    [{ total: 5, currency: "EUR", at: "yesterday" }, '/at does not conform to the "date-time" format'],
    [{ total: 5, currency: "EUR", products: [{ sku: "x" }, { sku: 7 }] }, "/products/1/sku is not of a type(s) string"],
    [{ total: 5, currency: "EUR", "a/b": 1 }, "/a~1b is not of a type(s) null"],
  ])("names what is wrong with %j", (properties, detail) => {
    expect(ask(order, properties)).toBe(detail);
  });

  it("may hold of nothing, or of everything", () => {
    expect(ask(true, { x: 1 })).toBeUndefined();
    expect(ask(false, {})).toBe("is not allowed");
    expect(ask({ properties: { x: false } }, { x: 1 })).toBe("/x is not allowed");
  });

  it.each<[Json, string, string]>([
    [{ requried: ["total"] }, "/requried", "unknown_keyword"],
    [{ properties: { a: { patternProperties: {} } } }, "/properties/a/patternProperties", "unknown_keyword"],
    [{ type: "text" }, "/type", "bad_keyword"],
    [{ required: "total" }, "/required", "bad_keyword"],
    [{ properties: { "a/b": { minLength: -1 } } }, "/properties/a~1b/minLength", "bad_keyword"],
    [{ items: [{ multipleOf: 0 }] }, "/items/0/multipleOf", "bad_keyword"],
    [{ properties: { a: 7 } }, "/properties/a", "bad_keyword"],
    [{ anyOf: [] }, "/anyOf", "bad_keyword"],
    [{ pattern: "(?=x)" }, "/pattern", "bad_pattern"],
    [{ format: "colour" }, "/format", "unknown_format"],
    [{ $ref: "https://schemas.example/order.json" }, "/$ref", "remote_ref"],
    [{ $ref: "#/definitions/none" }, "/$ref", "unknown_ref"],
    [{ properties: { a: { $ref: "#" } } }, "/properties/a/$ref", "recursive_ref"],
  ])("is refused: %j", (schema, pointer, code) => {
    expect(faultsOf(schema)).toContainEqual([pointer, code]);
  });

  it("cannot grow without end by its references", () => {
    const definitions: Record<string, Json> = { d0: { type: "string" } };
    for (let n = 1; n < 40; n++)
      definitions[`d${n}`] = { allOf: [{ $ref: `#/definitions/d${n - 1}` }, { $ref: `#/definitions/d${n - 1}` }] };
    expect(faultsOf({ definitions, properties: { a: { $ref: "#/definitions/d39" } } })).toContainEqual([
      expect.any(String),
      "too_many_keywords",
    ]);
  });

  it("asks patterns in linear time, and finds duplicates by their texts", () => {
    const evil = compileSchema({ properties: { a: { pattern: "^(a+)+$" }, b: { uniqueItems: true } } });
    if (!evil.ok) throw new Error("it is a schema");
    const began = performance.now();
    expect(evil.value({ a: `${"a".repeat(5_000)}!` })).toContain("/a ");
    expect(evil.value({ b: Array.from({ length: 8_000 }, (_, n) => ({ n })) })).toBeUndefined();
    expect(
      evil.value({
        b: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      }),
    ).toBe("/b contains duplicate item");
    // Backtracking would take the age of the universe, comparing each with each some minutes.
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it("does not take what every object inherits for a property", () => {
    expect(ask({ properties: { constructor: { type: "string" } } }, {})).toBeUndefined();
    expect(ask({ required: ["toString"] }, {})).toBe('requires property "toString"');
  });
});
