import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { hashKey, keyObjectKey, originObjectKey } from "../cold/records.ts";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;

beforeAll(async () => {
  shop = await testWorkspace();
});

const CRM = { name: "CRM", kind: "server", channel: "crm" };
const put = (key: string, body: unknown, headers: Record<string, string> = {}) =>
  call("PUT", `/api/sources/${key}`, { key: shop.secret, body, headers });
const published = async (writeKey: string): Promise<unknown> =>
  (await env.PUBLISHED.get(keyObjectKey(hashKey(writeKey))))?.json();

describe("a source", () => {
  it("gets a write key that the data plane can find, and keeps it when replaced", async () => {
    const made = await put("crm", CRM);
    expect(made.status).toBe(200);
    expect(made.json).toMatchObject({
      key: "crm",
      party: "first",
      consent: "required",
      identify: "open",
      origins: [],
      priority: 1,
    });
    expect(made.json.writeKey).toMatch(/^wk_[A-Za-z0-9_-]{24}$/);
    const replaced = await put("crm", { ...CRM, party: "second" });
    expect(replaced.json.writeKey).toBe(made.json.writeKey);
    expect(replaced.json.createdAt).toBe(made.json.createdAt);
    expect(await published(made.json.writeKey)).toEqual({
      v: 1,
      workspace: shop.id,
      type: "write",
      source: { key: "crm", kind: "server", channel: "crm", party: "second", origins: [], identify: "open", consent: "required" },
    });
    expect((await call("GET", "/api/sources/crm", { key: shop.secret })).json).toEqual(replaced.json);
  });

  it("loses its key with itself, and gets another when made again", async () => {
    const first = await put("gone", CRM);
    const gone = await call("DELETE", "/api/sources/gone", { key: shop.secret });
    expect([gone.status, gone.text]).toEqual([204, ""]);
    expect(await published(first.json.writeKey)).toBeUndefined();
    expect((await call("GET", "/api/sources/gone", { key: shop.secret })).status).toBe(404);
    expect((await call("DELETE", "/api/sources/gone", { key: shop.secret })).status).toBe(404);
    expect((await put("gone", CRM)).json.writeKey).not.toBe(first.json.writeKey);
  });

  it("whose deletion is cut off has lost its key already, and can be deleted again", async () => {
    const made = await put("cut", CRM);
    const cutOff = new Proxy(env.DB, {
      get(db, name) {
        const member: unknown = Reflect.get(db, name);
        if (name === "batch") return () => Promise.reject(new Error("cut off"));
        return typeof member === "function" ? member.bind(db) : member;
      },
    });
    const failed = await call("DELETE", "/api/sources/cut", { key: shop.secret, env: { ...env, DB: cutOff } });
    expect(failed.status).toBe(503);
    expect(await published(made.json.writeKey)).toBeUndefined();
    expect((await call("DELETE", "/api/sources/cut", { key: shop.secret })).status).toBe(204);
  });

  it("put again unchanged stays as it is, and mends what was not published", async () => {
    const made = await put("same", CRM);
    await env.PUBLISHED.delete(keyObjectKey(hashKey(made.json.writeKey)));
    const again = await put("same", CRM);
    expect(again.json).toEqual(made.json);
    expect(again.headers.get("etag")).toBe(made.headers.get("etag"));
    expect(await published(made.json.writeKey)).toMatchObject({ source: { key: "same" } });
    const audit = await call("GET", "/api/audit?limit=200", { key: shop.secret });
    expect(audit.json.entries.filter((entry: { target: string }) => entry.target === "source:same")).toHaveLength(1);
  });

  it("has the channel of its kind where it says none; a server must say", async () => {
    expect((await put("page", { name: "Page", kind: "browser" })).json.channel).toBe("web");
    expect((await put("phone", { name: "Phone", kind: "app" })).json.channel).toBe("app");
    const refused = await put("till", { name: "Till", kind: "server" });
    expect([refused.status, refused.json.errors]).toEqual([
      400,
      [{ pointer: "/channel", code: "missing", message: expect.any(String) }],
    ]);
  });

  it("lets pages of its origins ask, and takes that back", async () => {
    const origins = ["https://one.example", "http://localhost:*"];
    await put("page", { name: "Page", kind: "browser", origins });
    expect(await env.PUBLISHED.head(originObjectKey("https://one.example"))).not.toBeNull();
    await put("page", { name: "Page", kind: "browser", origins: ["https://two.example"] });
    expect(await env.PUBLISHED.head(originObjectKey("https://one.example"))).toBeNull();
    expect(await env.PUBLISHED.head(originObjectKey("https://two.example"))).not.toBeNull();
  });

  it.each(["A", "-a", "a_b", "a.b", "a".repeat(64), "%20", "a%2Fb"])("cannot have the key %s", async (key) => {
    const reply = await put(key, CRM);
    expect([reply.status, reply.json.code]).toEqual([404, "not_found"]);
  });
});

