import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEvent } from "../model/envelope.ts";
import { compareLogOrder, type LogEvent } from "../model/event.ts";
import { isChange, type OutboxMessage } from "../model/outbox.ts";
import type { Rule } from "../rules/ast.ts";
import { anArtifact, aRule } from "../rules/factories.ts";
import type { GoldenRules } from "../rules/golden-policy.ts";
import { interpret } from "../rules/interpret.ts";
import { loadRuleset } from "../rules/ruleset.ts";
import { denseWorld, goldenWorld, RETENTION_MS, SETTINGS, START, world, type World } from "./differential-world.ts";
import { decodeHead } from "./head.ts";
import { readRecord } from "./journal.ts";
import type { Rules } from "./delivery.ts";
import { PROFILE, TestObject, type Crash } from "./memory-store.ts";

/**
 * The model test (budgets.md, "Faults"): whatever is sent, repeated, reordered, lost, evicted or crashed, and however the
 * clock and the rulesets go, a profile is what the reference interpreter says of the events it accepted, and the cold path
 * gets each record once under one id. Beside it runs a profile that is never evicted: both write the same bytes.
 */
const RUNS = Number(process.env["TIDELINE_MODEL_RUNS"] ?? (process.env["TIDELINE_FULL"] === "1" ? 5_000 : 300));
const MOST_COMMANDS = 40;

/** What is expected, as naive as can be. */
interface Model {
  now: number;
  /** Newest version that is published. */
  published: number;
  /** In their order, also those that have left the journal. */
  readonly accepted: Accepted[];
}

interface Accepted {
  readonly event: JournalEvent;
  /** No longer retained and gone from the journal: its id is free again. */
  hasLeft: boolean;
}

interface Published {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly golden: GoldenRules | undefined;
  readonly ruleset: Rules;
}

/** The profile, its twin that is never evicted, and a consumer. */
class Real {
  readonly subject = new TestObject();
  readonly twin = new TestObject();
  /** By sequence, as the consumer has them. */
  readonly archive = new Map<number, string>();
  /** The consumer has all before this sequence. */
  applied = 0;
  /** By sequence, all that ever stood in the journal. */
  readonly records = new Map<number, string>();
  readonly versions: readonly Published[];
  readonly log: readonly JournalEvent[];

  constructor({ rules, log, golden: chosen }: World) {
    const keyed = rules.map((json, index) => [`r${index}`, json] as const);
    // The same audiences by other rules.
    const rotated = keyed.map(([key], index) => [key, rules[(index + 1) % rules.length] ?? {}] as const);
    this.versions = [keyed.slice(0, Math.ceil(keyed.length / 2)), keyed, keyed.slice(1), rotated].map((some, version) => {
      const named = Object.fromEntries(some);
      const golden = version === 2 ? undefined : chosen;
      return {
        golden,
        rules: new Map(some.map(([key, json]) => [key, aRule(json, SETTINGS)])),
        ruleset: { version, rules: loadRuleset(JSON.parse(JSON.stringify(anArtifact(named, { ...SETTINGS, golden })))) },
      };
    });
    this.log = (chosen === undefined ? log : withoutRivals(log)).map(journalled);
    this.both((object) => (object.retentionMs = RETENTION_MS));
  }

  published(version: number): Published {
    const published = this.versions[version];
    if (published === undefined) throw new Error(`version ${version}`);
    return published;
  }

  both(act: (object: TestObject) => void): void {
    act(this.subject);
    act(this.twin);
  }
}

/**
 * Without a second event of one id and one instant: taken after the first has left, it is one more in the interpreter's log
 * and none in the history, which does not matter while only the latest value counts.
 */
function withoutRivals(log: readonly LogEvent[]): readonly LogEvent[] {
  return log.filter((event, place) => log.findIndex((other) => compareLogOrder(event, other) === 0) === place);
}

function journalled(event: LogEvent): JournalEvent {
  // Large, so that three of them fill a chunk.
  const context = { note: "x".repeat(6_000) };
  return { ...event, receivedAt: event.time, origin: { type: "userId", hash: PROFILE }, context };
}

type Command = fc.Command<Model, Real>;

function command(name: string, run: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    run: (model, real) => {
      run(model, real);
      checkWritten(model, real);
    },
    toString: () => name,
  };
}

/** The journal holds the accepted events, once and in their order, and its changes lead from nobody to the head's members. */
function checkWritten(model: Model, { subject, twin, archive, records }: Real): void {
  expect(rowsOf(subject)).toEqual(rowsOf(twin));
  for (const { sequence, text } of subject.numbered()) {
    expect(records.get(sequence) ?? text).toBe(text);
    records.set(sequence, text);
  }
  expect([...records.keys()]).toEqual([...records.keys()].map((_, at) => at));
  const all = [...records.values()].map(readRecord);
  expect(all.filter((record) => !isChange(record))).toEqual(model.accepted.map(({ event }) => event));
  const held = subject.records().filter((record) => !isChange(record));
  expect(held).toEqual(model.accepted.filter(({ hasLeft }) => !hasLeft).map(({ event }) => event));
  const members = new Map<string, number>();
  for (const { audience, entered, at } of all.filter((record) => isChange(record))) {
    expect(members.has(audience)).toBe(!entered);
    if (entered) members.set(audience, at);
    else members.delete(audience);
  }
  expect(subject.live?.head.members ?? {}).toEqual(Object.fromEntries(members));
  for (const [sequence, text] of archive) expect(text).toBe(records.get(sequence));
}

