import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HashedIdentifier } from "../../core/model/ids.ts";
import type { OutboxMessage } from "../../core/model/outbox.ts";
import { crashing } from "../../test/runtime/crashes.ts";
import { decide, event, identifier, ingest, publishRules, stubOf } from "../../test/runtime/profiles.ts";
import counts from "../../docs/cost-counts.json";
import { tlIdCookie } from "../collect/tl-id.ts";
import { objectsOf, type FindObject } from "./profile-calls.ts";
import type { WorkspaceRecord } from "./records.ts";
import { sweepWorkspace } from "./sweep.ts";
import { countProfiles } from "./sweep-state.ts";
import { consumed } from "./test-journal.ts";
import { testWorkspace } from "./test-workspaces.ts";
import { updateWorkspaceRecord } from "./workspace-record.ts";

/**
 * What each operation costs, counted: docs/cost-counts.json is what docs/cost.md computes prices from, and these tests say
 * that it is true. A change that makes something dearer fails here first.
 */
interface Used {
  objectCalls: number;
  objectRows: number;
  /** Alarms set: a row each. */
  alarms: number;
  alarmsGoneOff: number;
  messages: number;
  d1Written: number;
  d1Read: number;
  r2Puts: number;
  r2Gets: number;
}

/** So many messages are one batch: the queue would bring up to 50. */
const PEOPLE = 20;
let record: WorkspaceRecord;
let writeKey: string;
let people: HashedIdentifier[];
let used: Used;
const measured: Record<string, Record<string, number>> = {};

beforeEach(async () => {
  const { id, ...keys } = await testWorkspace();
  ({ writeKey } = keys);
  await publishRules(id, 1, { buyers: { event: "Order Completed", count: { gte: 3 } } });
  record = await updateWorkspaceRecord(env.PUBLISHED, id, (before) => ({ ...before!, ruleset: 1 }));
  people = Array.from({ length: PEOPLE }, (_, n) => identifier(id, "userId", `u${n}`));
  used = {
    objectCalls: 0,
    objectRows: 0,
    alarms: 0,
    alarmsGoneOff: 0,
    messages: 0,
    d1Written: 0,
    d1Read: 0,
    r2Puts: 0,
    r2Gets: 0,
  };
});

afterEach(() => {
  vi.useRealTimers();
});

/** Alarms are spread by a hash of who it is, so a count may differ by a little from one run to the next. */
afterAll(() => {
  const near = (is: number, said: number): boolean => Math.abs(is - said) <= Math.max(0.01, said * 0.06);
  const said: Readonly<Record<string, Readonly<Record<string, number>>>> = counts;
  const differing = Object.entries(measured).filter(([name, of]) =>
    Object.entries(of).some(([what, is]) => !near(is, said[name]?.[what] ?? -1)),
  );
  expect(Object.fromEntries(differing), "docs/cost-counts.json says otherwise").toEqual({});
  expect(Object.keys(measured).toSorted()).toEqual(Object.keys(said).toSorted());
});

const add = (meta: D1Meta): void => {
  used.d1Written += meta.rows_written;
  used.d1Read += meta.rows_read;
};

/** D1 that adds up what it bills. */
function counting(DB: D1Database): D1Database {
  const inner = new Map<object, D1PreparedStatement>();
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const made = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: async () => {
        const result = await statement.all();
        add(result.meta);
        return result;
      },
      run: async () => {
        const result = await statement.run();
        add(result.meta);
        return result;
      },
      first: async () => {
        const result = await statement.all();
        add(result.meta);
        return result.results[0] ?? null;
      },
    };
    inner.set(made, statement);
    return made as unknown as D1PreparedStatement;
  };
  const made = {
    prepare: (query: string) => wrap(DB.prepare(query)),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await DB.batch(statements.map((one) => inner.get(one) ?? one));
      for (const result of results) add(result.meta);
      return results;
    },
  };
  return made as unknown as D1Database;
}

const find: FindObject = (workspace, name) => {
  const object = objectsOf(env)(workspace, name);
  const call =
    <A, R>(work: (argument: A) => R) =>
    (argument: A): R => {
      used.objectCalls++;
      return work(argument);
    };
  return {
    outbox: call((envelope) => object.outbox(envelope)),
    confirm: call((envelope) => object.confirm(envelope)),
    sweep: call((envelope) => object.sweep(envelope)),
  };
};

/** Catches what the objects send, instead of the queue. */
async function listen(person: HashedIdentifier, sent: OutboxMessage[]): Promise<void> {
  await runInDurableObject(stubOf(person.hash), (object) => {
    object.queue = { send: (message: OutboxMessage) => Promise.resolve(void sent.push(message)) } as unknown as Queue;
  });
}

async function rowsOf(person: HashedIdentifier): Promise<{ rows: number; alarms: number }> {
  return runInDurableObject(stubOf(person.hash), (object) => ({ rows: object.rowsWritten, alarms: object.alarmsSet }));
}

/** Gives what was sent to the consumer as one batch, and notes what all of it cost, per event. */
async function settle(
  name: string,
  sent: readonly OutboxMessage[],
  before: readonly { rows: number; alarms: number }[],
  events: number,
): Promise<void> {
  used.messages = sent.length;
  const ARCHIVE = {
    put: (key: string, value: ArrayBuffer) => (used.r2Puts++, env.ARCHIVE.put(key, value)),
  } as unknown as R2Bucket;
  const PUBLISHED = { get: (key: string) => (used.r2Gets++, env.PUBLISHED.get(key)) } as unknown as R2Bucket;
  expect(await consumed(find, sent, { DB: counting(env.DB), ARCHIVE, PUBLISHED }, Date.now())).toEqual({
    acked: sent.length,
    retried: 0,
  });
  for (const [place, person] of people.entries()) {
    const now = await rowsOf(person);
    used.objectRows += now.rows - (before[place]?.rows ?? 0);
    used.alarms += now.alarms - (before[place]?.alarms ?? 0);
  }
  note(name, events);
}

