import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MOST_MEMBERS } from "../../core/model/household.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import { householdStub } from "../../durable-objects/household/stub.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { crashing } from "./crashes.ts";
import {
  call,
  DAY_MS,
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
import { collect, decideOver, makeWorkspace } from "./workspace.ts";

/** Households over real objects: what members do, together; who joins, leaves, is merged or split; and what members are told. */

const RULES = {
  family: { household: { event: "A", count: { gte: 2 } } },
  lately: { household: { event: "A", within: "7d" } },
  buyers: { event: "A" },
} as const;
const under = { ruleset: 1 };

let workspace: string;
const person = (name: string): HashedIdentifier => identifier(workspace, "userId", name);
const home = (name = "h"): ProfileId => identifier(workspace, "household", name).hash;
const houseOf = (household: ProfileId) => householdStub(env, { jurisdiction: null }, household);

beforeEach(async () => {
  workspace = fresh("hh");
  await publishRules(workspace, 1, RULES);
});
afterEach(() => void vi.useRealTimers());

function livesIn(of: HashedIdentifier, household: ProfileId | null, time = Date.now() - 1_000) {
  return event(of, { type: "group", household, properties: { type: "household" }, time });
}

async function audiencesOf(of: HashedIdentifier, ruleset = 1): Promise<readonly string[]> {
  return ((await decide(workspace, of, { ruleset })) as DecideAnswer).audiences ?? [];
}

/** What a household finds it tells by itself, a moment later. */
async function become(of: HashedIdentifier, audiences: readonly string[], ruleset = 1): Promise<void> {
  await vi.waitFor(async () => expect(await audiencesOf(of, ruleset)).toEqual(audiences), { timeout: 20_000, interval: 20 });
}

interface Standing {
  readonly audiences: readonly string[];
  readonly members: readonly string[];
  readonly events: number;
}

async function standing(household = home(), denied: readonly "ads"[] = []): Promise<Standing> {
  const text = await houseOf(household).standing({ ...call(workspace, household, 1), denied });
  return text === "" ? { audiences: [], members: [], events: 0 } : JSON.parse(text.slice(1));
}

describe("a household", () => {
  it("holds what its members did, and tells each what is true of them together", async () => {
    const [ann, bob] = [person("ann"), person("bob")];
    await ingest(workspace, ann, [event(ann, { event: "A" }), livesIn(ann, home())], under);
    await become(ann, ["buyers", "lately"]);
    await ingest(workspace, bob, [livesIn(bob, home())], under);
    await become(bob, ["lately"]);
    await ingest(workspace, bob, [event(bob, { event: "A" })], under);
    await become(bob, ["buyers", "family", "lately"]);
    await become(ann, ["buyers", "family", "lately"]);
    expect(await standing()).toMatchObject({ audiences: ["buyers"], events: 4 });
  });

  it("counts an event of each of two members though both bear one id, and one that is sent again once", async () => {
    const [ann, bob] = [person("ann"), person("bob")];
    const same = { event: "A", messageId: "same", time: Date.now() - DAY_MS };
    for (const one of [ann, bob]) await ingest(workspace, one, [event(one, same), livesIn(one, home())], under);
    for (const one of [ann, bob]) await ingest(workspace, one, [event(one, same)], under);
    await become(ann, ["buyers", "family", "lately"]);
    expect(await standing()).toMatchObject({ events: 4 });
  });

  it("lets one's events go with who leaves, or moves to another", async () => {
    const [ann, bob] = [person("ann"), person("bob")];
    for (const one of [ann, bob]) await ingest(workspace, one, [event(one, { event: "A" }), livesIn(one, home())], under);
    await become(ann, ["buyers", "family", "lately"]);
    await ingest(workspace, bob, [livesIn(bob, null, Date.now())], under);
    await become(bob, ["buyers"]);
    await become(ann, ["buyers", "lately"]);
    await ingest(workspace, bob, [livesIn(bob, home("other"), Date.now())], under);
    await become(bob, ["buyers", "lately"]);
    expect(await standing()).toMatchObject({ members: [ann.hash], events: 2 });
    // Said of an earlier time it changes nothing.
    await ingest(workspace, bob, [livesIn(bob, home(), Date.now() - DAY_MS)], under);
    await become(bob, ["buyers", "lately"]);
    expect((await standing()).members).toEqual([ann.hash]);
  });

  it("tells who comes back what it told him before", async () => {
    const ann = person("ann");
    await ingest(workspace, ann, [event(ann, { event: "A" }), livesIn(ann, home())], under);
    await become(ann, ["buyers", "lately"]);
    const bob = person("bob");
    for (const household of [home(), null, home()]) {
      await ingest(workspace, bob, [livesIn(bob, household, Date.now())], under);
      await become(bob, household === null ? [] : ["lately"]);
    }
  });

  it("is let go of by who withdraws", async () => {
    const [ann, bob] = [person("ann"), person("bob")];
    for (const one of [ann, bob]) await ingest(workspace, one, [event(one, { event: "A" }), livesIn(one, home())], under);
    await become(ann, ["buyers", "family", "lately"]);
    await stubOf(bob.hash).withdraw({ ...call(workspace, bob.hash, 1), consent: { profiling: false } });
    await become(ann, ["buyers", "lately"]);
    expect((await standing()).members).toEqual([ann.hash]);
  });

  it("keeps two people who became one as one, and what they did once", async () => {
    const [ann, phone] = [person("ann"), identifier(workspace, "anonymousId", "phone")];
    for (const one of [ann, phone]) await ingest(workspace, one, [event(one, { event: "A" }), livesIn(one, home())], under);
    await become(phone, ["buyers", "family", "lately"]);
    await ingest(workspace, phone, [linkTo(ann)], under);
    await vi.waitFor(async () => expect(await standing()).toMatchObject({ members: [ann.hash], events: 4 }));
    await become(ann, ["buyers", "family", "lately"]);
  });

  it("takes in a person with what came by an identifier, and lets that go where it is split off", async () => {
    const [ann, card] = [person("ann"), identifier(workspace, "ext:loyalty", "card")];
    await ingest(workspace, card, [event(card, { event: "A" }), linkTo(ann, false)], under);
    await ingest(workspace, ann, [event(ann, { event: "A" }), livesIn(ann, home())], under);
    await become(ann, ["buyers", "family", "lately"]);
    await stubOf(ann.hash).confirm({ ...call(workspace, ann.hash, 1), epoch: 1, to: 1_000 });
    const apart = { ...call(workspace, card.hash, 1), from: ann.hash, origins: [card.hash], apart: [ann.hash] };
    expect(await stubOf(card.hash).part(apart)).toBe("done");
    await become(ann, ["buyers", "lately"]);
    expect(await audiencesOf(card)).toEqual(["buyers"]);
    expect(await standing()).toMatchObject({ members: [ann.hash], events: 2 });
  });

  it("finds by itself that time has passed, and tells its members", async () => {
    const now = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now });
    const ann = person("ann");
    await ingest(workspace, ann, [event(ann, { event: "A", time: now - 6 * DAY_MS }), livesIn(ann, home())], under);
    await become(ann, ["buyers", "lately"]);
    vi.setSystemTime(now + DAY_MS - 1);
    await runDurableObjectAlarm(houseOf(home()));
    expect(await audiencesOf(ann)).toEqual(["buyers", "lately"]);
    vi.setSystemTime(now + DAY_MS);
    expect(await runDurableObjectAlarm(houseOf(home()))).toBe(true);
    await become(ann, ["buyers"]);
  });

  it("answers the same after an eviction of everybody", async () => {
    const [ann, bob] = [person("ann"), person("bob")];
    const events = (of: HashedIdentifier) =>
      Array.from({ length: 150 }, (_, n) => event(of, { event: `E${n % 7}`, properties: { n } }));
    for (const one of [ann, bob]) await ingest(workspace, one, [...events(one), livesIn(one, home())], under);
    await vi.waitFor(async () => expect(await standing()).toMatchObject({ events: 302 }));
    for (const stub of [stubOf(ann.hash), stubOf(bob.hash), houseOf(home())]) await evictDurableObject(stub);
    await ingest(workspace, ann, [event(ann, { event: "A" }), event(ann, { event: "A" })], under);
    await become(bob, ["family", "lately"]);
    expect(await standing()).toMatchObject({ events: 304 });
    await ingest(workspace, bob, [livesIn(bob, null, Date.now())], under);
    await vi.waitFor(async () => expect(await standing()).toMatchObject({ events: 153, members: [ann.hash] }));
  });

  it.each([
    ["feed", "before"],
    ["feed", "after"],
    ["release", "before"],
    ["release", "after"],
    ["tell", "before"],
    ["tell", "after"],
  ] as const)("goes on by the alarms where a %s is cut off %s it was done", async (method, when) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    let crashes = 0;
    const mend = crashing(method, () => (crashes++ < 2 ? when : undefined));
    const [ann, bob] = [person("ann"), person("bob")];
    const alarms = async (): Promise<void> => {
      for (const one of [ann, bob]) await runDurableObjectAlarm(stubOf(one.hash));
      for (const name of ["h", "other"]) await runDurableObjectAlarm(houseOf(home(name)));
    };
    for (const one of [ann, bob]) await ingest(workspace, one, [event(one, { event: "A" }), livesIn(one, home())], under);
    await ingest(workspace, bob, [livesIn(bob, home("other"), Date.now())], under);
    for (const one of [ann, bob]) {
      await vi.waitFor(async () => {
        await alarms();
        expect(await audiencesOf(one)).toEqual(["buyers", "lately"]);
      });
    }
    expect(await standing()).toMatchObject({ members: [ann.hash], events: 2 });
    expect(crashes).toBeGreaterThan(1);
    mend();
    log.mockRestore();
  });

  it("answers what a newer ruleset asks as soon as it is swept", async () => {
    const ann = person("ann");
    await ingest(workspace, ann, [event(ann, { event: "A" }), livesIn(ann, home())], under);
    await become(ann, ["buyers", "lately"]);
    await publishRules(workspace, 2, { ...RULES, active: { household: { event: "$group" } } });
    expect(await audiencesOf(ann, 2)).toEqual(["buyers", "lately"]);
    expect(JSON.parse(await houseOf(home()).sweep(call(workspace, home(), 2)))).toEqual({ version: 2, changed: 1 });
    expect(await audiencesOf(ann, 2)).toEqual(["active", "buyers", "lately"]);
  });

  it("has room for so many, and whoever is too much is reported", async () => {
    const people = Array.from({ length: MOST_MEMBERS + 1 }, (_, n) => person(`p${n}`));
    for (const one of people) await ingest(workspace, one, [livesIn(one, home())], under);
    await vi.waitFor(async () => expect((await standing()).members).toHaveLength(MOST_MEMBERS));
    await vi.waitFor(async () => {
      const { items } = await listQuarantine(env, { id: workspace, jurisdiction: null }, { limit: 10 });
      expect(items).toMatchObject([{ code: "household_full" }]);
    });
  });

  it("is nobody's of another workspace", async () => {
    const ann = person("ann");
    await ingest(workspace, ann, [livesIn(ann, home())], under);
    await vi.waitFor(async () => expect(await standing()).toMatchObject({ members: [ann.hash] }));
    expect(await houseOf(home()).standing({ ...call("another", home(), 1), denied: [] })).toBe("");
  });
});

