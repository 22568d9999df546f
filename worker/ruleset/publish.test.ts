import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { rulesetObjectKey, type PublishedRuleset } from "../../durable-objects/ruleset/load.ts";
import { audienceStore } from "../cold/audiences.ts";
import { database, newEtag, type Stores } from "../cold/database.ts";
import { findVersion, listVersions } from "../cold/ruleset-versions.ts";
import type { AudienceRow } from "../cold/schema.ts";
import { testWorkspace } from "../cold/test-workspaces.ts";
import { readWorkspaceRecord, updateWorkspaceRecord } from "../cold/workspace-record.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { publishDrafts, rollBack, type PublishRequest } from "./publish.ts";

const RULE = { event: "Order Completed", count: { gte: 3 } };

let workspace: string;
let request: PublishRequest;

beforeEach(async () => {
  workspace = (await testWorkspace()).id;
  request = { workspace, actor: "key:test", note: "", now: 1_000 };
});

async function draft(key: string, rule: unknown = RULE, changes: Partial<AudienceRow> = {}): Promise<void> {
  const store = audienceStore(database(env.DB), workspace);
  const row: AudienceRow = {
    workspace,
    key,
    name: key,
    description: "",
    rule: JSON.stringify(rule),
    code: key,
    visibility: "server",
    purpose: "ads",
    taxonomy: [],
    tags: [],
    etag: newEtag(),
    createdAt: 0,
    updatedAt: 0,
    ...changes,
  };
  const entry = { workspace, at: 0, actor: "test", action: "audience.put", target: `audience:${key}` };
  const before = await store.find(key);
  expect(before === undefined ? await store.insert(row, entry) : await store.replace(row, before.etag, entry)).toBe(true);
}

const artifact = async (version: number): Promise<PublishedRuleset | undefined> =>
  (await env.PUBLISHED.get(rulesetObjectKey(workspace, version)))?.json<PublishedRuleset>();

const pointer = async (): Promise<number | undefined> => (await readWorkspaceRecord(env.PUBLISHED, workspace))?.ruleset;

/** The stores, of which the bucket's `put` fails, or runs something first, at the call numbered `at` from 0. */
function withPut(at: number, before: () => Promise<void>): Stores {
  let puts = 0;
  const PUBLISHED = new Proxy(env.PUBLISHED, {
    get(bucket, name) {
      const member: unknown = Reflect.get(bucket, name);
      if (typeof member !== "function") return member;
      if (name !== "put") return member.bind(bucket);
      return async (...args: Parameters<R2Bucket["put"]>) => {
        if (puts++ === at) await before();
        return bucket.put(...args);
      };
    },
  });
  return { DB: env.DB, PUBLISHED };
}

const cutOff = (): Promise<void> => Promise.reject(new Error("cut off"));

