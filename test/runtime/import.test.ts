import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { ImportObject } from "../../durable-objects/import/object.ts";
import { importFolder } from "../../durable-objects/import/folder.ts";
import { importStub } from "../../durable-objects/import/stub.ts";
import { OVERLOADED } from "../../durable-objects/profile/overload.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { ProfileObject } from "../../durable-objects/profile/object.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { finished, imported, importWorkspace, reportOf, sendPart, type ImportWorkspace } from "./imports.ts";
import { fresh, journalOf } from "./profiles.ts";

let ws: ImportWorkspace;
beforeAll(async () => {
  ws = await importWorkspace();
});

interface SeenEvent {
  readonly messageId: string;
  readonly name: string;
  readonly time: string;
  readonly source: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

async function journal(userId: string, type = "userId"): Promise<readonly SeenEvent[]> {
  const hash = profileName(env.NAME_KEY, ws.id, { type, value: userId });
  return (await journalOf(ws.id, { type, hash })) as unknown as readonly SeenEvent[];
}

const stubOf = (importId: string): DurableObjectStub<ImportObject> =>
  importStub(env, { id: ws.id, jurisdiction: null }, importId);

const MAP = "id:userId,what:event,when:timestamp,amount:properties.value:number";
const HEAD = "id,what,when,amount";
/** Rows of one purchase each. */
const rowsOf = (user: string, count: number): string =>
  Array.from({ length: count }, () => `${user},Bought,2026-03-01,1\n`).join("");

describe("a file of CSV", () => {
  it("becomes events of its people", async () => {
    const [one, two] = [fresh("u"), fresh("u")];
    const rows = [`${one},Bought,2026-03-01T12:00:00Z,4.5`, `${two},Bought,2026-03-02,7`, `${one},Returned,2026-03-03,`];
    const report = await imported(ws, { map: MAP }, [HEAD, ...rows].join("\n"));
    expect(report).toMatchObject({ state: "done", rows: 3, accepted: 3, rejected: 0, refused: 0, nextPart: null });
    expect(report.bytes.done).toBe(report.bytes.total);
    expect(await journal(one)).toMatchObject([
      { name: "Returned", time: "2026-03-02T23:00:00.000Z", source: "store", properties: {} },
      { name: "Bought", time: "2026-03-01T12:00:00.000Z", properties: { value: 4.5 } },
    ]);
    expect(await journal(two)).toMatchObject([{ properties: { value: 7 } }]);
  });

  it.each<[string, string, (text: string) => Uint8Array]>([
    ["UTF-8 with a byte order mark", "", (text) => Buffer.from(`\ufeff${text}`)],
    ["UTF-16 little endian by its mark", "", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16 big endian by its mark", "", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
    ["UTF-16 without a mark", "utf-16le", (text) => Buffer.from(text, "utf16le")],
    ["ISO 8859-1", "iso-8859-1", (text) => Buffer.from(text, "latin1")],
    ["Windows 1252", "windows-1252", (text) => Buffer.from(text, "latin1")],
  ])("is read in %s", async (_, encoding, encoded) => {
    const user = fresh("u");
    const file = encoded(`Client;Prénom\r\n${user};"Zoë ""Z""\r\nÉ;"\r\n`);
    const query = { type: "identify", map: "Client:userId,Prénom:traits.name", ...(encoding === "" ? {} : { encoding }) };
    expect(await imported(ws, query, file)).toMatchObject({ state: "done", rows: 1, accepted: 1 });
    expect(await journal(user)).toMatchObject([{ name: "$identify", properties: { name: 'Zoë "Z"\r\nÉ;' } }]);
  });

  it("may come in gzip", async () => {
    const user = fresh("u");
    const packed = gzipSync(`${HEAD}\n${rowsOf(user, 3)}`);
    expect(await imported(ws, { map: MAP }, packed, { "content-encoding": "gzip" })).toMatchObject({ accepted: 3 });
    expect(await journal(user)).toHaveLength(3);
  });

  it("names people by cards and e-mails, too", async () => {
    const [card, user] = [fresh("card"), fresh("u")];
    const map = "card:externalIds.loyalty,id:userId,mail:traits.email";
    await imported(ws, { type: "identify", map }, `card,id,mail\n${card},${user},${user}@shop.example\n`);
    await imported(ws, { map: "card:externalIds.loyalty", event: "Bought" }, `card\n${card}\n`);
    expect((await journal(user)).map(({ name }) => name)).toContain("Bought");
  });

  it("takes rows at once that no header names", async () => {
    const user = fresh("u");
    const query = { header: "0", columns: "id,n", map: "id:userId,n:properties.n:integer", event: "Counted" };
    expect(await imported(ws, query, `${user},1\n${user},2\n`)).toMatchObject({ rows: 2, accepted: 2 });
    expect(await journal(user)).toHaveLength(2);
  });

  it("keeps a row without a time at the receipt of its part", async () => {
    const user = fresh("u");
    const before = Date.now();
    await imported(ws, { map: "id:userId", event: "Seen" }, `id\n${user}\n`);
    const [seen] = await journal(user);
    expect(Date.parse(seen?.time ?? "")).toBeGreaterThanOrEqual(before);
    expect(Date.parse(seen?.time ?? "")).toBeLessThanOrEqual(Date.now());
  });
});

describe("a file of NDJSON", () => {
  it("is events in the shape of the collect API", async () => {
    const user = fresh("u");
    const lines = [
      { userId: user, event: "Bought", timestamp: "2026-03-01", properties: { value: 1 }, messageId: "m1" },
      { userId: user, event: "Bought", timestamp: "2026-03-02", properties: { value: 2 } },
    ];
    const report = await imported(ws, { format: "ndjson" }, lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(report).toMatchObject({ state: "done", rows: 2, accepted: 2 });
    expect((await journal(user)).map(({ messageId }) => messageId)).toContain("m1");
  });
});

describe("rows that are wrong", () => {
  it("are told by row, code and column, counted by code, and kept in quarantine; their neighbours go on", async () => {
    const user = fresh("u");
    const rows = [
      `${user},Bought,2026-03-01,1`,
      `${user},Bought,2026-03-01,much`,
      `${user},,2026-03-01,1`,
      `${user},Bought,yesterday,1`,
      `,Bought,2026-03-01,1`,
      `${user},Bought,2026-03-01`,
      `"${user}"x,Bought,2026-03-01,1`,
      `${user},$page,2026-03-01,2`,
      `${user},Bought,2026-03-01,3`,
    ];
    const report = await imported(ws, { map: MAP }, [HEAD, ...rows].join("\n"));
    expect(report).toMatchObject({ state: "done", rows: 9, accepted: 2, rejected: 7 });
    expect(report.report.rejected).toEqual([
      { row: 2, code: "not_a_number", column: "amount" },
      { row: 3, code: "missing_event" },
      { row: 4, code: "bad_timestamp" },
      { row: 5, code: "missing_identity" },
      { row: 6, code: "wrong_cell_count" },
      { row: 7, code: "bad_quotes" },
      { row: 8, code: "reserved_name" },
    ]);
    expect(report.report.codes).toEqual(Object.fromEntries(report.report.rejected.map(({ code }) => [code, 1])));
    expect(await journal(user)).toHaveLength(2);
    const { items } = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 1_000 });
    const kept = items.filter(({ payload }) => payload.includes(user));
    expect(kept.map(({ code }) => code).toSorted()).toEqual(
      report.report.rejected
        .map(({ code }) => code)
        .filter((code) => code !== "missing_identity")
        .toSorted(),
    );
    expect(JSON.parse(kept.find(({ code }) => code === "not_a_number")?.payload ?? "")).toEqual({
      import: report.importId,
      row: 2,
      column: "amount",
      content: { id: user, what: "Bought", when: "2026-03-01", amount: "much" },
    });
  });

  it("are listed up to a thousand and counted beyond", async () => {
    const report = await imported(ws, { map: MAP }, `${HEAD}\n${"u,Bought,2026-03-01,x\n".repeat(1_203)}`);
    expect(report.report.rejected).toHaveLength(1_000);
    expect(report).toMatchObject({ rows: 1_203, rejected: 1_203, report: { codes: { not_a_number: 1_203 } } });
  });

  it("are those that consent forbids, too, as a count", async () => {
    const user = fresh("u");
    const map = "id:userId,ok:context.consent.purposes.storage:boolean";
    const report = await imported(ws, { map, event: "Bought" }, `id,ok\n${user},yes\n${user},no\n`);
    expect(report).toMatchObject({ rows: 2, accepted: 1, rejected: 0, refused: 1 });
  });

  it("are all of a source for which silence means no", async () => {
    const strict = await importWorkspace({ consent: "required" });
    expect(await imported(strict, { map: MAP }, `${HEAD}\n${rowsOf("u", 2)}`)).toMatchObject({ accepted: 0, refused: 2 });
  });
});

describe("a header or a map that is wrong", () => {
  it.each([
    ["unknown_column", "amount", { map: MAP }, "id,what,when,sum\nu,Bought,2026-03-01,1\n"],
    ["unknown_path", "sum", {}, "userId,sum\nu,1\n"],
  ])("ends the import with nothing taken: %s", async (code, column, query, file) => {
    const report = await imported(ws, query, file);
    expect(report).toMatchObject({
      state: "failed",
      rows: 0,
      accepted: 0,
      nextPart: null,
      report: { failure: { code, column } },
    });
  });
});

describe("a dry run", () => {
  it("shows events and faults and writes nothing", async () => {
    const user = fresh("u");
    const file = `${HEAD}\n${user},Bought,2026-03-01,1\n${user},Bought,2026-03-01,x\n${user},,2026-03-01,1\n${rowsOf(user, 10)}`;
    const report = await imported(ws, { map: MAP, dryRun: "1" }, file);
    expect(report).toMatchObject({ state: "done", rows: 13, accepted: 11, rejected: 2 });
    expect(report.report.codes).toEqual({ not_a_number: 1, missing_event: 1 });
    expect(report.report.events.map(({ row }) => row)).toEqual([1, 4, 5, 6, 7]);
    expect(report.report.events[0]?.event).toMatchObject({
      type: "track",
      userId: user,
      event: "Bought",
      properties: { value: 1 },
    });
    expect(await journal(user)).toEqual([]);
    const { items } = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 1_000 });
    expect(items.filter(({ payload }) => payload.includes(user))).toEqual([]);
  });
});

