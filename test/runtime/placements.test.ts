import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ProfileObject } from "../../durable-objects/profile/object.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import document from "../../docs/decide.md?raw";
import { call } from "../../worker/api/test-api.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { call as callOf, fresh, stubOf } from "./profiles.ts";
import { collect, request, type Answer, type DecideBody } from "./workspace.ts";

/** Placements and campaigns over the wire: drafted, published, decided, seen and clicked. */

interface Filled {
  readonly campaign?: string;
  readonly creative?: string;
  readonly content: unknown;
  readonly reason: string;
  readonly holdout: boolean;
  readonly impressionUrl?: string;
  readonly clickUrl?: string;
}

interface Decided extends DecideBody {
  readonly placements: Readonly<Record<string, Filled>>;
  readonly trace?: readonly object[];
}

let shop: TestWorkspace;
let version = 0;

const put = (path: string, body: unknown) => call("PUT", `/api/${path}`, { key: shop.secret, body });
const HERO = { name: "Home hero", default: { title: "Welcome" } };
const spring = (more: object = {}) => ({
  name: "Spring",
  placement: "hero",
  creatives: [{ key: "a", content: { title: "Spring" }, destination: "https://shop.example/spring" }],
  ...more,
});

async function publish(): Promise<void> {
  const published = await call("POST", "/api/ruleset/publish", { key: shop.secret, body: {} });
  expect([published.status, published.json.errors]).toEqual([200, undefined]);
  ({ version } = published.json);
}

async function live(campaigns: Readonly<Record<string, object>>): Promise<void> {
  const { json } = await call("GET", "/api/campaigns", { key: shop.secret });
  for (const { key } of json.campaigns) await call("DELETE", `/api/campaigns/${key}`, { key: shop.secret });
  for (const [key, body] of Object.entries(campaigns))
    expect([key, (await put(`campaigns/${key}`, body)).status]).toEqual([key, 200]);
  await publish();
}

async function decide(userId: string, more: object = {}): Promise<Decided> {
  const asked = { identity: { userId }, placements: ["hero"], minRuleset: version, timeoutMs: 30_000, ...more };
  const { status, body } = (await request("/v1/decide", asked, {
    authorization: `Bearer ${shop.secret}`,
  })) as unknown as Answer<Decided>;
  expect(status).toBe(200);
  return body;
}

const heroOf = async (userId: string, more: object = {}): Promise<Filled> => {
  const hero = (await decide(userId, more)).placements["hero"];
  if (hero === undefined) throw new Error("the placement was not filled");
  return hero;
};

async function visitor(event = "Product Viewed"): Promise<string> {
  const userId = fresh("u");
  await collect(shop.writeKey, "track", { userId, event });
  return userId;
}

const open = (url = "", headers: Record<string, string> = {}): Promise<Response> =>
  exports.default.fetch(new Request(`http://tideline.test${url}`, { headers, redirect: "manual" }));

const objectOf = (userId: string) => stubOf(profileName(env.NAME_KEY, shop.id, { type: "userId", value: userId }));
const rowsOf = (userId: string): Promise<number> =>
  runInDurableObject(objectOf(userId), (object: ProfileObject) => object.rowsWritten);

async function factsOf(userId: string): Promise<readonly { name: string; properties: Record<string, unknown> }[]> {
  const looked = await call("POST", "/api/profiles/lookup", { key: shop.secret, body: { userId } });
  const { json } = await call("GET", `/api/profiles/${looked.json.profileId}/events`, { key: shop.secret });
  return json.events.filter(({ type }: { type: string }) => type === "fact");
}

beforeAll(async () => {
  shop = await testWorkspace();
  await put("placements/hero", HERO);
  await put("audiences/buyers", { name: "Buyers", rule: { event: "Order Completed", within: "30d" }, purpose: "content" });
});

