import { beforeAll, describe, expect, it } from "vitest";
import { SCOPES } from "../cold/records.ts";
import { REASONS } from "../wire/reasons.ts";
import { ROUTES } from "./routes.ts";
import { call } from "./test-api.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- a document read as a client reads it
let document: any;

beforeAll(async () => {
  document = (await call("GET", "/api/openapi.json")).json;
});

interface Found {
  readonly method: string;
  readonly path: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly operation: any;
}

const operations = (): Found[] =>
  Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  );

/** Every object in the document, with where it lies. */
function* objectsIn(value: unknown, at = "#"): Iterable<readonly [string, Record<string, unknown>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>];
  for (const [key, member] of Object.entries(value)) yield* objectsIn(member, `${at}/${key}`);
}

describe("the OpenAPI document", () => {
  it("is of version 3.1 and says what it describes", () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: "Tideline", version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(Object.keys(document).toSorted()).toEqual(["components", "info", "openapi", "paths", "servers", "webhooks"]);
  });

  it("covers every route, and nothing else", () => {
    const listed = operations().map(({ method, path }) => `${method} ${path}`);
    expect(listed.toSorted()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  it("gives each operation an id of its own, a tag, a summary and its key's scopes", () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { method, path, operation } of operations()) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.tags).toHaveLength(1);
      expect(operation.summary).not.toBe("");
      const declared = ROUTES.find((route) => route.method === method && route.path === path)?.scopes ?? [];
      const scopes = declared === "nobody" ? [] : declared;
      expect(operation.security).toEqual(scopes.map((scope) => ({ secretKey: [scope] })));
      for (const scope of scopes) expect(SCOPES).toContain(scope);
    }
    expect(document.components.securitySchemes.secretKey).toMatchObject({ type: "http", scheme: "bearer" });
  });

  it("declares each parameter once, those of the path exactly as the path has them", () => {
    for (const { path, operation } of operations()) {
      const parameters: { name: string; in: string; required: boolean; schema: object }[] = operation.parameters ?? [];
      expect(new Set(parameters.map((one) => `${one.in} ${one.name}`)).size).toBe(parameters.length);
      const inPath = parameters.filter((one) => one.in === "path");
      expect(inPath.map((one) => one.name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
      for (const one of inPath) expect(one.required).toBe(true);
      for (const one of parameters) expect(Object.keys(one.schema)).not.toEqual([]);
    }
  });

  it("describes one success and every refusal of each operation, as problems", () => {
    for (const { operation } of operations()) {
      const statuses = Object.keys(operation.responses);
      expect(statuses.filter((status) => status.startsWith("2"))).toHaveLength(1);
      expect(statuses).toEqual(expect.arrayContaining(["401", "403", "500", "503"]));
      for (const [status, response] of Object.entries<{ description: string; content?: object }>(operation.responses)) {
        expect(response.description).not.toBe("");
        if (Number(status) >= 400) expect(Object.keys(response.content ?? {})).toEqual(["application/problem+json"]);
      }
    }
    expect(document.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(REASONS));
  });

  it("takes no body where none is read, and needs one where one is", () => {
    for (const { method, path, operation } of operations()) {
      const { takes = ["application/json"] } = ROUTES.find((route) => route.method === method && route.path === path) ?? {};
      if (method === "get" || method === "delete") expect(operation.requestBody).toBeUndefined();
      else {
        expect(operation.requestBody.required).toBe(true);
        expect(Object.keys(operation.requestBody.content)).toEqual(takes);
        for (const type of takes) expect(operation.requestBody.content[type].schema).toEqual(expect.anything());
      }
    }
  });

  it("refers only to what is there, and uses all that is", () => {
    const refs = [...objectsIn(document)].flatMap(([, object]) => (typeof object["$ref"] === "string" ? [object["$ref"]] : []));
    const named = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...new Set(refs)].toSorted()).toEqual(named.toSorted());
  });

  it("names no shape that may be null: a name is of something", () => {
    const nullable = Object.entries<{ type?: unknown }>(document.components.schemas).filter(
      ([, { type }]) => Array.isArray(type) && type.includes("null"),
    );
    expect(nullable.map(([name]) => name).filter((name) => name !== "Content")).toEqual([]);
  });

  it("has schemas that something can satisfy, in the words of JSON Schema 2020-12", () => {
    for (const [at, schema] of objectsIn(document.components.schemas)) {
      // OpenAPI 3.0's own words, which 3.1 does not know.
      expect(Object.keys(schema), at).not.toEqual(expect.arrayContaining(["nullable"]));
      expect(typeof schema["exclusiveMinimum"], at).not.toBe("boolean");
      const closed = Array.isArray(schema["allOf"]) && schema["allOf"].some((part) => part.additionalProperties === false);
      expect(closed, `${at}: closed parts of an allOf exclude each other`).toBe(false);
      if (Array.isArray(schema["required"]) && schema["properties"] !== undefined) {
        expect(Object.keys(schema["properties"] as object), at).toEqual(expect.arrayContaining(schema["required"]));
      }
    }
  });

  it("says that a rule is needed", () => {
    expect(document.components.schemas.AudienceBody.required).toEqual(["name", "rule"]);
    expect(document.components.schemas.RuleBody.required).toEqual(["rule"]);
  });

  it("is the same at every call", async () => {
    expect((await call("GET", "/api/openapi.json")).json).toEqual(document);
  });
});
