import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import type { Identifier, ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call as api } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { updateWorkspaceRecord } from "../../worker/cold/workspace-record.ts";
import { call, event, fresh, ingest, journalOf, publishRules, stubOf } from "./profiles.ts";
import { collect, decideOver } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await testWorkspace();
  await publishRules(ws.id, 1, { buyers: { event: "Order Completed" }, often: { event: "Order Completed", count: { gte: 3 } } });
  await updateWorkspaceRecord(env.PUBLISHED, ws.id, (held) => ({ ...held!, ruleset: 1 }));
});

const nameOf = (identifier: Identifier): ProfileId => profileName(env.NAME_KEY, ws.id, identifier);
const user = (value: string): ProfileId => nameOf({ type: "userId", value });
const device = (value: string): ProfileId => nameOf({ type: "anonymousId", value });
const mail = (email: string): ProfileId => nameOf({ type: "emailSha256", value: emailSha256(email) });

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

  it("may be cut off between its steps", async () => {
    const { ann, laptop } = await mistaken();
    await confirmAll(user(ann));
    // The intent is durable and the events have arrived; the person was not told.
    const origin = { type: "anonymousId", hash: device(laptop) };
    const own = event(origin);
    expect((await split(user(ann), "anonymousId", device(laptop))).json).toMatchObject({ state: "done" });
    const again = { from: user(ann), origins: [device(laptop)], apart: [] };
    await ingest(ws.id, origin, [own], { ruleset: 1 });
    expect(await stubOf(device(laptop)).part({ ...call(ws.id, device(laptop)), ...again })).toBe("!not_linked");
    expect(await stubOf(user(ann)).drop({ ...call(ws.id, user(ann)), origins: [device(laptop)], to: device(laptop) })).toBe("");
    expect(await ids(device(laptop))).toEqual(["l1", "l2", "l3", "l4", own.messageId].toSorted());
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
