import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import type { JournalEvent } from "../../core/model/envelope.ts";
import type { HashedIdentifier } from "../../core/model/ids.ts";
import type { ProfileObject } from "../../durable-objects/profile/object.ts";
import { crashing, type Asked, type Crash } from "./crashes.ts";
import {
  DAY_MS,
  call,
  decide,
  event,
  fresh,
  identifier,
  ingest,
  linkTo,
  publishRules,
  stubOf,
  type DecideAnswer,
} from "./profiles.ts";

/** Two people of 50,000 events each with TIDELINE_FULL=1, else of 5,000. */
const EVENTS = inject("full") ? 50_000 : 5_000;
const BATCH = 2_500;
/** What one row may hold in production, and what one call may carry. */
const MOST_ROW_BYTES = 2_000_000;
const MOST_CALL_BYTES = 32 * 2 ** 20;

/** Of each alone some hold that of both together do not, and the other way round. */
const RULES = {
  most: { event: "E1", count: { gte: Math.floor(EVENTS / 10) + 1 } },
  few: { event: "E2", count: { lte: Math.floor(EVENTS / 10) } },
  both: { all: [{ event: "Only one" }, { event: "Only other" }] },
  lately: { event: "E3", within: "7d", count: { gte: 2 } },
  never: { event: "E99" },
};

const workspace = fresh("w");
beforeAll(() => publishRules(workspace, 1, RULES));

const ENDED_AT = Date.now() - DAY_MS;

function eventsOf(origin: HashedIdentifier, run: string, name: string): readonly JournalEvent[] {
  return Array.from({ length: EVENTS }, (_, n) => {
    const time = ENDED_AT - Math.floor(((EVENTS - n) / EVENTS) * 90 * DAY_MS);
    const properties = { n, category: `c${n % 7}`, note: "a purchase of the usual kind" };
    return event(origin, { event: n === 0 ? name : `E${n % 10}`, messageId: `${run}-${n}`, time, receivedAt: time, properties });
  });
}

/** Gives a person a history: batches of what an import would bring. */
async function live(of: HashedIdentifier, events: readonly JournalEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += BATCH)
    await ingest(workspace, of, events.slice(from, from + BATCH), { ruleset: 1, mostAMinute: Infinity });
}

const audiencesOf = async (of: HashedIdentifier): Promise<readonly string[] | undefined> =>
  ((await decide(workspace, of, { ruleset: 1 })) as DecideAnswer).audiences;

/** What its table holds, and what it has written since it woke. */
const storedBy = (of: HashedIdentifier) =>
  runInDurableObject(stubOf(of.hash), (object: ProfileObject, { storage: { sql } }) => {
    const { rows, largest, all, staged } = sql
      .exec<{ rows: number; largest: number; all: number; staged: number }>(
        `SELECT count(*) AS "rows", max(length(CAST(body AS BLOB))) AS largest, sum(length(CAST(body AS BLOB))) AS "all", sum(k < -1) AS staged FROM part`,
      )
      .one();
    return { rows, largest, all, staged, written: object.rowsWritten };
  });

async function idsOf(of: HashedIdentifier): Promise<readonly string[]> {
  const ids: string[] = [];
  let before: number | null | undefined;
  while (before !== null) {
    const from = before === undefined ? {} : { before };
    const text = await stubOf(of.hash).events({ ...call(workspace, of.hash), limit: 20_000, ...from });
    const page: { events: { messageId: string }[]; next: number | null } = JSON.parse(text.slice(1));
    ids.push(...page.events.map(({ messageId }) => messageId));
    before = page.next;
  }
  return ids;
}

