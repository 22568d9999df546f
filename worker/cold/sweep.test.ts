import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../index.ts";
import type { WorkspaceRecord } from "./records.ts";
import { sweepWorkspace, type SweepPace } from "./sweep.ts";
import { sweepAll } from "./sweep-all.ts";
import { consumed, finding, HOUR, indexRow, NOON, series, TestJournal } from "./test-journal.ts";
import { testWorkspace } from "./test-workspaces.ts";
import { readWorkspaceRecord } from "./workspace-record.ts";

let record: WorkspaceRecord;
let people: TestJournal[];
beforeEach(async () => {
  const { id } = await testWorkspace();
  const found = await readWorkspaceRecord(env.PUBLISHED, id);
  if (found === undefined) throw new Error("no workspace");
  record = { ...found, ruleset: 2 };
  people = Array.from({ length: 7 }, () => new TestJournal(id).change("vip", true).event());
  await consumed(
    finding(...people),
    people.map((person) => person.message()),
  );
});

const clock = (at: number) => () => at;
const AT = NOON + 2 * HOUR;
const sweep = (at = AT, pace?: SweepPace, workspace = record) =>
  sweepWorkspace(env, workspace, clock(at), finding(...people), pace);
const told = (): number[] => people.map(({ sweeps }) => sweeps);

describe("a sweep", () => {
  it("tells everybody who stands under an older ruleset, once", async () => {
    expect(await sweep()).toMatchObject({ version: 2, total: 7, done: 7, changed: 0, failed: 0, finishedAt: AT });
    expect(told()).toEqual([1, 1, 1, 1, 1, 1, 1]);
    for (const person of people) expect(await indexRow(person.profile)).toMatchObject({ ruleset: 2, applied: 2 });
    expect(await sweep()).toBeUndefined();
    expect(await sweep(AT + HOUR)).toMatchObject({ done: 7 });
    expect(told()).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it("begins anew with a newer version", async () => {
    await sweep();
    expect(await sweep(AT, undefined, { ...record, ruleset: 3 })).toMatchObject({ version: 3, done: 7 });
    expect(told()).toEqual([2, 2, 2, 2, 2, 2, 2]);
  });

  it("goes on where it was cut off", async () => {
    expect(await sweep(AT, { profiles: 0, ms: 1_000 })).toMatchObject({ done: 0, finishedAt: null });
    expect(await sweep(AT, { profiles: 1, ms: 0 })).toMatchObject({ done: 0, finishedAt: null });
    expect(await sweep()).toMatchObject({ done: 7, finishedAt: AT });
    expect(told()).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it("is made by one at a time, and taken over from one that died", async () => {
    const two = await Promise.all([sweep(), sweep()]);
    expect(two.filter((one) => one !== undefined)).toHaveLength(1);
    expect(told()).toEqual([1, 1, 1, 1, 1, 1, 1]);
    await env.DB.prepare("UPDATE sweep SET lease_until = ?, version = 1 WHERE workspace = ?")
      .bind(AT + 60_000, record.id)
      .run();
    expect(await sweep(AT + 59_000)).toBeUndefined();
    expect(await sweep(AT + 61_000)).toMatchObject({ version: 2, done: 7 });
  });

  it("tries again who could not be reached", async () => {
    const [first] = people;
    if (first === undefined) throw new Error("nobody");
    first.down = true;
    expect(await sweep()).toMatchObject({ done: 7, failed: 1 });
    first.down = false;
    expect(await sweep(AT + 299_999)).toBeUndefined();
    expect(await sweep(AT + 300_000)).toMatchObject({ done: 7, failed: 0 });
    expect(await indexRow(first.profile)).toMatchObject({ ruleset: 2 });
    expect(told()).toEqual([2, 1, 1, 1, 1, 1, 1]);
  });

  it("tells who missed a deadline by an hour, and looks again an hour later", async () => {
    const [late, due] = people;
    if (late === undefined || due === undefined) throw new Error("nobody");
    await sweep();
    late.nextChange = NOON;
    due.nextChange = AT + HOUR - 1;
    await consumed(finding(...people), [late.event().message(), due.event().message()]);
    await sweep(AT + HOUR);
    expect(told()).toEqual([2, 1, 1, 1, 1, 1, 1]);
    expect(await indexRow(late.profile)).toMatchObject({ next_change: AT + HOUR });
    expect(await indexRow(due.profile)).toMatchObject({ next_change: AT + HOUR - 1 });
  });

  it("takes who is a pointer now out of every audience", async () => {
    const [first] = people;
    if (first === undefined) throw new Error("nobody");
    first.gone = true;
    await sweep();
    expect(await indexRow(first.profile)).toMatchObject({ ruleset: 2, member_count: 0, applied: 2 });
    expect(await series(record.id)).toEqual({ "vip 0": [7, 0, 0, 0], "vip 2": [0, 1, 0, 0] });
    await sweep(AT, undefined, { ...record, ruleset: 3 });
    expect(await series(record.id)).toEqual({ "vip 0": [7, 0, 0, 0], "vip 2": [0, 1, 0, 0] });
  });

  it("is not made where nothing was published", async () => {
    expect(await sweep(AT, undefined, { ...record, ruleset: 0 })).toBeUndefined();
  });

  it("is called by cron for every workspace, and a D1 that is down is only logged", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const DB = {
      prepare: () => {
        throw new Error("D1_ERROR");
      },
    } as unknown as D1Database;
    await sweepAll({ ...env, DB }, clock(AT));
    expect(logged).toHaveBeenCalledOnce();
    await worker.scheduled(createScheduledController(), env);
    expect(logged).toHaveBeenCalledOnce();
  });
});
