import { env, exports } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { CompactEncrypt } from "jose/jwe/compact/encrypt";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import document from "../../docs/decide.md?raw";
import type { ProfileId } from "../../core/model/ids.ts";
import type { ProfileObject } from "../../durable-objects/profile/object.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { call } from "../../worker/api/test-api.ts";
import { tlIdCookie } from "../../worker/collect/tl-id.ts";
import { testWorkspace, type TestWorkspace } from "../../worker/cold/test-workspaces.ts";
import { crashing } from "./crashes.ts";
import { fresh, stubOf } from "./profiles.ts";

/** What a browser is decided under a public key, with its cookies as a browser keeps them: at its object, and from its token. */

const ORIGIN = "https://shop.example";
let shop: TestWorkspace;
let other: TestWorkspace;

interface Reply {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- each test says what it expects of it
  readonly body: Record<string, any>;
  readonly headers: Headers;
}

/** A browser: it keeps what it is told to, until that is over. */
class Browser {
  readonly anonymousId = fresh("a");
  readonly jar = new Map<string, { readonly value: string; readonly until: number }>();

  async send(path: string, body: object | undefined, workspace = shop, headers: Record<string, string> = {}): Promise<Reply> {
    const cookies = [...this.jar].filter(([, { until }]) => until > Date.now()).map(([name, { value }]) => `${name}=${value}`);
    const all = { "x-write-key": workspace.writeKey, origin: ORIGIN, cookie: cookies.join("; "), ...headers };
    const init = body === undefined ? { headers: all } : { method: "POST", headers: all, body: JSON.stringify(body) };
    const response = await exports.default.fetch(new Request(`http://tideline.test${path}`, { ...init, redirect: "manual" }));
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, body: isJson ? await response.json() : {}, headers: response.headers };
  }

  #keep(cookie: string): void {
    const [, name = "", value = "", age = ""] = /^([^=]+)=([^;]*); Max-Age=(\d+);/.exec(cookie) ?? [];
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
    if (Number(age) === 0) this.jar.delete(name);
    else this.jar.set(name, { value, until: Date.now() + Number(age) * 1_000 });
  }

  track(event: string, more: object = {}): Promise<Reply> {
    return this.send("/v1/track", { anonymousId: this.anonymousId, event, ...more });
  }

  async decide(placements: readonly string[] = [], more: object = {}): Promise<Reply["body"]> {
    const { status, body } = await this.send("/v1/decide", { placements, ...more });
    expect([status, body["code"]]).toEqual([200, undefined]);
    return body;
  }

  get token(): string | undefined {
    return this.jar.get("tl_m")?.value;
  }
}

let hops = 0;

beforeAll(async () => {
  shop = await testWorkspace();
  other = await testWorkspace();
  for (const { secret: key } of [shop, other]) {
    const put = async (path: string, body: object): Promise<void> =>
      expect((await call("PUT", `/api/${path}`, { key, body })).status).toBe(200);
    await put("audiences/readers", {
      name: "Readers",
      rule: { event: "Read", count: { gte: 3 } },
      visibility: "public",
      purpose: "content",
    });
    await put("audiences/quiet", {
      name: "Quiet",
      rule: { event: "Read", count: { eq: 0 } },
      visibility: "public",
      purpose: "ads",
    });
    await put("audiences/secret", { name: "Secret", rule: { event: "Read" } });
    await put("placements/hero", { name: "Hero", default: "welcome" });
    await put("placements/box", { name: "Box", default: "empty" });
    await put("placements/split", { name: "Split", default: "none" });
    await put("campaigns/again", {
      name: "Again",
      placement: "hero",
      audience: "readers",
      priority: 1,
      creatives: [{ key: "a", content: "again" }],
    });
    await put("campaigns/secretly", {
      name: "Secretly",
      placement: "hero",
      audience: "secret",
      creatives: [{ key: "a", content: "for readers" }],
    });
    await put("campaigns/capped", {
      name: "Capped",
      placement: "box",
      cap: [{ limit: 2, per: "1d" }],
      creatives: [{ key: "a", content: "box" }],
    });
    const creatives = ["a", "b"].map((name) => ({ key: name, content: name }));
    await put("campaigns/halves", { name: "Halves", placement: "split", holdout: 0.5, creatives });
    expect((await call("POST", "/api/ruleset/publish", { key })).status).toBe(200);
  }
});