/** Two people with a history, of whom one is about to be the other. */
async function two() {
  const [laptop, ann] = [identifier(workspace, "anonymousId", fresh("l")), identifier(workspace, "userId", fresh("u"))];
  const [one, other] = [eventsOf(laptop, "one", "Only one"), eventsOf(ann, "other", "Only other")];
  await live(laptop, one);
  await live(ann, other);
  for (const each of [laptop, ann]) expect(await audiencesOf(each)).toEqual(["few", "lately"]);
  for (const each of [laptop, ann]) await evictDurableObject(stubOf(each.hash));
  return { laptop, ann, events: [...one, ...other] };
}

/** All events are there once, and the memberships those of the joined log: of one who lived all of it. */
async function isWhole(laptop: HashedIdentifier, ann: HashedIdentifier, events: readonly JournalEvent[]): Promise<void> {
  const [held, sent] = [await idsOf(ann), new Set(events.map(({ messageId }) => messageId))];
  expect(held).toHaveLength(sent.size);
  expect(held.every((id) => sent.has(id))).toBe(true);
  expect(new Set(held).size).toBe(sent.size);
  const expected = ["both", "lately", "most"];
  expect(await audiencesOf(ann)).toEqual(expected);
  await evictDurableObject(stubOf(ann.hash));
  expect(await audiencesOf(ann)).toEqual(expected);
  expect(await stubOf(laptop.hash).resolve(call(workspace, laptop.hash))).toBe(`@${ann.hash}`);
  const [left, joined] = [await storedBy(laptop), await storedBy(ann)];
  expect([left.rows, left.staged, joined.staged]).toEqual([1, 0, 0]);
  expect(joined.largest).toBeLessThan(MOST_ROW_BYTES);
}

describe(`a merge of two profiles of ${EVENTS.toLocaleString("en")} events each`, () => {
  afterEach(() => vi.restoreAllMocks());

  it("is whole, in calls and rows of a size that the platform takes", { timeout: 900_000 }, async ({ annotate }) => {
    const { laptop, ann, events } = await two();
    let [calls, largest] = [0, 0];
    const mend = crashing("stage", (...args) => {
      calls++;
      largest = Math.max(largest, Buffer.byteLength(JSON.stringify(args)));
      return undefined;
    });
    const began = Date.now();
    await ingest(workspace, laptop, [linkTo(ann)], { ruleset: 1 });
    const ms = Date.now() - began;
    mend();
    const [by, of] = [await storedBy(laptop), await storedBy(ann)];
    await isWhole(laptop, ann, events);
    expect(largest).toBeLessThan(MOST_CALL_BYTES);
    const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
    await annotate(
      `merge of two profiles of ${EVENTS} events: ${ms} ms, ${calls} pages of at most ${mb(largest)} MB; ${of.written} rows written by the one, ${by.written} by the other; ${of.rows} rows and ${mb(of.all)} MB held, the largest ${mb(of.largest)} MB`,
      "figures",
    );
  });

  it.each<readonly [Asked, Crash, number]>([
    ["stage", "before", Math.ceil(EVENTS / 5_000)],
    ["adopt", "before", 1],
    ["adopt", "after", 1],
  ])(
    "is whole where the other dies at `%s`, %s it is done, and the alarm finishes it",
    { timeout: 900_000 },
    async (method, when, nth) => {
      // Each crash is logged, as it should be.
      vi.spyOn(console, "error").mockImplementation(() => undefined);
      const { laptop, ann, events } = await two();
      let calls = 0;
      const mend = crashing(method, () => (++calls === nth ? when : undefined));
      const error = await runInDurableObject(stubOf(laptop.hash), (object: ProfileObject) => {
        const envelope = { ...call(workspace, laptop.hash, 1), receivedAt: Date.now(), items: [linkTo(ann)] };
        return object.ingest(envelope).then(
          () => undefined,
          (failed: unknown) => String(failed),
        );
      });
      expect(error).toContain("crashed");
      mend();
      await evictDurableObject(stubOf(laptop.hash));
      await evictDurableObject(stubOf(ann.hash));
      expect(await runDurableObjectAlarm(stubOf(laptop.hash))).toBe(true);
      await isWhole(laptop, ann, events);
    },
  );
});
