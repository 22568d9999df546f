import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { AuditEntry } from "./audit.ts";
import { database, newEtag, type Stores } from "./database.ts";
import { publishSecretKey, publishSource, withdrawKey, withdrawOrigins } from "./published.ts";
import { hashKey, keyObjectKey, originObjectKey } from "./records.ts";
import { markRevoked } from "./secret-keys.ts";
import { sourceStore } from "./sources.ts";
import { testWorkspace } from "./test-workspaces.ts";

/** The stores, where the first put of a key does something else right before it. */
function interrupted(before: () => Promise<void>): Stores {
  let done = false;
  const PUBLISHED = new Proxy(env.PUBLISHED, {
    get(bucket, name) {
      if (name === "put" && !done) {
        done = true;
        return async (...args: Parameters<R2Bucket["put"]>) => {
          await before();
          return bucket.put(...args);
        };
      }
      const member: unknown = Reflect.get(bucket, name);
      return typeof member === "function" ? member.bind(bucket) : member;
    },
  });
  return { DB: env.DB, PUBLISHED };
}

const entry = (workspace: string): AuditEntry => ({ workspace, at: 0, actor: "test", action: "test", target: "test" });

describe("publishing a source", () => {
  it("ends with the later of two changes that overtake each other", async () => {
    const { id, writeKey } = await testWorkspace();
    const store = sourceStore(database(env.DB), id);
    const stores = interrupted(async () => {
      const row = await store.find("web");
      await store.replace({ ...row!, party: "third", etag: newEtag() }, row!.etag, entry(id));
      await publishSource(env, id, "web");
    });
    await publishSource(stores, id, "web");
    expect(await (await env.PUBLISHED.get(keyObjectKey(hashKey(writeKey))))?.json()).toMatchObject({
      source: { party: "third" },
    });
  });

  it("leaves no key behind where the source is deleted on the way", async () => {
    const { id, writeKey } = await testWorkspace();
    const store = sourceStore(database(env.DB), id);
    const stores = interrupted(async () => {
      await withdrawKey(env, hashKey(writeKey));
      await store.remove("web", (await store.find("web"))!.etag, entry(id));
    });
    expect(await publishSource(stores, id, "web")).toBeUndefined();
    expect(await env.PUBLISHED.head(keyObjectKey(hashKey(writeKey)))).toBeNull();
  });
});

describe("publishing a secret key", () => {
  it("leaves none behind where the key is revoked on the way", async () => {
    const { id, secret } = await testWorkspace();
    const stores = interrupted(async () => {
      await withdrawKey(env, hashKey(secret));
      await markRevoked(database(env.DB), id, "all", entry(id));
    });
    expect(await publishSecretKey(stores, id, "all")).toBeUndefined();
    expect(await env.PUBLISHED.head(keyObjectKey(hashKey(secret)))).toBeNull();
  });
});

describe("the index of origins", () => {
  it("keeps an origin as long as a source of any workspace lists it", async () => {
    const origins = ["https://shared.example"];
    const [one, other] = [await testWorkspace({}, { origins }), await testWorkspace({}, { origins })];
    for (const [left, workspace] of [one, other].entries()) {
      const store = sourceStore(database(env.DB), workspace.id);
      await store.remove("web", (await store.find("web"))!.etag, entry(workspace.id));
      await withdrawOrigins(env, origins);
      expect((await env.PUBLISHED.head(originObjectKey("https://shared.example"))) === null).toBe(left === 1);
    }
  });
});
