import { env, exports } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { createHmac } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { emailSha256 } from "../../core/identity/identifiers.ts";
import type { Identifier, ProfileId } from "../../core/model/ids.ts";
import type { ProfileObject } from "../../durable-objects/profile/object.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call } from "../../worker/api/test-api.ts";
import { forgetAll } from "../../worker/auth/cache.ts";
import { publishWorkspace } from "../../worker/cold/published.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { updateWorkspaceRecord } from "../../worker/cold/workspace-record.ts";
import { call as envelopeOf, fresh, journalOf, publishRules, stubOf } from "./profiles.ts";
import { collect, decideOver, request, type Answer, type CollectAnswer } from "./workspace.ts";

/** `ws.writeKey` is of a browser source whose users are signed. */
let ws: TestWorkspace;
let openKey: string;
let storeKey: string;

const RULES = { buyers: { event: "Order Completed" }, quiet: { event: "Order Completed", count: { eq: 0 } } };

beforeAll(async () => {
  ws = await testWorkspace({}, { identify: "signed" });
  const put = async (key: string, body: object): Promise<string> =>
    (await call("PUT", `/api/sources/${key}`, { key: ws.secret, body: { name: key, consent: "assumed", ...body } })).json
      .writeKey;
  openKey = await put("open", { kind: "browser" });
  storeKey = await put("store", { kind: "server", channel: "store" });
  await publishRules(ws.id, 1, RULES, {}, ["buyers", "quiet"]);
  const record = await updateWorkspaceRecord(env.PUBLISHED, ws.id, (before) => ({ ...before!, ruleset: 1 }));
  expect(record.ruleset).toBe(1);
  forgetAll();
});

afterEach(() => {
  vi.restoreAllMocks();
});

interface HmacKey {
  readonly kid: string;
  readonly secret: string;
}

const newKey = async (of: TestWorkspace = ws, name = "Shop"): Promise<HmacKey> => {
  const { status, json } = await call("POST", "/api/user-token-keys", { key: of.secret, body: { name, algorithm: "HS256" } });
  expect(status).toBe(200);
  return json;
};

const revoke = async (kid: string): Promise<number> =>
  (await call("DELETE", `/api/user-token-keys/${kid}`, { key: ws.secret })).status;

/** One key for tests that are not about keys: no workspace has room for one a test. */
let shop: HmacKey;
beforeAll(async () => {
  shop = await newKey();
});

const seconds = (): number => Math.floor(Date.now() / 1_000);
const payloadOf = (sub: string, more: JWTPayload = {}): JWTPayload => ({ sub, aud: ws.id, exp: seconds() + 600, ...more });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const tokenOf = (sub: string, more: JWTPayload = {}, { kid, secret }: HmacKey = shop): Promise<string> =>
  new SignJWT(payloadOf(sub, more)).setProtectedHeader({ alg: "HS256", kid }).sign(bytes(secret));

async function newPair(): Promise<{ readonly privateKey: CryptoKey; readonly jwk: JWK }> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

const nameOf = (type: string, value: string): ProfileId => profileName(env.NAME_KEY, ws.id, { type, value } satisfies Identifier);
const eventsOf = async (type: string, value: string): Promise<string[]> =>
  (await journalOf(ws.id, { type, hash: nameOf(type, value) })).map(({ messageId }) => messageId).toSorted();
/** The profile that an identifier's own object names. */
const leadsTo = async (type: string, value: string): Promise<string> =>
  (await stubOf(nameOf(type, value)).resolve(envelopeOf(ws.id, nameOf(type, value)))).replace(/^[@=]/, "");
const decided = async (identity: object) => (await decideOver(ws.secret, { identity, include: ["audiences", "traits"] })).body;

const send = (body: object, token?: string, path = "identify"): Promise<Answer<CollectAnswer>> =>
  collect(ws.writeKey, path, body, token === undefined ? {} : { "x-user-token": token });