describe("a placement and its campaigns", () => {
  it("are drafts until they are published, and the default stands where none applies", async () => {
    await live({});
    const userId = await visitor();
    await put("campaigns/spring", spring());
    expect(await heroOf(userId)).toEqual({ content: { title: "Welcome" }, reason: "DEFAULT", holdout: false });
    await publish();
    expect(await heroOf(userId)).toEqual({
      campaign: "spring",
      creative: "a",
      content: { title: "Spring" },
      reason: "TARGETING_MATCH",
      holdout: false,
      impressionUrl: expect.stringMatching(/^\/v1\/pixel\.gif\?t=[\w-]+$/),
      clickUrl: expect.stringMatching(/^\/v1\/click\?t=[\w-]+$/),
    });
  });

  it("are for an audience or for a rule of their own, which no reply shows as an audience, and say why", async () => {
    await live({
      buyers: spring({ audience: "buyers", priority: 2 }),
      viewers: spring({ rule: { event: "Product Viewed" }, priority: 1, exclude: ["buyers"] }),
      rest: spring(),
    });
    const [buyer, viewer, other] = [await visitor("Order Completed"), await visitor(), await visitor("Other")];
    expect((await heroOf(buyer)).campaign).toBe("buyers");
    expect((await heroOf(other)).campaign).toBe("rest");
    const { placements, trace, audiences } = await decide(viewer, { include: ["audiences", "trace"] });
    expect([placements["hero"]?.campaign, audiences]).toEqual(["viewers", []]);
    expect(trace).toEqual([
      { placement: "hero", campaign: "buyers", chosen: false, why: "not_in_audience" },
      { placement: "hero", campaign: "viewers", chosen: true, why: "chosen" },
      { placement: "hero", campaign: "rest", chosen: false, why: "outranked" },
    ]);
    const looked = await call("POST", "/api/profiles/lookup", { key: shop.secret, body: { userId: viewer } });
    expect((await call("GET", `/api/profiles/${looked.json.profileId}`, { key: shop.secret })).json.audiences).toEqual([]);
  });

  it("of a request that says no keep to the default; of nobody known those with a cap do", async () => {
    await live({ spring: spring(), capped: spring({ priority: 1, cap: [{ limit: 1, per: "1d" }] }) });
    const userId = await visitor();
    const no = await decide(userId, { consent: { purposes: { profiling: false } } });
    expect(no.placements["hero"]).toEqual({ content: { title: "Welcome" }, reason: "NO_CONSENT", holdout: false });
    expect((await heroOf(userId, { consent: { purposes: { content: false } } })).reason).toBe("NO_CONSENT");
    expect((await decide(userId, { placements: ["no-such"] })).placements).toEqual({});
    expect((await heroOf(fresh("nobody"))).campaign).toBe("spring");
    expect(await decide(userId, { at: new Date().toISOString() })).not.toHaveProperty("placements");
  });

  it("keep to the default where nobody answers in time, and who answers later takes no room", async () => {
    await live({ capped: spring({ cap: [{ limit: 1, per: "1d" }] }) });
    const userId = await visitor();
    const rows = await rowsOf(userId);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    // The object takes no call until it is released.
    const held = runInDurableObject(objectOf(userId), (_: ProfileObject, state) => state.blockConcurrencyWhile(() => released));
    const late = await decide(userId, { timeoutMs: 20 });
    release();
    await held;
    expect(late.placements["hero"]).toEqual({ content: { title: "Welcome" }, reason: "ERROR", holdout: false });
    expect(await rowsOf(userId)).toBe(rows);
    expect((await heroOf(userId)).reason).toBe("TARGETING_MATCH");
  });

  it("with a cap are not chosen after the deadline, and nothing is written then", async () => {
    await live({ spring: spring(), capped: spring({ priority: 1, cap: [{ limit: 1, per: "1d" }] }) });
    const userId = await visitor();
    await heroOf(userId, { requestId: "wakes" });
    const rows = await rowsOf(userId);
    const name = profileName(env.NAME_KEY, shop.id, { type: "userId", value: userId });
    const placements = { keys: ["hero"], decision: "late", deadline: Date.now() - 1, trace: true };
    const asked = { ...callOf(shop.id, name), ruleset: version, audiences: false, traits: false, explain: false, placements };
    const answer = await objectOf(userId).decide(asked);
    expect(JSON.parse(`{${answer.slice(1)}}`)).toMatchObject({
      placements: { hero: { campaign: "spring" } },
      trace: [
        { campaign: "capped", why: "cannot_count" },
        { campaign: "spring", why: "chosen" },
      ],
    });
    expect(await rowsOf(userId)).toBe(rows);
  });

  it("are those of the document, and so is what a decision says of them", async () => {
    const [, , placement, campaign, reply, learning] = [...document.matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]) =>
      JSON.parse(json),
    );
    await live({});
    await put("audiences/vip", { name: "VIP", rule: { everyone: true } });
    expect((await put("placements/home-hero", placement)).json).toMatchObject(placement);
    const drafted = await put("campaigns/spring", campaign);
    expect([drafted.status, drafted.json]).toMatchObject([200, campaign]);
    const learns = await put("campaigns/learning", learning);
    expect([learns.status, learns.json]).toMatchObject([200, learning]);
    expect((await call("DELETE", "/api/campaigns/learning", { key: shop.secret })).status).toBe(204);
    await live({ spring: { ...campaign, exclude: [], schedule: {}, holdout: 0 } });
    const { placements } = await decide(await visitor("Order Completed"), { placements: ["home-hero"] });
    const url = (path: string) => expect.stringMatching(new RegExp(`^${path}\\?t=[\\w-]+$`));
    const urls = { impressionUrl: url("/v1/pixel.gif"), clickUrl: url("/v1/click") };
    expect(placements).toEqual({ "home-hero": { ...reply.placements["home-hero"], ...urls } });
  });

  it("are refused with every fault", async () => {
    const bad = await put("campaigns/bad", {
      ...spring({ audience: "buyers", rule: { everyone: true } }),
      cap: [
        { limit: 1, per: "1 day" },
        { limit: 1, per: "900d" },
      ],
      schedule: { from: "tomorrow", to: "2026-01-01", hours: [{ from: "18:00", to: "09:00" }] },
      creatives: [
        { key: "a", weight: 0, content: {}, html: "<b>" },
        { key: "a", weight: 0, content: {}, destination: "javascript:alert(1)" },
      ],
    });
    expect([bad.status, bad.json.code]).toEqual([422, "invalid_campaign"]);
    expect(bad.json.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)).toEqual([
      "/rule audience_or_rule",
      "/schedule/from bad_instant",
      "/schedule/hours/0 bad_hours",
      "/cap/0/per bad_duration",
      "/cap/1/per longer_than_retention",
      "/creatives/0 content_or_html",
      "/creatives/1/key duplicate_key",
      "/creatives/1/destination bad_destination",
      "/creatives no_weight",
    ]);
    const household = { cap: [{ limit: 1, per: "1d", scope: "household" }] };
    expect((await put("campaigns/bad", spring(household))).json.code).toBe("bad_request");
    const aimless = await put("campaigns/bad", spring({ allocation: "thompson" }));
    expect(aimless.json.errors).toMatchObject([{ pointer: "/allocation", code: "no_goal" }]);
    expect((await put("campaigns/bad", spring({ rule: { evnt: "x" } }))).json.code).toBe("invalid_rule");
  });

  it("cannot be published without what they name, nor can that be deleted", async () => {
    await live({ spring: spring({ audience: "buyers" }) });
    const deleted = async (path: string) => (await call("DELETE", `/api/${path}`, { key: shop.secret })).json?.code;
    expect([await deleted("placements/hero"), await deleted("audiences/buyers")]).toEqual(["in_use", "in_use"]);
    await put("campaigns/lost", spring({ placement: "gone", audience: "nobody", exclude: ["ghosts"] }));
    const refused = await call("POST", "/api/ruleset/publish", { key: shop.secret, body: {} });
    expect([refused.status, refused.json.errors]).toMatchObject([
      422,
      [
        { campaign: "lost", pointer: "/placement", code: "unknown_placement" },
        { campaign: "lost", pointer: "/audience", code: "unknown_audience" },
        { campaign: "lost", pointer: "/exclude/0", code: "unknown_audience" },
      ],
    ]);
    expect(await deleted("campaigns/lost")).toBeUndefined();
  });
});

