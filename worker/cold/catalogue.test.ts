import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { JournalEvent } from "../../core/model/envelope.ts";
import type { JsonObject } from "../../core/model/json.ts";
import { MOST_EVENTS, MOST_PROPERTIES } from "../../core/quality/catalogue.ts";
import { OUTBOX_VERSION, type OutboxMessage } from "../../core/model/outbox.ts";
import guide from "../../docs/guides/quality.md?raw";
import { fresh, identifier } from "../../test/runtime/profiles.ts";
import { request } from "../../test/runtime/workspace.ts";
import { call } from "../api/test-api.ts";
import { shardOf } from "./cold-databases.ts";
import { applyMigrations } from "./migrate.ts";
import { objectsOf } from "./profile-calls.ts";
import { consumed, finding, HOUR, NOON, rollups, TestJournal } from "./test-journal.ts";
import { MIGRATIONS, testWorkspace, type TestWorkspace } from "./test-workspaces.ts";

const DAY = 24 * HOUR;
const DAY_ONE = "2026-11-02";
const DAY_TWO = "2026-11-03";

let ws: TestWorkspace;
beforeEach(async () => {
  ws = await testWorkspace();
  vi.setSystemTime(NOON + HOUR);
  return () => vi.useRealTimers();
});

/** Statements of the catalogue that D1 was given, with the rows that they wrote. */
interface Asked {
  readonly sql: string;
  rows: number;
}

/** D1 that notes what it is asked of the catalogue. */
function listening(asked: Asked[], write: D1Database["batch"] = (statements) => env.DB.batch(statements)): D1Database {
  const known = new Map<D1PreparedStatement, Asked>();
  return {
    prepare: (sql: string) => ({
      bind: (...values: unknown[]) => {
        const statement = env.DB.prepare(sql).bind(...values);
        if (!sql.includes("catalogue_")) return statement;
        const one = { sql, rows: 0 };
        known.set(statement, one);
        asked.push(one);
        return statement;
      },
    }),
    async batch(statements: D1PreparedStatement[]) {
      const results = await write(statements);
      for (const [place, { meta }] of results.entries()) {
        const one = known.get(statements[place]!);
        if (one !== undefined) one.rows += meta.rows_written;
      }
      return results;
    },
  } as unknown as D1Database;
}

const written = (asked: readonly Asked[]): number => asked.reduce((sum, { rows }) => sum + rows, 0);

/** Lets a person send events, and the consumer take them. @returns what D1 was asked of the catalogue */
async function send(
  events: readonly (readonly [name: string, properties: JsonObject, said?: Partial<JournalEvent>])[],
  { at = NOON, by = new TestJournal(ws.id), take = consumed } = {},
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const from = by.records.length;
  for (const [name, properties, said] of events) by.event(name, { properties, time: at, receivedAt: at, ...said });
  expect(await take(finding(by), [by.message(from)], { DB: listening(asked) }, at + HOUR)).toEqual({ acked: 1, retried: 0 });
  return asked;
}

async function get(path: string, key = ws.secret) {
  const reply = await call("GET", path, { key });
  expect(reply.status).toBe(200);
  return reply.json;
}

const catalogue = () => get("/api/catalogue");
const detail = (event: string) => get(`/api/catalogue/${encodeURIComponent(event)}`);

/** The consumer of an isolate that has seen nothing yet. */
async function anotherIsolate(): Promise<typeof consumed> {
  vi.resetModules();
  return (await import("./test-journal.ts")).consumed;
}

