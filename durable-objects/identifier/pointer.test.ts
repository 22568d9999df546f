import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { HashedIdentifier } from "../../core/model/ids.ts";
import { decodeHead, encodeHead, type Head } from "../../core/profile/head.ts";
import {
  call,
  decide,
  event,
  fresh,
  identifier,
  ingest,
  journalOf,
  linkTo,
  publishRules,
  stubOf,
} from "../../test/runtime/profiles.ts";

interface Cast {
  readonly workspace: string;
  readonly browser: HashedIdentifier;
  readonly ann: HashedIdentifier;
  readonly bob: HashedIdentifier;
}

function cast(): Cast {
  const workspace = fresh("w");
  return {
    workspace,
    browser: identifier(workspace, "anonymousId", fresh("a")),
    ann: identifier(workspace, "userId", fresh("ann")),
    bob: identifier(workspace, "userId", fresh("bob")),
  };
}

async function ids(workspace: string, of: HashedIdentifier): Promise<string[]> {
  return (await journalOf(workspace, of)).map(({ messageId }) => messageId).toSorted();
}

describe("an anonymous id that is linked to a user", () => {
  it("gives the user what it gathered, each event with where it came from, and points there from then on", async () => {
    const { workspace, browser, ann } = cast();
    const before = [event(browser), event(browser)];
    await ingest(workspace, browser, before);
    const after = event(browser);
    await ingest(workspace, browser, [linkTo(ann), after]);
    expect(await ids(workspace, ann)).toEqual([...before, after].map(({ messageId }) => messageId).toSorted());
    expect((await journalOf(workspace, ann)).every(({ origin }) => origin.hash === browser.hash)).toBe(true);
    expect(await decide(workspace, browser)).toBe(`@${ann.hash}`);
    expect(await stubOf(browser.hash).resolve(call(workspace, browser.hash))).toBe(`@${ann.hash}`);
    expect(await ids(workspace, browser)).toEqual([]);
  });

  it("can be given to somebody else after it has forgotten all it knew", async () => {
    const { workspace, browser, ann, bob } = cast();
    await ingest(workspace, browser, [event(browser), linkTo(ann)]);
    await evictDurableObject(stubOf(browser.hash));
    await ingest(workspace, browser, [linkTo(bob)]);
    expect(await decide(workspace, browser)).toBe(`@${bob.hash}`);
  });

  it("makes the user's memberships those of the joined log", async () => {
    const { workspace, browser, ann } = cast();
    await publishRules(workspace, 1, { often: { event: "Order Completed", count: { gte: 3 } } });
    await ingest(workspace, browser, [event(browser), event(browser)], { ruleset: 1 });
    await ingest(workspace, ann, [event(ann)], { ruleset: 1 });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: [] });
    await ingest(workspace, browser, [linkTo(ann)], { ruleset: 1 });
    expect(await decide(workspace, ann, { ruleset: 1 })).toMatchObject({ audiences: ["often"] });
  });

  it("counts nothing twice however often the link and the events are sent again", async () => {
    const { workspace, browser, ann } = cast();
    const early = event(browser);
    const late = event(browser);
    const items = [early, linkTo(ann), late];
    expect(await ingest(workspace, browser, items)).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(await ingest(workspace, browser, items)).toMatchObject({ accepted: 0, duplicates: 2, conflicts: [] });
    await evictDurableObject(stubOf(browser.hash));
    expect(await ingest(workspace, browser, items)).toMatchObject({ accepted: 0, duplicates: 2 });
    expect(await ids(workspace, ann)).toHaveLength(2);
  });

  it("costs a person who was nobody three rows: two of schema, one of the pointer", async () => {
    const { workspace, browser, ann } = cast();
    await ingest(workspace, browser, [linkTo(ann)]);
    expect(await runInDurableObject(stubOf(browser.hash), (object) => object.rowsWritten)).toBe(3);
    await ingest(workspace, browser, [linkTo(ann), linkTo(ann, false)]);
    expect(await runInDurableObject(stubOf(browser.hash), (object) => object.rowsWritten)).toBe(3);
  });

  it("names the place of an event whose id the user holds with another content", async () => {
    const { workspace, browser, ann } = cast();
    await ingest(workspace, browser, [linkTo(ann)]);
    const first = event(ann, { properties: { value: 1 } });
    await ingest(workspace, ann, [first]);
    const other = { ...event(browser), messageId: first.messageId };
    expect(await ingest(workspace, browser, [event(browser), linkTo(ann), other])).toMatchObject({ accepted: 1, conflicts: [2] });
  });
});

