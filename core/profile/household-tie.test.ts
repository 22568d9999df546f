import { describe, expect, it } from "vitest";
import type { JournalEvent } from "../model/envelope.ts";
import type { ProfileId } from "../model/ids.ts";
import { compacted } from "./compaction.ts";
import { feedPage } from "./household-feed.ts";
import { saying, tiedTo, toldFact, UNTIED, wantedOf, type HouseholdTie } from "./household-tie.ts";
import { HOME, PROFILE, TestObject } from "./memory-store.ts";

const ME = PROFILE;
const [NORTH, SOUTH] = ["n", "s"].map((letter) => letter.repeat(43) as ProfileId) as [ProfileId, ProfileId];

function event(messageId: string, time: number, more: Partial<JournalEvent> = {}): JournalEvent {
  const origin = { type: "userId", hash: ME };
  const fixed = { source: "crm", channel: "crm", party: "first", receivedAt: time, properties: {} } as const;
  return { name: "$group", type: "group", messageId, time, origin, ...fixed, ...more };
}

const says = (messageId: string, time: number, household: ProfileId | null) => event(messageId, time, { household });

describe("where a person lives", () => {
  it("is what the journal says last, whatever comes when", () => {
    const [first, later, last] = [says("a", 10, NORTH), says("b", 20, SOUTH), says("c", 30, null)];
    for (const order of [
      [first, later, last],
      [last, first, later],
      [later, last, first],
    ]) {
      const tie = order.reduce<HouseholdTie | undefined>(saying, undefined);
      expect(wantedOf(tie ?? UNTIED, null)).toBeNull();
    }
    expect(wantedOf([later, first].reduce<HouseholdTie | undefined>(saying, undefined) ?? UNTIED, null)).toBe(SOUTH);
    expect(saying(undefined, event("d", 40))).toBeUndefined();
  });

  it("is nowhere while consent forbids a profile", () => {
    const tie = saying(undefined, says("a", 10, NORTH)) ?? UNTIED;
    expect(wantedOf(tie, { profiling: false })).toBeNull();
    expect(wantedOf(tie, { ads: false })).toBe(NORTH);
  });

  it("is not asked again of a household that is full until it is said again", () => {
    const tie = { ...saying(undefined, says("a", 10, NORTH)), full: NORTH } as HouseholdTie;
    expect(wantedOf(tie, null)).toBeNull();
    expect(wantedOf(saying(tie, says("earlier", 5, SOUTH)) ?? UNTIED, null)).toBeNull();
    expect(wantedOf(saying(tie, says("again", 20, NORTH)) ?? UNTIED, null)).toBe(NORTH);
  });

  it("has a generation that never comes twice, and lets go of the one before", () => {
    const one = tiedTo(UNTIED, NORTH, ME, 100);
    const two = tiedTo(one, SOUTH, ME, 100);
    expect(two).toMatchObject({ at: SOUTH, generation: 101, fed: 0, leaving: [{ household: NORTH, member: ME, upTo: 100 }] });
  });

  it("knows what is told of one instant after the coming into it, and never before", () => {
    const tie = tiedTo(UNTIED, NORTH, ME, 100);
    const told = (at: number) => toldFact(tie, ME, { version: 7, at, answers: {} }, 200);
    expect([told(50).time, told(100).time, told(150).time]).toEqual([100, 100, 150]);
    expect(told(50).messageId > "$tie:").toBe(true);
  });

  it("outlasts the events that said it", () => {
    const records = [says("a", 10, NORTH), event("b", 20), says("c", 30, SOUTH), says("d", 25, NORTH)];
    const chunk = { epoch: 1, first: 0, records: records.map((record) => JSON.stringify(record)) };
    const journal = { chunks: () => [chunk], chunkOf: () => chunk, base: () => [] };
    const { base } = compacted(journal, records.length, 1_000);
    expect(base.map(({ messageId, household }) => [messageId, household])).toEqual([["c", SOUTH]]);
    const again = compacted({ ...journal, chunks: () => [], base: () => base }, 0, 1_000);
    expect(again.base).toEqual(base);
  });
});

describe("a person's object", () => {
  it("is tied by the write that says it, with a fact that rules can read, and feeds all but such facts", () => {
    const object = new TestObject();
    object.deliver([event("m", 5, { type: "track", name: "A" }), says("a", 10, NORTH)], 100, undefined);
    const { live } = object;
    if (live === undefined) throw new Error("nobody");
    expect(live.tie).toMatchObject({ at: NORTH, since: 100, fed: 0 });
    expect(object.records().map(({ type }) => type)).toEqual(["track", "group", "fact"]);
    const page = live.feedPage(1_000_000);
    expect(page).toMatchObject({ from: 0, to: 3, isWhole: true });
    expect(page.events.map((text) => JSON.parse(text).sequence)).toEqual([0, 1]);
    expect(live.head.workspace).toBe(HOME.workspace);
  });

  it("feeds page by page, and never a last page without an event", () => {
    const object = new TestObject();
    const events = Array.from({ length: 5 }, (_, n) => event(`m${n}`, n, { type: "track", name: "A" }));
    object.deliver([...events, says("a", 10, NORTH)], 100, undefined);
    const { live } = object;
    if (live === undefined) throw new Error("nobody");
    const pages: (readonly [number, number, number, boolean])[] = [];
    for (let fed = 0; fed < live.head.seq;) {
      const journal = { base: [], records: live.records(fed), seq: live.head.seq };
      const { from, to, events: texts, isWhole } = feedPage({ ...live.tie, fed }, journal, 300);
      pages.push([from, to, texts.length, isWhole]);
      fed = to;
    }
    expect(pages.at(-1)?.[3]).toBe(true);
    expect(pages.filter(([, , count]) => count === 0)).toEqual([]);
    expect(pages.reduce((sum, [, , count]) => sum + count, 0)).toBe(6);
    expect(pages.length).toBeGreaterThan(1);
  });
});
