import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { JournalEvent } from "../../core/model/envelope.ts";
import type { HashedIdentifier } from "../../core/model/ids.ts";
import { decide, event, identifier, ingest, journalOf, linkTo, publishRules, stubOf } from "../../test/runtime/profiles.ts";
import { call } from "../api/test-api.ts";
import { objectsOf } from "./profile-calls.ts";
import { consumed, indexRow } from "./test-journal.ts";
import { testWorkspace, type TestWorkspace } from "./test-workspaces.ts";
import { updateWorkspaceRecord } from "./workspace-record.ts";

let shop: TestWorkspace;
let ann: HashedIdentifier;
beforeEach(async () => {
  shop = await testWorkspace();
  await publishRules(shop.id, 1, { buyers: { event: "Order Completed", count: { gte: 3 } } });
  await updateWorkspaceRecord(env.PUBLISHED, shop.id, (record) => ({ ...record!, ruleset: 1 }));
  ann = identifier(shop.id, "userId", `ann-${shop.id}`);
});

/** Lets the consumer take all there is, as messages of the queue would. */
async function drain(...people: readonly (HashedIdentifier & { readonly epoch?: number })[]): Promise<void> {
  const nudges = people.map(({ hash, epoch = 1 }) => ({
    v: 1,
    workspace: shop.id,
    jurisdiction: null,
    profile: hash,
    epoch,
    from: 0,
    to: 1_000,
  }));
  await consumed(objectsOf(env), nudges, {}, Date.now());
}

async function lose(person: HashedIdentifier): Promise<void> {
  const stub = stubOf(person.hash);
  await runInDurableObject(stub, (_, state) => state.storage.deleteAll());
  await evictDurableObject(stub);
}

async function restore(profileId?: string): Promise<{ read: number; restored: number; steps: number }> {
  const total = { read: 0, restored: 0, steps: 0 };
  for (let cursor: string | undefined; ;) {
    const body = { ...(profileId === undefined ? {} : { profileId }), ...(cursor === undefined ? {} : { cursor }) };
    const { json } = await call("POST", "/api/restore", { key: shop.secret, body });
    total.read += json.read;
    total.restored += json.restored;
    total.steps++;
    if (json.next === null) return total;
    cursor = json.next;
  }
}

const counted = async (): Promise<number> =>
  (await env.DB.prepare("SELECT sum(events) AS n FROM event_hour WHERE workspace = ?").bind(shop.id).first<number>("n")) ?? 0;
const size = async (): Promise<number> => (await call("GET", "/api/audiences/buyers/size", { key: shop.secret })).json.now;
const ids = async (of: HashedIdentifier): Promise<string[]> =>
  (await journalOf(shop.id, of)).map(({ messageId }) => messageId).toSorted();
const send = async (to: HashedIdentifier, items: readonly JournalEvent[]): Promise<void> =>
  void (await ingest(shop.id, to, items, { ruleset: 1 }));