async function audiencesIn(headers: Record<string, string>): Promise<readonly [number, string, string]> {
  const url = `http://tideline.test/v1/audiences?writeKey=${ws.writeKey}`;
  const response = await exports.default.fetch(new Request(url, { headers }));
  return [response.status, JSON.stringify([...response.headers]), await response.text()];
}

/** Whether a token is taken: then an identify under it writes a trait on its user. */
async function isTaken(token: string, userId: string): Promise<boolean> {
  const { status, body } = await send({ userId, anonymousId: fresh("a"), traits: { plan: "gold" } }, token);
  const isKnown = (await decided({ userId })).known;
  expect([status, body]).toEqual([200, isKnown ? { success: true } : { success: true, userToken: "invalid" }]);
  return isKnown;
}

describe("with a token of its user, a browser of a signed source", () => {
  it("links, writes traits, and earns its user's cookie", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    await send({ anonymousId, event: "Order Completed", messageId: "m1" }, undefined, "track");
    const { body, headers } = await send(
      { userId, anonymousId, traits: { plan: "gold" }, messageId: "m2" },
      await tokenOf(userId),
    );
    expect(body).toEqual({ success: true });
    expect(headers.get("set-cookie")).toContain(`tl_id=1.${nameOf("userId", userId)}.p.`);
    expect(await decided({ userId })).toMatchObject({ known: true, audiences: ["buyers"], traits: { plan: "gold" } });
    expect(await eventsOf("anonymousId", anonymousId)).toEqual([]);
    expect(await eventsOf("userId", userId)).toEqual(["m1", "m2"]);
  });

  it("need not name him in every event", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    const batch = [
      { type: "track", anonymousId, event: "A", messageId: "m1" },
      { type: "page", messageId: "m2" },
    ];
    expect((await send({ batch }, await tokenOf(userId), "batch")).body).toEqual({ success: true });
    expect(await eventsOf("userId", userId)).toEqual(["m1", "m2"]);
  });

  it("may bear it in the body, where no header can be sent", async () => {
    const userId = fresh("u");
    const userToken = await tokenOf(userId);
    const one = { writeKey: ws.writeKey, userToken, type: "track", event: "A", messageId: "m1" };
    expect((await request("/v1/beacon", one)).body).toEqual({ success: true });
    const many = { writeKey: ws.writeKey, userToken, batch: [{ type: "track", event: "B", messageId: "m2" }] };
    expect((await request("/v1/beacon", many)).body).toEqual({ success: true });
    expect(await eventsOf("userId", userId)).toEqual(["m1", "m2"]);
  });

  it("is known by the e-mail and phone that the token vouches for, and by no other", async () => {
    const [userId, email] = [fresh("u"), `${fresh("m")}@shop.example`];
    const phone = `+336${Math.floor(Math.random() * 1e8)
      .toString()
      .padStart(8, "0")}`;
    const token = await tokenOf(userId, { email: email.toUpperCase(), phone_number: phone });
    const traits = { email, phone };
    const externalIds = [{ type: "loyalty", id: fresh("card") }];
    await send({ userId, anonymousId: fresh("a"), traits, context: { externalIds }, messageId: "m1" }, token);
    expect((await decided({ email })).profileId).toBe(nameOf("userId", userId));
    expect(await leadsTo("phone", phone)).toBe(nameOf("userId", userId));
    expect((await decided({ externalId: externalIds[0] })).known).toBe(false);
    const [held] = (await journalOf(ws.id, { type: "userId", hash: nameOf("userId", userId) })) as unknown as [
      { claims: { type: string }[] },
    ];
    expect(held.claims.map(({ type }) => type)).toEqual(["ext:loyalty"]);
  });

  it.each([["email_verified"], ["phone_number_verified"]])(
    "is not vouched for by what is said to be unverified: %s",
    async (claim) => {
      const [userId, email] = [fresh("u"), `${fresh("m")}@shop.example`];
      const phone = `+337${Math.floor(Math.random() * 1e8)
        .toString()
        .padStart(8, "0")}`;
      const token = await tokenOf(userId, { email, phone_number: phone, [claim]: false });
      await send({ userId, anonymousId: fresh("a"), traits: { email, phone } }, token);
      expect([(await decided({ email })).known, (await leadsTo("phone", phone)) === nameOf("userId", userId)]).toEqual([
        claim !== "email_verified",
        claim !== "phone_number_verified",
      ]);
    },
  );

  it("asks for his public audiences without a cookie", async () => {
    const userId = fresh("u");
    await collect(storeKey, "track", { userId, event: "Order Completed" });
    expect((await audiencesIn({ "x-user-token": await tokenOf(userId) }))[2]).toBe('{"audiences":["buyers"]}');
    expect((await audiencesIn({ "x-user-token": "junk" }))[2]).toBe('{"audiences":["quiet"]}');
  });

  it("says his consent", async () => {
    const userId = fresh("u");
    await collect(storeKey, "track", { userId, event: "Order Completed" });
    const key = { "x-write-key": ws.writeKey };
    const consent = { purposes: { profiling: false } };
    const other = { identity: { userId }, consent };
    expect((await request("/v1/consent", other, key)).status).toBe(422);
    expect((await request("/v1/consent", { ...other, userToken: await tokenOf(fresh("u")) }, key)).status).toBe(422);
    expect((await decided({ userId })).audiences).toEqual(["buyers"]);
    const { status, body } = await request(
      "/v1/consent",
      { purposes: { profiling: false }, userToken: await tokenOf(userId) },
      key,
    );
    expect([status, body]).toEqual([200, { success: true }]);
    expect(await decided({ userId })).toMatchObject({ known: false, reason: "NO_CONSENT" });
    const again = { identity: { userId }, consent: { purposes: { profiling: true, storage: true } } };
    expect((await request("/v1/consent", again, { ...key, "x-user-token": await tokenOf(userId) })).status).toBe(200);
    const anonymous = { identity: { anonymousId: fresh("a") }, consent, userToken: "junk" };
    expect((await request("/v1/consent", anonymous, key)).body).toEqual({ success: true, userToken: "invalid" });
  });

  it("has it nowhere in the journal or the quarantine, and its events are the same with another one", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    const tokens = [await tokenOf(userId), await tokenOf(userId, { jti: "another" })];
    const event = { userId, anonymousId, event: "A", timestamp: new Date(Date.now() - 5_000).toISOString() };
    for (const userToken of tokens)
      expect((await send({ ...event, userToken }, undefined, "track")).body).toEqual({ success: true });
    expect(await eventsOf("userId", userId)).toHaveLength(1);
    const batch = [{ type: "purchase", userId, userToken: tokens[0] }];
    await send({ ...event, event: "", userToken: tokens[0] }, undefined, "track");
    await send({ batch, userToken: tokens[0] }, tokens[1], "batch");
    const held = await journalOf(ws.id, { type: "userId", hash: nameOf("userId", userId) });
    const { text } = await call("GET", "/api/quarantine?limit=200", { key: ws.secret });
    expect(text).toContain(userId);
    for (const token of tokens) expect(JSON.stringify(held) + text).not.toContain(token);
  });

  it("may send again what was taken, when the token no longer holds: it counts once", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    const event = { userId, anonymousId, event: "Order Completed", messageId: "m1" };
    expect((await send(event, await tokenOf(userId), "track")).body).toEqual({ success: true });
    expect((await send(event, "junk", "track")).body).toEqual({ success: true, userToken: "invalid" });
    expect(await eventsOf("userId", userId)).toEqual(["m1"]);
  });

  it("has its rejected events replayed as under its token", async () => {
    const userId = fresh("u");
    const bad = { anonymousId: fresh("a"), userId, traits: { plan: "gold" }, timestamp: "yesterday", messageId: fresh("m") };
    expect((await send(bad, await tokenOf(userId))).body.errors?.[0]?.code).toBe("bad_timestamp");
    const patch = { timestamp: null };
    await call("POST", "/api/quarantine/replay", { key: ws.secret, body: { code: "bad_timestamp", patch } });
    expect(await decided({ userId })).toMatchObject({ known: true, traits: { plan: "gold" } });
  });
});

