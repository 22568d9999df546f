import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import type { Identifier, ProfileId } from "../../core/model/ids.ts";
import { isChange } from "../../core/model/outbox.ts";
import { decodeHead } from "../../core/profile/head.ts";
import { readRecord } from "../../core/profile/journal.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { crashing } from "./crashes.ts";
import { call, event, fresh, ingest, journalOf, stubOf } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await makeWorkspace({
    buyers: { event: "Order Completed" },
    often: { event: "Order Completed", count: { gte: 3 } },
    odd: { all: [{ event: "Order Completed" }, { none: [{ event: "Order Completed", count: { gte: 2 } }] }] },
  });
});

const nameOf = (identifier: Identifier): ProfileId => profileName(env.NAME_KEY, ws.id, identifier);
const user = (value: string): ProfileId => nameOf({ type: "userId", value });
const device = (value: string): ProfileId => nameOf({ type: "anonymousId", value });
const mail = (email: string): ProfileId => nameOf({ type: "emailSha256", value: emailSha256(email) });
const card = (value: string): ProfileId => nameOf({ type: "ext:loyalty", value });

const withMail = (email: string) => ({ externalIds: [{ type: "email", id: email }] });
const withCard = (id: string) => ({ externalIds: [{ type: "loyalty", id }] });

/** Who an identifier leads to in the end, and over how many pointers. */
async function way(name: ProfileId): Promise<{ readonly to: ProfileId | undefined; readonly pointers: number }> {
  let at = name;
  for (let pointers = 0; pointers < 9; pointers++) {
    const answer = await stubOf(at).resolve(call(ws.id, at));
    if (answer === "") return { to: undefined, pointers };
    if (answer === "=") return { to: at, pointers };
    at = answer.slice(1) as ProfileId;
  }
  throw new Error("pointers lead round");
}
const person = async (name: ProfileId): Promise<ProfileId | undefined> => (await way(name)).to;

const ids = async (name: ProfileId): Promise<readonly string[]> =>
  (await journalOf(ws.id, { type: "any", hash: (await person(name)) ?? name })).map(({ messageId }) => messageId).toSorted();

const web = (path: string, body: object) => collect(ws.writeKeys.web, path, body);
const store = (path: string, body: object) => collect(ws.writeKeys.store, path, body);

