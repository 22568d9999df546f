import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { WorkspaceRecord } from "./records.ts";
import { coldDatabases, shardOf } from "./cold-databases.ts";
import { applyMigrations } from "./migrate.ts";
import { sizesOf } from "./sizes.ts";
import { sweepWorkspace } from "./sweep.ts";
import { countProfiles } from "./sweep-state.ts";
import { consumed, finding, HOUR, indexRow, NOON, rollups, TestJournal } from "./test-journal.ts";
import { MIGRATIONS, testWorkspace } from "./test-workspaces.ts";
import { readWorkspaceRecord } from "./workspace-record.ts";

/** Bound for this test alone (vitest.config.ts). */
const SECOND: D1Database = Reflect.get(env, "SECOND_DB");
const two = { ...env, COLD_0: env.DB, COLD_1: SECOND };

beforeAll(async () => {
  await applyMigrations(SECOND, MIGRATIONS);
});

describe("the cold index over two databases", () => {
  it("is in one where no other is bound", () => {
    expect(coldDatabases(env)).toEqual([env.DB]);
    expect(coldDatabases(two)).toEqual([env.DB, SECOND]);
  });

  it("spreads people evenly, and each always to the same", () => {
    const people = Array.from({ length: 1_000 }, (_, n) => new TestJournal("w", `u${n}`).profile);
    const counts = [0, 0, 0];
    for (const person of people) counts[shardOf(person, 3)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(280);
    expect(people.map((person) => shardOf(person, 1)).every((shard) => shard === 0)).toBe(true);
  });

  it("holds a person in one, sums on read, and sweeps all", async () => {
    const { id } = await testWorkspace();
    const people = Array.from({ length: 20 }, () => new TestJournal(id).change("vip", true).event());
    const find = finding(...people);
    const messages = people.map((person) => person.message());
    expect(await consumed(find, messages, two)).toEqual({ acked: 20, retried: 0 });
    await consumed(find, messages.toReversed(), two);
    const held = await Promise.all(people.map(async ({ profile }) => [await indexRow(profile), await indexRow(profile, SECOND)]));
    expect(held.every(([one, other]) => (one === null) !== (other === null))).toBe(true);
    const counts = [await rollups(id), await rollups(id, SECOND)].map((rows) => rows["web Order Completed 0"] ?? 0);
    expect(Math.min(...counts)).toBeGreaterThan(3);
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(20);
    expect(await sizesOf(two, id, "vip", NOON - HOUR, NOON + HOUR)).toMatchObject({
      now: 20,
      series: [{ size: 0 }, { size: 20, entered: 20 }],
    });
    expect(await countProfiles(two, id)).toBe(20);
    const record = (await readWorkspaceRecord(env.PUBLISHED, id)) as WorkspaceRecord;
    expect(await sweepWorkspace(two, { ...record, ruleset: 2 }, () => NOON, find)).toMatchObject({
      total: 20,
      done: 20,
      failed: 0,
    });
    expect(people.every(({ sweeps }) => sweeps === 1)).toBe(true);
  });

  it("counts once what a person in one takes over from an identifier in the other", async () => {
    const { id } = await testWorkspace();
    const anonymous = new TestJournal(id).event("Page").event("Page").change("vip", true);
    const other = 1 - shardOf(anonymous.profile, 2);
    let ann = new TestJournal(id);
    while (shardOf(ann.profile, 2) !== other) ann = new TestJournal(id);
    const origin = { type: "anonymousId", hash: anonymous.profile };
    const via = anonymous.profile;
    for (const text of anonymous.records.slice(0, 2)) ann.records.push(JSON.stringify({ ...JSON.parse(text), origin, via }));
    ann.event("Page", { time: NOON + 60_000, origin }).change("vip", true);
    const find = finding(anonymous, ann);
    await consumed(find, [anonymous.message()], two);
    for (let twice = 0; twice < 2; twice++) await consumed(find, [ann.message(), anonymous.message()], two);
    const counts = [await rollups(id), await rollups(id, SECOND)].map((rows) => rows["web Page 0"] ?? 0);
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(3);
    expect(await sizesOf(two, id, "vip", NOON, NOON + HOUR)).toMatchObject({ now: 1 });
    expect(await countProfiles(two, id)).toBe(1);
  });
});