describe("a cap", () => {
  beforeAll(() => live({ capped: spring({ cap: [{ limit: 3, per: "1d" }] }) }));

  it("lets exactly three of a thousand simultaneous decisions through", async () => {
    const userId = await visitor();
    const all = await Promise.all(Array.from({ length: 1_000 }, () => heroOf(userId)));
    const reasons = Map.groupBy(all, ({ reason }) => reason);
    expect([reasons.get("TARGETING_MATCH")?.length, reasons.get("CAPPED")?.length]).toEqual([3, 997]);
  }, 60_000);

  it("is taken once by a request, however often it is sent, also after an eviction, and by one row each", async () => {
    const userId = await visitor();
    await heroOf(userId, { requestId: "before" });
    const before = await rowsOf(userId);
    const first = await decide(userId, { requestId: "r1" });
    expect(await rowsOf(userId)).toBe(before + 1);
    for (let tries = 0; tries < 5; tries++) {
      const again = await decide(userId, { requestId: "r1" });
      expect([again.decisionId, again.placements["hero"]?.creative]).toEqual([first.decisionId, "a"]);
    }
    expect(await rowsOf(userId)).toBe(before + 1);
    await evictDurableObject(objectOf(userId));
    expect((await decide(userId, { requestId: "r1" })).decisionId).toBe(first.decisionId);
    expect((await heroOf(userId, { requestId: "r3" })).reason).toBe("TARGETING_MATCH");
    expect((await heroOf(userId, { requestId: "r4" })).reason).toBe("CAPPED");
  });

  it("counts what was seen in the place of what was reserved, once", async () => {
    const userId = await visitor();
    const shown = [await heroOf(userId), await heroOf(userId), await heroOf(userId, { requestId: "seen" })];
    for (const { impressionUrl } of [...shown, ...shown]) expect((await open(impressionUrl)).status).toBe(200);
    expect((await heroOf(userId)).reason).toBe("CAPPED");
    // Asked again after it was seen it is answered as it was, and takes no room anew.
    expect((await heroOf(userId, { requestId: "seen" })).campaign).toBe("capped");
    expect(await factsOf(userId)).toHaveLength(3);
    await runInDurableObject(objectOf(userId), (_: ProfileObject, state) => {
      const { body } = state.storage.sql.exec<{ body: string }>("SELECT body FROM part WHERE k = 0").one();
      expect(JSON.parse(body.slice(0, body.indexOf("\n")))).not.toHaveProperty("reserved");
    });
  });
});