describe("a restore from the archive", () => {
  it("gives a lost person back, event for event, and counts nothing twice", async () => {
    for (let n = 0; n < 4; n++) {
      await send(ann, [event(ann), event(ann)]);
      await drain(ann);
    }
    const before = await ids(ann);
    expect([before.length, await counted(), await size()]).toEqual([8, 8, 1]);
    await lose(ann);
    expect(await ids(ann)).toEqual([]);
    expect(await restore(ann.hash)).toMatchObject({ read: 8, restored: 8 });
    expect(await ids(ann)).toEqual(before);
    expect(await decide(shop.id, ann, { ruleset: 1 })).toMatchObject({ known: true, audiences: ["buyers"] });
    await drain(ann);
    expect([await counted(), await size()]).toEqual([8, 1]);
    expect(await indexRow(ann.hash)).toMatchObject({ events: 8, member_count: 1 });
    await send(ann, [event(ann)]);
    await drain(ann);
    expect([await counted(), await size()]).toEqual([9, 1]);
  });

  it("may be made again, and does not touch who is whole", async () => {
    await send(ann, [event(ann), event(ann)]);
    await drain(ann);
    const row = await indexRow(ann.hash);
    expect(await restore()).toMatchObject({ read: 2, restored: 0 });
    expect(await indexRow(ann.hash)).toEqual(row);
    await lose(ann);
    expect(await restore()).toMatchObject({ restored: 2 });
    await drain(ann);
    expect(await restore()).toMatchObject({ restored: 0 });
    expect([await counted(), (await ids(ann)).length]).toEqual([2, 2]);
  });

  it("keeps and counts what came after the loss, before the restore and after it", async () => {
    await send(ann, [event(ann), event(ann), event(ann), event(ann)]);
    await drain(ann);
    await lose(ann);
    await send(ann, [event(ann)]);
    await drain(ann);
    expect(await counted()).toBe(4);
    await restore();
    await send(ann, [event(ann)]);
    await drain(ann);
    expect([await counted(), (await ids(ann)).length, await size()]).toEqual([6, 6, 1]);
    expect((await restore()).restored).toBe(0);
  });

  it("counts what was archived but not yet counted", async () => {
    await send(ann, [event(ann), event(ann), event(ann)]);
    await drain(ann);
    await env.DB.prepare("DELETE FROM profile WHERE workspace = ?").bind(shop.id).run();
    await env.DB.prepare("DELETE FROM event_hour WHERE workspace = ?").bind(shop.id).run();
    await lose(ann);
    await restore();
    await drain(ann);
    expect([await counted(), (await ids(ann)).length]).toEqual([3, 3]);
  });

  describe("after a split", () => {
    let browser: HashedIdentifier;
    /** Two orders by a browser, one by Ann, and one of both, by which it was linked to her; then it was split off. */
    beforeEach(async () => {
      browser = identifier(shop.id, "anonymousId", `b-${shop.id}`);
      await send(browser, [event(browser, { messageId: "b1" }), event(browser, { messageId: "b2" })]);
      await drain(browser);
      await ingest(shop.id, browser, [linkTo(ann)], { ruleset: 1 });
      await send(browser, [event(browser, { messageId: "b3" })]);
      await send(ann, [event(ann, { messageId: "a1" }), event(ann, { type: "identify", with: [browser], messageId: "link" })]);
      await drain(ann);
      const envelope = { v: 1, workspace: shop.id, jurisdiction: null, name: browser.hash, ruleset: 1, retentionMs: 0 } as const;
      const parted = { from: ann.hash, origins: [browser.hash], apart: [ann.hash] };
      expect(await stubOf(browser.hash).part({ ...envelope, ...parted })).toBe("done");
      await drain(ann);
      await drain({ ...browser, epoch: 2 });
    });
    const both = async () => [await ids(ann), await ids(browser)];
    const SPLIT = [
      ["a1", "link"],
      ["b1", "b2", "b3"],
    ];

    it("gives nobody back what was split off, nor links it again", async () => {
      const before = await counted();
      expect((await restore()).restored).toBe(0);
      expect(await both()).toEqual(SPLIT);
      expect((await restore(ann.hash)).restored).toBe(0);
      expect(await both()).toEqual(SPLIT);
      await drain(ann, browser);
      expect(await counted()).toBe(before);
    });

    it("gives a lost person back what was his, and no more", async () => {
      await lose(ann);
      expect(await restore(ann.hash)).toMatchObject({ restored: 2 });
      expect(await both()).toEqual(SPLIT);
    });

    it("gives a lost browser back what was its own, and leaves it apart", async () => {
      await lose(browser);
      expect(await restore()).toMatchObject({ restored: 3 });
      expect(await both()).toEqual(SPLIT);
    });

    it("gives a person nothing of what another has by now, to whom it was linked since", async () => {
      const bob = identifier(shop.id, "userId", `bob-${shop.id}`);
      await ingest(shop.id, browser, [linkTo(bob)], { ruleset: 1 });
      await send(bob, [event(bob, { type: "identify", with: [browser], messageId: "bobs" })]);
      await drain(ann, browser, bob);
      await lose(ann);
      await restore();
      expect([await ids(ann), await ids(bob)]).toEqual([
        ["a1", "link"],
        ["b1", "b2", "b3", "bobs"],
      ]);
    });
  });

  it("lets identifiers lead to their persons again", async () => {
    const browser = identifier(shop.id, "anonymousId", `b-${shop.id}`);
    await send(browser, [event(browser), event(browser)]);
    await drain(browser);
    await ingest(shop.id, browser, [linkTo(ann)], { ruleset: 1 });
    await send(ann, [event(ann, { type: "identify", with: [browser] })]);
    await drain(ann);
    expect([await counted(), (await ids(ann)).length]).toEqual([3, 3]);
    await Promise.all([lose(ann), lose(browser)]);
    await restore();
    await drain(ann, browser);
    expect((await ids(ann)).length).toBe(3);
    expect(await decide(shop.id, browser, { ruleset: 1 })).toBe(`@${ann.hash}`);
    expect(await counted()).toBe(3);
    await send(browser, [event(browser)]);
    await drain(ann, browser);
    expect([await counted(), (await ids(ann)).length]).toEqual([4, 4]);
  });

  it("is not there for a profile id that is none, nor for a cursor of another list", async () => {
    expect((await call("POST", "/api/restore", { key: shop.secret, body: { profileId: "ann" } })).status).toBe(404);
    expect((await call("POST", "/api/restore", { key: shop.secret, body: { cursor: "§" } })).status).toBe(400);
  });
});