/** What has left must not have been retained, and be in the archive. */
function noteLeft(model: Model, real: Real): void {
  const held = new Set(real.subject.numbered().map(({ text }) => text));
  const texts = model.accepted.map(({ event }) => JSON.stringify(event));
  const archived = new Set(real.archive.values());
  for (const [place, one] of model.accepted.entries()) {
    const text = texts[place] ?? "";
    if (one.hasLeft || held.has(text)) continue;
    one.hasLeft = true;
    expect(one.event.time).toBeLessThanOrEqual(model.now - RETENTION_MS);
    expect(archived.has(text)).toBe(true);
  }
}

/** Everything stored but what says when something was sent: that depends on which messages were lost. */
function rowsOf({ store }: TestObject): unknown[] {
  return [...store.rows].map(([key, text]) => {
    if (key !== 0) return [key, text];
    const { head, open } = decodeHead(text);
    const { out: _, armed: __, outbox: ___, ...rest } = { out: 0, armed: 0, outbox: 0, ...head };
    return [key, rest, open];
  });
}

function keysByInterpreter({ rules, golden }: Published, { accepted }: Model, now: number): string[] {
  const asked = { now, present: now, ...SETTINGS, golden, profileId: PROFILE, audiences: rules };
  // Of an id that has left another event may be taken: to the interpreter it is another id, next in order.
  const log = accepted.flatMap(({ event, hasLeft }, place): readonly JournalEvent[] => {
    if (isSaidAgain(accepted.slice(0, place), event)) return [];
    return [!hasLeft ? event : { ...event, messageId: event.messageId + "\0".repeat(accepted.length - place) }];
  });
  return [...rules.keys()].filter((key) => interpret(rules.get(key) as Rule, log, asked) === true).toSorted();
}

/** What is sent once more after it has left says nothing anew. */
function isSaidAgain(earlier: readonly Accepted[], event: JournalEvent): boolean {
  const text = JSON.stringify(event);
  return earlier.some((one) => one.hasLeft && JSON.stringify(one.event) === text);
}

/** @param offered version that the caller knows */
function checkRead(model: Model, real: Real, offered: number): void {
  const answers = [real.subject, real.twin].map(({ live }) => {
    if (live === undefined) return undefined;
    const version = Math.max(offered, live.version);
    const { ruleset } = real.published(version);
    const { keys, nextChange } = live.stand(version, ruleset.rules, model.now);
    const since = keys.map((key) => live.since(key));
    return { version, keys, nextChange, since };
  });
  const [answer, other] = answers;
  if (answer === undefined || other === undefined) return;
  expect(answer.keys).toEqual(keysByInterpreter(real.published(answer.version), model, model.now));
  expect(answer.nextChange).toBeGreaterThan(model.now);
  if (answer.version === other.version) expect(answer).toEqual(other);
}

function deliver(model: Model, real: Real, places: readonly number[], crash?: Crash, version = model.published): void {
  const events = places.flatMap((place) => real.log[place % Math.max(1, real.log.length)] ?? []);
  const { ruleset } = real.published(version);
  for (const { time } of events) model.now = Math.max(model.now, time);
  if (crash) {
    expect(() => real.subject.crashing(crash, () => void real.subject.deliver(events, model.now, ruleset))).toThrow("crash");
  }
  const again = real.subject.deliver(events, model.now, ruleset);
  const outcome = real.twin.deliver(events, model.now, ruleset);
  const isRepeated = crash === "after" && outcome.accepted > 0;
  if (!isRepeated) expect(again).toEqual(outcome);
  else expect(again.accepted).toBe(0);
  for (const [place, event] of events.entries()) {
    if (outcome.conflicts.includes(place)) continue;
    const isHeld = model.accepted.some(
      ({ event: { source, messageId }, hasLeft }) => !hasLeft && source === event.source && messageId === event.messageId,
    );
    if (!isHeld) model.accepted.push({ event, hasLeft: false });
  }
}

/**
 * The consumer takes a message, or as for a nudge pulls what it names in parts. As the real one (worker/cold/gather.ts) it
 * pulls what is missing before a message, and confirms what it holds without a gap.
 */
function consume(real: Real, model: Model, isConfirmed: boolean, isNudge = false): void {
  const message = real.subject.sent.shift();
  if (message === undefined) return;
  while (message.from > real.applied) keep(real, real.subject.pull(real.applied, 600));
  keep(real, isNudge || message.records === undefined ? real.subject.pull(message.from, 600) : message);
  if (isConfirmed) real.both((object) => object.confirm(real.applied, model.now));
}