describe("a file in parts", () => {
  it("is applied as they come and whole when all have, in any order", async () => {
    const user = fresh("u");
    const headers = { "import-id": fresh("import") };
    const part = (number: number, body: string, more: object = {}): ReturnType<typeof sendPart> =>
      sendPart(ws, { map: MAP, part: String(number), ...more }, body, headers);
    await part(1, `${HEAD}\n${rowsOf(user, 2)}`);
    expect(await finished(ws, headers["import-id"])).toMatchObject({ state: "receiving", rows: 2, nextPart: 2 });
    await part(3, rowsOf(user, 3), { last: "1" });
    expect(await finished(ws, headers["import-id"])).toMatchObject({ state: "receiving", rows: 2, nextPart: 2 });
    await part(2, `${user},Bought,2026-03-01,1`);
    const report = await finished(ws, headers["import-id"]);
    expect(report).toMatchObject({ state: "done", rows: 6, accepted: 6, nextPart: null });
    expect(await journal(user)).toHaveLength(6);
  });

  it("takes the same part again as the same, and no other in its place or behind the last", async () => {
    const headers = { "import-id": fresh("import") };
    const first = `${HEAD}\n${rowsOf("u", 1)}`;
    const query = { map: MAP, part: "1" };
    expect((await sendPart(ws, query, first, headers)).status).toBe(202);
    expect((await sendPart(ws, query, gzipSync(first), { ...headers, "content-encoding": "gzip" })).status).toBe(202);
    const other = await sendPart(ws, query, `${first}\n${rowsOf("v", 1)}`, headers);
    expect([other.status, other.body.code]).toEqual([409, "part_conflict"]);
    expect((await sendPart(ws, { ...query, part: "2", last: "1" }, rowsOf("u", 1), headers)).status).toBe(202);
    const beyond = await sendPart(ws, { ...query, part: "3" }, rowsOf("u", 1), headers);
    expect([beyond.status, beyond.body.code]).toEqual([409, "part_conflict"]);
    expect(await finished(ws, headers["import-id"])).toMatchObject({ state: "done", rows: 2 });
    expect((await env.IMPORTS.list({ prefix: importFolder(ws, headers["import-id"]) })).objects).toEqual([]);
  });

  it("refuses other settings under the same id", async () => {
    const headers = { "import-id": fresh("import") };
    await sendPart(ws, { map: MAP, part: "1" }, `${HEAD}\n`, headers);
    const other = await sendPart(ws, { map: "id:userId", part: "2" }, "u\n", headers);
    expect([other.status, other.body.code]).toEqual([409, "import_conflict"]);
  });

  it("is stored in pieces where it is large, and read over their seams", async () => {
    const user = fresh("u");
    const padding = "é".repeat(6_000);
    const rows = Array.from(
      { length: 600 },
      (_, row) => `{"userId":"${user}","event":"e${row}","properties":{"pad":"${padding}"}}`,
    );
    const report = await imported(ws, { format: "ndjson", dryRun: "1" }, rows.join("\n"));
    expect(report.bytes.total).toBeGreaterThan(5 * 1_024 * 1_024);
    expect(report).toMatchObject({ state: "done", rows: 600, accepted: 600 });
  });
});

