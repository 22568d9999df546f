import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import type { Identifier, ProfileId } from "../../core/model/ids.ts";
import { listQuarantine } from "../../durable-objects/quarantine/stub.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { DATA_ROUTES } from "../../worker/data-plane.ts";
import { call, fresh, journalOf, publishRules, stubOf } from "./profiles.ts";
import { collect, decideOver, makeWorkspace, putKey, type TestWorkspace } from "./workspace.ts";

let ws: TestWorkspace;
const signed = fresh("wk_signed");
beforeAll(async () => {
  ws = await makeWorkspace({ buyers: { event: "Order Completed" } });
  const source = { key: "signed", kind: "browser", channel: "web", party: "first", origins: [], consent: "assumed" } as const;
  await putKey(signed, { v: 1, workspace: ws.id, type: "write", source: { ...source, identify: "signed" } });
});

const nameOf = (identifier: Identifier): ProfileId => profileName(env.NAME_KEY, ws.id, identifier);
const leadsTo = (name: ProfileId): Promise<string> => stubOf(name).resolve(call(ws.id, name));

describe("what a browser of a signed source says of its user", () => {
  it("is kept as a claim: it changes nothing of that user's, links nothing, and earns no cookie of theirs", async () => {
    const [victim, anonymousId] = [fresh("u"), fresh("a")];
    const email = `${fresh("v")}@shop.example`;
    await collect(ws.writeKeys.store, "track", { userId: victim, event: "Order Completed", messageId: "m1" });
    const attack = { userId: victim, anonymousId, traits: { email, city: "Lyon" }, messageId: "m2" };
    const { body, headers } = await collect(signed, "identify", attack);
    expect(body).toEqual({ success: true });
    const user = nameOf({ type: "userId", value: victim });
    const browser = nameOf({ type: "anonymousId", value: anonymousId });
    expect(headers.get("set-cookie")).toContain(`tl_id=1.${browser}.a.`);
    expect((await journalOf(ws.id, { type: "userId", hash: user })).map(({ messageId }) => messageId)).toEqual(["m1"]);
    const asked = { identity: { userId: victim }, include: ["traits"] };
    expect((await decideOver(ws.secret, asked)).body).toMatchObject({ known: true, traits: {} });
    expect(await leadsTo(browser)).toBe("=");
    expect((await decideOver(ws.secret, { identity: { email } })).body).toMatchObject({ known: false });
    const [held] = (await journalOf(ws.id, { type: "anonymousId", hash: browser })) as unknown as { claims: Identifier[] }[];
    expect(held?.claims.map(({ type }) => type)).toEqual(["userId", "emailSha256"]);
  });

  it("is nobody's event where the browser says nothing else", async () => {
    const { body } = await collect(signed, "track", { userId: fresh("u"), event: "e" });
    expect(body).toMatchObject({ rejected: 1, errors: [{ code: "missing_identity" }] });
  });

  it("leads on where a server has said whose the browser is", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    await collect(ws.writeKeys.store, "identify", { userId, anonymousId, messageId: "m1" });
    await collect(signed, "track", { anonymousId, event: "e", messageId: "m2" });
    const user = { type: "userId", hash: nameOf({ type: "userId", value: userId }) };
    expect((await journalOf(ws.id, user)).map(({ messageId }) => messageId).toSorted()).toEqual(["m1", "m2"]);
  });
});