function keep(real: Real, { from, to, records = [] }: OutboxMessage): void {
  for (const [place, text] of records.entries()) {
    const held = real.archive.get(from + place);
    expect(held ?? text).toBe(text);
    real.archive.set(from + place, text);
  }
  if (from <= real.applied) real.applied = Math.max(real.applied, to);
}

const places = fc.array(fc.nat(13), { minLength: 1, maxLength: 4 });
const later = fc.oneof(fc.nat(3_000), fc.constantFrom(0, 500, 1_000, RETENTION_MS, 60_000));

const commands: fc.Arbitrary<Command>[] = [
  places.map((some) => command(`send ${some.join()}`, (model, real) => deliver(model, real, some))),
  places.map((some) => command(`send ${some.join()}`, (model, real) => deliver(model, real, some))),
  fc
    .tuple(places, fc.constantFrom<Crash>("before", "within", "after"))
    .map(([some, crash]) => command(`crash ${crash} ${some.join()}`, (model, real) => deliver(model, real, some, crash))),
  later.map((ms) => command(`wait ${ms}`, (model) => void (model.now += ms))),
  fc.constant(
    command("wait until time changes something", (model, { subject }) => {
      const { state } = subject.live?.head ?? {};
      model.now = Math.max(model.now, state?.next ?? 0);
    }),
  ),
  fc.constant(command("evict", (_, { subject }) => subject.evict())),
  fc.constant(command("read", (model, real) => checkRead(model, real, model.published))),
  fc.nat(3).map((old) => command(`read under ${old}`, (model, real) => checkRead(model, real, Math.min(old, model.published)))),
  fc.constant(
    command("publish", (model, real) => void (model.published = Math.min(model.published + 1, real.versions.length - 1))),
  ),
  fc.constant(
    command("sweep", (model, real) => {
      const { ruleset } = real.published(model.published);
      real.both((object) => void object.settle(ruleset, model.now));
      checkRead(model, real, model.published);
    }),
  ),
  fc.tuple(places, fc.nat(3)).map(([some, old]) =>
    command(`send ${some.join()} under ${old}, fetched before`, (model, real) => {
      // Both without what memory knows, so that both find the same out later.
      real.both((object) => object.evict());
      deliver(model, real, some, undefined, Math.min(old, model.published));
    }),
  ),
  fc.nat(3).map((old) =>
    command(`sweep under ${old}`, (model, real) => {
      const before = real.subject.live?.head.ruleset ?? 0;
      const version = Math.min(model.published, Math.max(old, real.subject.live?.version ?? 0, real.twin.live?.version ?? 0));
      real.both((object) => void object.settle(real.published(version).ruleset, model.now));
      expect(real.subject.live?.head.ruleset ?? 0).toBeGreaterThanOrEqual(before);
    }),
  ),
  fc.constant(
    command("alarm", (model, real) => {
      const { ruleset } = real.published(Math.max(real.subject.live?.head.ruleset ?? 0, real.twin.live?.version ?? 0));
      real.both((object) => object.fireAlarm(ruleset, model.now));
    }),
  ),
  fc.constant(
    command("compact", (model, real) => {
      // Whichever has gone on further in time decides what is not retained any more.
      model.now = Math.max(model.now, real.subject.live?.clock ?? 0, real.twin.live?.clock ?? 0);
      real.both((object) => void object.compact(model.now));
      noteLeft(model, real);
    }),
  ),
  fc.constant(command("consume", (model, real) => consume(real, model, true))),
  fc.constant(command("consume a part", (model, real) => consume(real, model, true, true))),
  fc.constant(command("consume, confirmation lost", (model, real) => consume(real, model, false))),
  fc.constant(command("lose a message", (_, { subject }) => void subject.sent.shift())),
];

describe("a profile, whatever happens to it,", () => {
  it("is what the interpreter says of the events it accepted, and the cold path has each record once", () => {
    fc.assert(
      fc.property(
        fc.oneof(world, denseWorld, goldenWorld),
        fc.commands(commands, { maxCommands: MOST_COMMANDS, size: "max" }),
        (given, some) => {
          const model: Model = { now: START, published: 1, accepted: [] };
          const real = new Real(given);
          fc.modelRun(() => ({ model, real }), some);
          checkRead(model, real, model.published);
          // In the end everything has left: the queue works again, and the alarm comes as often as it was set.
          for (let tries = 0; tries < 60 && real.subject.isWaiting; tries++) {
            model.now = Math.max(model.now, real.subject.alarm ?? model.now + 1);
            real.subject.fireAlarm(real.published(model.published).ruleset, model.now);
            while (real.subject.sent.length > 0) consume(real, model, true);
          }
          expect(real.subject.isWaiting).toBe(false);
          for (const { sequence, text } of real.subject.numbered()) real.records.set(sequence, text);
          expect([...real.archive].toSorted(([one], [other]) => one - other)).toEqual([...real.records]);
        },
      ),
      { numRuns: RUNS },
    );
  }, 600_000);
});