describe("identifiers that one event bears", () => {
  it("are one person's, whatever came first: a phone, a newsletter on a laptop, a card in the shop, a sign-in", async () => {
    const [phone, laptop, loyalty, ann] = [fresh("phone"), fresh("laptop"), fresh("card"), fresh("ann")];
    const email = `${ann}@mail.example`;
    await web("track", { anonymousId: phone, event: "Read", messageId: "m1" });
    await web("track", { anonymousId: laptop, event: "Clicked", messageId: "m2", context: withMail(email) });
    expect(await person(device(laptop))).toBe(mail(email));
    await store("track", {
      event: "Order Completed",
      messageId: "m3",
      context: { externalIds: [...withCard(loyalty).externalIds, ...withMail(email).externalIds] },
    });
    expect(await person(card(loyalty))).toBe(await person(mail(email)));
    await web("identify", { anonymousId: phone, userId: ann, traits: { email }, messageId: "m4" });
    for (const name of [device(phone), device(laptop), card(loyalty), mail(email)]) expect(await person(name)).toBe(user(ann));
    expect(await ids(user(ann))).toEqual(["m1", "m2", "m3", "m4"]);
    const { body } = await decideOver(ws.secret, { identity: { anonymousId: laptop } });
    expect(body).toMatchObject({ profileId: user(ann), audiences: ["buyers", "odd"] });
  });

  it("bring a new e-mail to the user whose browser it is", async () => {
    const [laptop, ann] = [fresh("laptop"), fresh("ann")];
    await web("identify", { anonymousId: laptop, userId: ann, messageId: "m1" });
    await web("track", { anonymousId: laptop, event: "Clicked", messageId: "m2", context: withMail(`${ann}@mail.example`) });
    expect(await person(mail(`${ann}@mail.example`))).toBe(user(ann));
    expect(await ids(user(ann))).toEqual(["m1", "m2"]);
  });

  it("never make two users one: who else bears an e-mail or uses a browser keeps what is theirs", async () => {
    const [ann, bob, laptop] = [fresh("ann"), fresh("bob"), fresh("laptop")];
    const email = `${ann}@mail.example`;
    await web("identify", { anonymousId: laptop, userId: ann, traits: { email }, messageId: "m1" });
    await web("identify", { userId: bob, traits: { email }, messageId: "m2" });
    await web("track", { anonymousId: laptop, userId: bob, event: "Order Completed", messageId: "m3" });
    expect([await person(user(bob)), await person(mail(email)), await person(device(laptop))]).toEqual([
      user(bob),
      user(ann),
      user(ann),
    ]);
    expect([await ids(user(ann)), await ids(user(bob))]).toEqual([["m1"], ["m2", "m3"]]);
  });

  it("leave a user's browser with him, though by an e-mail and a card it is said to be another's", async () => {
    const [ann, bob, laptop, tablet] = [fresh("ann"), fresh("bob"), fresh("laptop"), fresh("tablet")];
    const email = `${ann}@mail.example`;
    // The e-mail leads to the card: of two of equal rank the smaller name.
    let loyalty = fresh("card");
    while (card(loyalty) > mail(email)) loyalty = fresh("card");
    const both = { externalIds: [...withMail(email).externalIds, ...withCard(loyalty).externalIds] };
    await web("track", { anonymousId: laptop, event: "e", messageId: "m1", context: both });
    await web("track", { anonymousId: laptop, userId: ann, event: "e", messageId: "m2" });
    await web("track", { anonymousId: tablet, userId: bob, event: "e", messageId: "m3" });
    await web("track", { anonymousId: tablet, event: "e", messageId: "m4", context: withMail(email) });
    expect([await person(device(tablet)), await person(mail(email))]).toEqual([user(bob), user(ann)]);
    expect([await ids(user(ann)), await ids(user(bob))]).toEqual([
      ["m1", "m2"],
      ["m3", "m4"],
    ]);
  });

  it("lead over two pointers at most, and over one once something has gone that way", async () => {
    const [laptop, ann] = [fresh("laptop"), fresh("ann")];
    const email = `${ann}@mail.example`;
    await web("track", { anonymousId: laptop, event: "e", messageId: "m1", context: withMail(email) });
    await store("identify", { userId: ann, traits: { email }, messageId: "m2" });
    expect(await way(device(laptop))).toEqual({ to: user(ann), pointers: 2 });
    await web("track", { anonymousId: laptop, event: "e", messageId: "m3" });
    expect(await way(device(laptop))).toEqual({ to: user(ann), pointers: 1 });
  });

  it("keep what is still on its way where the way grows shorter meanwhile", async () => {
    // Each crash is logged, as it should be.
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const [laptop, ann] = [fresh("laptop"), fresh("ann")];
    const email = `${ann}@mail.example`;
    await web("track", { anonymousId: laptop, event: "Order Completed", messageId: "m1" });
    await store("identify", { traits: { email }, messageId: "m2", context: withMail(email) });
    const mend = crashing("adopt", () => "before");
    const both = { anonymousId: laptop, event: "e", messageId: "m3", context: withMail(email) };
    expect((await web("track", both)).status).toBe(503);
    mend();
    // Its journal lies there still; the e-mail is a user's before it goes on.
    await store("identify", { userId: ann, traits: { email }, messageId: "m4" });
    await web("track", { anonymousId: laptop, event: "e", messageId: "m5" });
    await evictDurableObject(stubOf(device(laptop)));
    expect(await runDurableObjectAlarm(stubOf(device(laptop)))).toBe(true);
    expect(await ids(user(ann))).toEqual(["m1", "m2", "m4", "m5"]);
    log.mockRestore();
  });

  it("never lead a user to what he outranks, though no event has named him yet", async () => {
    for (let n = 0; n < 4; n++) {
      const [laptop, ann, loyalty] = [fresh("laptop"), fresh("ann"), fresh("card")];
      const email = `${ann}@mail.example`;
      await web("track", { anonymousId: laptop, event: "e", messageId: "m1" });
      // Of a call that bore both, what was the e-mail's came through, and what was the user's did not.
      await ingest(ws.id, { type: "emailSha256", hash: mail(email) }, [{ to: user(ann), rank: 3, identify: false }]);
      const isByLink = n % 2 === 0;
      if (isByLink) await web("track", { anonymousId: laptop, event: "e", messageId: "m2", context: withMail(email) });
      else {
        await store("track", {
          event: "e",
          messageId: "m2",
          context: { externalIds: [...withCard(loyalty).externalIds, ...withMail(email).externalIds] },
        });
      }
      expect(await person(isByLink ? device(laptop) : card(loyalty))).toBe(user(ann));
      const asked = isByLink ? device(laptop) : card(loyalty);
      expect(JSON.parse((await stubOf(asked).link(call(ws.id, asked))).slice(1))).toMatchObject({ to: user(ann), rank: 3 });
    }
  });

  it("settle alike when both directions come at once", async () => {
    for (let run = 0; run < 5; run++) {
      const [one, two] = [`${fresh("a")}@mail.example`, `${fresh("b")}@mail.example`];
      const both = (first: string, second: string) => ({
        externalIds: [...withMail(first).externalIds, ...withMail(second).externalIds],
      });
      await store("track", { event: "Order Completed", messageId: "m1", context: withMail(one) });
      await store("track", { event: "Order Completed", messageId: "m2", context: withMail(two) });
      await Promise.all([
        store("track", { event: "Order Completed", messageId: "m3", context: both(one, two) }),
        store("track", { event: "Order Completed", messageId: "m4", context: both(two, one) }),
      ]);
      expect(await person(mail(one))).toBe(await person(mail(two)));
      expect(await ids(mail(one))).toEqual(["m1", "m2", "m3", "m4"]);
    }
  });
});

