import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import type { IdentifierSettings } from "../../core/model/identifier-settings.ts";
import type { HashedIdentifier, Identifier, ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { crashing } from "./crashes.ts";
import { call, DAY_MS, event, fresh, identifier, ingest, journalOf, stubOf } from "./profiles.ts";
import { collect, makeWorkspace, type TestWorkspace } from "./workspace.ts";

const LIMITS = { emailSha256: { most: 2 }, "ext:loyalty": { most: 3 }, anonymousId: { most: 2, withinMs: 7 * DAY_MS } };

let ws: TestWorkspace;
beforeAll(async () => {
  ws = await makeWorkspace({}, { identifiers: { limits: LIMITS } });
});

const nameOf = (of: Identifier, workspace = ws): ProfileId => profileName(env.NAME_KEY, workspace.id, of);
const user = (value: string, workspace = ws): ProfileId => nameOf({ type: "userId", value }, workspace);
const mail = (email: string, workspace = ws): ProfileId => nameOf({ type: "emailSha256", value: emailSha256(email) }, workspace);
const card = (value: string, workspace = ws): ProfileId => nameOf({ type: "ext:loyalty", value }, workspace);
const device = (value: string, workspace = ws): ProfileId => nameOf({ type: "anonymousId", value }, workspace);

const store = (path: string, body: object) => collect(ws.writeKeys.store, path, body);
const web = (path: string, body: object) => collect(ws.writeKeys.web, path, body);

async function personOf(name: ProfileId, workspace = ws): Promise<ProfileId> {
  const answer = await stubOf(name).resolve(call(workspace.id, name));
  return answer.startsWith("@") ? personOf(answer.slice(1) as ProfileId, workspace) : name;
}
const ids = async (name: ProfileId, workspace = ws): Promise<readonly string[]> =>
  (await journalOf(workspace.id, { type: "any", hash: name })).map(({ messageId }) => messageId).toSorted();

async function reported(name: ProfileId): Promise<readonly object[]> {
  const { items } = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 100 });
  const payloads = items.filter(({ code }) => code === "identifier_limit").map(({ payload }) => JSON.parse(payload));
  return payloads.filter((payload) => payload.identifier === name);
}

