import { isDeepStrictEqual } from "node:util";
import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, inject, it, vi } from "vitest";
import { linksOf } from "../../core/identity/links.ts";
import type { IngestReply, JournalEvent, LinkItem } from "../../core/model/envelope.ts";
import { compareLogOrder, STANDING_FACTS, type EventType, type LogEvent } from "../../core/model/event.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import type { Json } from "../../core/model/json.ts";
import { rankOf } from "../../core/model/rank.ts";
import { isChange, type OutboxMessage } from "../../core/model/outbox.ts";
import { readRecord } from "../../core/profile/journal.ts";
import type { Rule } from "../../core/rules/ast.ts";
import { householdQuestion } from "../../core/rules/household-question.ts";
import { interpret } from "../../core/rules/interpret.ts";
import { parseRule } from "../../core/rules/parse.ts";
import { householdStub } from "../../durable-objects/household/stub.ts";
import { crashing, type Crash } from "./crashes.ts";
import { NaiveIdentity } from "./naive-identity.ts";
import { call, DAY_MS, decide, event, identifier, publishRules, RETENTION_MS, stubOf, type DecideAnswer } from "./profiles.ts";

/**
 * The model test of identity, over real objects: calls that link, aliases, merges from both sides at once, splits that wait or not,
 * repeated and late deliveries, evictions, and crashes at each call between objects. Beside it a model with all events in one
 * array; the memberships of each person are the reference interpreter's over that person's events.
 */
const FULL = inject("full");
const WORLDS = FULL ? 60 : 3;
const COMMANDS = FULL ? 200 : 45;
const FIRST_SEED = 3;
/** Commands between two looks at everything. */
const LOOK_EVERY = 15;
const PEOPLE = 3;
/** How often the alarms may have to go off until all is told. */
const MOST_TRIES = 60;

const SETTINGS = { zone: "Europe/Paris", retentionMs: RETENTION_MS };
const RULES = {
  buyers: { event: "A" },
  often: { event: "A", count: { gte: 3 } },
  few: { event: "B", count: { lte: 2 } },
  odd: { all: [{ event: "A" }, { none: [{ event: "B", count: { gte: 2 } }] }] },
  lately: { event: ["A", "B"], within: "7d", count: { gte: 2 } },
  spent: { event: "A", sum: { of: "value", gt: 2 } },
  route: { sequence: [{ event: "A" }, { event: "B", within: "5d" }] },
  north: { trait: "city", eq: "Lille" },
  known: { trait: "city", exists: true },
  both: { all: [{ audience: "buyers" }, { not: { audience: "often" } }] },
  family: { household: { event: "A", count: { gte: 4 } } },
  thrifty: { household: { event: "B", count: { lte: 3 } } },
  moving: { household: { sequence: [{ event: "A" }, { event: "C", within: "5d" }] } },
  settled: { all: [{ household: { trait: "city", eq: "Lille" } }, { not: { household: { event: "C", within: "3d" } } }] },
} as const;
/** What households are asked. */
const ASKED = [RULES.family, RULES.thrifty, RULES.moving, ...RULES.settled.all.map((one) => ("not" in one ? one.not : one))].map(
  ({ household }) => parsed(household),
);
const PARSED = new Map(Object.entries(RULES).map(([key, json]) => [key, parsed(json)]));
const NO_LIMITS = { anonymousId: { most: 100 }, emailSha256: { most: 100 }, "ext:loyalty": { most: 100 } };

function parsed(json: Json): Rule {
  const rule = parseRule(json, SETTINGS);
  if (!rule.ok) throw new Error(JSON.stringify(rule.error));
  return rule.value;
}

