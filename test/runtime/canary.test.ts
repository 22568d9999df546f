import { env, exports } from "cloudflare:workers";
import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  listDurableObjectIds,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import { isEvent } from "../../core/model/outbox.ts";
import { readRecord } from "../../core/profile/journal.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { readArchive } from "../../worker/cold/archive-format.ts";
import { consume } from "../../worker/cold/queues.ts";
import { SCOPES } from "../../worker/cold/records.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { updateWorkspaceRecord } from "../../worker/cold/workspace-record.ts";
import type { NewSource } from "../../worker/cold/workspaces.ts";
import { crashing } from "./crashes.ts";
import { finished, sendPart } from "./imports.ts";
import { publishRules } from "./profiles.ts";
import { collect, request } from "./workspace.ts";

/**
 * Identifiers that nothing else looks like, sent along every way in: afterwards they are nowhere but in what customers sent
 * as data, which is an event's properties, traits and context.
 */
const EMAIL = "Canary.Ann@Mail.Example";
const CANARIES = {
  user: "canary-user-8821",
  other: "canary-other-4410",
  device: "canary-device-1c7e",
  signed: "canary-signed-77f0",
  card: "canary-card-5090",
  phone: "+33698765432",
  email: EMAIL.toLowerCase(),
  sha256: emailSha256(EMAIL),
} as const;

/** Each as it is, in a URL, in base64 wherever it begins, and as a plain hash: what has no key gives itself away. */
const MARKS: readonly string[] = Object.values(CANARIES).flatMap((value) => [
  value.toLowerCase(),
  encodeURIComponent(value).toLowerCase(),
  ...[0, 1, 2].map((shift) => btoa(" ".repeat(shift) + value).slice(shift === 0 ? 0 : 4, -4)),
  emailSha256(value),
]);

function canariesIn(text: string): readonly string[] {
  const low = text.toLowerCase();
  return MARKS.filter((mark) => low.includes(mark) || text.includes(mark));
}

/** A record of a journal without what the customer sent as data. */
function bare(text: string): string {
  const record = readRecord(text);
  if (!isEvent(record)) return text;
  const { properties: _, context: __, ...rest } = record;
  return JSON.stringify(rest);
}

const source = (key: string, workspace: string, more: Partial<NewSource>): NewSource => ({
  key,
  name: key,
  kind: "browser",
  channel: "web",
  party: "first",
  identify: "open",
  consent: "assumed",
  origins: ["https://shop.example"],
  priority: 1,
  writeKey: `wk_${workspace}_${key}`,
  ...more,
});

/** Longer than what waits does before it leaves. */
const LONGEST_SEAL_MS = 600_000;

afterEach(() => vi.restoreAllMocks());

/** All that was seen, by where. */
class Seen {
  readonly #texts = new Map<string, string[]>();

  note(where: string, ...texts: readonly string[]): void {
    const held = this.#texts.get(where);
    if (held === undefined) this.#texts.set(where, [...texts]);
    else held.push(...texts);
  }

  count(where: string): number {
    return this.#texts.get(where)?.length ?? 0;
  }

  canaries(): readonly string[] {
    return [...this.#texts].flatMap(([where, texts]) =>
      texts.flatMap((text) => canariesIn(text).map((mark) => `${where}: ${mark} in ${text}`)),
    );
  }
}