describe("a browser that a second person signs in on", () => {
  it("keeps the first person's history with the first and gives the second what comes from then on", async () => {
    const { workspace, browser, ann, bob } = cast();
    const annas = event(browser);
    await ingest(workspace, browser, [annas, linkTo(ann)]);
    const bobs = event(browser);
    await ingest(workspace, browser, [linkTo(bob), bobs]);
    expect(await ids(workspace, ann)).toEqual([annas.messageId]);
    expect(await ids(workspace, bob)).toEqual([bobs.messageId]);
    expect(await decide(workspace, browser)).toBe(`@${bob.hash}`);
  });

  it("is moved by identify only: another call that bears both ids leaves it where it is", async () => {
    const { workspace, browser, ann, bob } = cast();
    await ingest(workspace, browser, [linkTo(ann, false)]);
    await ingest(workspace, browser, [linkTo(bob, false)]);
    expect(await decide(workspace, browser)).toBe(`@${ann.hash}`);
    await ingest(workspace, browser, [linkTo(bob, true)]);
    expect(await decide(workspace, browser)).toBe(`@${bob.hash}`);
  });

  it("does not give the second what the first's delivery, sent again, holds", async () => {
    const { workspace, browser, ann, bob } = cast();
    await ingest(workspace, browser, [linkTo(ann)]);
    const annas = event(browser);
    await ingest(workspace, browser, [annas]);
    await ingest(workspace, browser, [linkTo(bob)]);
    const bobs = event(browser);
    expect(await ingest(workspace, browser, [annas, bobs])).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(await ids(workspace, ann)).toEqual([annas.messageId]);
    expect(await ids(workspace, bob)).toEqual([bobs.messageId]);
  });

  it("decides which events went where by the order within one call", async () => {
    const { workspace, browser, ann, bob } = cast();
    const [one, two, three] = [event(browser), event(browser), event(browser)];
    await ingest(workspace, browser, [one, linkTo(ann), two, linkTo(bob), three]);
    expect(await ids(workspace, ann)).toEqual([one.messageId, two.messageId].toSorted());
    expect(await ids(workspace, bob)).toEqual([three.messageId]);
  });
});

/** The crash: the intent is durable, part of the journal has arrived perhaps, the rest has not. */
async function cutOff(browser: HashedIdentifier, to: HashedIdentifier): Promise<void> {
  await runInDurableObject(stubOf(browser.hash), async (_, state) => {
    const { body } = state.storage.sql.exec<{ body: string }>("SELECT body FROM part WHERE k = 0").one();
    const { head, open } = decodeHead(body);
    const pointer: Head = { ...head, kind: "pointer", to: to.hash, former: [], consent: null, moving: true };
    state.storage.sql.exec("UPDATE part SET body = ? WHERE k = 0", encodeHead(pointer, open));
    await state.storage.setAlarm(Date.now() + 60_000);
  });
  await evictDurableObject(stubOf(browser.hash));
}

describe("a move that is cut off", () => {
  it("is taken up by the alarm, with nothing lost and nothing twice", async () => {
    const { workspace, browser, ann } = cast();
    const note = "x".repeat(9_000);
    const events = Array.from({ length: 5 }, () => event(browser, { properties: { note } }));
    for (const one of events) await ingest(workspace, browser, [one]);
    await ingest(workspace, ann, events.slice(0, 2));
    await cutOff(browser, ann);
    expect(await runDurableObjectAlarm(stubOf(browser.hash))).toBe(true);
    expect(await ids(workspace, ann)).toEqual(events.map(({ messageId }) => messageId).toSorted());
    const left = await runInDurableObject(stubOf(browser.hash), (_, state) => ({
      rows: state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM part").one().n,
      alarm: state.storage.getAlarm(),
    }));
    expect(left.rows).toBe(1);
    expect(await left.alarm).toBeNull();
  });

  it("leaves behind what bears an older epoch: it was erased", async () => {
    const { workspace, browser, ann } = cast();
    const note = "x".repeat(17_000);
    const [erased, later] = [event(browser, { properties: { note } }), event(browser)];
    await ingest(workspace, browser, [erased]);
    await ingest(workspace, browser, [later]);
    await runInDurableObject(stubOf(browser.hash), (_, { storage: { sql } }) =>
      sql.exec(`UPDATE part SET body = replace(body, '"epoch":1', '"epoch":0') WHERE k = 1`),
    );
    await evictDurableObject(stubOf(browser.hash));
    await ingest(workspace, browser, [linkTo(ann)]);
    expect(await ids(workspace, ann)).toEqual([later.messageId]);
  });

  it("is finished before the browser is given to somebody else", async () => {
    const { workspace, browser, ann, bob } = cast();
    const events = [event(browser), event(browser)];
    await ingest(workspace, browser, events);
    await cutOff(browser, ann);
    await ingest(workspace, browser, [linkTo(bob)]);
    expect(await ids(workspace, ann)).toEqual(events.map(({ messageId }) => messageId).toSorted());
    expect(await ids(workspace, bob)).toEqual([]);
  });

  it("takes what was said about consent along, where it is stricter", async () => {
    const { workspace, browser, ann } = cast();
    await ingest(workspace, browser, [event(browser)], { consent: { ads: false, content: true, measurement: true } });
    await ingest(workspace, ann, [event(ann)], { consent: { ads: true, measurement: false } });
    await ingest(workspace, browser, [linkTo(ann)]);
    const profile = JSON.parse((await stubOf(ann.hash).profile(call(workspace, ann.hash))).slice(1)) as { consent: object };
    expect(profile.consent).toEqual({ ads: false, content: true, measurement: false });
  });
});
