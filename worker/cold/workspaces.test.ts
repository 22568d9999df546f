import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { database, type Stores } from "./database.ts";
import { createDemo, DEMO_WORKSPACE } from "./demo.ts";
import { applyMigrations } from "./migrate.ts";
import { hashKey, keyObjectKey, SCOPES, workspaceObjectKey } from "./records.ts";
import { listSecretKeys } from "./secret-keys.ts";
import { listSources, sourceStore } from "./sources.ts";
import { MIGRATIONS } from "./test-workspaces.ts";

beforeAll(() => applyMigrations(env.DB, MIGRATIONS));

const read = async (key: string): Promise<unknown> => (await env.PUBLISHED.get(key))?.json();

describe("the demo workspace", () => {
  it("is what the guide says", async () => {
    await createDemo(env, 1_000);
    expect(await read(workspaceObjectKey("demo"))).toEqual({
      v: 1,
      id: "demo",
      revision: 1,
      timeZone: "Europe/Paris",
      retentionMs: 3_650 * 86_400_000,
      jurisdiction: null,
      ruleset: 0,
      smallCount: 0,
      identifiers: { priority: ["userId", "emailSha256", "phone", "anonymousId"] },
    });
    expect(await read(keyObjectKey(hashKey("sk_demo")))).toEqual({
      v: 1,
      workspace: "demo",
      type: "secret",
      id: "demo",
      scopes: SCOPES,
    });
    const sources = await listSources(database(env.DB), "demo", { limit: 100 });
    expect(sources.map(({ key, kind, party, writeKey, consent }) => [key, kind, party, writeKey, consent])).toEqual([
      ["app", "app", "first", "wk_demo_app", "assumed"],
      ["broker", "server", "third", "wk_demo_broker", "assumed"],
      ["crm", "server", "first", "wk_demo_crm", "assumed"],
      ["email", "server", "first", "wk_demo_email", "assumed"],
      ["partner", "server", "second", "wk_demo_partner", "assumed"],
      ["store", "server", "first", "wk_demo_store", "assumed"],
      ["web", "browser", "first", "wk_demo_web", "assumed"],
    ]);
    expect(await read(keyObjectKey(hashKey("wk_demo_web")))).toMatchObject({
      type: "write",
      source: { key: "web", kind: "browser", channel: "web", origins: ["http://localhost:*", "http://127.0.0.1:*"] },
    });
    expect(await read(keyObjectKey(hashKey("wk_demo_broker")))).toMatchObject({ source: { channel: "partner", party: "third" } });
  });

  it("is made once: what was changed since stays changed", async () => {
    await createDemo(env, 1_000);
    const sources = sourceStore(database(env.DB), "demo");
    const web = await sources.find("web");
    await sources.remove("web", web!.etag, {
      workspace: "demo",
      at: 0,
      actor: "test",
      action: "source.delete",
      target: "source:web",
    });
    await createDemo(env, 2_000);
    expect(await sources.find("web")).toBeUndefined();
  });
});

describe("a workspace", () => {
  it("whose making was cut off is finished by the next run", async () => {
    const workspace = {
      ...DEMO_WORKSPACE,
      id: "cut",
      sources: [{ ...DEMO_WORKSPACE.sources[0]!, writeKey: "wk_cut" }],
      secretKeys: [{ id: "k", name: "K", secret: "sk_cut", scopes: SCOPES }],
    };
    const { createWorkspace } = await import("./workspaces.ts");
    for (let puts = 0; puts < 8; puts++) {
      let left = puts;
      const failing: Stores = {
        DB: env.DB,
        PUBLISHED: new Proxy(env.PUBLISHED, {
          get: (bucket, name) => {
            if (name === "put" && left-- <= 0) return () => Promise.reject(new Error("cut off"));
            const member: unknown = Reflect.get(bucket, name);
            return typeof member === "function" ? member.bind(bucket) : member;
          },
        }),
      };
      await createWorkspace(failing, workspace, 1_000).catch(() => undefined);
    }
    await createWorkspace(env, workspace, 1_000);
    expect(await read(workspaceObjectKey("cut"))).toMatchObject({ id: "cut" });
    expect(await read(keyObjectKey(hashKey("wk_cut")))).toMatchObject({ workspace: "cut", source: { key: "web" } });
    expect(await read(keyObjectKey(hashKey("sk_cut")))).toMatchObject({ workspace: "cut", id: "k" });
    expect(await listSecretKeys(database(env.DB), "cut", { limit: 10 })).toHaveLength(1);
  });
});
