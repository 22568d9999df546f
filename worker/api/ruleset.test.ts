import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { findWorkspace } from "../auth/cache.ts";
import { testWorkspace, type TestWorkspace } from "../cold/test-workspaces.ts";
import { call } from "./test-api.ts";

let shop: TestWorkspace;

beforeEach(async () => {
  shop = await testWorkspace();
});

const post = (what: string, body?: unknown) =>
  call("POST", `/api/ruleset/${what}`, { key: shop.secret, ...(body === undefined ? {} : { body }) });
const put = (key: string, rule: unknown) => call("PUT", `/api/audiences/${key}`, { key: shop.secret, body: { name: key, rule } });

describe("publishing", () => {
  it("needs no body, and is seen at once by the isolate that made it", async () => {
    const ctx = createExecutionContext();
    await findWorkspace(env, ctx, shop.id);
    await put("vip", { everyone: true });
    const reply = await post("publish");
    expect([reply.status, reply.json]).toEqual([200, { version: 1, audiences: 1, warnings: [] }]);
    expect(findWorkspace(env, ctx, shop.id)).toMatchObject({ ruleset: 1 });
  });

  it("is refused with the audience and the place of every fault, where the settings no longer bear a rule", async () => {
    await put("quarter", { event: "x", within: "90d" });
    await put("week", { event: "x", within: "7d" });
    const body = { timeZone: "UTC", retentionDays: 30 };
    await call("PUT", "/api/workspace", { key: shop.secret, body });
    const reply = await post("publish");
    expect([reply.status, reply.json.code]).toEqual([422, "invalid_rule"]);
    expect(reply.json.errors).toEqual([
      { audience: "quarter", pointer: "/within", code: "longer_than_retention", message: expect.any(String) },
    ]);
    expect((await call("GET", "/api/ruleset/versions", { key: shop.secret })).json).toEqual({ versions: [], next: null });
  });

  it("and rolling back are listed, newest first, with which one is live", async () => {
    await put("vip", { everyone: true });
    await post("publish", { note: "first" });
    await post("publish", { note: "second" });
    expect((await post("rollback", { version: 1, note: "back" })).json).toEqual({ version: 3, audiences: 1, warnings: [] });
    const listed = await call("GET", "/api/ruleset/versions?limit=2", { key: shop.secret });
    expect(listed.json.versions).toMatchObject([
      { version: 3, note: "back", live: true, rolledBackFrom: 1, state: "published", audiences: 1, createdBy: "key:all" },
      { version: 2, note: "second", live: false, rolledBackFrom: null, state: "published" },
    ]);
    const next = await call("GET", `/api/ruleset/versions?cursor=${encodeURIComponent(listed.json.next)}`, { key: shop.secret });
    expect(next.json).toMatchObject({ versions: [{ version: 1, note: "first" }], next: null });
  });

  it.each([{ version: 0 }, { version: "1" }, {}, { version: 1, to: 2 }])("does not roll back to %j", async (body) => {
    expect((await post("rollback", body)).status).toBe(400);
  });

  it("does not roll back to what is not there", async () => {
    expect((await post("rollback", { version: 5 })).status).toBe(404);
  });
});

describe("the audit log", () => {
  it("says who changed what, newest first, in pages", async () => {
    await put("vip", { everyone: true });
    await post("publish");
    await call("DELETE", "/api/audiences/vip", { key: shop.secret });
    await call("DELETE", "/api/audiences/vip", { key: shop.secret });
    const read = async (query: string) => (await call("GET", `/api/audit?${query}`, { key: shop.secret })).json;
    const first = await read("limit=2");
    expect(first.entries).toMatchObject([
      { actor: "key:all", action: "audience.delete", target: "audience:vip", at: expect.any(String) },
      { actor: "key:all", action: "ruleset.publish", target: "ruleset:1" },
    ]);
    const second = await read(`limit=2&cursor=${encodeURIComponent(first.next)}`);
    expect(second.entries[0]).toMatchObject({ action: "audience.put", target: "audience:vip" });
    expect(second.entries[1]).toMatchObject({ actor: "setup" });
  });
});