describe("a token of an open source", () => {
  it("says whose an event is that names nobody, and one of a server's source is not looked at", async () => {
    const userId = fresh("u");
    const token = { "x-user-token": await tokenOf(userId) };
    await collect(openKey, "track", { anonymousId: fresh("a"), event: "A", messageId: "m1" }, token);
    expect(await eventsOf("userId", userId)).toEqual(["m1"]);
    const other = fresh("u");
    await collect(openKey, "track", { userId: other, event: "A", messageId: "m2" }, token);
    expect(await eventsOf("userId", other)).toEqual(["m2"]);
    expect((await collect(openKey, "track", { userId: other, event: "A" }, { "x-user-token": "junk" })).body).toEqual({
      success: true,
      userToken: "invalid",
    });
    const { body } = await collect(storeKey, "track", { userId: other, event: "A" }, { "x-user-token": "junk" });
    expect(body).toEqual({ success: true });
  });
});

describe("a token is taken", () => {
  it("of a secret as a text, as its bytes, and without a kid", async () => {
    const sign = (key: Uint8Array, user: string, kid?: string): Promise<string> =>
      new SignJWT(payloadOf(user)).setProtectedHeader({ alg: "HS256", ...(kid === undefined ? {} : { kid }) }).sign(key);
    const [one, other] = [fresh("u"), fresh("u")];
    expect(await isTaken(await sign(bytes(shop.secret), one), one)).toBe(true);
    expect(await isTaken(await sign(Buffer.from(shop.secret, "base64url"), other, shop.kid), other)).toBe(true);
  });

  it("of ES256, by its public key", async () => {
    const { privateKey, jwk } = await newPair();
    const body = { name: "Id provider", algorithm: "ES256", publicKey: { ...jwk, alg: "ES256", use: "sig" } };
    const made = await call("POST", "/api/user-token-keys", { key: ws.secret, body });
    expect(made.json).not.toHaveProperty("secret");
    const { kid } = made.json;
    const [user, other] = [fresh("u"), fresh("u")];
    const sign = (sub: string, header: object): Promise<string> =>
      new SignJWT(payloadOf(sub)).setProtectedHeader({ alg: "ES256", ...header }).sign(privateKey);
    expect(await isTaken(await sign(user, { kid }), user)).toBe(true);
    expect(await isTaken(await sign(other, {}), other)).toBe(true);

    // The classic confusion: an HMAC under what everybody may know, the public key.
    const victim = fresh("u");
    for (const text of [JSON.stringify(made.json.publicKey), jwk.x ?? "", JSON.stringify(jwk)]) {
      const forged = await new SignJWT(payloadOf(victim)).setProtectedHeader({ alg: "HS256", kid }).sign(bytes(text));
      expect(await isTaken(forged, victim)).toBe(false);
    }
    expect(await revoke(kid)).toBe(204);
  });

  it("within 30 s of its time, for clocks differ", async () => {
    const [early, late] = [fresh("u"), fresh("u")];
    expect(await isTaken(await tokenOf(early, { nbf: seconds() + 20 }), early)).toBe(true);
    expect(await isTaken(await tokenOf(late, { exp: seconds() - 20 }), late)).toBe(true);
  });

  it("until it expires, though it was taken before", async () => {
    const user = fresh("u");
    const token = await tokenOf(user, { exp: seconds() + 100 });
    expect(await isTaken(token, user)).toBe(true);
    const later = Date.now() + 131_000;
    vi.spyOn(Date, "now").mockImplementation(() => later);
    expect((await send({ userId: user, anonymousId: fresh("a") }, token)).body).toEqual({ success: true, userToken: "invalid" });
  });
});