/** Object names, keys of buckets, queue messages and what is printed, as they are made. */
function spied(seen: Seen): unknown[] {
  for (const method of ["log", "info", "warn", "error", "debug"] as const)
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => seen.note("log", words.map(String).join(" ")));
  const named: { idFromName: DurableObjectNamespace["idFromName"] } = Object.getPrototypeOf(env.PROFILE);
  const { idFromName } = named;
  vi.spyOn(named, "idFromName").mockImplementation(function (this: DurableObjectNamespace, name: string) {
    seen.note("object name", name);
    return idFromName.call(this, name);
  });
  const messages: unknown[] = [];
  vi.spyOn(Object.getPrototypeOf(env.OUTBOX) as Queue, "send").mockImplementation((message: unknown) => {
    messages.push(message);
    return Promise.resolve({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
  });
  return messages;
}

/** All calls that bear identifiers, each of which must be taken. */
async function tell(ws: TestWorkspace, seen: Seen, arrive: () => Promise<void>): Promise<void> {
  const { user, other, device, signed, card, phone } = CANARIES;
  const [web, closed, store] = ["web", "closed", "store"].map((key) => `wk_${ws.id}_${key}`);
  const externalIds = [
    { type: "loyalty", id: card },
    { type: "emailSha256", id: CANARIES.sha256 },
    { type: "phone", id: phone },
  ];
  const taken = async (key: string | undefined, path: string, body: object): Promise<void> => {
    const { status, body: reply, headers } = await collect(key ?? "", path, body);
    expect([path, status, reply]).toEqual([path, 200, { success: true }]);
    seen.note("reply", JSON.stringify([...headers]), JSON.stringify(reply));
  };
  await taken(web, "track", { anonymousId: device, event: "Read", properties: { mail: EMAIL }, context: { externalIds } });
  await taken(web, "page", { anonymousId: device, name: "Home", context: { page: { url: `https://shop.example/?u=${user}` } } });
  await taken(closed, "identify", { anonymousId: signed, userId: user, traits: { email: EMAIL, phone } });
  await taken(store, "track", { event: "Order Completed", context: { externalIds } });
  await taken(web, "identify", { anonymousId: device, userId: user, traits: { email: EMAIL, phone } });
  await taken(web, "identify", { anonymousId: device, userId: other });
  await taken(web, "identify", { anonymousId: device, userId: user });
  await taken(store, "alias", { userId: user, previousId: "canary-user-before" });
  await taken(store, "batch", { batch: [{ type: "group", userId: user, groupId: "canary-group", traits: { email: EMAIL } }] });

  const csv = ["Carte,Courriel,Client", `${card},${EMAIL},${user}`, `${card},${EMAIL},`, ""].join("\n");
  const map = "Carte:externalIds.loyalty,Courriel:externalIds.email,Client:userId";
  const sent = await sendPart(ws, { event: "Order Completed", map }, csv);
  expect(sent.status).toBe(202);
  expect(await finished(ws, sent.importId)).toMatchObject({ state: "done", accepted: 2 });

  const headers = { authorization: `Bearer ${ws.secret}` };
  for (const identity of [
    { userId: user },
    { anonymousId: device },
    { email: EMAIL },
    { emailSha256: CANARIES.sha256 },
    { externalId: { type: "loyalty", id: card } },
    { externalId: { type: "phone", id: phone } },
  ]) {
    const decided = await request("/v1/decide", { identity }, headers);
    const looked = await request<{ profileId: string }>("/api/profiles/lookup", identity, headers);
    expect([decided.status, looked.status]).toEqual([200, 200]);
    for (const answer of [decided, looked]) seen.note("reply", JSON.stringify(answer.body), JSON.stringify([...answer.headers]));
  }
  const { body } = await request<{ profileId: string }>("/api/profiles/lookup", { userId: user }, headers);
  await arrive();
  const identifier = { type: "ext:loyalty", hash: profileName(env.NAME_KEY, ws.id, { type: "ext:loyalty", value: card }) };
  const split = await request(`/api/profiles/${body.profileId}/split`, { identifier }, headers);
  expect([split.status, split.body["state"]]).toEqual([200, "done"]);
  for (const path of [`/api/profiles/${body.profileId}/identities`, "/api/audit?limit=200", "/api/catalogue"]) {
    const response = await exports.default.fetch(new Request(`http://tideline.test${path}`, { headers }));
    expect([path, response.status]).toEqual([path, 200]);
    seen.note("reply", await response.text());
  }
}

/** What was printed of a fault must not quote what it was about, though the fault itself may. */
async function fail(ws: TestWorkspace): Promise<void> {
  const mend = crashing("adopt", () => {
    throw new Error(`no room for ${EMAIL} of ${CANARIES.user}`);
  });
  const body = { anonymousId: `${CANARIES.device}-2`, userId: CANARIES.user };
  const key = `wk_${ws.id}_web`;
  await collect(key, "track", { anonymousId: body.anonymousId, event: "Read" });
  expect((await collect(key, "identify", body)).status).toBe(503);
  mend();
  expect((await collect(key, "identify", body)).status).toBe(200);
}

/** What waits to leave for the cold path leaves, and arrives. */
async function cold(workspace: string, seen: Seen, messages: readonly unknown[]): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + LONGEST_SEAL_MS });
  for (const id of await listDurableObjectIds(env.PROFILE)) await runDurableObjectAlarm(env.PROFILE.get(id));
  vi.useRealTimers();
  for (const message of messages) {
    const { records = [], ...rest } = message as { readonly records?: readonly string[] };
    seen.note("queue message", JSON.stringify(rest), ...records.map(bare));
  }
  const batch = createMessageBatch(
    "tideline-outbox",
    messages.map((body, n) => ({ id: `${workspace}-${n}`, timestamp: new Date(), attempts: 1, body })),
  );
  const context = createExecutionContext();
  await consume(batch, env, Date.now());
  expect((await getQueueResult(batch, context)).explicitAcks).toHaveLength(messages.length);
}