describe("a publish", () => {
  it("stores all drafts as the next version and points to it", async () => {
    await draft("vip", RULE, { code: "v", visibility: "public", purpose: "content", taxonomy: [{ segtax: 4, id: "243" }] });
    await draft("everyone", { everyone: true });
    const published = await publishDrafts(env, request);
    expect(published).toMatchObject({ ok: true, value: { version: 1, audiences: 2, record: { ruleset: 1 } } });
    expect(await pointer()).toBe(1);
    const stored = await artifact(1);
    expect(stored?.format).toBe(1);
    expect(stored?.ruleset).toMatchObject({
      format: 1,
      workspace,
      version: 1,
      zone: "Europe/Paris",
      retentionMs: 400 * 86_400_000,
    });
    expect(stored?.ruleset.audiences.map(({ key }) => key)).toEqual(["everyone", "vip"]);
    expect(stored?.audiences).toEqual([
      { key: "everyone", name: "everyone", code: "everyone", visibility: "server", purpose: "ads" },
      { key: "vip", name: "vip", code: "v", visibility: "public", purpose: "content", taxonomy: [{ segtax: 4, id: "243" }] },
    ]);
    expect(await findVersion(database(env.DB), workspace, 1)).toMatchObject({
      state: "published",
      audiences: 2,
      createdBy: "key:test",
    });
  });

  it("may hold no audience at all", async () => {
    expect(await publishDrafts(env, request)).toMatchObject({ ok: true, value: { version: 1, audiences: 0 } });
  });

  it("is refused whole for one bad rule, with every fault of every audience, and changes nothing", async () => {
    await draft("good");
    await publishDrafts(env, request);
    await draft("bad", { all: [] });
    await draft("worse", { event: "x", count: { gte: "3" }, when: 1 });
    const refused = await publishDrafts(env, request);
    expect(refused).toMatchObject({ ok: false, error: { reason: "invalid_rule" } });
    const faults = refused.ok || refused.error.reason !== "invalid_rule" ? [] : refused.error.faults;
    expect(faults.map(({ audience, pointer: place }) => [audience, place])).toEqual(
      expect.arrayContaining([
        ["bad", "/all"],
        ["worse", "/when"],
      ]),
    );
    expect(faults.filter(({ audience }) => audience === "worse").length).toBeGreaterThan(1);
    expect(await pointer()).toBe(1);
    expect(await artifact(2)).toBeUndefined();
    expect(await listVersions(database(env.DB), workspace, { limit: 10 })).toHaveLength(1);
  });

  it("uses each number once, many at a time too, and points to the last", async () => {
    await draft("vip");
    const published = await Promise.all(Array.from({ length: 6 }, () => publishDrafts(env, request)));
    const versions = published.map((one) => (one.ok ? one.value.version : 0)).toSorted((a, b) => a - b);
    expect(versions).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await pointer()).toBe(6);
    for (const version of versions) expect((await artifact(version))?.ruleset.version).toBe(version);
  });

  it("never goes behind a later one that was faster", async () => {
    await draft("vip");
    const slow = withPut(0, async () => {
      await draft("late");
      expect(await publishDrafts(env, request)).toMatchObject({ ok: true, value: { version: 2 } });
    });
    expect(await publishDrafts(slow, request)).toMatchObject({ ok: true, value: { version: 1, record: { ruleset: 2 } } });
    expect(await pointer()).toBe(2);
    expect((await artifact(1))?.audiences.map(({ key }) => key)).toEqual(["vip"]);
    expect((await artifact(2))?.audiences.map(({ key }) => key)).toEqual(["late", "vip"]);
  });

  it("never writes over what is published, even where D1 was restored from before it", async () => {
    await draft("vip");
    await publishDrafts(env, request);
    await env.PUBLISHED.put(rulesetObjectKey(workspace, 2), "stored, and then its publish was cut off");
    await env.DB.prepare("DELETE FROM ruleset_version WHERE workspace = ?").bind(workspace).run();
    const text = JSON.stringify(await artifact(1));
    expect(await publishDrafts(env, request)).toMatchObject({ ok: true, value: { version: 3 } });
    expect(JSON.stringify(await artifact(1))).toBe(text);
    expect(await (await env.PUBLISHED.get(rulesetObjectKey(workspace, 2)))?.text()).toBe(
      "stored, and then its publish was cut off",
    );
    expect(await pointer()).toBe(3);
  });

  it.each([
    ["before its artifact is stored", 0],
    ["before what it was made of is stored", 1],
    ["before the pointer moves", 2],
  ])("that is cut off %s changes nothing, and may be tried again", async (_, at) => {
    await draft("vip");
    await expect(publishDrafts(withPut(at, cutOff), request)).rejects.toThrow(Unavailable);
    expect(await pointer()).toBe(0);
    expect(await publishDrafts(env, request)).toMatchObject({ ok: true, value: { version: 2 } });
    expect(await pointer()).toBe(2);
  });

  it("that is cut off once it is live is noted by the next", async () => {
    await draft("vip");
    let reserved = false;
    const batchOnce: Stores = {
      PUBLISHED: env.PUBLISHED,
      DB: new Proxy(env.DB, {
        get(db, name) {
          const member: unknown = Reflect.get(db, name);
          if (typeof member !== "function") return member;
          if (name === "batch" && reserved) return cutOff;
          if (name === "batch") reserved = true;
          return member.bind(db);
        },
      }),
    };
    await expect(publishDrafts(batchOnce, request)).rejects.toThrow();
    expect(await pointer()).toBe(1);
    expect(await findVersion(database(env.DB), workspace, 1)).toMatchObject({ state: "reserved" });
    await publishDrafts(env, request);
    expect(await findVersion(database(env.DB), workspace, 1)).toMatchObject({ state: "published", audiences: 1 });
  });

  it("of more than the workspace may hold is refused", async () => {
    for (let n = 0; n < 25; n++)
      await draft(`big-${n}`, { trait: "x", in: Array.from({ length: 10_000 }, (_, i) => n * 10_000 + i) });
    for (let n = 25; n < 51; n++)
      await draft(`big-${n}`, { trait: "x", notIn: Array.from({ length: 10_000 }, (_, i) => n * 10_000 + i) });
    expect(await publishDrafts(env, request)).toMatchObject({
      ok: false,
      error: { reason: "invalid_ruleset", faults: [{ code: "too_many_operands" }] },
    });
  });

  it("leaves other workspaces alone", async () => {
    await draft("vip");
    const other = await testWorkspace();
    await publishDrafts(env, request);
    expect((await readWorkspaceRecord(env.PUBLISHED, other.id))?.ruleset).toBe(0);
    expect(await publishDrafts(env, { ...request, workspace: other.id })).toMatchObject({ value: { version: 1, audiences: 0 } });
  });

  it("of audiences that name one that is not there, or each other, is refused at each place", async () => {
    await draft("a", { any: [{ audience: "b" }, { audience: "none" }] });
    await draft("b", { not: { audience: "a" } });
    await draft("c", { audience: "a" });
    const refused = await publishDrafts(env, request);
    if (refused.ok) throw new Error("published");
    expect(refused.error.faults).toMatchObject([
      { audience: "a", pointer: "/any/0/audience", code: "cycle" },
      { audience: "a", pointer: "/any/1/audience", code: "unknown_audience" },
      { audience: "b", pointer: "/not/audience", code: "cycle" },
    ]);
    expect(await pointer()).toBe(0);
  });

  it("does not blame who names an audience whose rule is none", async () => {
    await draft("a", { audience: "b" });
    await draft("b", { unheard: "of" });
    const refused = await publishDrafts(env, request);
    if (refused.ok) throw new Error("published");
    expect(refused.error.faults).toMatchObject([{ audience: "b", code: "unknown_key" }]);
  });

  it("warns of periods that reach beyond what is kept, at the instant it is made", async () => {
    await draft("old", { event: "x", within: { after: "1965-01-01" } });
    const at = Date.UTC(2026, 0, 1);
    expect(await publishDrafts(env, { ...request, now: at })).toMatchObject({
      value: { warnings: [{ audience: "old", pointer: "/within", code: "cut_by_retention" }] },
    });
  });

  it("keeps settings that change at the same time", async () => {
    const stores = withPut(2, async () => {
      await updateWorkspaceRecord(env.PUBLISHED, workspace, (before) => ({ ...before!, smallCount: 9 }));
    });
    await publishDrafts(stores, request);
    expect(await readWorkspaceRecord(env.PUBLISHED, workspace)).toMatchObject({ smallCount: 9, ruleset: 1 });
  });
});