describe("a token is as none, and said to be invalid, that is", () => {
  const sub = (): string => fresh("u");
  const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString("base64url");
  const signed = (head: object, payload: object, secret = shop.secret): string => {
    const text = `${part(head)}.${part(payload)}`;
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  };
  const head = (): object => ({ alg: "HS256", kid: shop.kid });
  const without = (user: string, claim: string): object => ({ ...payloadOf(user), [claim]: undefined });

  it.each<readonly [string, (user: string) => string | Promise<string>]>([
    ["none at all", () => "junk"],
    ["empty between its points", () => ".."],
    ["expired", (user) => tokenOf(user, { exp: seconds() - 31 })],
    ["without an end", (user) => signed(head(), without(user, "exp"))],
    ["to hold for days", (user) => tokenOf(user, { exp: seconds() + 86_400 + 60 })],
    ["to hold for ever", (user) => signed(head(), { ...payloadOf(user), exp: 1e308 })],
    ["not yet to hold", (user) => tokenOf(user, { nbf: seconds() + 60 })],
    ["for another workspace", (user) => tokenOf(user, { aud: "another" })],
    ["for nobody in particular", (user) => signed(head(), without(user, "aud"))],
    ["of no user", (user) => signed(head(), without(user, "sub"))],
    ["of a user that is no text", (user) => signed(head(), { ...payloadOf(user), sub: 7 })],
    ["of a user whom nobody is", (user) => signed(head(), { ...payloadOf(user), sub: "undefined" })],
    ["under an unknown kid", (user) => tokenOf(user, {}, { ...shop, kid: "nobody" })],
    ["under another secret", (user) => tokenOf(user, {}, { ...shop, secret: "x".repeat(43) })],
    ["under an empty secret", (user) => signed(head(), payloadOf(user), "")],
    ["unsigned", (user) => new UnsecuredJWT(payloadOf(user)).encode()],
    ["unsigned under a kid", (user) => `${part({ alg: "none", kid: shop.kid })}.${part(payloadOf(user))}.`],
    ["said to be of ES256", (user) => signed({ alg: "ES256", kid: shop.kid }, payloadOf(user))],
    ["said to be of HS512", (user) => signed({ alg: "HS512", kid: shop.kid }, payloadOf(user))],
    ["with an extension that must be understood", (user) => signed({ ...head(), crit: ["b64"], b64: false }, payloadOf(user))],
    ["with a key of its own", (user) => signed({ alg: "HS256", jwk: { kty: "oct", k: "AAAA" } }, payloadOf(user), "AAAA")],
    ["longer than any we take", (user) => tokenOf(user, { fill: "x".repeat(4_096) })],
  ])("%s", async (_, make) => {
    const user = sub();
    expect(await isTaken(await make(user), user)).toBe(false);
  });

  it("altered by a letter", async () => {
    const user = sub();
    const [header = "", , mac = ""] = (await tokenOf(fresh("u"))).split(".");
    expect(await isTaken(`${header}.${part(payloadOf(user))}.${mac}`, user)).toBe(false);
  });

  it("of another workspace's key, or for a workspace without keys", async () => {
    const theirs = await testWorkspace({}, { identify: "signed" });
    const user = sub();
    expect(
      (
        await collect(
          theirs.writeKey,
          "identify",
          { userId: user, anonymousId: fresh("a") },
          { "x-user-token": await tokenOf(user) },
        )
      ).body,
    ).toMatchObject({
      userToken: "invalid",
    });
    const key = await newKey(theirs);
    expect(await isTaken(await tokenOf(user, {}, key), user)).toBe(false);
    expect(await isTaken(await tokenOf(user, { aud: [ws.id, theirs.id] }, key), user)).toBe(false);
  });

  it("no text", async () => {
    const { body } = await send({ anonymousId: fresh("a"), event: "A", userToken: { sub: "u" } }, undefined, "track");
    expect(body).toEqual({ success: true, userToken: "invalid" });
  });

  it("not the end of the event: it is kept as a claim, as without", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")];
    await send({ userId, anonymousId, event: "A", messageId: "m1" }, "junk", "track");
    expect(await eventsOf("anonymousId", anonymousId)).toEqual(["m1"]);
  });
});

