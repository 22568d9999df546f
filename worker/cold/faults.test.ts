import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { archiveOf, consumed, finding, HOUR, indexRow, NOON, rollups, series, TestJournal } from "./test-journal.ts";
import { testWorkspace } from "./test-workspaces.ts";

/** A small generator with a seed: what fails can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Fault = "none" | "before" | "after";

/** D1 whose batches (writes) fail as told: not at all, before anything happened, or after all was committed. Reads fail with "before". */
function faulty(fault: () => Fault): D1Database {
  const DB = env.DB;
  return {
    prepare(query: string) {
      if (query.startsWith("SELECT") && fault() === "before") throw new Error("D1_ERROR: network lost");
      return DB.prepare(query);
    },
    async batch(statements: D1PreparedStatement[]) {
      const what = fault();
      if (what === "before") throw new Error("D1_ERROR: internal error");
      const results = await DB.batch(statements);
      if (what === "after") throw new Error("D1_ERROR: storage operation exceeded timeout");
      return results;
    },
  } as unknown as D1Database;
}

describe("whatever queue, D1, R2 and objects do", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("series, rollups, index and archive are exact in the end (seed %d)", async (seed) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const next = random(seed);
    const chance = (of: number): boolean => next() < of;
    const whole = (below: number): number => Math.floor(next() * below);
    const { id: workspace } = await testWorkspace();
    const people = Array.from({ length: 5 }, () => new TestJournal(workspace));
    const find = finding(...people);
    const fault = (): Fault => (chance(0.15) ? "before" : chance(0.2) ? "after" : "none");
    const ARCHIVE = {
      put: (...args: Parameters<R2Bucket["put"]>) =>
        chance(0.1) ? Promise.reject(new Error("R2 is down")) : env.ARCHIVE.put(...args),
    } as unknown as R2Bucket;
    const waiting: unknown[] = [];
    for (let round = 0; round < 25; round++) {
      for (const person of people) {
        const before = person.records.length;
        for (let n = whole(6); n > 0; n--) {
          if (chance(0.7)) person.event(`e${whole(3)}`, { time: NOON + whole(3) * HOUR });
          else {
            const audience = `a${whole(3)}`;
            person.change(audience, !(audience in person.members), NOON + whole(3) * HOUR, chance(0.3) ? "publish" : "time");
          }
        }
        const from = Math.max(0, before - whole(4));
        if (person.records.length > before) waiting.push(person.message(from, undefined, chance(0.2)));
        person.down = chance(0.1);
      }
      const batch = waiting.filter(() => chance(0.7)).toSorted(() => next() - 0.5);
      const result = await consumed(find, batch, { DB: faulty(fault), ARCHIVE });
      expect(result.acked + result.retried).toBe(batch.length);
      // The queue loses some, keeps some that are done, and brings some twice.
      if (chance(0.2)) waiting.length = 0;
      if (waiting.length > 20) waiting.splice(0, 10);
    }
    for (const person of people) person.down = false;
    await consumed(
      find,
      people.map((person) => person.message(0, undefined, true)),
    );
    const events: Record<string, number> = {};
    const sizes: Record<string, number> = {};
    for (const person of people) {
      const { length } = person.records;
      expect(person.confirmed).toBe(length);
      expect(await indexRow(person.profile)).toMatchObject({ applied: length, member_count: Object.keys(person.members).length });
      const held = await archiveOf(workspace, person.profile);
      expect(person.records.map((_, place) => held.get(`1 ${place}`))).toEqual(person.records);
      for (const text of person.records) {
        const record = JSON.parse(text) as { type: string; source: string; name: string; time: number };
        if (record.type === "change") continue;
        const key = `${record.source} ${record.name} ${(Math.floor(record.time / HOUR) * HOUR - NOON) / HOUR}`;
        events[key] = (events[key] ?? 0) + 1;
      }
      for (const key of Object.keys(person.members)) sizes[key] = (sizes[key] ?? 0) + 1;
    }
    expect(await rollups(workspace)).toEqual(events);
    const counted: Record<string, number> = {};
    for (const [key, [entered = 0, exited = 0, publishEntered = 0, publishExited = 0]] of Object.entries(
      await series(workspace),
    )) {
      const audience = key.split(" ")[0] ?? "";
      counted[audience] = (counted[audience] ?? 0) + entered - exited + publishEntered - publishExited;
    }
    expect(Object.fromEntries(Object.entries(counted).filter(([, size]) => size !== 0))).toEqual(sizes);
  });

  it("a D1 that hangs gives the batch back once it fails, and nothing was archived twice under another key", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { id: workspace } = await testWorkspace();
    const journal = new TestJournal(workspace).event();
    for (let tries = 0; tries < 3; tries++) {
      const slow = {
        prepare: (query: string) => env.DB.prepare(query),
        batch: () => new Promise((_, failed) => setTimeout(() => failed(new Error("D1_ERROR: timeout")), 50)),
      };
      expect(await consumed(finding(journal), [journal.message()], { DB: slow as unknown as D1Database })).toEqual({
        acked: 0,
        retried: 1,
      });
    }
    await consumed(finding(journal), [journal.message()]);
    expect((await env.ARCHIVE.list({ prefix: `${workspace}/` })).objects).toHaveLength(1);
    expect(await rollups(workspace)).toEqual({ "web Order Completed 0": 1 });
  });
});