describe("a source's body", () => {
  it.each([
    ["an unknown field", { ...CRM, colour: "red" }, "/colour", "unknown_field"],
    ["a write key of one's own", { ...CRM, writeKey: "wk_mine" }, "/writeKey", "unknown_field"],
    ["a field that needs escaping", { ...CRM, "a/b~c": 1 }, "/a~1b~0c", "unknown_field"],
    ["no name", { kind: "browser" }, "/name", "missing"],
    ["an empty name", { ...CRM, name: "  " }, "/name", "out_of_range"],
    ["a name that is no text", { ...CRM, name: 7 }, "/name", "wrong_type"],
    ["an unknown kind", { ...CRM, kind: "toaster" }, "/kind", "unknown_value"],
    ["a priority that is no whole number", { ...CRM, priority: 1.5 }, "/priority", "wrong_type"],
    ["an origin with a path", { ...CRM, origins: ["https://a.example", "https://b.example/"] }, "/origins/1", "bad_origin"],
    ["a list", [CRM], "", "wrong_type"],
    ["nothing", null, "", "wrong_type"],
  ])("with %s is refused with the place", async (_, body, pointer, code) => {
    const reply = await put("bad", body);
    expect([reply.status, reply.json.code]).toEqual([400, "bad_request"]);
    expect(reply.json.errors).toContainEqual({ pointer, code, message: expect.any(String) });
    expect((await call("GET", "/api/sources/bad", { key: shop.secret })).status).toBe(404);
  });

  it("names every fault at once, up to a hundred", async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
    expect((await put("bad", { ...CRM, kind: 1, party: 2, x: 3 })).json.errors).toHaveLength(3);
    expect((await put("bad", { ...CRM, ...many })).json.errors).toHaveLength(100);
  });
});

describe("If-Match", () => {
  it("lets a change through only where nobody changed it since", async () => {
    const made = await put("tagged", CRM);
    const etag = made.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[A-Za-z0-9_-]{16}"$/);
    expect((await put("tagged", { ...CRM, name: "Two" }, { "if-match": etag })).status).toBe(200);
    const late = await put("tagged", { ...CRM, name: "Three" }, { "if-match": etag });
    expect([late.status, late.json.code]).toEqual([412, "precondition_failed"]);
    const lateDelete = await call("DELETE", "/api/sources/tagged", { key: shop.secret, headers: { "if-match": etag } });
    expect(lateDelete.status).toBe(412);
    const now = (await call("GET", "/api/sources/tagged", { key: shop.secret })).headers.get("etag") ?? "";
    expect((await put("tagged", CRM, { "if-match": `"other", ${now}` })).status).toBe(200);
    expect((await put("tagged", { ...CRM, name: "Any" }, { "if-match": "*" })).status).toBe(200);
    expect((await put("tagged", CRM, { "if-match": `W/${now}` })).status).toBe(412);
  });

  it("refuses what is not there; If-None-Match refuses what is", async () => {
    expect((await put("absent", CRM, { "if-match": "*" })).status).toBe(412);
    expect((await call("DELETE", "/api/sources/absent", { key: shop.secret, headers: { "if-match": "*" } })).status).toBe(412);
    expect((await put("absent", CRM, { "if-none-match": "*" })).status).toBe(200);
    expect((await put("absent", CRM, { "if-none-match": "*" })).status).toBe(412);
  });

  it("lets one of many writers at once through", async () => {
    const etag = (await put("raced", CRM)).headers.get("etag") ?? "";
    const writers = Array.from({ length: 5 }, (_, index) =>
      put("raced", { ...CRM, name: `Writer ${index}` }, { "if-match": etag }),
    );
    const statuses = (await Promise.all(writers)).map((reply) => reply.status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 412, 412, 412, 412]);
    const audit = await call("GET", "/api/audit?limit=200", { key: shop.secret });
    expect(audit.json.entries.filter((entry: { target: string }) => entry.target === "source:raced")).toHaveLength(2);
  });

  it("is not needed: without it all of many writers come through", async () => {
    const writers = Array.from({ length: 5 }, (_, index) => put("free", { ...CRM, name: `Writer ${index}` }));
    const replies = await Promise.all(writers);
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(replies.map((reply) => reply.json.writeKey)).size).toBe(1);
    const now = await call("GET", "/api/sources/free", { key: shop.secret });
    expect(await published(now.json.writeKey)).toMatchObject({ source: { key: "free" } });
  });
});

describe("the list of sources", () => {
  it("comes in pages, each key once, whatever is added between them", async () => {
    const { secret } = await testWorkspace();
    for (const key of ["b", "d", "f"]) await call("PUT", `/api/sources/${key}`, { key: secret, body: CRM });
    const first = await call("GET", "/api/sources?limit=2", { key: secret });
    expect(first.json.sources.map(({ key }: { key: string }) => key)).toEqual(["b", "d"]);
    await call("PUT", "/api/sources/a", { key: secret, body: CRM });
    await call("PUT", "/api/sources/e", { key: secret, body: CRM });
    const second = await call("GET", `/api/sources?limit=2&cursor=${encodeURIComponent(first.json.next)}`, { key: secret });
    expect(second.json.sources.map(({ key }: { key: string }) => key)).toEqual(["e", "f"]);
    const third = await call("GET", `/api/sources?limit=2&cursor=${encodeURIComponent(second.json.next)}`, { key: secret });
    expect(third.json).toMatchObject({ sources: [{ key: "web" }], next: null });
  });

  it.each(["limit=0", "limit=201", "limit=x", "cursor=%00", "cursor=bm9wZSE", "cursor=***", "page=2"])(
    "is not asked for with ?%s",
    async (query) => {
      const reply = await call("GET", `/api/sources?${query}`, { key: shop.secret });
      expect([reply.status, reply.json.code]).toEqual([400, "bad_request"]);
      expect(reply.json.errors).toMatchObject([{ parameter: query.split("=")[0] }]);
    },
  );
});