describe("an import that is broken off", () => {
  it("counts once when the same file is sent again under its id", async () => {
    const user = fresh("u");
    const headers = { "import-id": fresh("import") };
    const file = `${HEAD}\n${rowsOf(user, 2)}`;
    expect(await imported(ws, { map: MAP }, file, headers)).toMatchObject({ accepted: 2 });
    expect(await imported(ws, { map: MAP }, file, headers)).toMatchObject({ rows: 2, accepted: 2 });
    expect(await journal(user)).toHaveLength(2);
  });

  it("does a step again whose result was lost, and counts it once", async () => {
    const user = fresh("u");
    const headers = { "import-id": fresh("import") };
    await sendPart(ws, { map: MAP, part: "1" }, `${HEAD}\n${rowsOf(user, 5)}`, headers);
    const before = await finished(ws, headers["import-id"]);
    // As if it had died after the profiles had the rows and before the cursor was written.
    await runInDurableObject(stubOf(headers["import-id"]), (_, { storage }) => {
      const { progress } = storage.sql.exec<{ progress: string }>("SELECT progress FROM import").one();
      const rewound = {
        ...JSON.parse(progress),
        phase: "applying",
        cursor: { part: 1, offset: 0 },
        reading: { rows: 0, table: null, skipping: false },
        counts: { rows: 0, accepted: 0, rejected: 0, refused: 0 },
        bytesDone: 0,
      };
      storage.sql.exec("UPDATE import SET progress = ?", JSON.stringify(rewound));
    });
    await evictDurableObject(stubOf(headers["import-id"]));
    const part = await stubOf(headers["import-id"]).hashOf(1);
    expect(part).toMatch(/^[0-9a-f]{64}$/);
    const key = `${importFolder(ws, headers["import-id"])}again`;
    await env.IMPORTS.put(key, `${HEAD}\n${rowsOf(user, 5)}`);
    await runInDurableObject(stubOf(headers["import-id"]), (_, { storage }) => {
      storage.sql.exec("UPDATE part SET object = ?, removed = 0", key);
    });
    expect(await finished(ws, headers["import-id"])).toMatchObject({ rows: 5, accepted: 5, rejected: 0, bytes: before.bytes });
    expect(await journal(user)).toHaveLength(5);
  });

  it("waits where profiles have no room, and loses nothing", async () => {
    const user = fresh("u");
    const headers = { "import-id": fresh("import") };
    const ingest = vi.spyOn(ProfileObject.prototype, "ingest").mockRejectedValueOnce(new Error(OVERLOADED));
    await sendPart(ws, { map: MAP }, `${HEAD}\n${rowsOf(user, 3)}`, headers);
    const report = await finished(ws, headers["import-id"]);
    expect(ingest.mock.calls.length).toBeGreaterThan(1);
    ingest.mockRestore();
    expect(report).toMatchObject({ state: "done", accepted: 3 });
    expect(await journal(user)).toHaveLength(3);
  });

  it("is armed again for ever where a step cannot be done, and says until when it waits", async () => {
    const headers = { "import-id": fresh("import") };
    const user = fresh("u");
    const stub = stubOf(headers["import-id"]);
    const get = vi.spyOn(env.IMPORTS, "get");
    for (let tries = 0; tries < 10; tries++) get.mockRejectedValueOnce(new Error("R2 is down"));
    await sendPart(ws, { map: MAP }, `${HEAD}\n${rowsOf(user, 3)}`, headers);
    while (get.mock.calls.length < 8) await runDurableObjectAlarm(stub);
    expect((await reportOf(ws, headers["import-id"])).waitingUntil).not.toBeNull();
    expect(await finished(ws, headers["import-id"])).toMatchObject({ state: "done", accepted: 3, waitingUntil: null });
    get.mockRestore();
  });

  it("takes more rows of one person in a minute than a flood would be let through", async () => {
    const user = fresh("u");
    const report = await imported(ws, { map: MAP }, `${HEAD}\n${rowsOf(user, 3_500)}`);
    expect(report).toMatchObject({ rows: 3_500, accepted: 3_500, rejected: 0 });
  });
});

