import { env } from "cloudflare:workers";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withdrawKey } from "../cold/published.ts";
import { hashKey } from "../cold/records.ts";
import { testWorkspace } from "../cold/test-workspaces.ts";
import { updateWorkspaceRecord } from "../cold/workspace-record.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { findKey, findOrigin, findWorkspace, findWorkspaceFresh, forgetAll, rememberKey } from "./cache.ts";

const failing = (): never => {
  throw new Error("out of reach");
};
const broken = { get: failing, put: failing, prepare: failing, batch: failing };
const withoutD1 = (): Env => ({ ...env, DB: broken as unknown as D1Database });
const withoutR2 = (): Env => ({ ...env, PUBLISHED: broken as unknown as R2Bucket });

let now: number;

beforeEach(() => {
  forgetAll();
  now = Date.now();
  vi.spyOn(Date, "now").mockImplementation(() => now);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a key", () => {
  it("is found with what the data plane needs, on a fresh isolate while D1 is down", async () => {
    const { id, writeKey, secret } = await testWorkspace();
    const ctx = createExecutionContext();
    expect(await findKey(withoutD1(), ctx, writeKey)).toMatchObject({
      workspace: id,
      type: "write",
      source: { key: "web", kind: "browser" },
    });
    expect(await findKey(withoutD1(), ctx, secret)).toMatchObject({ workspace: id, type: "secret", id: "all" });
    expect(await findWorkspace(withoutD1(), ctx, id)).toMatchObject({ id, ruleset: 0, timeZone: "Europe/Paris" });
    expect(await findOrigin(withoutD1(), ctx, "https://shop.example")).toBe(true);
  });

  it("is found at once when warm", async () => {
    const { writeKey } = await testWorkspace();
    const ctx = createExecutionContext();
    await findKey(env, ctx, writeKey);
    expect(findKey(withoutR2(), ctx, writeKey)).toMatchObject({ type: "write" });
  });

  it("that is none is not found, and cannot be told while R2 is down", async () => {
    const ctx = createExecutionContext();
    expect(await findKey(env, ctx, "wk_nobody")).toBeUndefined();
    await expect(findKey(withoutR2(), ctx, "wk_somebody")).rejects.toThrow(Unavailable);
  });

  it("that was revoked works no longer than 60 s in an isolate that remembers it", async () => {
    const { writeKey } = await testWorkspace();
    const ctx = createExecutionContext();
    await findKey(env, ctx, writeKey);
    await withdrawKey(env, hashKey(writeKey));
    now += 4_999;
    expect(await findKey(env, ctx, writeKey)).toBeDefined();
    now += 55_001;
    expect(await findKey(env, ctx, writeKey)).toBeUndefined();
  });

  it("that was revoked is refused sooner where calls come", async () => {
    const { writeKey } = await testWorkspace();
    const ctx = createExecutionContext();
    await findKey(env, ctx, writeKey);
    await withdrawKey(env, hashKey(writeKey));
    now += 5_000;
    expect(await findKey(env, ctx, writeKey)).toBeDefined();
    await waitOnExecutionContext(ctx);
    expect(await findKey(env, ctx, writeKey)).toBeUndefined();
  });

  it("that was revoked here is refused at once", async () => {
    const { writeKey } = await testWorkspace();
    const ctx = createExecutionContext();
    await findKey(env, ctx, writeKey);
    rememberKey(hashKey(writeKey), undefined);
    expect(findKey(env, ctx, writeKey)).toBeUndefined();
  });

  it("is kept in no store as it is", async () => {
    const { secret } = await testWorkspace();
    const { objects } = await env.PUBLISHED.list();
    const texts = await Promise.all(objects.map(async ({ key }) => `${key} ${await (await env.PUBLISHED.get(key))?.text()}`));
    const rows = await env.DB.prepare("SELECT * FROM secret_key").all();
    expect(texts.join("\n") + JSON.stringify(rows.results)).not.toContain(secret);
  });
});

describe("a workspace's settings", () => {
  it("are read anew for a caller who needs a newer ruleset", async () => {
    const { id } = await testWorkspace();
    const ctx = createExecutionContext();
    const before = await findWorkspace(env, ctx, id);
    await updateWorkspaceRecord(env.PUBLISHED, id, () => ({ ...before!, ruleset: 7 }));
    expect(findWorkspace(env, ctx, id)).toMatchObject({ ruleset: 0 });
    expect(await findWorkspaceFresh(env, id)).toMatchObject({ ruleset: 7 });
    expect(findWorkspace(env, ctx, id)).toMatchObject({ ruleset: 7 });
  });
});

describe("an origin", () => {
  it("is known where some source lists it, with every port of localhost where one lists that", async () => {
    await testWorkspace({}, { origins: ["http://localhost:*"] });
    const ctx = createExecutionContext();
    expect(await findOrigin(env, ctx, "http://localhost:4321")).toBe(true);
    expect(await findOrigin(env, ctx, "https://evil.example")).toBe(false);
    expect(await findOrigin(env, ctx, "null")).toBe(false);
  });
});