describe("two users of whom one is the other", () => {
  it("are merged by an alias of a server, in either direction", async () => {
    for (const [first, second] of [
      [fresh("u"), fresh("u")],
      [fresh("u"), fresh("u")],
    ] as const) {
      await store("track", { userId: first, event: "Order Completed", messageId: "m1" });
      await store("track", { userId: second, event: "Order Completed", messageId: "m2" });
      await store("alias", { userId: first, previousId: second, messageId: "m3" });
      await store("track", { userId: second, event: "Order Completed", messageId: "m4" });
      expect(await person(user(first))).toBe(await person(user(second)));
      expect(await ids(user(first))).toEqual(["m1", "m2", "m3", "m4"]);
      for (const userId of [first, second]) {
        expect((await decideOver(ws.secret, { identity: { userId } })).body.audiences).toEqual(["buyers", "often"]);
      }
    }
  });

  it("are one over however many: each of twelve is renamed to the next", async () => {
    // The greatest name first, so that each leads to the next and none past it.
    const users = Array.from({ length: 12 }, () => fresh("u")).toSorted((one, other) => (user(one) < user(other) ? 1 : -1));
    const [first = "", last = ""] = [users[0], users.at(-1)];
    for (const [n, userId] of users.entries()) {
      await store("track", { userId, event: "Order Completed", messageId: `m${n + 10}` });
      const previousId = users[n - 1];
      if (previousId !== undefined) await store("alias", { userId, previousId, messageId: `n${n + 10}` });
    }
    expect((await decideOver(ws.secret, { identity: { userId: first } })).body).toMatchObject({
      profileId: user(last),
      audiences: ["buyers", "often"],
    });
    // One who comes to the first of them comes to all.
    const laptop = fresh("laptop");
    await web("track", { anonymousId: laptop, event: "e", messageId: "m99" });
    await web("identify", { anonymousId: laptop, userId: first, messageId: "n99" });
    expect(await stubOf(device(laptop)).resolve(call(ws.id, device(laptop)))).toBe(`@${user(last)}`);
    expect(await journalOf(ws.id, { type: "any", hash: user(last) })).toHaveLength(25);
  });

  it("count a browser's event once that comes again when another has the browser", async () => {
    const [first, second, bob, laptop] = [fresh("u"), fresh("u"), fresh("bob"), fresh("laptop")];
    // The name of the first is the greater, and so leads to the second.
    const [ann, anna] = user(first) > user(second) ? [first, second] : [second, first];
    await web("identify", { anonymousId: laptop, userId: ann, messageId: "m1" });
    const timestamp = new Date(Date.now() - 60_000).toISOString();
    const seen = { anonymousId: laptop, event: "Order Completed", messageId: "m2", timestamp };
    await web("track", seen);
    await store("alias", { userId: anna, previousId: ann, messageId: "m3" });
    await web("identify", { anonymousId: laptop, userId: bob, messageId: "m4" });
    await web("track", seen);
    expect([await ids(user(anna)), await ids(user(bob))]).toEqual([["m1", "m2", "m3"], ["m4"]]);
  });

  it("are not by one of a browser: there the former id is the browser's own", async () => {
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    await store("track", { userId: bob, event: "e", messageId: "m1" });
    await web("alias", { userId: ann, previousId: bob, messageId: "m2" });
    expect([await person(user(bob)), await person(device(bob))]).toEqual([user(bob), user(ann)]);
  });
});

