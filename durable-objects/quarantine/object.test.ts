import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fresh } from "../../test/runtime/profiles.ts";
import type { Rejected } from "./object.ts";
import { countRefused, countRejected, findRejected, keepRejected, listQuarantine, removeRejected } from "./stub.ts";

const rejected = (said: Partial<Rejected> = {}): Rejected => ({
  source: "web",
  messageId: fresh("m"),
  code: "wrong_type",
  at: 1_000,
  payload: JSON.stringify({ event: fresh("e") }),
  ...said,
});

describe("the quarantine of a workspace", () => {
  it("keeps each rejected event once, however often it comes", async () => {
    const workspace = { id: fresh("w"), jurisdiction: null };
    const items = [rejected(), rejected()];
    await keepRejected(env, workspace, items);
    await keepRejected(env, workspace, [...items, { ...items[0]!, at: 9_000 }]);
    expect((await listQuarantine(env, workspace, { limit: 10 })).items).toHaveLength(2);
  });

  it("keeps one event under each reason it was rejected for", async () => {
    const workspace = { id: fresh("w"), jurisdiction: null };
    const one = rejected();
    await keepRejected(env, workspace, [one, { ...one, code: "bad_timestamp" }, { ...one, source: "app" }]);
    expect((await listQuarantine(env, workspace, { limit: 10 })).items).toHaveLength(3);
  });

  it("lists newest first and loses none between pages, also of a batch that shares one instant", async () => {
    const workspace = { id: fresh("w"), jurisdiction: null };
    const items = Array.from({ length: 25 }, (_, place) => rejected({ at: place < 20 ? 5_000 : 6_000 }));
    await keepRejected(env, workspace, items);
    const seen: string[] = [];
    for (let after: { at: number; id: string } | undefined; ;) {
      const { items: page } = await listQuarantine(env, workspace, { limit: 4, ...(after === undefined ? {} : { after }) });
      seen.push(...page.map(({ messageId }) => messageId ?? ""));
      expect(page.every(({ at }) => at <= (after?.at ?? Infinity))).toBe(true);
      after = page.at(-1);
      if (after === undefined) break;
    }
    expect(seen.toSorted()).toEqual(items.map(({ messageId }) => messageId ?? "").toSorted());
  });

  it("creates nothing when it is read", async () => {
    const workspace = { id: fresh("w"), jurisdiction: null };
    expect(await listQuarantine(env, workspace, { limit: 10 })).toEqual({ items: [], refused: [] });
  });

  it("adds up refused events by source and day", async () => {
    const workspace = { id: fresh("w"), jurisdiction: null };
    const noon = Date.UTC(2026, 2, 1, 12);
    await countRefused(env, workspace, "web", noon, 2);
    await countRefused(env, workspace, "web", noon + 1, 3);
    await countRefused(env, workspace, "app", noon, 1);
    await countRefused(env, workspace, "web", noon + 86_400_000, 1);
    const { refused } = await listQuarantine(env, workspace, { limit: 10 });
    expect(refused.toSorted((one, other) => (one.day + one.source < other.day + other.source ? -1 : 1))).toEqual([
      { source: "app", day: "2026-03-01", count: 1 },
      { source: "web", day: "2026-03-01", count: 5 },
      { source: "web", day: "2026-03-02", count: 1 },
    ]);
  });

  it("keeps the calls of events also where it was made before it did, and lists what it had", async () => {
    const workspace = { id: fresh("w"), jurisdiction: null };
    const old = Array.from({ length: 4 }, (_, shard) =>
      env.QUARANTINE.get(env.QUARANTINE.idFromName(`${workspace.id}/${shard}`)),
    );
    for (const [shard, stub] of old.entries())
      await runInDurableObject(stub, (_, { storage: { sql } }) => {
        sql.exec(
          "CREATE TABLE rejected (k INTEGER PRIMARY KEY, id TEXT NOT NULL, source TEXT NOT NULL, messageId TEXT, code TEXT NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL)",
        );
        sql.exec("CREATE TABLE refused (day TEXT, source TEXT, count INTEGER NOT NULL, PRIMARY KEY (day, source)) WITHOUT ROWID");
        sql.exec("INSERT INTO rejected VALUES (?1, ?2, 'web', NULL, 'wrong_type', 1, '{}')", shard, `000${shard}`);
      });
    expect((await listQuarantine(env, workspace, { limit: 10 })).items).toHaveLength(4);
    expect(await countRejected(env, workspace, { code: "wrong_type" })).toBe(4);
    await keepRejected(env, workspace, [rejected({ call: "{}", at: 2 })]);
    const found = await findRejected(env, workspace, {}, { limit: 10 });
    expect(found.map(({ call }) => call)).toEqual([null, null, null, null, "{}"]);
    expect([...(await removeRejected(env, workspace, ["0001", "nobody"]))]).toEqual(["0001"]);
    expect(await countRejected(env, workspace, {})).toBe(4);
  });

  it("is nobody else's", async () => {
    const workspace = { id: fresh("w"), jurisdiction: null };
    await keepRejected(env, workspace, [rejected()]);
    expect((await listQuarantine(env, { id: fresh("w"), jurisdiction: null }, { limit: 10 })).items).toEqual([]);
  });
});
