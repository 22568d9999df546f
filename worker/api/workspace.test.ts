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

  it("keeps the policies of its golden record until others are given", async () => {
    const { id, secret: key } = await testWorkspace();
    const policies = async (goldenRecord?: object) => {
      const { json } = await call("PUT", "/api/workspace", { key, body: { ...BODY, goldenRecord } });
      expect((await call("GET", "/api/workspace", { key })).json.goldenRecord).toEqual(json.goldenRecord);
      return json.goldenRecord;
    };
    expect((await call("GET", "/api/workspace", { key })).json.goldenRecord).toEqual({ default: "recent", traits: {} });
    const traits = { email: "priority", "v1\\.2": "longest" };
    expect(await policies({ traits })).toEqual({ default: "recent", traits });
    expect(await policies()).toEqual({ default: "recent", traits });
    const row = await env.DB.prepare("SELECT golden_record FROM workspace WHERE id = ?").bind(id).first<string>("golden_record");
    expect(JSON.parse(row ?? "")).toEqual({ default: "recent", traits: { email: "priority", "v1.2": "longest" } });
    expect(await policies({ default: "frequent" })).toEqual({ default: "frequent", traits: {} });
  });

  it("publishes which identifiers go before which and how many a person may have, by the types that events are read by", async () => {
    const { id, secret: key } = await testWorkspace();
    expect((await call("GET", "/api/workspace", { key })).json).toMatchObject({
      identifierPriority: ["userId", "email", "phone", "anonymousId"],
      identifierLimits: {},
    });
    expect((await readWorkspaceRecord(env.PUBLISHED, id))?.identifiers).toEqual({
      priority: ["userId", "emailSha256", "phone", "anonymousId"],
    });
    const identifierPriority = ["userId", "loyalty", "email", "deviceId"];
    const identifierLimits = { userId: 1, email: 3, anonymousId: { most: 5, within: "7d" } };
    const put = await call("PUT", "/api/workspace", { key, body: { ...BODY, identifierPriority, identifierLimits } });
    expect(put.json).toMatchObject({ identifierPriority, identifierLimits });
    expect((await call("GET", "/api/workspace", { key })).json).toEqual(put.json);
    const published = {
      priority: ["userId", "ext:loyalty", "emailSha256", "ext:deviceId"],
      limits: { userId: { most: 1 }, emailSha256: { most: 3 }, anonymousId: { most: 5, withinMs: 7 * 86_400_000 } },
    };
    expect((await readWorkspaceRecord(env.PUBLISHED, id))?.identifiers).toEqual(published);
    // Without a word they stay.
    expect((await call("PUT", "/api/workspace", { key, body: BODY })).json).toMatchObject({
      identifierPriority,
      identifierLimits,
    });
  });

  it("names two hundred traits at most in its golden record", async () => {
    const { secret: key } = await testWorkspace();
    const put = (count: number) => {
      const traits = Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, "longest"]));
      return call("PUT", "/api/workspace", { key, body: { ...BODY, goldenRecord: { traits } } });
    };
    expect((await put(200)).status).toBe(200);
    const refused = await put(201);
    expect([refused.status, refused.json.errors[0].pointer, refused.json.errors[0].code]).toEqual([
      400,
      "/goldenRecord/traits",
      "too_many_traits",
    ]);
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
    ["/goldenRecord/default", { ...BODY, goldenRecord: { default: "oldest" } }],
    ["/goldenRecord/traits/city", { ...BODY, goldenRecord: { traits: { city: "wisest" } } }],
    ["/goldenRecord/traits/address.city", { ...BODY, goldenRecord: { traits: { "address.city": "longest" } } }],
    ["/goldenRecord/traits/computed", { ...BODY, goldenRecord: { traits: { computed: "longest" } } }],
    ["/goldenRecord/traits/", { ...BODY, goldenRecord: { traits: { "": "longest" } } }],
    ["/identifierPriority/1", { ...BODY, identifierPriority: ["anonymousId", "email"] }],
    ["/identifierPriority/2", { ...BODY, identifierPriority: ["email", "phone", "userId"] }],
    ["/identifierLimits/userId", { ...BODY, identifierLimits: { userId: 2 } }],
    ["/identifierLimits/email", { ...BODY, identifierLimits: { email: 0 } }],
    ["/identifierLimits/email", { ...BODY, identifierLimits: { email: 101 } }],
    ["/identifierLimits/email/within", { ...BODY, identifierLimits: { email: { most: 3, within: "a week" } } }],
    ["/goldenRecord/source", { ...BODY, goldenRecord: { source: "crm" } }],
  ])("does not take a bad %s", async (pointer, body) => {
    const { secret: key } = await testWorkspace();
    const reply = await call("PUT", "/api/workspace", { key, body });
    expect([reply.status, reply.json.errors[0].pointer]).toEqual([400, pointer]);
  });
});