describe("a merge", () => {
  const changesOf = async (name: ProfileId): Promise<readonly (readonly [string, boolean, string])[]> =>
    runInDurableObject(stubOf(name), (_, { storage: { sql } }) => {
      const { body } = sql.exec<{ body: string }>("SELECT body FROM part WHERE k = 0").one();
      const records = decodeHead(body).open.map(readRecord);
      return records.flatMap((record) =>
        isChange(record) ? [[record.audience, record.entered, record.reason.kind] as const] : [],
      );
    });

  it("is one visible step: what would have been true on the way there is told to nobody", async () => {
    const [laptop, ann] = [fresh("laptop"), fresh("ann")];
    for (let n = 0; n < 3; n++) await web("track", { anonymousId: laptop, event: "Order Completed", messageId: `m${n}` });
    await web("identify", { anonymousId: laptop, userId: ann, messageId: "m9" });
    // Of one order alone `odd` holds: of the joined log it never did.
    expect(await changesOf(user(ann))).toEqual([
      ["buyers", true, "merge"],
      ["often", true, "merge"],
    ]);
  });

  it("announces no entry that was announced", async () => {
    const [laptop, ann] = [fresh("laptop"), fresh("ann")];
    await web("track", { userId: ann, event: "Order Completed", messageId: "m0" });
    for (let n = 1; n < 3; n++) await web("track", { anonymousId: laptop, event: "Order Completed", messageId: `m${n}` });
    await web("identify", { anonymousId: laptop, userId: ann, messageId: "m9" });
    expect(await changesOf(user(ann))).toEqual([
      ["buyers", true, "event"],
      ["odd", true, "event"],
      ["odd", false, "merge"],
      ["often", true, "merge"],
    ]);
  });

  it("brings a journal of many pages, whatever of it was staged before", async () => {
    const [laptop, ann] = [{ type: "anonymousId", hash: device(fresh("laptop")) }, fresh("ann")];
    const note = "x".repeat(20_000);
    const events = Array.from({ length: 120 }, () => event(laptop, { properties: { note } }));
    for (let from = 0; from < events.length; from += 20)
      await ingest(ws.id, laptop, events.slice(from, from + 20), { ruleset: 1 });
    // A try that was cut off: a page of it lies there, of another cut.
    const pages = { from: laptop.hash, page: 0, texts: [JSON.stringify(event(laptop))] };
    await stubOf(user(ann)).stage({ ...call(ws.id, user(ann)), ...pages });
    await evictDurableObject(stubOf(user(ann)));
    await ingest(ws.id, laptop, [{ to: user(ann), identify: true }]);
    expect(await ids(user(ann))).toEqual(events.map(({ messageId }) => messageId).toSorted());
    await evictDurableObject(stubOf(user(ann)));
    expect(await ids(user(ann))).toHaveLength(events.length);
    const left = await runInDurableObject(stubOf(user(ann)), (_, { storage: { sql } }) =>
      sql.exec<{ k: number }>("SELECT k FROM part WHERE k < 0").toArray(),
    );
    expect(left).toEqual([]);
  });

  it("is seen by nobody before it is whole", async () => {
    const ann = { type: "userId", hash: user(fresh("ann")) };
    const other = { type: "anonymousId", hash: device(fresh("a")) };
    await stubOf(ann.hash).stage({ ...call(ws.id, ann.hash), from: other.hash, page: 0, texts: [JSON.stringify(event(other))] });
    expect(await way(ann.hash)).toEqual({ to: undefined, pointers: 0 });
    await evictDurableObject(stubOf(ann.hash));
    const own = event(ann);
    await ingest(ws.id, ann, [own], { ruleset: 1 });
    expect(await ids(ann.hash)).toEqual([own.messageId]);
  });
});

