import { env } from "cloudflare:workers";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { createApi } from "./app.ts";
import { ok } from "../../core/model/result.ts";
import { route } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { call, type CallOptions } from "./test-api.ts";

let shop: TestWorkspace;

beforeAll(async () => {
  shop = await testWorkspace();
});

const SECRET = "sk_canary-4f1c";
const EMAIL = "canary@people.example";

/** Stores that fail with a message which quotes what they were given, as real ones do. */
const fail = () => Promise.reject(new Error(`D1_ERROR: could not run with ${SECRET} ${EMAIL}`));
const brokenStatement = { bind: () => brokenStatement, all: fail, raw: fail, run: fail, first: fail };
const brokenD1 = { prepare: () => brokenStatement, batch: fail } as unknown as D1Database;
const brokenR2 = { get: fail, put: fail, delete: fail, head: fail, list: fail } as unknown as R2Bucket;

describe("a path", () => {
  it.each(["/nope", "/api", "/api/", "/api/nope", "/api/sources/a/b", "/api/sources/", "/v2/discovery"])(
    "%s is not there, with a key or without",
    async (path) => {
      for (const options of [{}, { key: shop.secret }]) {
        const reply = await call("GET", path, options);
        expect([reply.status, reply.json.code]).toEqual([404, "not_found"]);
      }
    },
  );

  it.each([
    ["PATCH", "/api/sources/web", "GET, PUT, DELETE"],
    ["POST", "/api/workspace", "GET, PUT"],
    ["DELETE", "/api/audit", "GET"],
  ])("%s %s is not a thing to do", async (method, path, allow) => {
    const reply = await call(method, path, { key: shop.secret });
    expect([reply.status, reply.json.code, reply.headers.get("allow")]).toEqual([405, "method_not_allowed", allow]);
  });
});

describe("a body", () => {
  const put = (options: CallOptions) => call("PUT", "/api/audiences/sent", { key: shop.secret, ...options });
  const gzip = { "content-encoding": "gzip" };

  it("is JSON whatever its content type says, gzipped or not", async () => {
    const json = JSON.stringify({ name: "Sent", rule: { everyone: true } });
    expect((await put({ raw: json, headers: { "content-type": "text/plain" } })).status).toBe(200);
    expect((await put({ raw: gzipSync(json), headers: gzip })).status).toBe(200);
  });

  it.each([
    ["that is not JSON", { raw: "{name: 'x'}" }, 400, "not_json"],
    ["of 10 MB", { raw: new Uint8Array(10_000_000).fill(0x20) }, 413, "too_large"],
    [
      "of 10 MB that says 5",
      { raw: new Uint8Array(10_000_000).fill(0x20), headers: { "content-length": "5" } },
      413,
      "too_large",
    ],
    ["that is a gzip bomb", { raw: gzipSync(new Uint8Array(50_000_000)), headers: gzip }, 413, "too_large"],
    ["that is not gzip", { raw: "x", headers: gzip }, 400, "bad_encoding"],
    ["in another encoding", { raw: "x", headers: { "content-encoding": "br" } }, 415, "unsupported_encoding"],
    ["10,000 deep", { raw: `{"rule":${"[".repeat(10_000)}${"]".repeat(10_000)}}` }, 400, "too_deep"],
    ["with a __proto__", { raw: '{"__proto__":{"name":"x"},"rule":{"everyone":true}}' }, 400, "bad_request"],
    ["with a __proto__ in its rule", { raw: '{"name":"x","rule":{"__proto__":{"everyone":true}}}' }, 422, "invalid_rule"],
  ] satisfies [string, CallOptions, number, string][])("%s is refused", async (_, options, status, code) => {
    const reply = await put(options);
    expect([reply.status, reply.json.code]).toEqual([status, code]);
  });
});

/** An import is its object's to know, and so is an upload to a list; the plan and keys of user tokens lie in R2. */
const WITHOUT_D1: ReadonlySet<string> = new Set([
  "/api/rules/validate",
  "/api/health/detail",
  "/api/imports/{id}",
  "/api/lists/{key}/uploads/{upload}",
  "get /api/plan",
  "/api/plan/check",
  "get /api/user-token-keys",
  // Of one that is not there; the revoking of one that is is noted first, as every change.
  "delete /api/user-token-keys/{kid}",
  // A key has no session, and to forget one nobody is asked.
  "get /api/session",
  "put /api/session",
  "delete /api/session",
]);

