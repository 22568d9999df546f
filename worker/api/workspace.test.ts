import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { findWorkspace } from "../auth/cache.ts";
import { testWorkspace } from "../cold/test-workspaces.ts";
import { readWorkspaceRecord } from "../cold/workspace-record.ts";
import { call } from "./test-api.ts";

const BODY = { timeZone: "America/New_York", retentionDays: 30 };

describe("the workspace", () => {
  it("changes at once, for the data plane too, and keeps its ruleset", async () => {
    const { id, secret: key } = await testWorkspace();
    await call("POST", "/api/ruleset/publish", { key, body: {} });
    const put = await call("PUT", "/api/workspace", {
      key,
      body: { ...BODY, name: "Shop", smallCount: 7, gvlId: 755, identifierPriority: ["userId"] },
    });
    expect(put.json).toMatchObject({
      ...BODY,
      id,
      name: "Shop",
      smallCount: 7,
      gvlId: 755,
      identifierPriority: ["userId"],
      jurisdiction: null,
    });
    expect((await call("GET", "/api/workspace", { key })).json).toEqual(put.json);
    const record = { timeZone: "America/New_York", retentionMs: 30 * 86_400_000, ruleset: 1, smallCount: 7, gvlId: 755 };
    expect(await readWorkspaceRecord(env.PUBLISHED, id)).toMatchObject(record);
    expect(findWorkspace(env, createExecutionContext(), id)).toMatchObject(record);
  });

  it("stays where its data lives", async () => {
    const { secret: key } = await testWorkspace({ jurisdiction: "eu" });
    expect((await call("PUT", "/api/workspace", { key, body: { ...BODY, jurisdiction: "eu" } })).status).toBe(200);
    for (const jurisdiction of ["us", null]) {
      const reply = await call("PUT", "/api/workspace", { key, body: { ...BODY, jurisdiction } });
      expect([reply.status, reply.json.code, reply.json.errors[0].pointer]).toEqual([422, "fixed", "/jurisdiction"]);
    }
    expect((await call("GET", "/api/workspace", { key })).json.jurisdiction).toBe("eu");
  });

  it("holds If-Match", async () => {
    const { secret: key } = await testWorkspace();
    const etag = (await call("GET", "/api/workspace", { key })).headers.get("etag") ?? "";
    const put = (retentionDays: number) =>
      call("PUT", "/api/workspace", { key, body: { ...BODY, retentionDays }, headers: { "if-match": etag } });
    expect((await put(1)).status).toBe(200);
    expect((await put(2)).status).toBe(412);
  });

  it.each([
    ["/timeZone", { ...BODY, timeZone: "Mars/Olympus" }],
    ["/timeZone", { ...BODY, timeZone: "+01:00" }],
    ["/retentionDays", { ...BODY, retentionDays: 0 }],
    ["/retentionDays", { ...BODY, retentionDays: 1.5 }],
    ["/id", { ...BODY, id: "other" }],
  ])("does not take a bad %s", async (pointer, body) => {
    const { secret: key } = await testWorkspace();
    const reply = await call("PUT", "/api/workspace", { key, body });
    expect([reply.status, reply.json.errors[0].pointer]).toEqual([400, pointer]);
  });
});