describe("the catalogue", () => {
  it("is learnt from the events that come: names with volume, properties with types", async () => {
    const people = [new TestJournal(ws.id), new TestJournal(ws.id)];
    await send(
      [
        ["Order Completed", { value: 9.5, products: [{ sku: "s1" }] }],
        ["Login", {}, { source: "app" }],
      ],
      { by: people[0]! },
    );
    await send([["Order Completed", { value: 3, products: [] }, { source: "app", time: NOON - 10 * DAY }]], { by: people[1]! });
    expect(await catalogue()).toEqual({
      events: [
        { event: "Login", firstSeen: DAY_ONE, lastSeen: DAY_ONE, last7Days: 1, last30Days: 1, sources: ["app"], channels: [] },
        {
          event: "Order Completed",
          firstSeen: DAY_ONE,
          lastSeen: DAY_ONE,
          last7Days: 1,
          last30Days: 2,
          sources: ["app", "web"],
          channels: ["web"],
        },
      ],
      truncated: false,
    });
    const seen = { firstSeen: DAY_ONE, lastSeen: DAY_ONE };
    expect(await detail("Order Completed")).toMatchObject({
      event: "Order Completed",
      last30Days: 2,
      properties: [
        { path: "products", ...seen, types: [{ type: "array", ...seen }], values: null },
        { path: "products[]", types: [{ type: "object" }], values: null },
        { path: "products[].sku", types: [{ type: "text" }], values: [] },
        { path: "value", types: [{ type: "number" }], values: [] },
      ],
      truncated: false,
    });
  });

  it("says of each type when it first and last came", async () => {
    await send([["Viewed", { price: 9, size: "M" }]]);
    await send([["Viewed", { price: "9.00" }]], { at: NOON + DAY });
    vi.setSystemTime(NOON + 8 * DAY - 2 * HOUR);
    expect(await detail("Viewed")).toMatchObject({
      firstSeen: DAY_ONE,
      lastSeen: DAY_TWO,
      last7Days: 1,
      last30Days: 2,
      properties: [
        {
          path: "price",
          firstSeen: DAY_ONE,
          lastSeen: DAY_TWO,
          types: [
            { type: "text", firstSeen: DAY_TWO, lastSeen: DAY_TWO },
            { type: "number", firstSeen: DAY_ONE, lastSeen: DAY_ONE },
          ],
        },
        { path: "size", firstSeen: DAY_ONE, lastSeen: DAY_ONE },
      ],
    });
  });

  it("holds traits as the properties of identify", async () => {
    await send([["$identify", { plan: "gold", address: { city: "Nice" } }, { type: "identify" }]]);
    const { properties } = await detail("$identify");
    expect(properties.map(({ path }: { path: string }) => path)).toEqual(["address", "address.city", "plan"]);
  });

  it("is found under a name with whatever characters", async () => {
    for (const name of ["a/b?c=d#e", "é %2F 😀", "'; DROP TABLE x --"]) {
      await send([[name, {}]]);
      expect((await detail(name)).event).toBe(name);
    }
    expect((await call("GET", "/api/catalogue/never", { key: ws.secret })).json.code).toBe("not_found");
  });

  it("is of its workspace alone", async () => {
    await send([["Ours", { a: 1 }]]);
    const other = await testWorkspace();
    expect((await get("/api/catalogue", other.secret)).events).toEqual([]);
    expect((await call("GET", "/api/catalogue/Ours", { key: other.secret })).status).toBe(404);
  });

  it("shows values that three people have sent, and none that look personal, nor stores them", async () => {
    for (let n = 0; n < 12; n++)
      await send([
        ["Viewed", { size: n % 2 === 0 ? "M" : "L", email: "ann@x.fr", note: `ann${n % 2}@x.fr`, id: `n${n}`, rare: n > 9 }],
      ]);
    const { properties } = await detail("Viewed");
    const values = Object.fromEntries(properties.map(({ path, values: of }: { path: string; values: unknown }) => [path, of]));
    expect(values).toEqual({ size: ["L", "M"], email: null, note: null, id: null, rare: [false] });
    const { results } = await env.DB.prepare("SELECT examples FROM catalogue_property WHERE workspace = ?").bind(ws.id).all();
    expect(JSON.stringify(results)).not.toMatch(/ann|n1|true/);
  });
});

