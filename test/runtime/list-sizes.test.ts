import { createHash, createHmac } from "node:crypto";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { measure, readListFilter, Strangers, type ListFilter } from "../../core/identity/list-filter.ts";
import { PACE } from "../../durable-objects/list/step.ts";
import { filterObjectKey } from "../../durable-objects/list/stub.ts";
import { call } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import {
  audiencesOf,
  makeList,
  nameOf,
  publishOn,
  reachIndex,
  settleList,
  startUpload,
  stubOfList,
  upload,
  uploadOf,
} from "./lists.ts";
import { collect } from "./workspace.ts";

/** 10,000 hashed e-mails against 100 people; 100,000 against 1,000 under `npm run test:full`. */
const LISTED = inject("full") ? 100_000 : 10_000;
const KNOWN = inject("full") ? 1_000 : 100;
/** Every third of them is on the list. */
const isListed = (person: number): boolean => person % 3 === 0;

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await testWorkspace({}, { kind: "server", channel: "crm" });
  await makeList(workspace, "big", { identifier: "emailSha256" });
});

const emailOf = (person: number): string => `person-${person}@shop.example`;
const hashOf = (email: string): string => createHash("sha256").update(email).digest("hex");

/** Hashes of those who are known and listed, among those of people nobody knows. */
const lines = (): readonly string[] =>
  Array.from({ length: LISTED }, (_, line) =>
    hashOf(
      line % (LISTED / KNOWN) === 0 && isListed(line / (LISTED / KNOWN))
        ? emailOf(line / (LISTED / KNOWN))
        : `nobody-${line}@shop.example`,
    ),
  );

async function knowPeople(from: number, to: number): Promise<void> {
  const people = Array.from({ length: to - from }, (_, n) => from + n);
  for (let at = 0; at < people.length; at += 50) {
    const batch = people.slice(at, at + 50).map((person) => ({
      type: "identify",
      userId: `u${person}`,
      messageId: `m${person}`,
      traits: { email: emailOf(person) },
    }));
    expect((await collect(workspace.writeKey, "batch", { batch })).body).toEqual({ success: true });
    await reachIndex(
      workspace,
      batch.map(({ userId }) => nameOf(workspace, { type: "userId", value: userId })),
    );
  }
}

async function peopleOn(audience: string): Promise<readonly number[]> {
  const answers = await Promise.all(
    Array.from({ length: KNOWN }, async (_, person) => ({
      person,
      keys: await audiencesOf(workspace, { userId: `u${person}` }),
    })),
  );
  return answers.filter(({ keys }) => keys.includes(audience)).map(({ person }) => person);
}

async function filterOf(kind: "names" | "tags"): Promise<ListFilter> {
  const { json } = await call("GET", "/api/lists/big", { key: workspace.secret });
  const object = await env.PUBLISHED.get(filterObjectKey({ workspace: workspace.id, list: "big" }, json.filter.version, kind));
  const filter = readListFilter(new Uint8Array((await object?.arrayBuffer()) ?? []));
  if (filter === undefined) throw new Error("the filter is not there");
  return filter;
}

describe(`a list of ${LISTED} hashed e-mails`, () => {
  it(`is matched with ${KNOWN} people exactly, half of them known before it and half after`, async () => {
    await publishOn(workspace, "big");
    await knowPeople(0, KNOWN / 2);
    const done = await upload(workspace, "big", lines());
    expect(done).toMatchObject({ state: "done", rows: LISTED, rejected: 0 });
    await knowPeople(KNOWN / 2, KNOWN);
    expect(await peopleOn("on-big")).toEqual(Array.from({ length: KNOWN }, (_, person) => person).filter(isListed));
    const overlap = await call("GET", "/api/lists/big/overlap", { key: workspace.secret });
    // The facts are with their people, and their journals have to reach the index yet.
    const profiles = Array.from({ length: KNOWN }, (_, n) => nameOf(workspace, { type: "userId", value: `u${n}` }));
    for (let at = 0; at < KNOWN; at += 50) await reachIndex(workspace, profiles.slice(at, at + 50));
    const later = await call("GET", "/api/lists/big/overlap", { key: workspace.secret });
    expect(overlap.json.members).toBe(LISTED);
    expect(later.json.known).toBe(Math.ceil(KNOWN / 3));
  }, 600_000);

  it("says how often its filter errs, as it is: within a fifth of what it was made for", async () => {
    await upload(workspace, "big", lines());
    const { json } = await call("GET", "/api/lists/big", { key: workspace.secret });
    const { nominal, measured, probes } = json.filter.falsePositives;
    expect(json.filter).toMatchObject({ members: LISTED, bytes: Math.ceil((LISTED * 14.3776) / 8) });
    expect([nominal, probes >= 500_000]).toEqual([0.001, true]);
    for (const kind of ["names", "tags"] as const) {
      const again = measure(await filterOf(kind), new Strangers(99), 1_000_000);
      for (const rate of [measured, again.positives / again.probes]) {
        expect(rate).toBeGreaterThan(nominal * 0.8);
        expect(rate).toBeLessThan(nominal * 1.2);
      }
    }
  }, 600_000);

  it("lets a partner find its members with the key, and nobody without it", async () => {
    await upload(workspace, "big", lines());
    const { json } = await call("GET", "/api/lists/big", { key: workspace.secret });
    const { bytes } = await call("GET", "/api/lists/big/filter", { key: workspace.secret });
    const filter = readListFilter(bytes);
    const found = (key: Buffer): number =>
      lines().filter((hash) => filter?.mayHold(createHmac("sha256", key).update(`emailSha256:${hash}`).digest()) === true).length;
    expect(found(Buffer.from(json.filter.key, "base64url"))).toBe(LISTED);
    expect(found(Buffer.from("a key of another list"))).toBeLessThan(LISTED / 100);
  }, 600_000);

  it("goes on where it was when it is cut off, and takes each line once", async () => {
    const id = await startUpload(workspace, "big", lines());
    const stub = stubOfList(workspace, "big");
    const seen: number[] = [];
    for (let cut = 0; cut < 5; cut++) {
      await runInDurableObject(stub, (object) => {
        object.pace = { ...PACE, bytes: 30_000, steps: 2 };
      });
      await runDurableObjectAlarm(stub);
      await evictDurableObject(stub).catch(() => undefined);
      seen.push((await uploadOf(workspace, "big", id)).bytesDone);
    }
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    expect(seen.at(-1)).toBeGreaterThan(0);
    await settleList(workspace, "big");
    expect(await uploadOf(workspace, "big", id)).toMatchObject({ state: "done", rows: LISTED, rejected: 0 });
    const { json } = await call("GET", "/api/lists/big", { key: workspace.secret });
    expect(json.members).toBe(LISTED);
    // No raw line is kept once it is through.
    expect((await env.PUBLISHED.list({ prefix: `uploads/${workspace.id}/` })).objects).toEqual([]);
  }, 600_000);
});
