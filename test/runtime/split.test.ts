import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import type { Identifier, ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call as api } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { updateWorkspaceRecord } from "../../worker/cold/workspace-record.ts";
import { crashing } from "./crashes.ts";
import { call, fresh, identifier, ingest, journalOf, linkTo, publishRules, stubOf } from "./profiles.ts";
import { collect, decideOver } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  // A server may name a person by a card alone.
  ws = await testWorkspace({}, { kind: "server", origins: [] });
  await publishRules(ws.id, 1, { buyers: { event: "Order Completed" }, often: { event: "Order Completed", count: { gte: 3 } } });
  await updateWorkspaceRecord(env.PUBLISHED, ws.id, (held) => ({ ...held!, ruleset: 1 }));
});

const nameOf = (of: Identifier): ProfileId => profileName(env.NAME_KEY, ws.id, of);
const user = (value: string): ProfileId => nameOf({ type: "userId", value });
const device = (value: string): ProfileId => nameOf({ type: "anonymousId", value });
const mail = (email: string): ProfileId => nameOf({ type: "emailSha256", value: emailSha256(email) });

const card = (id: string): ProfileId => nameOf({ type: "ext:loyalty", value: id });

const send = (path: string, body: object) => collect(ws.writeKey, path, body);
const ids = async (hash: ProfileId): Promise<readonly string[]> =>
  (await journalOf(ws.id, { type: "any", hash })).map(({ messageId }) => messageId).toSorted();
const leadsTo = (name: ProfileId): Promise<string> => stubOf(name).resolve(call(ws.id, name));

/** The cold path has all that a profile holds. */
async function confirmAll(name: ProfileId): Promise<void> {
  await stubOf(name).confirm({ ...call(ws.id, name), epoch: 1, to: 1_000_000 });
}

async function split(from: ProfileId, type: string, hash: ProfileId): ReturnType<typeof api> {
  return api("POST", `/api/profiles/${from}/split`, { key: ws.secret, body: { identifier: { type, hash } } });
}

/** Ann with a laptop that was linked in error: three orders by it, one of her own. */
async function mistaken() {
  const [ann, laptop] = [fresh("ann"), fresh("laptop")];
  const email = `${ann}@mail.example`;
  for (const n of [1, 2, 3]) await send("track", { anonymousId: laptop, event: "Order Completed", messageId: `l${n}` });
  await send("identify", { userId: ann, traits: { email }, messageId: "own" });
  await send("identify", { anonymousId: laptop, userId: ann, messageId: "link" });
  await send("track", { anonymousId: laptop, event: "Seen", messageId: "l4" });
  return { ann, laptop, email };
}

const audiences = async (identity: object): Promise<readonly string[] | undefined> =>
  (await decideOver(ws.secret, { identity })).body.audiences;