describe("what learning costs", () => {
  const order = ["Order Completed", { value: 9.5, currency: "EUR" }] as const;

  it("is a row for each name and property that is new, and neither row nor read for what is known today", async () => {
    const by = new TestJournal(ws.id);
    expect(written(await send([order, order], { by }))).toBe(3);
    // Values of one person settle at once: 9.5 and EUR have been seen from them.
    expect(await send([order, order], { by })).toEqual([]);
    expect(await send([order], { by })).toEqual([]);
    expect(written(await send([["Order Completed", { value: 9.5, vat: 2 }]], { by }))).toBe(1);
  });

  it("is a row for each on each further day", async () => {
    const by = new TestJournal(ws.id);
    await send([order], { by });
    expect(written(await send([order, order], { by, at: NOON + DAY }))).toBe(3);
    expect(await send([order], { by, at: NOON + DAY + HOUR })).toEqual([]);
    expect((await detail("Order Completed")).lastSeen).toBe(DAY_TWO);
  });

  it("is one reading for an isolate that has seen nothing, and no row", async () => {
    const by = new TestJournal(ws.id);
    await send([order], { by });
    const take = await anotherIsolate();
    const asked = await send([order], { by, take });
    expect([asked.length, written(asked)]).toEqual([2, 0]);
    expect(await send([order], { by, take })).toEqual([]);
  });

  /** Four people whom the catalogue can tell apart. */
  function fourPeople(): [TestJournal, TestJournal, TestJournal, TestJournal] {
    const byMark = new Map<string, TestJournal>();
    while (byMark.size < 4) {
      const journal = new TestJournal(ws.id);
      byMark.set(journal.profile.charAt(0), journal);
    }
    return [...byMark.values()] as [TestJournal, TestJournal, TestJournal, TestJournal];
  }

  it("is no row where another isolate was first, and its examples stand", async () => {
    const take = await anotherIsolate();
    const [first, second, third, fourth] = fourPeople();
    await send([["Login", {}]], { by: first, take });
    await send([order], { by: first });
    expect(written(await send([order], { by: first, take }))).toBe(0);
    await send([order], { by: second });
    // It goes by what it read before the second person came, so the third does not count here.
    expect(written(await send([order], { by: third, take }))).toBe(0);
    await send([order], { by: fourth, take, at: NOON + 2 * 60_000 });
    expect((await detail("Order Completed")).properties).toMatchObject([{ values: ["EUR"] }, { values: [9.5] }]);
  });

  it("is the day's row alone where another isolate has noted more of the values", async () => {
    const take = await anotherIsolate();
    const [first, second, third, fourth] = fourPeople();
    const [evening, night] = [NOON + 12 * HOUR - 10_000, NOON + 12 * HOUR + 10_000];
    await send([order], { by: first, take, at: evening });
    for (const by of [first, second, third]) await send([order], { by, at: evening });
    expect(written(await send([order], { by: fourth, take, at: night }))).toBe(3);
    expect((await detail("Order Completed")).properties).toMatchObject([
      { lastSeen: DAY_TWO, values: ["EUR"] },
      { lastSeen: DAY_TWO, values: [9.5] },
    ]);
  });
});

describe("each event is learnt once", () => {
  it("whatever comes again, in a batch that is given back, or under the name of another", async () => {
    const journal = new TestJournal(ws.id).event("Login", { properties: { size: "M" } });
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const failing = listening([], () => Promise.reject(new Error("D1_ERROR: network lost")));
    expect(await consumed(finding(journal), [journal.message()], { DB: failing })).toEqual({
      acked: 0,
      retried: 1,
    });
    expect((await catalogue()).events).toEqual([]);
    const late = listening([], (all) => env.DB.batch(all).then(() => Promise.reject(new Error("D1_ERROR: timeout"))));
    expect(await consumed(finding(journal), [journal.message()], { DB: late })).toEqual({ acked: 0, retried: 1 });
    const asked: Asked[] = [];
    const again = [journal.message(), journal.message(), journal.message(0, 1, true)];
    expect(await consumed(finding(journal), again, { DB: listening(asked) }, NOON + DAY)).toEqual({ acked: 3, retried: 0 });
    expect([asked, await rollups(ws.id)]).toEqual([[], { "web Login 0": 1 }]);
    expect(await detail("Login")).toMatchObject({ last7Days: 1, properties: [{ path: "size", values: [] }] });
  });

  it("and not what comes back from the archive, nor what we say ourselves", async () => {
    await send([
      ["Restored", { a: 1 }, { restored: true }],
      ["$list", { list: "l", identifier: "i", on: true }, { type: "fact" }],
      ["Login", {}],
    ]);
    expect((await catalogue()).events.map(({ event }: { event: string }) => event)).toEqual(["Login"]);
  });
});