describe("a call that is wrong", () => {
  it.each<[string, Record<string, string>, string, string]>([
    ["no type", { type: "" }, "type", "unknown_value"],
    ["an unknown source", { source: "nowhere" }, "source", "unknown_source"],
    ["an unknown parameter", { mapp: "x" }, "mapp", "unknown_field"],
    ["a map that is none", { map: "a" }, "map", "bad_map"],
    ["an unknown path", { map: "a:email" }, "map", "unknown_path"],
    ["a part that is no number", { part: "0" }, "part", "out_of_range"],
    ["a part beyond the last", { part: "3", parts: "2" }, "parts", "bad_value"],
    ["an unknown encoding", { encoding: "klingon" }, "encoding", "unknown_value"],
    ["a delimiter of two characters", { delimiter: "::" }, "delimiter", "bad_value"],
    ["columns beside a header", { columns: "a", header: "1" }, "columns", "bad_value"],
    ["no header and nothing in its place", { header: "0" }, "map", "missing"],
    ["a map of NDJSON", { format: "ndjson", map: "a:userId" }, "map", "bad_value"],
    ["an event of a file of traits", { type: "identify", event: "x" }, "event", "bad_value"],
  ])("is refused with the parameter's name: %s", async (_, query, parameter, code) => {
    const sent = await sendPart(ws, query, "a\n1\n");
    expect([sent.status, sent.body.code]).toEqual([400, "bad_request"]);
    expect(sent.body.errors).toContainEqual(expect.objectContaining({ parameter, code }));
  });

  it.each<[string, BodyInit, Record<string, string>, number, string]>([
    ["bytes that are not of the encoding", Buffer.from("id\nZo\xeb\n", "latin1"), {}, 400, "not_in_encoding"],
    ["gzip that is none", "id\nu\n", { "content-encoding": "gzip" }, 400, "bad_encoding"],
    ["gzip that is cut off", gzipSync("id\nu\n".repeat(99)).subarray(0, -9), { "content-encoding": "gzip" }, 400, "bad_encoding"],
    ["an unknown packing", "id\nu\n", { "content-encoding": "br" }, 415, "unsupported_encoding"],
    ["an Import-Id that is none", "id\nu\n", { "import-id": "../x" }, 400, "bad_request"],
  ])("stores nothing: %s", async (_, body, headers, status, code) => {
    const id = fresh("import");
    const sent = await sendPart(ws, { map: "id:userId" }, body, { "import-id": id, ...headers });
    expect([sent.status, sent.body.code]).toEqual([status, code]);
    expect((await env.IMPORTS.list({ prefix: importFolder(ws, id) })).objects).toEqual([]);
  });
});