describe("what anybody with a write key sees of a user whom he claims to be", () => {
  const CANARY = "canary-of-the-victim";
  const RULES = {
    buyers: { event: "Order Completed" },
    secret_vip: { event: "Order Completed" },
    nobodys: { event: "Order Completed", count: { eq: 0 } },
  };
  let at: TestWorkspace;
  let signedKey: string;
  beforeAll(async () => {
    at = await makeWorkspace(RULES);
    await publishRules(at.id, 1, RULES, {}, ["buyers", "nobodys"]);
    signedKey = fresh("wk_signed");
    const source = { key: "signed", kind: "browser", channel: "web", party: "first", origins: [], consent: "assumed" } as const;
    await putKey(signedKey, { v: 1, workspace: at.id, type: "write", source: { ...source, identify: "signed" } });
  });

  /** Everything that a write key opens, each as that user and with whatever cookie was earned on the way. */
  async function allReplies(key: string, userId: string): Promise<readonly (readonly [string, string])[]> {
    const anonymousId = fresh("a");
    const [mail, loyalty] = [`${userId}@mail.example`, `card-${userId}`];
    const said = { userId, anonymousId, messageId: fresh("m"), context: { externalIds: [{ type: "loyalty", id: loyalty }] } };
    let cookie = "";
    const replies: (readonly [string, string])[] = [];
    for (const { method, path, key: kind } of DATA_ROUTES) {
      const where = path.replace(":key", key);
      const body = {
        ...said,
        messageId: fresh("m"),
        type: "track",
        event: "Seen",
        traits: { email: mail },
        previousId: userId,
        groupId: "g",
        identity: { userId },
        purposes: { measurement: true },
        include: ["audiences", "traits", "explain"],
        ...(path.endsWith("/batch") || path === "/v1/b"
          ? { batch: [{ ...said, messageId: fresh("m"), type: "track", event: "e" }] }
          : {}),
      };
      const query = new URLSearchParams({
        writeKey: key,
        userId,
        anonymousId,
        event: "Seen",
        messageId: fresh("m"),
        email: mail,
      });
      const url = `http://tideline.test${where}${method === "GET" ? `?${query.toString()}` : ""}`;
      const authorization = kind === "secret" ? `Bearer ${key}` : `Basic ${btoa(`${key}:`)}`;
      const sent = method === "GET" ? {} : { body: JSON.stringify(body) };
      const response = await exports.default.fetch(new Request(url, { method, headers: { authorization, cookie }, ...sent }));
      const headers = [...response.headers].filter(([name]) => name !== "set-cookie");
      const shown = new TextDecoder().decode(await response.arrayBuffer());
      const text = JSON.stringify([response.status, headers, shown]);
      // What is his own, and what no two calls have in common.
      const own = [anonymousId, userId, key].reduce((rest, word) => rest.replaceAll(word, "own"), text);
      replies.push([`${method} ${path}`, own]);
      cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
      if (kind === "secret") expect([path, response.status]).toEqual([path, 401]);
    }
    for (const format of ["json", "gam", "ortb2"]) {
      const url = `http://tideline.test/v1/audiences?writeKey=${key}&format=${format}`;
      const response = await exports.default.fetch(new Request(url, { headers: { cookie } }));
      replies.push([`audiences ${format}`, await response.text()]);
    }
    return replies;
  }

  async function aVictim(): Promise<string> {
    const userId = fresh("victim");
    const [email, loyalty] = [`${userId}@mail.example`, `card-${userId}`];
    await collect(at.writeKeys.store, "identify", { userId, traits: { email, note: CANARY } });
    const context = { externalIds: [{ type: "loyalty", id: loyalty }] };
    await collect(at.writeKeys.store, "track", { userId, event: "Order Completed", properties: { note: CANARY }, context });
    return userId;
  }

  it("on an open source: his public audiences, by their codes, and nothing else", async () => {
    const [victim, nobody] = [await aVictim(), fresh("nobody")];
    const of = new Map(await allReplies(at.writeKeys.web, nobody));
    const email = { type: "emailSha256", value: emailSha256(`${victim}@mail.example`) };
    const profiles = [{ type: "userId", value: victim }, email].map((one) => profileName(env.NAME_KEY, at.id, one));
    for (const [what, reply] of await allReplies(at.writeKeys.web, victim)) {
      for (const kept of [CANARY, "secret_vip", ...profiles]) expect([what, reply.includes(kept)]).toEqual([what, false]);
      const told = what.includes("audiences") ? reply.replaceAll("buyers", "nobodys") : reply;
      expect([what, told]).toEqual([what, of.get(what)]);
    }
    const seen = new Map(await allReplies(at.writeKeys.web, victim));
    expect([seen.get("audiences json"), of.get("audiences json")]).toEqual([
      '{"audiences":["buyers"]}',
      '{"audiences":["nobodys"]}',
    ]);
  });

  it("on a signed source: what he would see of anybody", async () => {
    const [victim, nobody] = [await aVictim(), fresh("nobody")];
    expect(await allReplies(signedKey, victim)).toEqual(await allReplies(signedKey, nobody));
  });
});

it("no address is kept whole in the quarantine, in an event or in its call", async () => {
  const context = { ip: "203.0.113.77" };
  const bad = { type: "purchase", userId: fresh("u"), context };
  await collect(ws.writeKeys.store, "batch", { batch: [bad], context });
  const { items } = await listQuarantine(env, { id: ws.id, jurisdiction: null }, { limit: 100 });
  const kept = items.filter(({ code }) => code === "bad_type");
  expect(kept).toHaveLength(1);
  expect(JSON.stringify(items)).not.toContain("203.0.113.77");
  expect(kept[0]?.payload).toContain("203.0.113.0");
});
