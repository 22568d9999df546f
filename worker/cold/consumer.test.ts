import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeMembers } from "./members.ts";
import { archiveOf, consumed, finding, HOUR, indexRow, NOON, rollups, series, TestJournal } from "./test-journal.ts";
import { testWorkspace } from "./test-workspaces.ts";

let workspace: string;
const logged = vi.fn();
beforeEach(async () => {
  workspace = (await testWorkspace()).id;
  logged.mockReset();
});
/** Faults that a test makes are logged; nothing of a person is. */
const expectLogged = (): void => void vi.spyOn(console, "error").mockImplementation(logged);
afterEach(() => {
  for (const [line] of logged.mock.calls)
    expect(line).toMatch(/^\{"level":"error","what":"cold\.[a-z.-]+","kind":"[A-Za-z]+"\}$/);
});

/** A journal of ten events over two hours, in and out of an audience, under a publish. */
function history(): TestJournal {
  const journal = new TestJournal(workspace).change("new", true, NOON, "publish");
  for (let n = 0; n < 5; n++) journal.event("Order Completed", { time: NOON + n });
  journal.change("vip", true, NOON + 5);
  for (let n = 0; n < 5; n++) journal.event("Product Viewed", { time: NOON + HOUR + n, source: "app" });
  return journal.change("vip", false, NOON + HOUR + 9).change("app", true, NOON + HOUR + 9);
}

async function expectWhole(journal: TestJournal): Promise<void> {
  expect(await indexRow(journal.profile)).toMatchObject({ epoch: 1, applied: 14, events: 10, member_count: 2 });
  expect(await rollups(workspace)).toEqual({ "app Product Viewed 1": 5, "web Order Completed 0": 5 });
  expect(await series(workspace)).toEqual({
    "app 1": [1, 0, 0, 0],
    "new 0": [0, 0, 1, 0],
    "vip 0": [1, 0, 0, 0],
    "vip 1": [0, 1, 0, 0],
  });
  expect([...(await archiveOf(workspace, journal.profile)).values()].toSorted()).toEqual(journal.records.toSorted());
  expect(journal.confirmed).toBe(14);
}