describe("an import that is deleted", () => {
  it("is gone with its parts, and its id may begin anew under another map without doubling what was taken", async () => {
    const user = fresh("u");
    const headers = { "import-id": fresh("import") };
    const file = `${HEAD}\n${rowsOf(user, 2)}`;
    await imported(ws, { map: MAP }, file, headers);
    const request = new Request(`http://tideline.test/api/imports/${headers["import-id"]}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${ws.secret}` },
    });
    expect((await exports.default.fetch(request.clone())).status).toBe(204);
    expect(await reportOf(ws, headers["import-id"])).toMatchObject({ code: "not_found" });
    expect(await imported(ws, { map: MAP, delimiter: "," }, file, headers)).toMatchObject({ accepted: 2 });
    expect(await journal(user)).toHaveLength(2);
    expect((await exports.default.fetch(request.clone())).status).toBe(204);
    const other = await imported(ws, { map: MAP.replace("properties.value", "properties.sum") }, file, headers);
    expect(other).toMatchObject({ accepted: 0, rejected: 2, report: { codes: { conflicting_duplicate: 2 } } });
  });
});

describe("the list of imports", () => {
  it("is newest first, in pages that lose none", async () => {
    const other = await importWorkspace();
    const ids = Array.from({ length: 5 }, (_, at) => `file-${at}`);
    for (const id of ids) await imported(other, { map: "id:userId", event: "e" }, "id\nu\n", { "import-id": id });
    const listed: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const url = `http://tideline.test/api/imports?limit=2${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
      const answer = await exports.default.fetch(new Request(url, { headers: { authorization: `Bearer ${other.secret}` } }));
      const page: { imports: { importId: string; state: string }[]; next: string | null } = await answer.json();
      listed.push(...page.imports.map(({ importId, state }) => `${importId} ${state}`));
      cursor = page.next;
    }
    expect(listed).toEqual(ids.toReversed().map((id) => `${id} done`));
  });
});

describe("an import object", () => {
  it("holds nothing in memory that counts: an eviction between any two steps makes no difference", async () => {
    const user = fresh("u");
    const headers = { "import-id": fresh("import") };
    await sendPart(ws, { map: MAP, part: "1" }, `${HEAD}\n${rowsOf(user, 3)}`, headers);
    await finished(ws, headers["import-id"]);
    await evictDurableObject(stubOf(headers["import-id"]));
    await sendPart(ws, { map: MAP, part: "2", last: "1" }, rowsOf(user, 3), headers);
    await evictDurableObject(stubOf(headers["import-id"]));
    expect(await finished(ws, headers["import-id"])).toMatchObject({ state: "done", rows: 6, accepted: 6 });
    expect(await journal(user)).toHaveLength(6);
  });

  it("creates nothing when it is asked", async () => {
    const stub = stubOf(fresh("import"));
    expect(await stub.view()).toBeUndefined();
    const tables = await runInDurableObject(stub, (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
  });
});