const mailsOf = (person: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${person}-${n}@mail.example`);
const bearing = (...emails: readonly string[]) => ({ externalIds: emails.map((id) => ({ type: "email", id })) });
const withCard = (id: string) => ({ externalIds: [{ type: "loyalty", id }] });

describe("an identifier that would be one too many of its kind", () => {
  it("is not linked and is reported once; its event is kept, and everything else of the call is linked", async () => {
    const [ann, laptop] = [fresh("ann"), fresh("laptop")];
    const [first = "", second = "", third = ""] = mailsOf(ann, 3);
    for (const email of [first, second]) await store("identify", { userId: ann, traits: { email }, messageId: email });
    const over = { userId: ann, anonymousId: laptop, traits: { email: third } };
    for (const messageId of ["over", "again"])
      expect((await store("identify", { ...over, messageId })).body).toEqual({ success: true });
    for (const email of [first, second]) expect(await personOf(mail(email))).toBe(user(ann));
    expect([await personOf(mail(third)), await personOf(device(laptop))]).toEqual([mail(third), user(ann)]);
    expect(await ids(user(ann))).toEqual([first, second, "again", "over"].toSorted());
    expect(await reported(mail(third))).toEqual([
      { identifier: mail(third), profile: user(ann), type: "emailSha256", limit: { most: 2 } },
    ]);
  });

  it("is not, whatever was evicted in between, and by whichever call it comes", async () => {
    const [ann, laptop] = [fresh("ann"), fresh("laptop")];
    const [first = "", second = "", third = ""] = mailsOf(ann, 3);
    for (const email of [first, second]) await store("identify", { userId: ann, traits: { email } });
    await web("identify", { userId: ann, anonymousId: laptop });
    await evictDurableObject(stubOf(user(ann)));
    // By way of a browser that leads to the user.
    await web("track", { anonymousId: laptop, event: "e", context: bearing(third), messageId: "m" });
    expect(await personOf(mail(third))).toBe(mail(third));
    expect(await personOf(device(laptop))).toBe(user(ann));
    expect(await ids(user(ann))).toContain("m");
    expect(await reported(mail(third))).toHaveLength(1);
  });

  it("is so though others come at the same time", async () => {
    const ann = fresh("ann");
    const emails = mailsOf(ann, 4);
    await store("track", { userId: ann, event: "Born" });
    await store("track", { userId: ann, event: "e", context: bearing(...emails) });
    const people = await Promise.all(emails.map((email) => personOf(mail(email))));
    expect(people.filter((person) => person === user(ann))).toHaveLength(2);
    const fifth = `${ann}-5@mail.example`;
    await store("track", { userId: ann, event: "e", context: bearing(fifth) });
    expect(await personOf(mail(fifth))).toBe(mail(fifth));
  });

  it("does not count what leads to somebody else", async () => {
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    const [anns = ""] = mailsOf(ann, 1);
    const [first = "", second = "", third = ""] = mailsOf(bob, 3);
    await store("identify", { userId: ann, traits: { email: anns } });
    for (const email of [first, anns, second, third]) await store("identify", { userId: bob, traits: { email } });
    const people = await Promise.all([anns, first, second, third].map((email) => personOf(mail(email))));
    expect(people).toEqual([user(ann), user(bob), user(bob), mail(third)]);
  });

  it("has room where another was split off", async () => {
    const ann = fresh("ann");
    const [first = "", second = "", third = ""] = mailsOf(ann, 3);
    for (const email of [first, second, third]) await store("identify", { userId: ann, traits: { email } });
    await stubOf(user(ann)).confirm({ ...call(ws.id, user(ann)), epoch: 1, to: 1_000_000 });
    const parted = { from: user(ann), origins: [mail(first)], apart: [user(ann)] };
    expect(await stubOf(mail(first)).part({ ...call(ws.id, mail(first)), ...parted })).toBe("done");
    const link = { to: user(ann), rank: 3, type: "emailSha256", identify: false, limits: LIMITS } as const;
    await ingest(ws.id, { type: "emailSha256", hash: mail(third) }, [link]);
    expect(await personOf(mail(third))).toBe(user(ann));
  });

  it("makes no browser one that too many people share, however many it bears", async () => {
    const [ann, laptop] = [fresh("ann"), fresh("laptop")];
    await web("identify", { userId: ann, anonymousId: laptop });
    for (const email of mailsOf(ann, 14)) await web("track", { anonymousId: laptop, event: "e", context: bearing(email) });
    expect(await personOf(device(laptop))).toBe(user(ann));
  });
});

describe("two people", () => {
  it("stay two where together they would have too many of a kind", async () => {
    const [ann, other] = [fresh("ann"), fresh("m")];
    const [first = "", second = ""] = mailsOf(ann, 2);
    const cards = Array.from({ length: 4 }, () => fresh("c"));
    for (const id of cards.slice(0, 2)) await store("track", { userId: ann, event: "e", context: withCard(id) });
    const [third = "", fourth = ""] = cards.slice(2);
    const email = `${other}@mail.example`;
    for (const [n, id] of [third, fourth].entries())
      await store("track", {
        event: "e",
        messageId: `o${n}`,
        context: { externalIds: [...bearing(email).externalIds, ...withCard(id).externalIds] },
      });
    expect(await personOf(card(third))).toBe(await personOf(mail(email)));
    await store("identify", { userId: ann, traits: { email }, messageId: "join" });
    expect(await personOf(mail(email))).not.toBe(user(ann));
    expect(await ids(await personOf(mail(email)))).toEqual(["o0", "o1"]);
    expect(await ids(user(ann))).toContain("join");
    for (const free of [first, second]) await store("identify", { userId: ann, traits: { email: free } });
    expect(await personOf(mail(second))).toBe(user(ann));
  });

  it("are one where a server says so, whatever they have", async () => {
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    for (const one of [ann, bob])
      for (const email of mailsOf(one, 2)) await store("identify", { userId: one, traits: { email } });
    await store("alias", { userId: ann, previousId: bob });
    expect(await personOf(user(ann))).toBe(await personOf(user(bob)));
  });
});

describe("browsers, of which those count that were used of late", () => {
  const browser = (): HashedIdentifier => identifier(ws.id, "anonymousId", fresh("b"));
  const link = (to: HashedIdentifier) => ({ to: to.hash, rank: 3, type: "anonymousId", identify: true, limits: LIMITS }) as const;

  it("take the place of those that were not", async () => {
    const ann = identifier(ws.id, "userId", fresh("ann"));
    const [old, older, first, second, third] = [browser(), browser(), browser(), browser(), browser()];
    const give = (one: HashedIdentifier, days: number) => {
      const receivedAt = Date.now() - days * DAY_MS;
      return ingest(ws.id, ann, [event(ann, { with: [one], receivedAt, time: receivedAt })]);
    };
    for (const one of [older, old]) {
      await ingest(ws.id, one, [link(ann)]);
      await give(one, 8);
    }
    for (const one of [first, second]) {
      await ingest(ws.id, one, [link(ann)]);
      expect(await personOf(one.hash)).toBe(ann.hash);
      await give(one, 1);
    }
    await ingest(ws.id, third, [link(ann)]);
    expect(await personOf(third.hash)).toBe(third.hash);
    for (const one of [older, old, first, second]) expect(await personOf(one.hash)).toBe(ann.hash);
  });

  it("stay whose they are where who signs in has too many", async () => {
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    const [own, other, shared] = [fresh("b"), fresh("b"), fresh("b")];
    for (const anonymousId of [own, other]) await web("identify", { userId: bob, anonymousId });
    await web("identify", { userId: ann, anonymousId: shared });
    await web("identify", { userId: bob, anonymousId: shared, messageId: "m" });
    expect([await personOf(device(own)), await personOf(device(other))]).toEqual([user(bob), user(bob)]);
    expect(await personOf(device(shared))).toBe(user(ann));
    expect(await ids(user(bob))).toContain("m");
    expect(await reported(device(shared))).toHaveLength(1);
  });
});

describe("the person is asked", () => {
  it("where a link is first made, and never again", async () => {
    const [ann, laptop] = [fresh("ann"), fresh("laptop")];
    let asked = 0;
    const mend = crashing("admit", () => void asked++);
    const said = { userId: ann, anonymousId: laptop, traits: { email: `${ann}@mail.example` } };
    await web("identify", said);
    expect(asked).toBe(2);
    await web("identify", said);
    await web("track", { userId: ann, anonymousId: laptop, event: "e" });
    for (const name of [user(ann), device(laptop)]) await evictDurableObject(stubOf(name));
    await web("identify", said);
    mend();
    expect(asked).toBe(2);
  });

  it.each(["before", "after"] as const)(
    "again where it crashed %s it was done: nothing is lost, and one place taken",
    async (when) => {
      // Each crash is logged, as it should be.
      const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
      const ann = fresh("ann");
      const [first = "", second = "", third = ""] = mailsOf(ann, 3);
      await store("identify", { userId: ann, traits: { email: first }, messageId: "a" });
      let crashes = 0;
      const mend = crashing("admit", () => (crashes++ < 1 ? when : undefined));
      const said = { userId: ann, traits: { email: second }, messageId: "b" };
      expect((await store("identify", said)).status).toBe(503);
      await evictDurableObject(stubOf(user(ann)));
      expect((await store("identify", said)).status).toBe(200);
      mend();
      await store("identify", { userId: ann, traits: { email: third }, messageId: "c" });
      await runDurableObjectAlarm(stubOf(user(ann)));
      expect(await Promise.all([first, second, third].map((email) => personOf(mail(email))))).toEqual([
        user(ann),
        user(ann),
        mail(third),
      ]);
      expect(await ids(user(ann))).toEqual(["a", "b", "c"]);
      log.mockRestore();
    },
  );
});

describe("a device that is nobody's yet, with an e-mail of one and a card of another", () => {
  const settle = async (identifiers: IdentifierSettings) => {
    const at = await makeWorkspace({}, { identifiers });
    const people: (readonly [ProfileId, ProfileId, ProfileId])[] = [];
    // Which of e-mail and card has the smaller name is by chance.
    for (let n = 0; n < 4; n++) {
      const [ann, bob, laptop, loyalty] = [fresh("ann"), fresh("bob"), fresh("laptop"), fresh("card")];
      const email = `${ann}@mail.example`;
      await collect(at.writeKeys.store, "identify", { userId: ann, traits: { email } });
      await collect(at.writeKeys.store, "track", { userId: bob, event: "e", context: withCard(loyalty) });
      const context = { externalIds: [...withCard(loyalty).externalIds, ...bearing(email).externalIds] };
      await collect(at.writeKeys.web, "track", { anonymousId: laptop, event: "e", context, messageId: `l${n}` });
      const person = await personOf(device(laptop, at), at);
      expect(await ids(person, at)).toContain(`l${n}`);
      expect([await personOf(mail(email, at), at), await personOf(card(loyalty, at), at)]).toEqual([
        user(ann, at),
        user(bob, at),
      ]);
      people.push([person, user(ann, at), user(bob, at)]);
    }
    return people;
  };

  it("is the e-mail's", async () => {
    for (const [person, ann] of await settle({})) expect(person).toBe(ann);
  });

  it("is the card's where the workspace has the card go before", async () => {
    for (const [person, , bob] of await settle({ priority: ["userId", "ext:loyalty", "emailSha256"] })) expect(person).toBe(bob);
  });
});