describe("a decision", () => {
  const hopsOf = async (identity: object): Promise<readonly [string | undefined, number]> => {
    const { body, headers } = await decideOver(ws.secret, { identity });
    const hops = Number(/hops;desc="?(\d+)/.exec(headers.get("server-timing") ?? "")?.[1]);
    return [body.profileId, hops];
  };

  it("by any identifier of a merged person takes two hops at first and one after, until it is another's", async () => {
    const [laptop, ann, bob, loyalty, uid] = [fresh("laptop"), fresh("ann"), fresh("bob"), fresh("card"), fresh("uid2")];
    const [deviceId, advertisingId] = [fresh("device"), crypto.randomUUID()];
    const email = `${ann}@mail.example`;
    const phone = `+336${String(Date.now()).slice(-8)}`;
    const externalIds = [...withCard(loyalty).externalIds, { type: "uid2", id: uid }];
    await web("identify", { anonymousId: laptop, userId: ann, traits: { email, phone }, context: { externalIds } });
    await collect(ws.writeKeys.app, "track", { userId: ann, event: "e", context: { device: { id: deviceId, advertisingId } } });
    expect([await hopsOf({ userId: ann }), await hopsOf({ profileId: user(ann) })]).toEqual([
      [user(ann), 1],
      [user(ann), 1],
    ]);
    const external = (type: string, id: string) => ({ externalId: { type, id } });
    const kinds = [
      { anonymousId: laptop },
      { email },
      external("phone", phone),
      external("loyalty", loyalty),
      external("uid2", uid),
      external("deviceId", deviceId),
      external("advertisingId", advertisingId),
      { profileId: device(laptop) },
    ];
    for (const [n, identity] of kinds.entries()) {
      // The browser's profile is the same object as its anonymous id: that isolate knows the way.
      expect([identity, await hopsOf(identity)]).toEqual([identity, [user(ann), n === kinds.length - 1 ? 1 : 2]]);
      expect([identity, await hopsOf(identity)]).toEqual([identity, [user(ann), 1]]);
    }
    // The same e-mail, hashed.
    expect(await hopsOf({ emailSha256: emailSha256(email) })).toEqual([user(ann), 1]);
    await web("identify", { anonymousId: laptop, userId: bob });
    expect(await hopsOf({ anonymousId: laptop })).toEqual([user(bob), 3]);
    expect(await hopsOf({ anonymousId: laptop })).toEqual([user(bob), 1]);
    await web("identify", { anonymousId: laptop, userId: ann });
    expect((await hopsOf({ anonymousId: laptop }))[0]).toBe(user(ann));
    expect(await hopsOf({ anonymousId: laptop })).toEqual([user(ann), 1]);
  });

  it("by a user who was merged into another takes two hops at first and one after", async () => {
    const [one, other] = [fresh("u"), fresh("u")];
    for (const userId of [one, other]) await store("track", { userId, event: "e" });
    await store("alias", { userId: one, previousId: other });
    const [root, merged] = user(one) < user(other) ? [one, other] : [other, one];
    expect(await hopsOf({ userId: root })).toEqual([user(root), 1]);
    expect(await hopsOf({ userId: merged })).toEqual([user(root), 2]);
    expect(await hopsOf({ userId: merged })).toEqual([user(root), 1]);
  });
});

describe("what two people said of consent", () => {
  const consentOf = async (name: ProfileId): Promise<unknown> =>
    runInDurableObject(stubOf(name), (_, { storage: { sql } }) => {
      const { head } = decodeHead(sql.exec<{ body: string }>("SELECT body FROM part WHERE k = 0").one().body);
      return head.consent;
    });
  const saying = (purposes: object) => ({ consent: { purposes } });

  it.each([
    ["the one who is merged", { ads: false, content: true }, { ads: true, content: true }],
    ["the one who stays", { ads: true, content: true }, { ads: false, content: true }],
    ["each of something else", { ads: false, content: true }, { ads: true, content: false }],
  ])("is the stricter of the two after they are merged: a no of %s", async (_, ofLaptop, ofAnn) => {
    const [laptop, ann] = [fresh("laptop"), fresh("ann")];
    await web("track", { anonymousId: laptop, event: "Order Completed", context: saying(ofLaptop) });
    await web("track", { userId: ann, event: "e", context: saying(ofAnn) });
    await web("identify", { anonymousId: laptop, userId: ann });
    const both = { ads: ofLaptop.ads && ofAnn.ads, content: ofLaptop.content && ofAnn.content };
    expect(await consentOf(user(ann))).toMatchObject(both);
    await evictDurableObject(stubOf(user(ann)));
    // The audiences of this workspace are for content.
    const { body } = await decideOver(ws.secret, { identity: { anonymousId: laptop } });
    expect([body.profileId, (body.audiences ?? []).length > 0]).toEqual([user(ann), both.content]);
  });
});

describe("an identifier that too many people bear", () => {
  const reports = async (name: ProfileId): Promise<number> => {
    const { items } = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 100 });
    return items.filter(({ code, payload }) => code === "shared_identifier" && payload.includes(name)).length;
  };

  it("leads to none of them from then on, and is reported: a clerk's card", async () => {
    const loyalty = fresh("card");
    const people = Array.from({ length: 12 }, () => fresh("u"));
    for (const userId of people) await store("track", { userId, event: "e", context: withCard(loyalty) });
    expect(await person(card(loyalty))).toBe(card(loyalty));
    expect(await reports(card(loyalty))).toBe(1);
    expect((await decideOver(ws.secret, { identity: { externalId: { type: "loyalty", id: loyalty } } })).body.profileId).toBe(
      card(loyalty),
    );
    await store("track", { userId: people[0], event: "e", messageId: "own", context: withCard(loyalty) });
    expect(await ids(user(people[0] ?? ""))).toContain("own");
    // Who bears it and is nobody's yet is not drawn to it either.
    const laptop = fresh("laptop");
    await web("track", { anonymousId: laptop, event: "e", messageId: "l1", context: withCard(loyalty) });
    expect([await person(device(laptop)), await ids(device(laptop))]).toEqual([device(laptop), ["l1"]]);
    expect(await ids(card(loyalty))).toEqual([]);
  });

  it("leads to none of them from then on, and is reported: a kiosk's browser", async () => {
    const kiosk = fresh("kiosk");
    const people = Array.from({ length: 12 }, () => fresh("u"));
    for (const userId of people) await web("identify", { anonymousId: kiosk, userId });
    expect(await reports(device(kiosk))).toBe(1);
    await web("track", { anonymousId: kiosk, event: "Order Completed", messageId: "k1" });
    expect(await person(device(kiosk))).toBe(device(kiosk));
    expect(await ids(device(kiosk))).toEqual(["k1"]);
  });
});

describe("a value that names nobody", () => {
  it("links nobody, and an event that bears no other is nobody's", async () => {
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    for (const userId of [ann, bob])
      await web("identify", { userId, anonymousId: "null", traits: { email: "noreply@shop.example" }, messageId: userId });
    expect([await person(user(ann)), await person(user(bob))]).toEqual([user(ann), user(bob)]);
    const { body } = await web("track", { anonymousId: "00000000-0000-0000-0000-000000000000", userId: "undefined", event: "e" });
    expect(body.errors?.map(({ code }) => code)).toEqual(["missing_identity"]);
  });

  it("is an app's advertising id where its user forbids it", async () => {
    const [ann, advertisingId] = [fresh("ann"), crypto.randomUUID()];
    const advertised = nameOf({ type: "ext:advertisingId", value: advertisingId });
    await collect(ws.writeKeys.app, "track", {
      userId: ann,
      event: "e",
      context: { device: { advertisingId, adTrackingEnabled: false } },
    });
    expect(await person(advertised)).toBeUndefined();
    await collect(ws.writeKeys.app, "track", {
      userId: ann,
      event: "e",
      context: { device: { advertisingId: advertisingId.toUpperCase() } },
    });
    expect(await person(advertised)).toBe(user(ann));
  });
});