describe("an identifier that is split from a person", () => {
  it("takes back what came by it, and memberships follow, on both sides", async () => {
    const { ann, laptop, email } = await mistaken();
    expect(await audiences({ anonymousId: laptop })).toEqual(["buyers", "often"]);
    await confirmAll(user(ann));
    expect(await split(user(ann), "anonymousId", device(laptop))).toMatchObject({
      status: 200,
      json: { profileId: device(laptop), state: "done" },
    });
    expect(await ids(user(ann))).toEqual(["link", "own"]);
    expect(await ids(device(laptop))).toEqual(["l1", "l2", "l3", "l4"]);
    expect([await audiences({ userId: ann }), await audiences({ anonymousId: laptop })]).toEqual([[], ["buyers", "often"]]);
    expect((await decideOver(ws.secret, { identity: { email } })).body.profileId).toBe(user(ann));
    for (const name of [user(ann), device(laptop)]) await evictDurableObject(stubOf(name));
    expect([await ids(user(ann)), await ids(device(laptop))]).toEqual([
      ["link", "own"],
      ["l1", "l2", "l3", "l4"],
    ]);
    expect([await audiences({ userId: ann }), await audiences({ anonymousId: laptop })]).toEqual([[], ["buyers", "often"]]);
  });

  it("stays apart, whatever call bears both, until somebody identifies himself on it", async () => {
    const { ann, laptop } = await mistaken();
    await confirmAll(user(ann));
    await split(user(ann), "anonymousId", device(laptop));
    await send("track", { anonymousId: laptop, userId: ann, event: "Seen", messageId: "both" });
    await send("track", { anonymousId: laptop, event: "Seen", messageId: "l5" });
    expect(await leadsTo(device(laptop))).toBe("=");
    expect(await ids(device(laptop))).toEqual(["l1", "l2", "l3", "l4", "l5"]);
    await send("identify", { anonymousId: laptop, userId: ann, messageId: "again" });
    expect(await leadsTo(device(laptop))).toBe(`@${user(ann)}`);
    expect(await ids(user(ann))).toEqual(["again", "both", "l1", "l2", "l3", "l4", "l5", "link", "own"]);
    expect(await audiences({ anonymousId: laptop })).toEqual(["buyers", "often"]);
  });

  it("counts nothing twice where a delivery of before comes again", async () => {
    const { ann, laptop } = await mistaken();
    await confirmAll(user(ann));
    await split(user(ann), "anonymousId", device(laptop));
    await send("track", { anonymousId: laptop, event: "Order Completed", messageId: "l1" });
    expect(await ids(device(laptop))).toEqual(["l1", "l2", "l3", "l4"]);
    expect(await ids(user(ann))).toEqual(["link", "own"]);
  });

  it("counts nothing twice that came while it was somebody else's, nor when it is linked again", async () => {
    const { ann, laptop } = await mistaken();
    const [bob, eve] = [fresh("bob"), fresh("eve")];
    const again = () => send("track", { anonymousId: laptop, event: "Order Completed", messageId: "l1" });
    await send("identify", { anonymousId: laptop, userId: bob, messageId: "bobs" });
    await confirmAll(user(bob));
    expect((await split(user(bob), "anonymousId", device(laptop))).json).toMatchObject({ state: "done" });
    await again();
    expect(await ids(device(laptop))).toEqual([]);
    await send("identify", { anonymousId: laptop, userId: eve, messageId: "eves" });
    await again();
    expect([await ids(user(ann)), await ids(user(bob)), await ids(user(eve))]).toEqual([
      ["l1", "l2", "l3", "l4", "link", "own"],
      ["bobs"],
      ["eves"],
    ]);
  });

  it("leads to who is nobody yet, though nothing ever came by it but what is true of anybody", async () => {
    const workspace = fresh("w");
    await publishRules(workspace, 1, { quiet: { event: "Order Completed", count: { eq: 0 } } });
    const [ann, laptop] = [identifier(workspace, "userId", "ann"), identifier(workspace, "anonymousId", "laptop")];
    const email = identifier(workspace, "emailSha256", "mail");
    await ingest(workspace, laptop, [linkTo(ann)], { ruleset: 1 });
    const parted = { from: ann.hash, origins: [laptop.hash], apart: [ann.hash] };
    expect(await stubOf(laptop.hash).part({ ...call(workspace, laptop.hash, 1), ...parted })).toBe("done");
    await stubOf(laptop.hash).sweep(call(workspace, laptop.hash, 1));
    await ingest(workspace, laptop, [{ to: email.hash, rank: 2, identify: false }], { ruleset: 1 });
    expect(await stubOf(laptop.hash).resolve(call(workspace, laptop.hash))).toBe(`@${email.hash}`);
  });

  it("takes along what leads to it, and leaves what leads to the person", async () => {
    const [ann, laptop] = [fresh("ann"), fresh("laptop")];
    const [email, other] = [`${ann}@mail.example`, `${ann}@work.example`];
    await send("track", {
      anonymousId: laptop,
      event: "e",
      messageId: "l1",
      context: { externalIds: [{ type: "email", id: email }] },
    });
    await send("identify", { userId: ann, traits: { email: other }, messageId: "own" });
    await send("identify", { userId: ann, traits: { email }, messageId: "link" });
    expect([await leadsTo(device(laptop)), await leadsTo(mail(email))]).toEqual([`@${mail(email)}`, `@${user(ann)}`]);
    await confirmAll(user(ann));
    await split(user(ann), "emailSha256", mail(email));
    expect(await ids(mail(email))).toEqual(["l1"]);
    expect(await ids(user(ann))).toEqual(["link", "own"]);
    expect(await leadsTo(mail(other))).toBe(`@${user(ann)}`);
  });

  it("waits for the cold path, which counts each event once, and goes on by the alarm", async () => {
    const { ann, laptop } = await mistaken();
    expect((await split(user(ann), "anonymousId", device(laptop))).json).toMatchObject({ state: "pending" });
    expect(await ids(user(ann))).toHaveLength(6);
    await evictDurableObject(stubOf(device(laptop)));
    await confirmAll(user(ann));
    expect(await runDurableObjectAlarm(stubOf(device(laptop)))).toBe(true);
    expect([await ids(user(ann)), await ids(device(laptop))]).toEqual([
      ["link", "own"],
      ["l1", "l2", "l3", "l4"],
    ]);
    const restored = await runInDurableObject(
      stubOf(device(laptop)),
      (_, { storage: { sql } }) =>
        sql.exec<{ body: string }>("SELECT body FROM part WHERE k = 0").one().body.split('"restored":true').length,
    );
    expect(restored - 1).toBe(4);
  });

  describe("may be cut off", () => {
    // Each crash is logged, as it should be.
    beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => undefined));
    afterEach(() => vi.restoreAllMocks());

    const steps = (["held", "drop"] as const).flatMap((method) =>
      (["before", "after"] as const).map((when) => [method, when] as const),
    );
    const allThere = async (ann: string, laptop: string): Promise<void> => {
      for (const name of [user(ann), device(laptop)]) await evictDurableObject(stubOf(name));
      expect([await ids(user(ann)), await ids(device(laptop))]).toEqual([
        ["link", "own"],
        ["l1", "l2", "l3", "l4"],
      ]);
      expect([await audiences({ userId: ann }), await audiences({ anonymousId: laptop })]).toEqual([[], ["buyers", "often"]]);
    };

    it.each(steps)("at `%s`, %s it is done, and the alarm finishes it", async (method, when) => {
      const { ann, laptop } = await mistaken();
      expect(await audiences({ anonymousId: laptop })).toEqual(["buyers", "often"]);
      await confirmAll(user(ann));
      let crashes = 0;
      const mend = crashing(method, () => (crashes++ < 2 ? when : undefined));
      expect((await split(user(ann), "anonymousId", device(laptop))).status).toBe(503);
      await evictDurableObject(stubOf(device(laptop)));
      // The first of these crashes again, and is armed again.
      for (let n = 0; n < 2; n++) expect(await runDurableObjectAlarm(stubOf(device(laptop)))).toBe(true);
      mend();
      expect(crashes).toBeGreaterThan(2);
      await allThere(ann, laptop);
    });

    it.each(steps)("at `%s`, %s it is done, and goes on where it was when it is called again", async (method, when) => {
      const { ann, laptop } = await mistaken();
      await confirmAll(user(ann));
      let crashes = 0;
      const mend = crashing(method, () => (crashes++ < 1 ? when : undefined));
      expect((await split(user(ann), "anonymousId", device(laptop))).status).toBe(503);
      for (const name of [user(ann), device(laptop)]) await evictDurableObject(stubOf(name));
      // Also for whoever lost the answer that it is done.
      for (let n = 0; n < 2; n++)
        expect(await split(user(ann), "anonymousId", device(laptop))).toMatchObject({ status: 200, json: { state: "done" } });
      mend();
      await allThere(ann, laptop);
    });

    it.each(["before", "after"] as const)("while its journal was still on the way there, %s that is taken in", async (when) => {
      const { ann, laptop } = { ann: fresh("ann"), laptop: fresh("laptop") };
      for (const n of [1, 2, 3]) await send("track", { anonymousId: laptop, event: "Order Completed", messageId: `l${n}` });
      await send("identify", { userId: ann, messageId: "own" });
      let crashes = 0;
      const mend = crashing("adopt", () => (crashes++ < 1 ? when : undefined));
      expect((await send("identify", { anonymousId: laptop, userId: ann, messageId: "link" })).status).toBe(503);
      mend();
      await send("track", { anonymousId: laptop, event: "Seen", messageId: "l4" });
      await send("identify", { anonymousId: laptop, userId: ann, messageId: "link" });
      await confirmAll(user(ann));
      expect((await split(user(ann), "anonymousId", device(laptop))).json).toMatchObject({ state: "done" });
      await allThere(ann, laptop);
    });
  });

  it("is nobody's whom somebody still takes it for, also where no event came by it", async () => {
    const ann = fresh("ann");
    const email = `${ann}@mail.example`;
    await send("identify", { userId: ann, traits: { email }, messageId: "own" });
    for (let n = 0; n < 2; n++) expect((await decideOver(ws.secret, { identity: { email } })).body.profileId).toBe(user(ann));
    await confirmAll(user(ann));
    expect((await split(user(ann), "emailSha256", mail(email))).json).toMatchObject({ state: "done" });
    expect((await decideOver(ws.secret, { identity: { email } })).body.profileId).not.toBe(user(ann));
  });

  it("stays apart from that person by each of his names: his card and another e-mail of his on one receipt", async () => {
    // Which of two of equal rank leads to the other is by their names.
    for (let n = 0; n < 4; n++) {
      const [ann, loyalty] = [fresh("ann"), fresh("card")];
      const [home, work] = [`${ann}@mail.example`, `${ann}@work.example`];
      const receipt = (messageId: string, email: string) => {
        const externalIds = [
          { type: "loyalty", id: loyalty },
          { type: "email", id: email },
        ];
        return send("track", { event: "Order Completed", messageId, context: { externalIds } });
      };
      for (const email of [home, work]) await send("identify", { userId: ann, traits: { email }, messageId: email });
      await receipt("r1", home);
      await confirmAll(user(ann));
      expect((await split(user(ann), "ext:loyalty", card(loyalty))).json).toMatchObject({ state: "done" });
      await receipt("r2", work);
      for (const email of [home, work]) expect(await leadsTo(mail(email))).toBe(`@${user(ann)}`);
      expect([await leadsTo(card(loyalty)), await ids(card(loyalty)), await ids(user(ann))]).toEqual([
        "=",
        ["r1", "r2"],
        [home, work],
      ]);
    }
  });

  it("takes calls that bear both while it waits for the cold path", async () => {
    const { ann, laptop } = await mistaken();
    expect((await split(user(ann), "anonymousId", device(laptop))).json).toMatchObject({ state: "pending" });
    expect((await send("track", { anonymousId: laptop, userId: ann, event: "Seen", messageId: "both" })).status).toBe(200);
    expect((await send("track", { anonymousId: laptop, event: "Seen", messageId: "l5" })).status).toBe(200);
    await confirmAll(user(ann));
    expect((await split(user(ann), "anonymousId", device(laptop))).json).toMatchObject({ state: "done" });
    expect([await ids(user(ann)), await ids(device(laptop))]).toEqual([
      ["both", "link", "own"],
      ["l1", "l2", "l3", "l4", "l5"],
    ]);
  });

  it.each([
    ["that person", false],
    ["another", true],
  ])(
    "may be linked again by an identify while it waits for the cold path: to %s, who has its events then",
    async (_, isOther) => {
      const { ann, laptop } = await mistaken();
      const bob = isOther ? fresh("bob") : ann;
      expect((await split(user(ann), "anonymousId", device(laptop))).json).toMatchObject({ state: "pending" });
      expect((await send("identify", { anonymousId: laptop, userId: bob, messageId: "again" })).status).toBe(200);
      expect(await leadsTo(device(laptop))).toBe(`@${user(bob)}`);
      await send("track", { anonymousId: laptop, event: "Seen", messageId: "l5" });
      for (const name of new Set([user(ann), user(bob), device(laptop)])) await evictDurableObject(stubOf(name));
      await confirmAll(user(ann));
      // What is not linked yet waits for what is under way.
      expect(await runDurableObjectAlarm(stubOf(device(laptop)))).toBe(true);
      const its = ["again", "l1", "l2", "l3", "l4", "l5"];
      expect(await ids(user(bob))).toEqual(isOther ? its : [...its, "link", "own"]);
      if (isOther) expect(await ids(user(ann))).toEqual(["link", "own"]);
      expect(await audiences({ userId: bob })).toEqual(["buyers", "often"]);
      expect(await audiences({ userId: ann })).toEqual(isOther ? [] : ["buyers", "often"]);
      expect(await runDurableObjectAlarm(stubOf(device(laptop)))).toBe(false);
    },
  );

  it("comes back to that person by the call that undoes the split: a card, which nobody identifies himself on", async () => {
    const [ann, bob, loyalty] = [fresh("ann"), fresh("bob"), fresh("card")];
    const context = { externalIds: [{ type: "loyalty", id: loyalty }] };
    const link = (to: ProfileId, hash: ProfileId) =>
      api("POST", `/api/profiles/${to}/link`, { key: ws.secret, body: { identifier: { type: "ext:loyalty", hash } } });
    await send("track", { event: "Order Completed", messageId: "c1", context });
    await send("identify", { userId: ann, messageId: "own", context });
    await send("track", { userId: bob, event: "Seen", messageId: "bobs" });
    expect(await ids(user(ann))).toEqual(["c1", "own"]);
    await confirmAll(user(ann));
    expect(await split(user(ann), "ext:loyalty", card(loyalty))).toMatchObject({ json: { state: "done" } });
    for (const type of ["track", "identify"])
      await send(type, { userId: ann, ...(type === "track" ? { event: "Seen" } : {}), messageId: `again-${type}`, context });
    expect([await leadsTo(card(loyalty)), await ids(card(loyalty))]).toEqual(["=", ["c1"]]);
    expect(await link(user(bob), card(loyalty))).toMatchObject({ status: 422, json: { code: "not_split" } });
    for (let n = 0; n < 2; n++)
      expect(await link(user(ann), card(loyalty))).toMatchObject({ status: 200, json: { profileId: user(ann) } });
    expect(await leadsTo(card(loyalty))).toBe(`@${user(ann)}`);
    expect(await ids(user(ann))).toEqual(["again-identify", "again-track", "c1", "own"]);
    expect(await audiences({ externalId: { type: "loyalty", id: loyalty } })).toEqual(["buyers"]);
    expect(await link(user(ann), device(fresh("x")))).toMatchObject({ status: 422, json: { code: "not_split" } });
  });

  it("is refused of what does not lead there, of the profile itself, and of nobody", async () => {
    const { ann } = await mistaken();
    const stranger = device(fresh("x"));
    for (const hash of [stranger, user(ann)])
      expect(await split(user(ann), "anonymousId", hash)).toMatchObject({ status: 422, json: { code: "not_linked" } });
    expect((await split(stranger, "anonymousId", stranger)).status).toBe(404);
  });

  it("is noted in the audit log", async () => {
    const { ann, laptop } = await mistaken();
    await split(user(ann), "anonymousId", device(laptop));
    const { json } = await api("GET", "/api/audit?limit=1", { key: ws.secret });
    expect(json.entries).toMatchObject([{ action: "profile.split", target: `profile:${user(ann)}` }]);
  });
});

describe("the identities of a person", () => {
  it("say where each leads, since when and by which call", async () => {
    const { ann, laptop, email } = await mistaken();
    const [bob, tablet] = [fresh("bob"), fresh("tablet")];
    await send("identify", { anonymousId: tablet, userId: ann, messageId: "t1" });
    await send("identify", { anonymousId: tablet, userId: bob, messageId: "t2" });
    const { json } = await api("GET", `/api/profiles/${device(laptop)}/identities`, { key: ws.secret });
    expect(json.profileId).toBe(user(ann));
    const by = new Map(json.identities.map((one: { hash: string }) => [one.hash, one]));
    const since = expect.stringMatching(/^\d{4}-/);
    expect(by.get(user(ann))).toMatchObject({ type: "userId", state: "own", to: null });
    expect(by.get(device(laptop))).toMatchObject({
      type: "anonymousId",
      state: "linked",
      to: user(ann),
      since,
      why: { type: "identify", source: "web", messageId: "link" },
    });
    expect(by.get(mail(email))).toMatchObject({ state: "linked", why: { messageId: "own" } });
    expect(by.get(device(tablet))).toMatchObject({ state: "left", to: user(bob), why: { messageId: "t2" } });
  });
});