describe("a hostile page", () => {
  it("fills the catalogue and no more: what was known goes on, and what was made up is forgotten a week later", async () => {
    const rows = Array.from({ length: MOST_EVENTS - 2 }, (_, n) => ({ event: `junk ${n}`, day: 1 }));
    const day = Math.floor(NOON / DAY);
    const insert = `INSERT INTO catalogue_event SELECT ?1, value->>'event', 'web', ?3, ?3 FROM json_each(?2)`;
    await env.DB.prepare(insert).bind(ws.id, JSON.stringify(rows), day).run();
    await send([
      ["Login", {}],
      ["Bad 1", {}],
      ["Bad 2", {}],
      ["Bad 3", { a: 1 }],
    ]);
    expect((await catalogue()).events).toHaveLength(MOST_EVENTS);
    expect(await send([["Bad 4", { b: 1 }]])).toEqual([]);
    await send([["Login", { c: 1 }]], { at: NOON + DAY });
    expect(await detail("Login")).toMatchObject({ lastSeen: DAY_TWO, properties: [{ path: "c" }] });
    expect((await catalogue()).truncated).toBe(true);
    await send([["Login", {}]], { at: NOON + 9 * DAY });
    expect(await catalogue()).toMatchObject({ events: [{ event: "Login" }], truncated: false });
  });

  it("fills an event and no more", async () => {
    const properties = Object.fromEntries(Array.from({ length: MOST_PROPERTIES + 50 }, (_, n) => [`p${n}`, null]));
    await send([["Wide", { ...properties, [`long ${"x".repeat(300)}`]: 1 }]]);
    const wide = await detail("Wide");
    expect([wide.properties.length, wide.truncated]).toEqual([MOST_PROPERTIES, true]);
    await send([["Narrow", { a: 1 }]]);
    expect(await detail("Narrow")).toMatchObject({ properties: [{ path: "a" }], truncated: false });
  });
});

describe("the catalogue over two databases", () => {
  const SECOND: D1Database = Reflect.get(env, "SECOND_DB");
  const two = { ...env, COLD_0: env.DB, COLD_1: SECOND };
  beforeAll(async () => {
    await applyMigrations(SECOND, MIGRATIONS);
  });

  it("is one", async () => {
    const people = Array.from({ length: 24 }, () => new TestJournal(ws.id).event("Login", { properties: { size: "M" } }));
    const alone = people.find(({ profile }) => shardOf(profile, 2) === 1)!.event("Alone", { receivedAt: NOON + DAY });
    await consumed(
      finding(...people),
      people.map((one) => one.message()),
      two,
    );
    const reply = await call("GET", "/api/catalogue/Login", { key: ws.secret, env: two });
    expect(reply.json).toMatchObject({ last7Days: 24, sources: ["web"], properties: [{ path: "size", values: ["M"] }] });
    const all = await call("GET", "/api/catalogue", { key: ws.secret, env: two });
    expect(all.json.events).toMatchObject([
      { event: "Alone", firstSeen: DAY_TWO },
      { event: "Login", last30Days: 24 },
    ]);
    expect(alone.confirmed).toBe(2);
  });
});

/** JSON of a section of the guide. */
function examples(section: string): readonly [object, ...object[]] {
  const [, text = ""] = guide.split(`\n## ${section}`);
  return [...(text.split("\n## ")[0] ?? "").matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]): object =>
    JSON.parse(json),
  ) as [object, ...object[]];
}

/** Days are those of today, here as in the guide. */
const undated = (json: object | undefined): unknown => JSON.parse(JSON.stringify(json).replaceAll(/\d{4}-\d\d-\d\d/g, "today"));

it("what a site sends is in the catalogue as the guide says", async () => {
  vi.useRealTimers();
  const [sent, list, properties] = examples("What has come");
  const nudges: OutboxMessage[] = [];
  for (const _ of Array.from({ length: 3 })) {
    // Three people are told apart by the first character of their hash.
    let userId = fresh("u");
    const isTaken = (hash: string): boolean => nudges.some(({ profile }) => profile.startsWith(hash.charAt(0)));
    while (isTaken(identifier(ws.id, "userId", userId).hash)) userId = fresh("u");
    expect((await request("/v1/track", { ...sent, userId }, { "x-write-key": ws.writeKey })).status).toBe(200);
    const profile = identifier(ws.id, "userId", userId).hash;
    nudges.push({ v: OUTBOX_VERSION, workspace: ws.id, jurisdiction: null, profile, epoch: 1, from: 0, to: 1 });
  }
  expect(await consumed(objectsOf(env), nudges, {}, Date.now())).toEqual({ acked: 3, retried: 0 });
  expect(undated(await get("/api/catalogue"))).toEqual(undated(list));
  expect(undated(await get("/api/catalogue/Product%20Added"))).toEqual(undated(properties));
});
