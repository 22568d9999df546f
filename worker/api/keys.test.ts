import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { findKey } from "../auth/cache.ts";
import { SCOPES } from "../cold/records.ts";
import { testKey, testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;

beforeAll(async () => {
  shop = await testWorkspace();
});

const create = (scopes: readonly string[], key = shop.secret) =>
  call("POST", "/api/keys", { key, body: { name: "New", scopes } });

describe("a secret key", () => {
  it("is shown once, works at once, and is listed without its secret", async () => {
    const made = await create(["decide", "collect"]);
    expect(made.status).toBe(200);
    expect(made.json.secret).toMatch(/^sk_[A-Za-z0-9_-]{43}$/);
    expect(made.json.scopes).toEqual(["collect", "decide"]);
    expect(await findKey(env, createExecutionContext(), made.json.secret)).toMatchObject({ type: "secret", id: made.json.id });
    const listed = await call("GET", "/api/keys", { key: shop.secret });
    expect(listed.json.keys).toContainEqual({
      id: made.json.id,
      name: "New",
      scopes: ["collect", "decide"],
      createdAt: made.json.createdAt,
      revokedAt: null,
    });
    expect(listed.text).not.toContain(made.json.secret);
  });

  it("is refused at once when revoked, and may be revoked again", async () => {
    const made = await create(["admin"]);
    const key = made.json.secret;
    expect((await call("GET", "/api/keys", { key })).status).toBe(200);
    expect((await call("DELETE", `/api/keys/${made.json.id}`, { key: shop.secret })).status).toBe(204);
    expect((await call("GET", "/api/keys", { key })).status).toBe(401);
    expect((await call("DELETE", `/api/keys/${made.json.id}`, { key: shop.secret })).status).toBe(204);
    const listed = await call("GET", "/api/keys", { key: shop.secret });
    expect(listed.json.keys.find(({ id }: { id: string }) => id === made.json.id).revokedAt).toEqual(expect.any(String));
  });

  it("cannot revoke itself", async () => {
    const reply = await call("DELETE", "/api/keys/all", { key: shop.secret });
    expect([reply.status, reply.json.code]).toEqual([422, "own_key"]);
    expect((await call("GET", "/api/keys", { key: shop.secret })).status).toBe(200);
  });

  it("makes no key that may do more than itself", async () => {
    const admin = await testKey(shop.id, ["admin"]);
    const reply = await create(["admin", "profiles:read"], admin);
    expect([reply.status, reply.json.code]).toEqual([403, "forbidden_scope"]);
    expect((await create(["admin"], admin)).status).toBe(200);
  });

  it.each([[[]], [["everything"]], [[...SCOPES, "admin"]], ["admin"]])("is not made with the scopes %j", async (scopes) => {
    const reply = await create(scopes as string[]);
    expect([reply.status, reply.json.code]).toEqual([400, "bad_request"]);
  });
});