beforeEach(() => {
  hops = 0;
});
beforeAll(() => crashing("decide", () => void hops++));
afterEach(() => void vi.useRealTimers());

describe("a decision under a public key", () => {
  it("holds placements and public audiences, and nothing else of whom the cookie names", async () => {
    const browser = new Browser();
    for (let n = 0; n < 3; n++) await browser.track("Read");
    const body = await browser.decide(["hero", "nothing"]);
    expect(Object.keys(body).toSorted()).toEqual(["asOf", "audiences", "decisionId", "placements", "ruleset"]);
    expect(body["audiences"]).toEqual(["readers"]);
    expect(body["placements"]).toEqual({
      hero: {
        campaign: "again",
        creative: "a",
        content: "again",
        reason: "TARGETING_MATCH",
        holdout: false,
        impressionUrl: expect.any(String),
      },
    });
  });

  it("looks the same for nobody, for somebody unknown and for a person who is in nothing", async () => {
    const [nobody, unknown, person] = [new Browser(), new Browser(), new Browser()];
    await person.track("Seen");
    const name = profileName(env.NAME_KEY, shop.id, { type: "anonymousId", value: unknown.anonymousId });
    const cookie = tlIdCookie(env, shop.id, Date.now(), { profileId: name, kind: "anonymous" }, undefined) ?? "";
    unknown.jar.set("tl_id", { value: cookie.slice("tl_id=".length).split(";", 1)[0] ?? "", until: Infinity });
    const replies: Reply[] = [];
    for (const browser of [nobody, unknown, person]) replies.push(await browser.send("/v1/decide", { placements: ["hero"] }));
    expect(hops).toBe(2);
    const shown = replies.map(({ body, headers }) => [
      { ...body, decisionId: "", asOf: "" },
      [...headers.keys()].filter((header) => header !== "set-cookie"),
    ]);
    expect(shown[1]).toEqual(shown[0]);
    expect(shown[2]).toEqual(shown[0]);
    expect(shown[0]?.[0]).toMatchObject({
      audiences: ["quiet"],
      placements: { hero: { content: "welcome", reason: "DEFAULT" } },
    });
    // Asking has made nobody.
    await runInDurableObject(stubOf(name), (object: ProfileObject) => expect(object.rowsWritten).toBe(0));
  });

  it("is asked for, and answered, as the document says", async () => {
    const [asked, answered] = [...document.slice(document.indexOf("## From a browser")).matchAll(/```json\n([^`]+)```/g)].map(
      ([, json = ""]): Record<string, unknown> => JSON.parse(json),
    );
    const { status, body } = await new Browser().send("/v1/decide", { ...asked, placements: ["hero"] });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(Object.keys(answered ?? {}));
    const [shown, written] = [body["placements"].hero, Object.values(answered?.["placements"] as object)[0]];
    expect(Object.keys(shown)).toEqual(Object.keys(written as object));
  });

  it.each([
    [{ identity: { userId: "u1" } }, 422, "bad_identity"],
    [{ identity: { email: "a@b.example" } }, 422, "bad_identity"],
    [{ identity: { profileId: "A".repeat(43) } }, 422, "bad_identity"],
    [{ include: ["traits"] }, 400, "bad_request"],
    [{ include: ["explain"] }, 400, "bad_request"],
    [{ include: ["trace"] }, 400, "bad_request"],
    [{ include: ["household"] }, 400, "bad_request"],
    [{ at: "2026-01-01T00:00:00Z" }, 400, "bad_request"],
    [{ placements: "hero" }, 400, "bad_request"],
  ])("is refused for %j", async (body, status, code) => {
    const reply = await new Browser().send("/v1/decide", body);
    expect([reply.status, reply.body["code"]]).toEqual([status, code]);
  });

  it("reads nobody by the name that a browser gives itself", async () => {
    const [known, claiming] = [new Browser(), new Browser()];
    for (let n = 0; n < 3; n++) await known.track("Read");
    const body = await claiming.decide(["hero"], { identity: { anonymousId: known.anonymousId } });
    expect(body).toMatchObject({ audiences: ["quiet"], placements: { hero: { content: "welcome" } } });
    expect(hops).toBe(0);
  });

  it("shows a newcomer the same before its first event and after it", async () => {
    for (let n = 0; n < 12; n++) {
      const browser = new Browser();
      const named = { identity: { anonymousId: browser.anonymousId } };
      const first = (await browser.decide(["split"], named))["placements"].split;
      await browser.track("Seen");
      expect((await browser.send(first.impressionUrl, undefined)).status).toBe(200);
      const { impressionUrl: _, ...then } = (await browser.decide(["split"], named))["placements"].split;
      const { impressionUrl: __, ...before } = first;
      expect(then).toEqual(before);
    }
  });

  it("goes by consent, and by the browser's own signal", async () => {
    const browser = new Browser();
    for (let n = 0; n < 3; n++) await browser.track("Read");
    expect(await browser.decide(["hero"], { consent: { purposes: { profiling: false } } })).toMatchObject({
      audiences: [],
      reason: "NO_CONSENT",
      placements: { hero: { content: "welcome", reason: "NO_CONSENT" } },
    });
    const { body } = await new Browser().send("/v1/decide", {}, shop, { "sec-gpc": "1" });
    expect(body["audiences"]).toEqual([]);
  });

  it("is for pages of the source's own, and for servers without an origin", async () => {
    const browser = new Browser();
    expect((await browser.send("/v1/decide", {}, shop, { origin: "https://evil.example" })).status).toBe(403);
    const own = await browser.send("/v1/decide", {});
    expect(own.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(own.headers.get("server-timing")).toBeNull();
  });
});

describe("the membership token", () => {
  /** A browser that has read three times, and its token. */
  async function reader(): Promise<Browser> {
    const browser = new Browser();
    for (let n = 0; n < 3; n++) await browser.track("Read");
    expect(await browser.decide(["hero"])).toMatchObject({ audiences: expect.arrayContaining(["readers"]) });
    expect(browser.token).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    hops = 0;
    return browser;
  }
  const again = { audiences: ["readers"], placements: { hero: { campaign: "again" } } };

  it("answers without a hop, the same", async () => {
    const browser = await reader();
    const body = await browser.decide(["hero", "split"]);
    expect(body).toMatchObject(again);
    expect((await browser.send("/v1/audiences?format=json", undefined)).body).toEqual({ audiences: [expect.any(String)] });
    expect(hops).toBe(0);
    const fromToken = body["placements"].split;
    browser.jar.delete("tl_m");
    const fromObject = (await browser.decide(["split"]))["placements"].split;
    expect(hops).toBe(1);
    expect({ ...fromObject, impressionUrl: "" }).toEqual({ ...fromToken, impressionUrl: "" });
  });

  it("is the browser's for a minute at most", async () => {
    const browser = await reader();
    const { value } = browser.jar.get("tl_m") ?? { value: "" };
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 59_000 });
    expect(await browser.decide(["hero"])).toMatchObject(again);
    expect(hops).toBe(0);
    vi.setSystemTime(Date.now() + 2_000);
    browser.jar.set("tl_m", { value, until: Infinity });
    expect(await browser.decide(["hero"])).toMatchObject(again);
    expect(hops).toBe(1);
  });

  it.each(["track", "consent", "impression"] as const)(
    "is gone after a %s, and the next decision has what is new",
    async (what) => {
      const browser = await reader();
      if (what === "track") await browser.track("Read");
      else if (what === "consent") {
        const said = { identity: { anonymousId: browser.anonymousId }, consent: { purposes: { content: false } } };
        expect((await browser.send("/v1/consent", said)).status).toBe(200);
      } else await browser.send((await browser.decide(["hero"]))["placements"].hero.impressionUrl, undefined);
      expect(browser.token).toBeUndefined();
      const body = await browser.decide(["hero"]);
      expect(hops).toBe(1);
      expect(body).toMatchObject(what === "consent" ? { audiences: [], placements: { hero: { reason: "NO_CONSENT" } } } : again);
    },
  );

  it.each(["track", "consent", "impression"] as const)(
    "that was on its way during a %s is not taken when it comes after it",
    async (what) => {
      const browser = await reader();
      const { impressionUrl } = (await browser.decide(["hero"]))["placements"].hero;
      const before = browser.jar.get("tl_m");
      if (what === "track") await browser.track("Read");
      else if (what === "impression") await browser.send(impressionUrl, undefined);
      else
        await browser.send("/v1/consent", {
          identity: { anonymousId: browser.anonymousId },
          consent: { purposes: { measurement: false } },
        });
      if (before !== undefined) browser.jar.set("tl_m", before);
      await browser.decide(["hero"]);
      expect(hops).toBe(1);
      // The one that came with this answer is.
      await browser.decide(["hero"]);
      expect(hops).toBe(1);
    },
  );

  it("gives way to what the request says of consent", async () => {
    const browser = await reader();
    expect(await browser.decide(["hero"], { consent: { purposes: { content: false } } })).toMatchObject({
      audiences: [],
      placements: { hero: { content: "welcome", reason: "NO_CONSENT" } },
    });
    expect(hops).toBe(0);
  });

  it("is not enough where something is counted, or asked again", async () => {
    const browser = await reader();
    const chosen: string[] = [];
    for (let n = 0; n < 3; n++) chosen.push((await browser.decide(["box"]))["placements"].box.reason);
    expect([chosen, hops]).toEqual([["TARGETING_MATCH", "TARGETING_MATCH", "CAPPED"], 3]);
    await browser.decide(["hero"], { requestId: "r1" });
    expect(hops).toBe(4);
  });

  it("holds for one person, one workspace and one ruleset", async () => {
    const browser = await reader();
    const stranger = new Browser();
    await stranger.track("Seen");
    stranger.jar.set("tl_m", { value: browser.token ?? "", until: Infinity });
    expect(await stranger.decide(["hero"])).toMatchObject({ audiences: ["quiet"] });
    expect(hops).toBe(1);
    const elsewhere = new Browser();
    elsewhere.jar.set("tl_m", { value: browser.token ?? "", until: Infinity });
    expect((await elsewhere.send("/v1/decide", {}, other)).body).toMatchObject({ audiences: ["quiet"] });
    await call("PUT", "/api/audiences/newer", {
      key: shop.secret,
      body: { name: "N", rule: { event: "Read" }, visibility: "public" },
    });
    await call("POST", "/api/ruleset/publish", { key: shop.secret });
    expect(await browser.decide([], { minRuleset: 2 })).toMatchObject({ audiences: ["newer", "readers"], ruleset: 2 });
    expect(hops).toBe(2);
  });

  it("is refused where it is forged, or was touched", async () => {
    const browser = await reader();
    const person: ProfileId = profileName(env.NAME_KEY, shop.id, { type: "anonymousId", value: browser.anonymousId });
    const said = {
      audiences: ["readers", "secret"],
      shown: {},
      denied: [],
      until: null,
      workspace: shop.id,
      person,
      ruleset: 2,
      change: browser.jar.get("tl_c")?.value ?? "",
      expires: Date.now() + 50_000,
    };
    const forged = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(said)))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(crypto.getRandomValues(new Uint8Array(32)));
    const own = browser.token ?? "";
    for (const value of [forged, `${own.slice(0, -2)}AA`, own.replace("..", ".x."), "a..b.c.d", "x".repeat(5_000)]) {
      browser.jar.set("tl_m", { value, until: Infinity });
      hops = 0;
      expect(await browser.decide(["hero"])).toMatchObject({ placements: { hero: { campaign: "again" } } });
      expect(hops).toBe(1);
    }
  });
});