function note(name: string, of: number): void {
  measured[name] = Object.fromEntries(
    Object.entries(used).map(([what, count]) => [what, Math.round((count / of) * 1_000) / 1_000]),
  );
}

/** Lets everybody send `calls` calls of `batch` events, so many ms apart, their alarms going off when they are due; then waits until all has left. */
async function send(calls: number, batch: number, apartMs: number): Promise<OutboxMessage[]> {
  const sent: OutboxMessage[] = [];
  const start = Date.now();
  for (const person of people) {
    await listen(person, sent);
    for (let n = 0; n < calls; n++) {
      const receivedAt = start + n * apartMs;
      await goOff(person, receivedAt);
      vi.setSystemTime(receivedAt);
      used.objectCalls++;
      const events = Array.from({ length: batch }, () => event(person, { time: start - 60_000, receivedAt }));
      await ingest(record.id, person, events, { ruleset: 1, receivedAt });
    }
    await goOff(person, start + calls * apartMs + SEAL_AT_MOST_MS);
  }
  return sent;
}

const SEAL_AT_MOST_MS = 30_000;

/** Lets a person's alarm go off at its time, if that is not after `until`. */
async function goOff(person: HashedIdentifier, until: number): Promise<void> {
  const at = await runInDurableObject(stubOf(person.hash), (_, state) => state.storage.getAlarm());
  if (at === null || at > until) return;
  vi.setSystemTime(at);
  used.alarmsGoneOff++;
  await runDurableObjectAlarm(stubOf(person.hash));
}

/** People who are known, with nothing under way. */
async function known(): Promise<{ rows: number; alarms: number }[]> {
  const sent = await send(1, 3, 0);
  await consumed(objectsOf(env), sent, {}, Date.now());
  used = {
    objectCalls: 0,
    objectRows: 0,
    alarms: 0,
    alarmsGoneOff: 0,
    messages: 0,
    d1Written: 0,
    d1Read: 0,
    r2Puts: 0,
    r2Gets: 0,
  };
  return Promise.all(people.map(rowsOf));
}

describe("what an event costs, all in", () => {
  it.each([
    ["hot, one by one", 50, 1],
    ["hot, in batches of 10", 5, 10],
  ] as const)(
    "%s: 50 events within one seal",
    async (name, calls, batch) => {
      const before = await known();
      const sent = await send(calls, batch, 0);
      expect(sent).toHaveLength(PEOPLE);
      await settle(name, sent, before, PEOPLE * 50);
    },
    60_000,
  );

  it("sparse: an event a minute", async () => {
    const before = await known();
    await settle("sparse, one a minute", await send(20, 1, 60_000), before, PEOPLE * 20);
  }, 60_000);

  it("new people of three events each", async () => {
    await settle("new people, 3 events each", await send(3, 1, 1_000), [], PEOPLE * 3);
  });
});

describe("what else costs", () => {
  it("a decision with one hop writes nothing", async () => {
    const before = await known();
    for (const person of people) {
      used.objectCalls++;
      await decide(record.id, person, { ruleset: 1 });
    }
    for (const [place, person] of people.entries()) used.objectRows += (await rowsOf(person)).rows - (before[place]?.rows ?? 0);
    note("decision, one hop", PEOPLE);
    expect(used.objectRows).toBe(0);
  });

  it("a decision from a membership token asks no object", async () => {
    const before = await known();
    const uncounted = crashing("decide", () => void used.objectCalls++);
    const ask = async (cookie: string): Promise<Response> => {
      const headers = { "x-write-key": writeKey, cookie };
      return exports.default.fetch(new Request("http://tideline.test/v1/decide", { method: "POST", headers, body: "{}" }));
    };
    const cookies: string[] = [];
    for (const { hash: profileId } of people) {
      const person = tlIdCookie(env, record.id, Date.now(), { profileId, kind: "person" }, undefined) ?? "";
      const [token = ""] = (await ask(person)).headers.getSetCookie();
      expect(token).toContain("tl_m=");
      cookies.push([person, token].map((one) => one.split(";", 1)[0]).join("; "));
    }
    expect(used.objectCalls).toBe(PEOPLE);
    used.objectCalls = 0;
    for (const cookie of cookies) expect((await ask(cookie)).headers.getSetCookie()).toEqual([]);
    for (const [place, person] of people.entries()) used.objectRows += (await rowsOf(person)).rows - (before[place]?.rows ?? 0);
    uncounted();
    note("decision, from a token", PEOPLE);
    expect([used.objectCalls, used.objectRows]).toEqual([0, 0]);
  });

  it("a sweep of people of whom nothing changes", async () => {
    const before = await known();
    expect(await countProfiles(env, record.id)).toBe(PEOPLE);
    await publishRules(record.id, 2, { buyers: { event: "Order Completed", count: { gte: 3 } } });
    const workspace = await updateWorkspaceRecord(env.PUBLISHED, record.id, (held) => ({ ...held!, ruleset: 2 }));
    await sweepWorkspace({ ...env, DB: counting(env.DB) }, workspace, Date.now, find);
    for (const [place, person] of people.entries()) {
      const now = await rowsOf(person);
      used.objectRows += now.rows - (before[place]?.rows ?? 0);
      used.alarms += now.alarms - (before[place]?.alarms ?? 0);
    }
    note("sweep, a profile", PEOPLE);
  });
});
