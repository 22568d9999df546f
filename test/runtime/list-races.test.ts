import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import type { ProfileId } from "../../core/model/ids.ts";
import { nudge } from "../../worker/cold/outbox-message.ts";
import { settleLeft } from "../../worker/cold/list-pending.ts";
import { objectsOf } from "../../worker/cold/profile-calls.ts";
import { consumed } from "../../worker/cold/test-journal.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { readWorkspaceRecord } from "../../worker/cold/workspace-record.ts";
import { act, audiencesOf, makeList, nameOf, publishOn, reachIndex, settleList, startUpload, stubOfList } from "./lists.ts";

/**
 * People become known while uploads are taken in, one step of the list at a time between any two calls of the consumer to
 * its database, with crashes of the list and of the consumer: in the end everybody is told what the list says.
 */
const RUNS = inject("full") ? 150 : 6;
const PEOPLE = 4;
const SMALL = { bytes: 12, entries: 1, told: 1, steps: 1 };

type Command =
  | { readonly kind: "upload"; readonly people: readonly number[]; readonly mode: "replace" | "append" }
  | { readonly kind: "act"; readonly person: number; readonly byCard: boolean }
  /** The consumer takes what a person did; before its n-th call to the database the list does so many steps. A negative number: it dies there. */
  | { readonly kind: "index"; readonly person: number; readonly steps: readonly number[] }
  | { readonly kind: "steps"; readonly count: number }
  | { readonly kind: "evict" };

const person = fc.nat(PEOPLE - 1);
const commands = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("upload" as const),
        people: fc.uniqueArray(person),
        mode: fc.constantFrom("replace" as const, "append" as const),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("act" as const), person, byCard: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("index" as const),
        person,
        steps: fc.array(fc.integer({ min: -1, max: 6 }), { maxLength: 8 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("steps" as const), count: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict" as const) }) },
  ),
  { minLength: 4, maxLength: 14 },
);

/** An upload is published and told between the consumer's look at the filters and its writing of the index: found without the guard. */
const SEEN_TOO_EARLY: readonly Command[] = [
  { kind: "upload", people: [0, 1, 2, 3], mode: "replace" },
  { kind: "act", person: 2, byCard: true },
  { kind: "upload", people: [3, 1, 2, 0], mode: "append" },
  { kind: "index", person: 2, steps: [0, 0, 40] },
];

let workspace: TestWorkspace;
let seconds = 0;

beforeEach(async () => {
  // Later than any alarm the runtime would let off by itself: only the test lets the list work.
  vi.setSystemTime(Date.now() + 86_400_000);
  workspace = await testWorkspace({}, { kind: "server", channel: "crm" });
});
afterEach(() => {
  vi.useRealTimers();
});

const cardOf = (n: number): string => `card-${n}`;
const userOf = (list: string, n: number): string => `${list}-u${n}`;
const profileOf = (list: string, n: number): ProfileId => nameOf(workspace, { type: "userId", value: userOf(list, n) });

async function work(list: string, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    await runInDurableObject(stubOfList(workspace, list), (object) => {
      object.pace = SMALL;
    });
    await runDurableObjectAlarm(stubOfList(workspace, list));
  }
}

/** A database before each call to which something happens. */
function interrupted(before: () => Promise<void>): D1Database {
  const inner = new Map<object, D1PreparedStatement>();
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const made = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: () => before().then(() => statement.all()),
      first: () => before().then(() => statement.first()),
      run: () => before().then(() => statement.run()),
    };
    inner.set(made, statement);
    return made as unknown as D1PreparedStatement;
  };
  const made = {
    prepare: (query: string) => wrap(env.DB.prepare(query)),
    batch: (statements: D1PreparedStatement[]) =>
      before().then(() => env.DB.batch(statements.map((one) => inner.get(one) ?? one))),
  };
  return made as unknown as D1Database;
}

async function index(list: string, who: number, steps: readonly number[]): Promise<void> {
  let calls = 0;
  const DB = interrupted(async () => {
    const count = steps[calls++] ?? 0;
    if (count < 0) throw new Error("the consumer is cut off here");
    await work(list, count);
  });
  const message = nudge({
    workspace: workspace.id,
    jurisdiction: null,
    profile: profileOf(list, who),
    epoch: 1,
    from: 0,
    to: 1_000_000,
  });
  await consumed(objectsOf(env), [message], { DB }, Date.now());
}

async function play(list: string, all: readonly Command[]): Promise<void> {
  const onList = new Set<number>();
  const known = new Set<number>();
  for (const command of all) {
    vi.setSystemTime(Date.now() + ++seconds * 1_000);
    switch (command.kind) {
      case "upload":
        if (command.mode === "replace") onList.clear();
        for (const one of command.people) onList.add(one);
        await startUpload(workspace, list, command.people.map(cardOf), `type=ext:card&mode=${command.mode}`);
        break;
      case "act": {
        known.add(command.person);
        const card = { context: { externalIds: [{ type: "card", id: cardOf(command.person) }] } };
        await act(workspace, { userId: userOf(list, command.person), ...(command.byCard ? card : {}) });
        break;
      }
      case "index":
        if (known.has(command.person)) await index(list, command.person, command.steps);
        break;
      case "steps":
        await work(list, command.count);
        break;
      case "evict":
        await evictDurableObject(stubOfList(workspace, list)).catch(() => undefined);
        break;
    }
  }
  // Everybody's card is known in the end, and all that is under way arrives.
  for (const one of known)
    await act(workspace, { userId: userOf(list, one), context: { externalIds: [{ type: "card", id: cardOf(one) }] } });
  await reachIndex(
    workspace,
    [...known].map((one) => profileOf(list, one)),
  );
  await settleList(workspace, list);
  await reachIndex(
    workspace,
    [...known].map((one) => profileOf(list, one)),
  );
  const record = await readWorkspaceRecord(env.PUBLISHED, workspace.id);
  if (record !== undefined) await settleLeft(env, env.DB, record, Date.now());
  for (const one of known) {
    const audiences = await audiencesOf(workspace, { userId: userOf(list, one) });
    expect([one, audiences.filter((key) => key.endsWith(list))]).toEqual([one, [`${onList.has(one) ? "on" : "off"}-${list}`]]);
  }
}

it("ends in what the list says, in whatever order steps, people and crashes come", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      const list = `race-${++run}`;
      await makeList(workspace, list);
      await publishOn(workspace, list);
      await play(list, all);
    }),
    { numRuns: RUNS, endOnFailure: true, examples: [[[...SEEN_TOO_EARLY]]] },
  );
}, 900_000);