describe("over the API", () => {
  it("comes from a group of a server and from the trait of a CRM, not from a browser", async () => {
    const shop = await makeWorkspace(RULES);
    workspace = shop.id;
    const { store, web } = shop.writeKeys;
    await collect(store, "group", { userId: "ann", groupId: "h", traits: { type: "household" } });
    await collect(store, "identify", { userId: "bob", traits: { householdId: "h" } });
    await collect(web, "group", { userId: "eve", groupId: "h", traits: { type: "household" } });
    await collect(web, "identify", { userId: "eve", traits: { householdId: "h" } });
    for (const userId of ["ann", "bob", "eve"]) await collect(store, "track", { userId, event: "A" });
    await become(person("ann"), ["buyers", "family", "lately"]);
    expect([...(await standing()).members].toSorted()).toEqual([person("ann").hash, person("bob").hash].toSorted());
    expect(await audiencesOf(person("eve"))).toEqual(["buyers"]);
  });

  it("a decision says what the household is in, at a second hop, as far as consent goes", async () => {
    const shop = await makeWorkspace(RULES);
    workspace = shop.id;
    await collect(shop.writeKeys.store, "group", { userId: "ann", groupId: "h", traits: { type: "household" } });
    await collect(shop.writeKeys.store, "identify", { userId: "bob", traits: { householdId: "h" } });
    await collect(shop.writeKeys.store, "track", { userId: "ann", event: "A" });
    await vi.waitFor(async () => expect((await standing()).events).toBe(3));
    const ask = (userId: string, more: object = {}) =>
      decideOver(shop.secret, { identity: { userId }, include: ["audiences", "household"], ...more });
    await become(person("bob"), ["lately"]);
    const bob = await ask("bob");
    expect(bob.body).toMatchObject({ known: true, audiences: ["lately"], household: { audiences: ["buyers"] } });
    expect(bob.headers.get("server-timing")).toContain('hops;desc="2"');
    expect((await ask("bob", { consent: { purposes: { content: false } } })).body).toMatchObject({
      household: { audiences: [] },
    });
    expect((await ask("bob", { consent: { purposes: { profiling: false } } })).body).toMatchObject({
      household: { audiences: [] },
    });
    const eve = await ask("eve");
    expect(eve.body).toMatchObject({ known: false, household: { audiences: [] } });
    expect(eve.headers.get("server-timing")).toContain('hops;desc="1"');
  });
});