/** A generator that gives the same run for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Call {
  readonly bears: readonly HashedIdentifier[];
  readonly type: EventType;
  readonly event: JournalEvent;
}

interface Pending {
  readonly wanted: ProfileId;
  readonly origins: readonly ProfileId[];
  readonly from: ProfileId;
}

class World {
  readonly model = new NaiveIdentity();
  readonly #sent: Call[] = [];
  readonly #pending: Pending[] = [];
  readonly #draw: (below: number) => number;
  /** Of its own, so that the commands of a seed are the same whatever runs at once. */
  readonly #drawCrash: (below: number) => number;
  readonly #run: string;
  readonly #workspace: string;
  readonly households: readonly ProfileId[];
  /** How often each kind of command ran, and what was cut off. */
  readonly counts: Record<string, number> = {};
  readonly trace: string[] = [];
  #now = Date.now();

  constructor(workspace: string, seed: number) {
    this.#workspace = workspace;
    this.#draw = random(seed * 7_919);
    this.#drawCrash = random(seed * 104_729);
    this.#run = `w${seed}`;
    this.households = ["north", "south", "west"].map((name) => this.#named("household", name).hash);
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  /** A crash at one of ten calls between objects. */
  readonly crash = (): Crash | undefined => {
    const crash = (["before", "after"] as const)[this.#drawCrash(20)];
    if (crash !== undefined) this.count("crash");
    return crash;
  };

  #named(type: string, value: string): HashedIdentifier {
    return identifier(this.#workspace, type, `${this.#run} ${value}`);
  }

  #call(bears: readonly HashedIdentifier[], type: EventType): Call {
    const [origin] = bears;
    if (origin === undefined) throw new Error("nobody");
    const name = ["A", "B", "C"][this.#draw(3)] ?? "A";
    const properties = type === "identify" ? { city: ["Lille", "Lyon", null][this.#draw(3)] ?? null } : { value: this.#draw(3) };
    const household = type === "group" ? { household: [...this.households, null][this.#draw(4)] ?? null } : {};
    // Of few instants, so that some are the same, and most come late.
    const time = this.#now - (1 + this.#draw(40)) * (DAY_MS / 2);
    const others = bears.slice(1);
    const fields = { type, messageId: `${this.#run}-${this.#sent.length}`, time, receivedAt: this.#now, properties };
    const made = {
      bears,
      type,
      event: event(origin, { event: name, ...fields, ...household, ...(others.length > 0 ? { with: others } : {}) }),
    };
    this.#sent.push(made);
    return made;
  }

  /** Mostly one person's identifiers, in any combination; of a browser one at most. */
  #someCall(): Call {
    const one = this.#draw(PEOPLE);
    const other = this.#draw(4) === 0 ? this.#draw(PEOPLE) : one;
    const bears: HashedIdentifier[] = [];
    if (this.#draw(3) === 0) bears.push(this.#named("userId", `u${one}`));
    if (this.#draw(3) > 0) bears.push(this.#named("anonymousId", `d${other}-${this.#draw(2)}`));
    if (this.#draw(3) === 0) bears.push(this.#named("ext:loyalty", `c${this.#draw(6) === 0 ? other : one}`));
    if (this.#draw(3) === 0 || bears.length === 0) bears.push(this.#named("emailSha256", `m${one}`));
    return this.#call(bears, (["identify", "group"] as const)[this.#draw(5)] ?? "track");
  }

  /** As the Worker delivers a call: its links turn by turn, and its event to the object of its origin, after that one's link. */
  async #deliver({ bears, type, event: made }: Call): Promise<void> {
    const [origin, ...others] = bears;
    if (origin === undefined) return;
    const items = new Map<ProfileId, { turn: number; items: (LinkItem | string)[] }>();
    const of = (name: ProfileId) => {
      const held = items.get(name) ?? { turn: 0, items: [] };
      items.set(name, held);
      return held;
    };
    // Two that were split and are both linked to one user at once settle by who comes first: in turn, so that the model knows.
    const inTurn = this.model.hasSplit;
    for (const [place, { from, item, turn: own }] of linksOf(origin, others, type, { limits: NO_LIMITS }).entries()) {
      const turn = inTurn ? place : own;
      const held = of(from.hash);
      held.items.push({ ...item, why: { type, source: made.source, messageId: made.messageId } });
      held.turn = Math.max(held.turn, turn);
    }
    of(origin.hash).items.push(JSON.stringify(made));
    const all = [...items];
    for (let turn = 0; turn <= Math.max(...all.map(([, one]) => one.turn)); turn++) {
      const settled = await Promise.allSettled(
        all.filter(([, one]) => one.turn === turn).map(([name, one]) => this.#give(name, one.items)),
      );
      const failed = settled.find((one) => one.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    }
  }

  async #give(name: ProfileId, items: readonly (LinkItem | string)[]): Promise<void> {
    const envelope = { ...call(this.#workspace, name, 1), receivedAt: this.#now, items, mostAMinute: 1_000_000 };
    const reply: IngestReply = JSON.parse(await stubOf(name).ingest(envelope));
    expect(reply.conflicts).toEqual([]);
  }

  /** Whoever was cut off sends again, until it is through. */
  async #insist(work: () => Promise<void>): Promise<void> {
    for (let tries = 0; tries < 60; tries++) {
      try {
        await work();
        return;
      } catch (error) {
        if (String(error).includes("under way")) await this.settle();
        else if (!String(error).includes("crashed")) throw error;
      }
    }
    throw new Error("a call never came through");
  }

  async command(): Promise<void> {
    const kind = this.#draw(20);
    if (kind < 10) await this.#do("call", this.#someCall());
    else if (kind < 12) await this.#repeat();
    else if (kind < 14) await this.#alias();
    else if (kind < 16) await this.#bothWays();
    else if (kind < 19) await this.#split();
    else await this.settle();
    await this.#evict();
  }

  async #do(what: string, made: Call): Promise<void> {
    this.#note(what, made);
    await this.#insist(() => this.#deliver(made));
    this.model.call(made.bears, made.type, made.event);
  }

  #note(what: string, { bears, type, event: { messageId } }: Call): void {
    this.count(what);
    this.trace.push(`${what} ${type} ${messageId} ${bears.map((one) => this.#short(one)).join(" ")}`);
  }

  #short({ type, hash }: HashedIdentifier): string {
    return `${type.slice(0, 3)}:${hash.slice(0, 4)}`;
  }

  /** What came once comes again, with its links: nothing of it is news but those, as things are now. */
  async #repeat(): Promise<void> {
    // Mostly of a browser, which may have changed hands since.
    const ofBrowsers = this.#sent.filter(({ bears }) => bears[0]?.type === "anonymousId");
    const some = this.#draw(3) === 0 || ofBrowsers.length === 0 ? this.#sent : ofBrowsers;
    const made = some[this.#draw(some.length)];
    if (made === undefined) return;
    // While a split waits its events are still where they were, and who has them is not asked.
    if (this.#pending.length > 0) await this.settle();
    this.#note("repeat", made);
    await this.#insist(() => this.#deliver(made));
    this.model.call(made.bears, made.type);
  }

  async #alias(): Promise<void> {
    if (this.#draw(2) > 0) return;
    const [one, other] = [this.#named("userId", `u${this.#draw(PEOPLE)}`), this.#named("userId", `u${this.#draw(PEOPLE)}`)];
    if (one.hash === other.hash) return;
    const made = [this.#call([one, other], "alias")];
    if (this.#draw(2) === 0) made.push(this.#call([other, one], "alias"));
    for (const each of made) this.#note("alias", each);
    await Promise.all(made.map((each) => this.#insist(() => this.#deliver(each))));
    for (const each of made) this.model.call(each.bears, each.type, each.event);
  }

  /** Two calls at once, of which each brings the same two people together, or another two. */
  async #bothWays(): Promise<void> {
    const [one, other] = [this.#draw(PEOPLE), this.#draw(PEOPLE)];
    const made = [
      this.#call([this.#named("anonymousId", `d${one}-0`), this.#named("emailSha256", `m${other}`)], "track"),
      this.#call([this.#named("anonymousId", `d${other}-1`), this.#named("ext:loyalty", `c${one}`)], "track"),
    ] as const;
    const orders = [made, made.toReversed()].map((calls) => {
      const after = this.model.copy();
      for (const each of calls) after.call(each.bears, each.type, each.event);
      return after.shown();
    });
    const isAtOnce = orders[0] === orders[1];
    for (const each of made) this.#note(isAtOnce ? "at once" : "in turn", each);
    if (isAtOnce) await Promise.all(made.map((each) => this.#insist(() => this.#deliver(each))));
    for (const each of made) {
      if (!isAtOnce) await this.#insist(() => this.#deliver(each));
      this.model.call(each.bears, each.type, each.event);
    }
  }

  async #split(): Promise<void> {
    const all = [...this.model.ids.values()].filter((one) => rankOf(one) < 3);
    const wanted = all[this.#draw(all.length)];
    if (wanted === undefined || this.#pending.some(({ origins }) => origins.includes(wanted.hash))) return;
    const group = this.model.groupOf(wanted.hash);
    const from = this.model.rootOf(group).hash;
    if (from === wanted.hash) return;
    const members = this.model.members(group);
    const links = new Map<ProfileId, ProfileId>();
    for (const { hash } of members) {
      const text = await stubOf(hash).link(call(this.#workspace, hash));
      const to: ProfileId | undefined = text === "" ? undefined : JSON.parse(text.slice(1)).to;
      if (to !== undefined) links.set(hash, to);
    }
    const origins = [wanted.hash];
    for (const name of origins) for (const [one, to] of links) if (to === name && !origins.includes(one)) origins.push(one);
    const apart = [from, ...members.filter((one) => rankOf(one) === 3).map(({ hash }) => hash)];
    const waits = this.#draw(3) === 0;
    this.trace.push(
      `split ${this.#short(wanted)} from ${from.slice(0, 4)} with ${origins.map((one) => one.slice(0, 4)).join(" ")} ${waits ? "waits" : ""}`,
    );
    let state = "";
    if (!waits) await this.#confirmAll();
    await this.#insist(async () => {
      const envelope = { ...call(this.#workspace, wanted.hash, 1), from, origins, apart: [...new Set(apart)] };
      state = await stubOf(wanted.hash).part(envelope);
    });
    expect(["done", "pending"]).toContain(state);
    this.count(`split ${state}`);
    this.model.split(wanted.hash, origins, apart);
    if (state === "done") this.model.takeBack(wanted.hash, origins, from);
    else this.#pending.push({ wanted: wanted.hash, origins, from });
    // Somebody identifies himself on it at once, whether its events are there or not.
    if (rankOf(wanted) === 1 && this.#draw(2) === 0)
      await this.#do("signs in", this.#call([this.#named("userId", `u${this.#draw(PEOPLE)}`), wanted], "identify"));
  }

  /** The cold path has all that there is. */
  async #confirmAll(): Promise<void> {
    for (const name of this.model.ids.keys()) {
      for (let epoch = 1; epoch <= 30; epoch++)
        if (await stubOf(name).confirm({ ...call(this.#workspace, name, 1), epoch, to: 1_000_000 })) break;
    }
  }

  /** What waits or was cut off comes to its end by the alarms. */
  async settle(): Promise<void> {
    this.trace.push("settle");
    for (let tries = 0; tries < 40; tries++) {
      await this.#confirmAll();
      let isDone = true;
      for (const name of this.model.ids.keys()) {
        await runDurableObjectAlarm(stubOf(name));
        if (await this.#isUnderWay(name)) isDone = false;
      }
      if (!isDone) continue;
      for (const { wanted, origins, from } of this.#pending.splice(0)) this.model.takeBack(wanted, origins, from);
      return;
    }
    throw new Error("it never comes to its end");
  }

  #isUnderWay(name: ProfileId): Promise<boolean> {
    return runInDurableObject(stubOf(name), (_, { storage: { sql } }) => {
      if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'part'").toArray().length === 0) return false;
      const rows = sql.exec<{ body: string }>("SELECT body FROM part WHERE k = 0").toArray();
      const head = rows[0] === undefined ? {} : JSON.parse(rows[0].body.split("\n")[0] ?? "{}");
      return head.moving === true || head.reclaim !== undefined;
    });
  }

  async #evict(): Promise<void> {
    const names = [...this.model.ids.keys()];
    for (const name of names) {
      if (this.#draw(6) > 0) continue;
      await stubOf(name).resolve(call(this.#workspace, name));
      await evictDurableObject(stubOf(name));
      this.count("eviction");
    }
    for (const name of this.households) {
      if (this.#draw(6) > 0) continue;
      const household = householdStub(env, { jurisdiction: null }, name);
      await household.standing({ ...call(this.#workspace, name, 1), denied: [] });
      await evictDurableObject(household);
    }
  }

  /** Who is who, who has which events, and the memberships of each. */
  async look(): Promise<void> {
    await this.settle();
    const events = new Map<ProfileId, readonly string[]>();
    const people = new Map<ProfileId, ProfileId[]>();
    for (const name of this.model.ids.keys()) {
      const root = await this.#rootOf(name);
      people.set(root, [...(people.get(root) ?? []), name]);
      if (root !== name) continue;
      const text = await stubOf(name).events({ ...call(this.#workspace, name), limit: 10_000 });
      const held: readonly { messageId: string; name: string }[] = text === "" ? [] : JSON.parse(text.slice(1)).events;
      const own = held.filter((one) => one.name !== STANDING_FACTS.household);
      events.set(
        name,
        own.map(({ messageId }) => messageId),
      );
    }
    const shown = [...people].map(
      ([root, names]) => `${names.toSorted().join(" ")}: ${(events.get(root) ?? []).toSorted().join(" ")}`,
    );
    expect(shown.toSorted().join("\n")).toBe(this.model.shown());
    // As the cold path does: who was split off may not know the live ruleset yet.
    for (const name of this.households)
      await this.#insist(
        async () => void (await householdStub(env, { jurisdiction: null }, name).sweep(call(this.#workspace, name, 1))),
      );
    for (const root of people.keys()) {
      // A household tells its members by itself; what was cut off goes on by the alarms.
      for (let tries = 1; ; tries++) {
        const [answered, expected] = await this.#memberships(root);
        if (tries < MOST_TRIES && !isDeepStrictEqual(answered, expected)) {
          await this.#alarms();
          continue;
        }
        expect([root, answered]).toEqual([root, expected]);
        expect([root, await this.#announced(root)]).toEqual([root, expected]);
        break;
      }
      this.count("person");
    }
  }

  /** What a person is in, and what the model says. */
  async #memberships(root: ProfileId): Promise<[readonly string[] | undefined, readonly string[]]> {
    const answer = (await decide(this.#workspace, identifierOf(this.model, root), { ruleset: 1 })) as DecideAnswer;
    const now = Date.parse(answer.asOf);
    const asked = { now, present: now, retentionMs: RETENTION_MS, zone: SETTINGS.zone, profileId: root, audiences: PARSED };
    const group = this.model.groupOf(root);
    const log = [...this.model.eventsOf(group), ...this.#toldTo(group, now)].toSorted(compareLogOrder);
    const expected = [...PARSED].filter(([, rule]) => interpret(rule, log, asked) === true).map(([key]) => key);
    return [answer.audiences, expected.toSorted()];
  }

  /** What the household of a group is asked, over all events of all who live in it. */
  #toldTo(group: number, now: number): readonly LogEvent[] {
    const household = this.model.householdOf(group);
    if (household === null) return [];
    this.count("lives in a household");
    const log = this.model.logOfHousehold(household).toSorted(compareLogOrder);
    const asked = { now, present: now, retentionMs: RETENTION_MS, zone: SETTINGS.zone, profileId: household, audiences: PARSED };
    const answers = Object.fromEntries(ASKED.map((rule) => [householdQuestion(rule), interpret(rule, log, asked)]));
    const fact = { name: STANDING_FACTS.household, type: "fact", time: now, messageId: "told", source: "$tideline" } as const;
    return [{ ...fact, channel: "crm", party: "first", properties: { household, answers } }];
  }

  async #alarms(): Promise<void> {
    await scheduler.wait(5);
    for (const name of this.model.ids.keys()) await runDurableObjectAlarm(stubOf(name));
    for (const name of this.households) await runDurableObjectAlarm(householdStub(env, { jurisdiction: null }, name));
  }

  /** What was announced, which leads from nobody to what is true now: nothing is entered twice, or left that was not entered. */
  async #announced(name: ProfileId): Promise<readonly string[]> {
    await stubOf(name).sweep(call(this.#workspace, name, 1));
    const pulled = await stubOf(name).outbox({ ...call(this.#workspace, name, 1), from: 0, limitBytes: 10_000_000 });
    const { records = [] }: OutboxMessage = JSON.parse(pulled);
    const members = new Set<string>();
    for (const record of records.map(readRecord)) {
      if (!isChange(record)) continue;
      expect([name, record.audience, members.has(record.audience)]).toEqual([name, record.audience, !record.entered]);
      if (record.entered) members.add(record.audience);
      else members.delete(record.audience);
    }
    return [...members].toSorted();
  }

  async #rootOf(name: ProfileId): Promise<ProfileId> {
    const answer = await stubOf(name).resolve(call(this.#workspace, name));
    return answer.startsWith("@") ? this.#rootOf(answer.slice(1) as ProfileId) : name;
  }
}

function identifierOf(model: NaiveIdentity, name: ProfileId): HashedIdentifier {
  const found = model.ids.get(name);
  if (found === undefined) throw new Error("unknown");
  return found;
}

it(
  "people are who a naive model says they are, and have its events and the memberships of those, whatever crashes, waits, comes twice or late",
  { timeout: 3_000_000 },
  async ({ annotate }) => {
    const began = Date.now();
    // Each crash is logged, as it should be.
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    // Names that are the same in every run: who leads to whom is by name.
    const workspace = "identity-model";
    await publishRules(workspace, 1, RULES);
    const total: Record<string, number> = {};
    for (let seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
      const world = new World(workspace, seed);
      const mend = (["ingest", "admit", "stage", "adopt", "leave", "held", "drop", "feed", "release", "tell"] as const).map(
        (method) => crashing(method, world.crash),
      );
      try {
        for (let n = 1; n <= COMMANDS; n++) {
          await world.command();
          if (n % LOOK_EVERY === 0) await world.look();
        }
        await world.look();
      } catch (error) {
        throw new Error(`seed ${seed}, after\n${world.trace.join("\n")}`, { cause: error });
      } finally {
        for (const one of mend) one();
      }
      for (const [what, times] of Object.entries(world.counts)) total[what] = (total[what] ?? 0) + times;
    }
    log.mockRestore();
    for (const what of [
      "call",
      "repeat",
      "alias",
      "at once",
      "split done",
      "split pending",
      "crash",
      "eviction",
      "person",
      "lives in a household",
    ])
      expect([what, (total[what] ?? 0) > 0]).toEqual([what, true]);
    const counts = Object.entries(total).map(([what, times]) => `${times} ${what}`);
    await annotate(
      `identity model: ${WORLDS} worlds of ${COMMANDS} commands from seed ${FIRST_SEED} in ${((Date.now() - began) / 1_000).toFixed(0)} s: ${counts.join(", ")}`,
      "figures",
    );
  },
);