describe("while D1 is down", () => {
  it.each(
    ROUTES.filter(({ method, path }) => !WITHOUT_D1.has(path) && !WITHOUT_D1.has(`${method} ${path}`)).map(
      (one) => [one.method, one.path] as const,
    ),
  )("%s %s says so, and to try again", async (method, path) => {
    const filled = path.replace("{id}", path.includes("keys") ? "other" : "A".repeat(43)).replace("{key}", "vip");
    const body = {
      name: "x",
      kind: "app",
      rule: { everyone: true },
      scopes: ["admin"],
      timeZone: "UTC",
      retentionDays: 1,
      version: 1,
      userId: "u",
      identifiers: ["u1"],
      householdId: "h1",
      placement: "hero",
      email: "x@example.com",
      role: "viewer",
      link: "x",
      creatives: [{ key: "a", content: {} }],
      ...(path.endsWith("-keys") ? { name: "x", algorithm: "HS256" } : {}),
      ...(/\/(?:split|link)$/.test(path) ? { identifier: { type: "userId", hash: "A".repeat(43) } } : {}),
    };
    const wanted = ROUTES.find((one) => one.method === method && one.path === path)?.body;
    const known = wanted !== undefined && "shape" in wanted ? Object.keys(wanted.shape as object) : ["userId"];
    const reply = await call(
      method,
      `${filled}${path.endsWith("explain") ? "?audience=vip" : method === "post" && path === "/api/imports" ? "?source=shop&type=track&format=ndjson" : ""}`,
      {
        key: shop.secret,
        env: { ...env, DB: brokenD1 },
        ...(wanted === undefined
          ? {}
          : { body: Object.fromEntries(Object.entries(body).filter(([key]) => known.includes(key))) }),
      },
    );
    expect([reply.status, reply.json.code, reply.headers.get("retry-after")]).toEqual([503, "unavailable", "1"]);
    expect(reply.text).not.toContain("canary");
  });

  it("a rule can still be validated", async () => {
    const options = { key: shop.secret, env: { ...env, DB: brokenD1 }, body: { rule: { everyone: true } } };
    expect((await call("POST", "/api/rules/validate", options)).status).toBe(200);
  });
});

describe("while R2 is down", () => {
  it("a change says so, and a key that is not known here is not called unknown", async () => {
    const down = { ...env, PUBLISHED: brokenR2 };
    const put = await call("PUT", "/api/sources/new", { key: shop.secret, env: down, body: { name: "New", kind: "app" } });
    expect([put.status, put.json.code]).toEqual([503, "unavailable"]);
    const stranger = await call("GET", "/api/workspace", { key: "sk_not-seen-yet", env: down });
    expect([stranger.status, stranger.json.code]).toEqual([503, "unavailable"]);
    const again = await call("PUT", "/api/sources/new", { key: shop.secret, body: { name: "New", kind: "app" } });
    expect(again.status).toBe(200);
  });
});

describe("a refusal", () => {
  it("says nothing of a bug but that it is ours", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const buggy = route({
      method: "get",
      path: "/api/buggy",
      scopes: ["admin"],
      tag: "Bugs",
      summary: "Fails",
      handle: () => Promise.reject(new TypeError(`no ${SECRET} for ${EMAIL}`)),
    });
    const reply = await call("GET", "/api/buggy", { key: shop.secret, api: createApi([buggy]) });
    expect(reply.json).toEqual({
      type: "urn:tideline:problem:internal",
      title: expect.any(String),
      status: 500,
      code: "internal",
    });
    expect(logged).toHaveBeenCalledOnce();
    expect(JSON.stringify(logged.mock.calls)).not.toContain("canary");
  });

  it.each([
    ["a key", { key: SECRET }],
    ["a header", { headers: { "x-api-key": SECRET } }],
    ["a query", { key: "shop", path: `/api/sources?limit=${SECRET}&cursor=${EMAIL}` }],
    ["a path", { key: "shop", path: `/api/profiles/${EMAIL}` }],
    [
      "a value",
      {
        key: "shop",
        method: "PUT",
        path: "/api/sources/x",
        body: { name: 1, kind: SECRET, channel: EMAIL, origins: [SECRET], identify: EMAIL },
      },
    ],
    ["a body that is not JSON", { key: "shop", method: "PUT", path: "/api/sources/x", raw: `{"a":${SECRET} ${EMAIL}` }],
    ["an identity", { key: "shop", method: "POST", path: "/api/profiles/lookup", body: { email: EMAIL, userId: SECRET } }],
    ["an identity of nobody", { key: "shop", method: "POST", path: "/api/profiles/lookup", body: { email: EMAIL } }],
  ])("does not repeat what was sent as %s", async (_, sent: CallOptions & { method?: string; path?: string }) => {
    const { method = "GET", path = "/api/sources", ...options } = sent;
    const reply = await call(method, path, { ...options, ...(options.key === "shop" ? { key: shop.secret } : {}) });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    for (const text of [reply.text, JSON.stringify([...reply.headers])]) {
      expect(text).not.toContain("canary");
      expect(text).not.toContain(shop.secret);
    }
    const audit = await call("GET", "/api/audit?limit=200", { key: shop.secret });
    expect(audit.text).not.toContain("canary");
  });
});

describe("a reply", () => {
  it("is kept by nobody on the way", async () => {
    const open = route({
      method: "get",
      path: "/api/fine",
      scopes: ["admin"],
      tag: "Fine",
      summary: "Works",
      handle: () => Promise.resolve(ok({ body: undefined })),
    });
    expect((await call("GET", "/api/fine", { key: shop.secret, api: createApi([open]) })).status).toBe(204);
    expect((await call("GET", "/api/workspace", { key: shop.secret })).headers.get("cache-control")).toBe("no-store");
  });
});