describe("keys", () => {
  it("are several at once, and each ends alone", async () => {
    const [before, after] = [await newKey(ws, "Before"), await newKey(ws, "After")];
    const [one, other, last] = [fresh("u"), fresh("u"), fresh("u")];
    expect(await isTaken(await tokenOf(one, {}, before), one)).toBe(true);
    expect(await isTaken(await tokenOf(other, {}, after), other)).toBe(true);
    expect(await revoke(before.kid)).toBe(204);
    expect((await send({ userId: one, anonymousId: fresh("a") }, await tokenOf(one, {}, before))).body).toMatchObject({
      userToken: "invalid",
    });
    expect(await isTaken(await tokenOf(last, {}, after), last)).toBe(true);
    expect(await revoke(before.kid)).toBe(404);
    expect(await revoke(after.kid)).toBe(204);
  });

  it("end within 60 s in an isolate that has not heard of it, for tokens it has taken, too", async () => {
    const key = await newKey();
    const user = fresh("u");
    const token = await tokenOf(user, {}, key);
    expect(await isTaken(token, user)).toBe(true);
    await updateWorkspaceRecord(env.PUBLISHED, ws.id, (record) => ({
      ...record!,
      userTokenKeys: record!.userTokenKeys!.filter(({ kid }) => kid !== key.kid),
    }));
    const later = Date.now() + 60_000;
    vi.spyOn(Date, "now").mockImplementation(() => later);
    expect((await send({ userId: user, anonymousId: fresh("a") }, token)).body).toEqual({ success: true, userToken: "invalid" });
  });

  it("outlast a change of the workspace's settings, and hold while D1 is down", async () => {
    await publishWorkspace(env, ws.id);
    forgetAll();
    vi.spyOn(env.DB, "prepare").mockImplementation(() => {
      throw new Error("down");
    });
    const user = fresh("u");
    expect(await isTaken(await tokenOf(user), user)).toBe(true);
  });

  it("are listed without a secret, which is kept nowhere", async () => {
    expect(shop.secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const { json, text } = await call("GET", "/api/user-token-keys", { key: ws.secret });
    expect(json.keys).toContainEqual({
      kid: shop.kid,
      name: "Shop",
      algorithm: "HS256",
      publicKey: null,
      createdAt: expect.any(String),
    });
    expect(text).not.toContain(shop.secret);
    const { objects } = await env.PUBLISHED.list();
    const texts = await Promise.all(objects.map(async ({ key }) => `${key} ${await (await env.PUBLISHED.get(key))?.text()}`));
    expect(texts.join("\n")).toContain(shop.kid);
    expect(texts.join("\n")).not.toContain(shop.secret);
    const { text: audit } = await call("GET", "/api/audit", { key: ws.secret });
    expect(audit).toContain(`user-token-key:${shop.kid}`);
    expect(audit).not.toContain(shop.secret);
  });

  it("come page by page", async () => {
    const of = await testWorkspace();
    const kids = [await newKey(of), await newKey(of), await newKey(of)].map(({ kid }) => kid);
    const page = async (cursor = ""): Promise<{ keys: { kid: string }[]; next: string | null }> =>
      (await call("GET", `/api/user-token-keys?limit=2${cursor}`, { key: of.secret })).json;
    const first = await page();
    const second = await page(`&cursor=${encodeURIComponent(first.next ?? "")}`);
    expect([...first.keys, ...second.keys].map(({ kid }) => kid).toSorted()).toEqual(kids.toSorted());
    expect(second.next).toBeNull();
  });

  it("are made for what they can be used for", async () => {
    const make = async (body: object): Promise<readonly [number, string]> => {
      const { status, json, text } = await call("POST", "/api/user-token-keys", { key: ws.secret, body: { name: "N", ...body } });
      expect(text).not.toContain("private-part");
      return [status, json.code];
    };
    const { jwk } = await newPair();
    const refused = [400, "bad_request"];
    expect(await make({ algorithm: "none" })).toEqual(refused);
    expect(await make({ algorithm: "RS256", publicKey: jwk })).toEqual(refused);
    expect(await make({ algorithm: "ES256" })).toEqual(refused);
    expect(await make({ algorithm: "HS256", publicKey: jwk })).toEqual(refused);
    expect(await make({ algorithm: "HS256", secret: "mine" })).toEqual(refused);
    expect(await make({ algorithm: "ES256", publicKey: { ...jwk, d: "private-part" } })).toEqual(refused);
    expect(await make({ algorithm: "ES256", publicKey: { ...jwk, crv: "P-384" } })).toEqual(refused);
    expect(await make({ algorithm: "ES256", publicKey: { ...jwk, x: jwk.y, y: jwk.x } })).toEqual(refused);
  });

  it("are ten at most", async () => {
    const of = await testWorkspace();
    for (let n = 0; n < 10; n++) await newKey(of);
    const reply = await call("POST", "/api/user-token-keys", { key: of.secret, body: { name: "N", algorithm: "HS256" } });
    expect([reply.status, reply.json.code]).toEqual([422, "too_many_keys"]);
  });
});

describe("whoever claims to be another", () => {
  /** All that a caller sees of a call, but for what is random or his own. */
  const seen = ({ status, body, headers }: Answer<unknown>, own: readonly string[]): string => {
    let text = JSON.stringify([status, body, [...headers]]);
    for (const [place, word] of own.entries()) text = text.replaceAll(word, `own ${place}`);
    return text.replaceAll(/\.([akp]\.\d+)\.[\w-]{43}/g, ".$1.MAC").replaceAll(/tl_c=[\w-]{8};/g, "tl_c=WORD;");
  };

  it.each<readonly [string, () => Promise<string | undefined>]>([
    ["without a token", () => Promise.resolve(undefined)],
    ["under a token that is none", () => Promise.resolve("junk")],
    ["under a token of his own", () => tokenOf(fresh("mallory"))],
  ])("changes nothing of that user's and learns nothing: %s", async (_, make) => {
    const [victim, email, loyalty] = [fresh("victim"), `${fresh("v")}@shop.example`, fresh("card")];
    const mailOnly = `${fresh("w")}@shop.example`;
    await collect(storeKey, "identify", {
      userId: victim,
      traits: { email, plan: "gold" },
      context: { externalIds: [{ type: "loyalty", id: loyalty }] },
      messageId: "v1",
    });
    await collect(storeKey, "track", { userId: victim, event: "Order Completed", messageId: "v2" });
    await collect(storeKey, "identify", { traits: { email: mailOnly, plan: "silver" }, messageId: "w1" });
    const ways = [{ userId: victim }, { email }, { email: mailOnly }, { externalId: { type: "loyalty", id: loyalty } }];
    const emailOf = (of: string): ProfileId => nameOf("emailSha256", emailSha256(of));
    const objects = [nameOf("userId", victim), emailOf(email), emailOf(mailOnly), nameOf("ext:loyalty", loyalty)];
    /** All that is stored of them, to the byte, and what was ever written. */
    const stored = () =>
      Promise.all(
        objects.map((name) =>
          runInDurableObject(stubOf(name), (object: ProfileObject, { storage: { sql } }) => {
            const rows = sql.exec<{ k: number; body: string }>("SELECT k, body FROM part ORDER BY k").toArray();
            expect(rows.length).toBeGreaterThan(0);
            return [rows, object.rowsWritten, object.alarmsSet];
          }),
        ),
      );
    const picture = async (): Promise<string> => {
      const answers = await Promise.all(
        ways.map(async (identity) => {
          const { known, profileId, audiences, traits } = await decided(identity);
          return { known, profileId, audiences, traits };
        }),
      );
      const events = await eventsOf("userId", victim);
      const { text } = await call("GET", `/api/profiles/${nameOf("userId", victim)}`, { key: ws.secret });
      return JSON.stringify([answers, events, text, await stored()]);
    };
    const before = await picture();

    /** The same calls of a new attacker; what he is told of whom he names. */
    const attack = async (userId: string, mail: string, otherMail: string, card: string): Promise<readonly string[]> => {
      const [token, anonymousId] = [await make(), fresh("a")];
      // What an alias of a device calls a former id is one of its own, whoever has it as a user id.
      const own = [nameOf("anonymousId", anonymousId), anonymousId, nameOf("anonymousId", userId)];
      const context = {
        externalIds: [
          { type: "loyalty", id: card },
          { type: "email", id: mail },
        ],
      };
      const replies: string[] = [];
      const calls: readonly (readonly [string, object])[] = [
        ["identify", { userId, anonymousId, traits: { email: mail, plan: "stolen" }, context }],
        ["identify", { anonymousId, userId, traits: { email: otherMail } }],
        ["track", { userId, anonymousId, event: "Order Completed", context }],
        ["alias", { userId, previousId: anonymousId }],
        ["group", { userId, groupId: "g", anonymousId, traits: { plan: "stolen" } }],
        ["track", { userId, event: "Order Completed" }],
      ];
      let cookie: string | undefined;
      for (const [path, body] of calls) {
        const headers = {
          ...(token === undefined ? {} : { "x-user-token": token }),
          ...(cookie === undefined ? {} : { cookie }),
        };
        const answer = await collect(ws.writeKey, path, body, headers);
        replies.push(seen(answer, own));
        cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
      }
      const headers = token === undefined ? {} : { "x-user-token": token };
      replies.push(seen(await collect(ws.writeKey, "alias", { userId, previousId: userId }, headers), own));
      for (const told of [{ cookie: cookie ?? "" }, { "x-user-token": token ?? "" }, {}])
        replies.push(JSON.stringify(await audiencesIn(told)));
      const consent = { identity: { userId }, consent: { purposes: { profiling: false } } };
      replies.push(seen(await request("/v1/consent", consent, { "x-write-key": ws.writeKey, ...headers }), own));
      return replies;
    };
    const told = await attack(victim, email, mailOnly, loyalty);
    const nobody = await attack(fresh("nobody"), `${fresh("n")}@shop.example`, `${fresh("n")}@shop.example`, fresh("card"));
    expect(told).toEqual(nobody);
    expect(await picture()).toBe(before);
  });

  it("under a token of his own leads no e-mail or card of another's to himself", async () => {
    const [mallory, victim] = [fresh("mallory"), fresh("victim")];
    const [email, mailOnly] = [`${fresh("v")}@shop.example`, `${fresh("w")}@shop.example`];
    await collect(storeKey, "identify", { userId: victim, traits: { email } });
    await collect(storeKey, "identify", { traits: { email: mailOnly, plan: "silver" } });
    const token = await tokenOf(mallory);
    for (const mail of [email, mailOnly])
      await send({ userId: mallory, anonymousId: fresh("a"), traits: { email: mail } }, token);
    expect((await decided({ email })).profileId).toBe(nameOf("userId", victim));
    expect(await decided({ email: mailOnly })).toMatchObject({ known: true, traits: { plan: "silver" } });
    expect((await decided({ userId: mallory })).traits).not.toHaveProperty("plan");
  });
});