describe("what was seen and clicked", () => {
  beforeAll(() => live({ spring: spring({ holdout: 0.5 }) }));

  async function shownOne(arm: boolean): Promise<readonly [string, Filled]> {
    for (;;) {
      const userId = await visitor();
      const hero = await heroOf(userId);
      if (hero.holdout === arm) return [userId, hero];
    }
  }

  it("stands in the journal once, whoever asks how often; a prefetch is neither", async () => {
    const [userId, hero] = await shownOne(false);
    await open(hero.impressionUrl, { "sec-purpose": "prefetch;prerender" });
    await open(hero.clickUrl, { purpose: "prefetch" });
    expect(await factsOf(userId)).toEqual([]);
    // A page of any origin may call them: the URL is its own right.
    for (const url of [hero.impressionUrl, hero.clickUrl])
      expect(
        (await open(url, { origin: "https://any.example", purpose: "prefetch" })).headers.get("access-control-allow-origin"),
      ).toBe("*");
    for (let tries = 0; tries < 3; tries++) {
      const picture = await open(hero.impressionUrl);
      expect([picture.headers.get("content-type"), picture.headers.get("cache-control")]).toEqual(["image/gif", "no-store"]);
      const click = await open(hero.clickUrl);
      expect([click.status, click.headers.get("location")]).toEqual([302, "https://shop.example/spring"]);
    }
    const facts = await factsOf(userId);
    expect(facts.map(({ name }) => name).toSorted()).toEqual(["$click", "$impression"]);
    for (const { properties } of facts)
      expect(properties).toEqual({
        decision: expect.any(String),
        placement: "hero",
        campaign: "spring",
        creative: "a",
        arm: "treated",
      });
  });

  it("is told of the holdout too, which sees the default and has nowhere to click", async () => {
    const [userId, hero] = await shownOne(true);
    expect(hero).toMatchObject({ reason: "HOLDOUT", content: { title: "Welcome" }, campaign: "spring" });
    expect(hero).not.toHaveProperty("clickUrl");
    await open(hero.impressionUrl);
    expect((await factsOf(userId))[0]?.properties).toMatchObject({ arm: "holdout" });
    // From then on it binds: also where the share is another.
    await live({ spring: spring({ holdout: 0 }) });
    expect((await heroOf(userId)).reason).toBe("HOLDOUT");
    expect((await heroOf(await visitor())).reason).toBe("TARGETING_MATCH");
  });

  it("says nothing of whose it is, and nothing else opens it", async () => {
    const userId = await visitor();
    const { profileId, placements } = await decide(userId);
    const token = new URL(`http://x${placements["hero"]?.clickUrl}`).searchParams.get("t") ?? "";
    const bytes = Uint8Array.from(atob(token.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).not.toContain(profileId ?? "?");
    for (let place = 0; place < bytes.length; place += 7) {
      const forged = bytes.with(place, (bytes[place] ?? 0) ^ 1);
      const text = btoa(String.fromCharCode(...forged))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");
      expect((await open(`/v1/click?t=${text}`)).status).toBe(404);
    }
    for (const path of ["/v1/click?t=", "/v1/click?t=AAAA", `/v1/click?t=${token}&u=https://evil.example`])
      expect((await open(path)).headers.get("location")).not.toBe("https://evil.example");
    expect(
      (await open(`/v1/click?t=${new URL(`http://x${placements["hero"]?.impressionUrl}`).searchParams.get("t")}`)).status,
    ).toBe(404);
  });
});