describe("a rollback", () => {
  it("publishes the old content under a new number", async () => {
    await draft("vip");
    await publishDrafts(env, request);
    await draft("vip", { everyone: true });
    await publishDrafts(env, request);
    expect(await rollBack(env, { ...request, note: "oops" }, 1)).toMatchObject({ ok: true, value: { version: 3, audiences: 1 } });
    const [old, back] = [await artifact(1), await artifact(3)];
    expect(back).toEqual({ ...old, ruleset: { ...old?.ruleset, version: 3 } });
    expect(await pointer()).toBe(3);
    expect(await findVersion(database(env.DB), workspace, 3)).toMatchObject({ rolledBackFrom: 1, note: "oops", audiences: 1 });
    expect(await publishDrafts(env, request)).toMatchObject({ value: { version: 4 } });
    expect((await artifact(4))?.ruleset.audiences).toMatchObject([{ logic: { kind: "everyone" } }]);
  });

  it("to what was never published, or is another workspace's, is refused and takes no number", async () => {
    await draft("vip");
    await expect(publishDrafts(withPut(2, cutOff), request)).rejects.toThrow();
    expect(await rollBack(env, request, 1)).toEqual({ ok: false, error: "not_found" });
    expect(await rollBack(env, request, 99)).toEqual({ ok: false, error: "not_found" });
    await publishDrafts(env, request);
    const other = await testWorkspace();
    expect(await rollBack(env, { ...request, workspace: other.id }, 2)).toEqual({ ok: false, error: "not_found" });
    expect(await listVersions(database(env.DB), other.id, { limit: 10 })).toEqual([]);
  });
});