/** All that is stored, without what customers sent as data. */
async function look(workspace: string, seen: Seen): Promise<void> {
  for (const id of await listDurableObjectIds(env.PROFILE)) {
    await runInDurableObject(env.PROFILE.get(id), (_, { storage: { sql } }) => {
      for (const { body } of sql.exec<{ body: string }>("SELECT body FROM part").toArray()) {
        const [head = "", ...records] = body.trimEnd().split("\n");
        seen.note("head", head);
        seen.note("record", ...records.map(bare));
      }
    });
  }
  for (const namespace of [env.IMPORT, env.QUARANTINE] as unknown as readonly DurableObjectNamespace[]) {
    for (const id of await listDurableObjectIds(namespace)) {
      await runInDurableObject(namespace.get(id), (_, { storage: { sql } }) => {
        for (const { name } of sql
          .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
          .toArray())
          seen.note(
            "other object",
            ...sql
              .exec(`SELECT * FROM "${name}"`)
              .toArray()
              .map((row) => JSON.stringify(row)),
          );
      });
    }
  }
  for (const bucket of [env.PUBLISHED, env.ARCHIVE, env.IMPORTS]) {
    const { objects } = await bucket.list({ include: ["customMetadata", "httpMetadata"] });
    for (const { key, customMetadata, httpMetadata } of objects)
      seen.note("bucket", JSON.stringify([key, customMetadata, httpMetadata]));
  }
  for (const { key } of (await env.ARCHIVE.list({ prefix: `${workspace}/` })).objects) {
    const bytes = await (await env.ARCHIVE.get(key))?.arrayBuffer();
    for (const { records, ...group } of readArchive(new Uint8Array(bytes ?? new ArrayBuffer()), workspace))
      seen.note("archive", JSON.stringify(group), ...records.map(bare));
  }
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
  ).all<{ name: string }>();
  for (const { name } of tables) {
    const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
    seen.note("row of D1", ...results.map((row) => `${name} ${JSON.stringify(row)}`));
  }
}

it("an identifier is in no name, key, log line, reply, row, message or record, but where it was sent as data", async () => {
  const seen = new Seen();
  const id = `w${crypto.randomUUID().slice(0, 8)}`;
  const secret = `sk_${id}`;
  const sources = [
    source("web", id, {}),
    source("closed", id, { identify: "signed" }),
    source("store", id, { kind: "server", channel: "store", origins: [] }),
  ];
  const ws = await testWorkspace({ id, sources, secretKeys: [{ id: "all", name: "All", secret, scopes: SCOPES }] });
  await publishRules(id, 1, { buyers: { event: "Order Completed" }, known: { trait: "email", exists: true } });
  await updateWorkspaceRecord(env.PUBLISHED, id, (held) => ({ ...held!, ruleset: 1 }));
  const messages = spied(seen);
  const arrive = (): Promise<void> => cold(id, seen, messages);
  await tell({ ...ws, id, secret }, seen, arrive);
  await fail({ ...ws, id, secret });
  await arrive();
  await look(id, seen);
  expect(seen.canaries()).toEqual([]);
  for (const where of [
    "object name",
    "log",
    "reply",
    "queue message",
    "head",
    "record",
    "other object",
    "bucket",
    "archive",
    "row of D1",
  ])
    expect([where, seen.count(where)]).not.toEqual([where, 0]);
});

it("would be found: each canary in each of its disguises", () => {
  for (const value of Object.values(CANARIES))
    for (const text of [
      value,
      encodeURIComponent(value),
      btoa(`{"id":"${value}"}`),
      btoa(`{"i":"${value}"}`),
      btoa(`{"":"${value}"}`),
      emailSha256(value),
    ])
      expect([text, canariesIn(`before ${text} after`)]).not.toEqual([text, []]);
});