describe("a batch of the outbox", () => {
  it("is archived, indexed, counted and confirmed", async () => {
    const journal = history();
    expect(await consumed(finding(journal), [journal.message()])).toEqual({ acked: 1, retried: 0 });
    await expectWhole(journal);
    const row = await indexRow(journal.profile);
    expect(decodeMembers(row?.members ?? "")).toEqual({ app: NOON + HOUR, new: NOON });
  });

  it("may be a nudge: the records are pulled", async () => {
    const journal = history();
    await consumed(finding(journal), [journal.message(0, 14, true)]);
    await expectWhole(journal);
    expect(journal.pulls).toBe(1);
  });

  it("changes nothing when it comes again, whole or in part, at once or later", async () => {
    const journal = history();
    const find = finding(journal);
    await consumed(find, [journal.message(), journal.message(), journal.message(3, 9)]);
    for (const again of [journal.message(), journal.message(0, 5), journal.message(7, 14), journal.message(0, 14, true)]) {
      expect(await consumed(find, [again])).toEqual({ acked: 1, retried: 0 });
    }
    await expectWhole(journal);
    expect(journal.pulls).toBe(0);
  });

  it("may come in any order, with parts that overlap", async () => {
    const journal = history();
    await consumed(finding(journal), [journal.message(9, 14), journal.message(4, 11), journal.message(0, 6)]);
    await expectWhole(journal);
    expect(journal.pulls).toBe(0);
  });

  it("fills a gap from the object, and what was missing is a repetition when it comes", async () => {
    const journal = history();
    const find = finding(journal);
    await consumed(find, [journal.message(6, 10)]);
    expect(journal.pulls).toBe(1);
    await consumed(find, [journal.message(0, 6)]);
    await consumed(find, [journal.message(10, 14)]);
    await expectWhole(journal);
  });

  it("takes a journal of many megabytes in parts, and nudges for the rest itself", async () => {
    const journal = new TestJournal(workspace);
    for (let n = 0; n < 300; n++) journal.event("Import", { properties: { note: "x".repeat(32_000) } });
    const nudges: unknown[] = [];
    const OUTBOX = { send: (body: unknown) => Promise.resolve(void nudges.push(body)) } as unknown as Queue;
    await consumed(finding(journal), [journal.message(0, 300, true)], { OUTBOX });
    expect([journal.pulls, nudges.length]).toEqual([8, 1]);
    expect(journal.confirmed).toBeGreaterThan(200);
    await consumed(finding(journal), nudges, { OUTBOX });
    expect([journal.confirmed, nudges.length, await rollups(workspace)]).toEqual([300, 1, { "web Import 0": 300 }]);
  });

  it("makes a row of at most 2 KB of somebody in a thousand audiences", async () => {
    const journal = new TestJournal(workspace);
    for (let n = 0; n < 1_000; n++) journal.members[`audience-with-a-name-of-some-length-${n}`] = NOON - n * 7_919_000;
    await consumed(finding(journal), [journal.event().message()]);
    const row = await indexRow(journal.profile);
    expect(row?.member_count).toBe(1_000);
    expect(JSON.stringify(Object.values(row ?? {})).length).toBeLessThanOrEqual(2_048);
  });

  it("takes up where the journal begins now, where the index was lost and what is older is compacted", async () => {
    const journal = history();
    const find = finding(journal);
    const compacted = { ...journal.message(4), state: journal.state };
    journal.outbox = ({ from }) => Promise.resolve(JSON.stringify(from < 4 ? compacted : journal.message(from)));
    expect(await consumed(find, [journal.message(0, 14, true)])).toEqual({ acked: 1, retried: 0 });
    expect(await indexRow(journal.profile)).toMatchObject({ applied: 14, events: 7 });
  });

  it("does not count in two batches at once what is in both", async () => {
    const journal = history();
    const find = finding(journal);
    await Promise.all([0, 3, 6, 9].map((from) => consumed(find, [journal.message(from, 14)])));
    await consumed(find, [journal.message()]);
    await expectWhole(journal);
  });

  it("goes back where the object cannot be reached, and its neighbours do not", async () => {
    expectLogged();
    const [journal, other] = [history(), new TestJournal(workspace).event("Other")];
    journal.down = true;
    expect(await consumed(finding(journal, other), [journal.message(6, 14), other.message()])).toEqual({ acked: 1, retried: 1 });
    expect(await indexRow(journal.profile)).toBeNull();
    expect(other.confirmed).toBe(1);
    journal.down = false;
    await consumed(finding(journal), [journal.message(0, 3)]);
    await consumed(finding(journal), [journal.message(0, 14, true)]);
    expect(await indexRow(journal.profile)).toMatchObject({ applied: 14, events: 10 });
  });

  it("is applied once where only the confirmation failed", async () => {
    expectLogged();
    const journal = history();
    journal.down = true;
    expect(await consumed(finding(journal), [journal.message()])).toEqual({ acked: 0, retried: 1 });
    journal.down = false;
    expect(await consumed(finding(journal), [journal.message()])).toEqual({ acked: 1, retried: 0 });
    await expectWhole(journal);
  });

  it.each([
    ["no object", [{ hello: 1 }, "text", null, 7]],
    ["another version", [{ v: 2, workspace: "w" }]],
    ["records that are not as many as it says", [{ ...new TestJournal("w", "u").event().message(), to: 2 }]],
    ["a profile that is none", [{ ...new TestJournal("w", "u").event().message(), profile: "ann" }]],
    ["a workspace that is not there", [new TestJournal("nowhere", "u").event().message()]],
  ])("goes back as poison with %s, and its neighbours do not", async (_, bodies) => {
    const journal = history();
    expect(await consumed(finding(journal), [...bodies, journal.message()])).toEqual({ acked: 1, retried: bodies.length });
    await expectWhole(journal);
  });

  it("goes back as poison with a record that is none", async () => {
    const [journal, other] = [history(), new TestJournal(workspace).event("Other")];
    journal.records[3] = "{";
    expect(await consumed(finding(journal, other), [journal.message(), other.message()])).toEqual({ acked: 1, retried: 1 });
    expect(await rollups(workspace)).toEqual({ "web Other 0": 1 });
  });

  it("drops what bears an older epoch, and begins anew with a newer one", async () => {
    const journal = history();
    const find = finding(journal);
    await consumed(find, [journal.message()]);
    const late = journal.message(0, 14);
    journal.epoch = 2;
    journal.records.length = 0;
    for (const key of Object.keys(journal.members)) delete journal.members[key];
    journal.event("Back", { time: NOON + 2 * HOUR });
    await consumed(find, [journal.message(), late]);
    expect(await indexRow(journal.profile)).toMatchObject({ epoch: 2, applied: 1, events: 1, member_count: 0 });
    expect(await rollups(workspace)).toMatchObject({ "web Back 2": 1, "web Order Completed 0": 5 });
    expect(await series(workspace)).toMatchObject({ "app 2": [0, 1, 0, 0], "new 2": [0, 1, 0, 0] });
  });

  it("counts an identifier in no audience once it is a pointer", async () => {
    const journal = history();
    const find = finding(journal);
    await consumed(find, [journal.message()]);
    journal.gone = true;
    await consumed(find, [journal.message(14, 20, true)]);
    expect(await indexRow(journal.profile)).toMatchObject({ applied: 14, events: 10, member_count: 0 });
    expect(await series(workspace)).toMatchObject({ "app 1": [1, 1, 0, 0], "new 1": [0, 1, 0, 0] });
  });

  describe("of a person who takes over the journal of an identifier", () => {
    /** Three events and an audience under an anonymous id, that then is ann's: they come again, and one more by it. */
    function linked() {
      const anonymous = new TestJournal(workspace);
      for (let n = 0; n < 3; n++) anonymous.event("Page", { time: NOON + n });
      anonymous.change("vip", true, NOON + 3);
      const ann = new TestJournal(workspace);
      const origin = { type: "anonymousId", hash: anonymous.profile };
      ann.event("Login", { time: NOON + 5, with: [origin] });
      const via = anonymous.profile;
      for (const text of anonymous.records.slice(0, 3)) ann.records.push(JSON.stringify({ ...JSON.parse(text), origin, via }));
      ann.event("Page", { time: NOON + 9, origin }).change("vip", true, NOON + 9);
      return { anonymous, ann, find: finding(anonymous, ann) };
    }
    const expectOnce = async (): Promise<void> => {
      expect(await rollups(workspace)).toEqual({ "web Login 0": 1, "web Page 0": 4 });
      const [entered = 0, exited = 0] = (await series(workspace))["vip 0"] ?? [];
      const [, later = 0] = (await series(workspace))["vip 1"] ?? [];
      expect(entered - exited - later).toBe(1);
    };

    it.each([
      ["after all of it was counted", [0, 4], [[0, 6]]],
      ["after a part of it was counted", [0, 2], [[0, 6]]],
      ["before any of it was counted", undefined, [[0, 6]]],
      [
        "in several messages",
        [0, 4],
        [
          [0, 2],
          [2, 3],
          [3, 6],
        ],
      ],
      [
        "in a message that starts with it",
        [0, 3],
        [
          [0, 1],
          [1, 6],
        ],
      ],
    ] as const)("counts each event once: %s", async (_, before, after) => {
      const { anonymous, ann, find } = linked();
      if (before !== undefined) await consumed(find, [anonymous.message(...before)]);
      anonymous.gone = true;
      for (const [from, to] of after) await consumed(find, [ann.message(from, to), ann.message(from, to)]);
      await expectOnce();
      // What was under way of the identifier comes late: its person brought it.
      await consumed(find, [anonymous.message(0, 4)]);
      await expectOnce();
    });

    it("counts each event once that came by two: a browser's, that an e-mail took over, that a user took over", async () => {
      const { anonymous: browser } = linked();
      const email = new TestJournal(workspace);
      const ann = new TestJournal(workspace);
      const origin = { type: "anonymousId", hash: browser.profile };
      email.event("Login", { time: NOON + 5 });
      for (const text of browser.records.slice(0, 3))
        email.records.push(JSON.stringify({ ...JSON.parse(text), origin, via: browser.profile }));
      const all = finding(browser, email, ann);
      await consumed(all, [browser.message()]);
      await consumed(all, [email.message()]);
      for (const text of email.records) ann.records.push(JSON.stringify({ origin, ...JSON.parse(text), via: email.profile }));
      await consumed(all, [ann.message(), ann.message()]);
      await consumed(all, [email.message(), browser.message()]);
      expect(await rollups(workspace)).toEqual({ "web Login 0": 1, "web Page 0": 3 });
    });

    it("counts each event once with both in one batch", async () => {
      const { anonymous, ann, find } = linked();
      await consumed(find, [ann.message(), anonymous.message()]);
      await expectOnce();
      await consumed(find, [anonymous.message(), ann.message()]);
      await expectOnce();
    });
  });

  it("sweeps at once who still stands under an older ruleset: the sweep may have gone by", async () => {
    const journal = history();
    const record = {
      ...(await env.PUBLISHED.get(`workspaces/${workspace}.json`).then((held) => held?.json<object>())),
      ruleset: 3,
    };
    await env.PUBLISHED.put(`workspaces/${workspace}.json`, JSON.stringify(record));
    await consumed(finding(journal), [journal.message()]);
    expect([journal.sweeps, (await indexRow(journal.profile))?.ruleset]).toEqual([1, 3]);
  });
});
