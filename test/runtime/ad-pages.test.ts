import { createExecutionContext, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ProfileId } from "../../core/model/ids.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { rtdRoute } from "../../worker/adtech/page-routes.ts";
import { asSource } from "../../worker/auth/guard.ts";
import type { SourceRecord } from "../../worker/cold/records.ts";
import { gppString, TCF_NO, TCF_YES } from "./consent-strings.ts";
import { fresh, publishRules, stubOf } from "./profiles.ts";
import { letDeadlinesCome, withoutDeadlines } from "./still-clock.ts";
import { collect, makeWorkspace, putKey, type TestWorkspace } from "./workspace.ts";

const RULES = {
  buyer: { event: "Order Completed" },
  secretly: { event: "Order Completed" },
  reader: { event: "Order Completed" },
  quiet: { event: "Order Completed", count: { eq: 0 } },
};
const DATA = [
  { id: "tideline", name: "tideline", segment: [{ id: "buyer" }] },
  { id: "tideline-4", name: "tideline", segment: [{ id: "243" }], ext: { segtax: 4 } },
];

let ws: TestWorkspace;
const SHOP = "https://shop.example";
const IN_CACHE = "https://shop-example.cdn.ampproject.org";
const shopKey = fresh("wk_shop");

beforeAll(async () => {
  ws = await makeWorkspace(RULES);
  await publishRules(ws.id, 1, RULES, { buyer: "ads", secretly: "ads", quiet: "ads" }, ["buyer", "reader", "quiet"], {
    buyer: { name: "Buyers", taxonomy: [{ segtax: 4, id: "243" }] },
  });
  const source: SourceRecord = {
    key: "shop",
    kind: "browser",
    channel: "web",
    party: "first",
    origins: [SHOP],
    identify: "open",
    consent: "assumed",
  };
  await putKey(shopKey, { v: 1, workspace: ws.id, type: "write", source });
});

withoutDeadlines();

const nameOf = (anonymousId: string): ProfileId => profileName(env.NAME_KEY, ws.id, { type: "anonymousId", value: anonymousId });

/** Somebody who bought, and the cookie that their browser has. */
async function buyer(): Promise<{ readonly anonymousId: string; readonly cookie: string }> {
  const anonymousId = fresh("a");
  const { headers } = await collect(ws.writeKeys.web, "track", { anonymousId, event: "Order Completed" });
  return { anonymousId, cookie: headers.get("set-cookie")?.split(";")[0] ?? "" };
}

async function ask(path: string, headers: Readonly<Record<string, string>> = {}, key = shopKey): Promise<Response> {
  return exports.default.fetch(
    new Request(`http://tideline.test${path}${path.includes("?") ? "&" : "?"}writeKey=${key}`, { headers }),
  );
}

/** From the object that is held until the call is answered. */
async function whileHeld<T>(name: ProfileId, work: () => Promise<T>): Promise<T> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const held = runInDurableObject(stubOf(name), (_, state) => state.blockConcurrencyWhile(() => released));
  letDeadlinesCome();
  const answer = await work();
  release();
  await held;
  return answer;
}

describe("GET /v1/rtd", () => {
  it("is what Prebid merges: the browser's public audiences for advertising, under our codes and in taxonomies, without names", async () => {
    const { cookie } = await buyer();
    const response = await ask("/v1/rtd", { cookie, origin: SHOP });
    expect(await response.json()).toEqual({ user: { data: DATA } });
    expect(response.headers.get("access-control-allow-origin")).toBe(SHOP);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("names nobody but the cookie's own: an id in the URL says nothing", async () => {
    const { anonymousId } = await buyer();
    const nobodys = { user: { data: [{ id: "tideline", name: "tideline", segment: [{ id: "quiet" }] }] } };
    for (const path of ["/v1/rtd", `/v1/rtd?cid=${anonymousId}&anonymousId=${anonymousId}`, `/v1/rtd?userId=${anonymousId}`])
      expect(await (await ask(path)).json()).toEqual(nobodys);
  });

  it.each([
    ["gdpr=1", false],
    [`gdpr=1&gdpr_consent=${TCF_YES}`, true],
    [`gdpr=1&gdpr_consent=${TCF_NO}`, false],
    [`gdpr_consent=${TCF_NO}`, false],
    ["gdpr=0", true],
    ["gdpr=0&gdpr_consent=", true],
    ["gdpr=maybe", false],
    ["gdpr_consent=junk", false],
    [`gpp=${gppString("usnat", { SaleOptOut: 1 })}&gpp_sid=7`, false],
    [`gpp=${gppString("usnat", { SaleOptOut: 2 })}&gpp_sid=7`, true],
    ["gpp_sid=x", false],
    ["gpp=&gpp_sid=", true],
    ["us_privacy=1YYN", false],
    ["us_privacy=1YNN", true],
    ["gpc=1", false],
    ["coppa=1", false],
    ["coppa=0&gpc=0", true],
  ])("goes by the consent of its URL: %s", async (query, isTold) => {
    const { cookie } = await buyer();
    expect(await (await ask(`/v1/rtd?${query}`, { cookie })).json()).toEqual({ user: { data: isTold ? DATA : [] } });
  });

  it("goes by the browser's Global Privacy Control", async () => {
    const { cookie } = await buyer();
    expect(await (await ask("/v1/rtd", { cookie, "sec-gpc": "1" })).json()).toEqual({ user: { data: [] } });
  });

  it("is empty while the person's object is not to be had", async () => {
    const { anonymousId, cookie } = await buyer();
    const response = await whileHeld(nameOf(anonymousId), () => ask("/v1/rtd?timeout=150", { cookie }));
    expect([response.status, await response.json()]).toEqual([200, { user: { data: [] } }]);
  });

  it("is empty while what is published is not to be had", async () => {
    const other = await makeWorkspace();
    letDeadlinesCome();
    const never = { get: () => new Promise<never>(() => undefined) } as unknown as R2Bucket;
    const request = new Request(`http://tideline.test/v1/rtd?writeKey=${other.writeKeys.web}&timeout=150`);
    const response = await asSource(request, env, createExecutionContext(), (call) =>
      rtdRoute({ ...call, env: { ...env, PUBLISHED: never }, workspace: { ...call.workspace, ruleset: 7 } }),
    );
    expect([response.status, await response.json()]).toEqual([200, { user: { data: [] } }]);
  });
});

describe("GET /v1/targeting, as AMP's Real Time Config calls it", () => {
  const path = (cid: string, more = ""): string =>
    `/v1/targeting?cid=${cid}${more}&__amp_source_origin=${encodeURIComponent(SHOP)}`;
  const amp = {
    accept: "application/json",
    referer: `${IN_CACHE}/v/s/shop.example/a.html?amp_js_v=0.1`,
    "sec-fetch-mode": "cors",
  };

  it("tells a page in the cache of its visitor, whom AMP's client id names", async () => {
    const { anonymousId } = await buyer();
    const response = await ask(path(anonymousId), { ...amp, origin: IN_CACHE });
    expect([response.status, await response.json()]).toEqual([200, { targeting: { seg: ["buyer"] } }]);
    expect(response.headers.get("access-control-allow-origin")).toBe(IN_CACHE);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    expect(response.headers.get("content-type")).toBe("application/json");
  });

  it("tells a page at its own address, of its cookie's person before its client id's", async () => {
    const [{ cookie }, other] = [await buyer(), fresh("amp-unknown")];
    const same = await ask(path(other), { ...amp, cookie, "amp-same-origin": "true" });
    expect(await same.json()).toEqual({ targeting: { seg: ["buyer"] } });
    const own = await ask(path(other), { ...amp, cookie, origin: SHOP });
    expect(own.headers.get("access-control-allow-origin")).toBe(SHOP);
    expect(await own.json()).toEqual({ targeting: { seg: ["buyer"] } });
  });

  it("looks the same of a client id that leads to somebody, of one that leads to nobody, and without any", async () => {
    const linked = fresh("a");
    await collect(ws.writeKeys.app, "identify", { anonymousId: linked, userId: fresh("u") });
    const answers = await Promise.all(
      [linked, fresh("a"), ""].map(async (cid) => {
        const response = await ask(path(cid), { ...amp, origin: IN_CACHE });
        return [response.status, Object.fromEntries(response.headers), await response.text()];
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(answers[0]?.[1]).not.toHaveProperty("server-timing");
  });

  it("takes nobody's client id, and one that is unknown, alike", async () => {
    for (const cid of ["", "CLIENT_ID(tl)", fresh("amp-x"), "x".repeat(300), "null"])
      expect(await (await ask(path(encodeURIComponent(cid)), { ...amp, origin: IN_CACHE })).json()).toEqual({
        targeting: { seg: ["quiet"] },
      });
  });

  it("does not let a client id be a user's", async () => {
    const userId = fresh("u");
    await collect(ws.writeKeys.store, "track", { userId, event: "Order Completed" });
    expect(await (await ask(path(userId), { ...amp, origin: IN_CACHE })).json()).toEqual({ targeting: { seg: ["quiet"] } });
  });

  it.each([
    ["another publisher's page in the cache", { origin: "https://evil-example.cdn.ampproject.org" }, ""],
    ["another page", { origin: "https://evil.example" }, ""],
    ["a page that says it is another's", { origin: IN_CACHE }, "https://evil.example"],
  ])("is closed to %s", async (_, headers, source) => {
    const { anonymousId } = await buyer();
    const asked =
      source === "" ? path(anonymousId) : `/v1/targeting?cid=${anonymousId}&__amp_source_origin=${encodeURIComponent(source)}`;
    const response = await ask(asked, { ...amp, ...headers });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    expect(await response.text()).not.toContain("buyer");
  });

  it("opens no other call to the cache", async () => {
    expect((await ask("/v1/rtd", { origin: IN_CACHE })).status).toBe(403);
    expect((await ask("/v1/audiences", { origin: IN_CACHE })).status).toBe(403);
  });

  it.each([
    [`&consent_string=${TCF_YES}&consent_type=2&gdpr_applies=true`, true],
    [`&consent_string=${TCF_NO}&consent_type=2&gdpr_applies=true`, false],
    ["&consent_string=&consent_type=&gdpr_applies=true", false],
    ["&consent_string=&consent_type=&gdpr_applies=false", true],
    ["&consent_string=&consent_type=&gdpr_applies=", true],
    ["&consent_string=1YYN&consent_type=3", false],
    ["&consent_string=1YNN&consent_type=3", true],
    [`&consent_string=${gppString("usca", { SaleOptOut: 1 })}&consent_type=4`, false],
    [`&consent_string=${gppString("usca", { SaleOptOut: 2 })}&consent_type=4`, true],
    ["&consent_string=CONSENT_STRING", false],
    [`&consent_string=${TCF_YES}&consent_type=9`, false],
    [`&consent_string=${TCF_YES}&consent_type=2&consent_type=3`, false],
    [`&gdpr_consent=${TCF_NO}`, false],
  ])("goes by the consent that AMP writes into the URL: %s", async (more, isTold) => {
    const { anonymousId } = await buyer();
    const response = await ask(path(anonymousId, more), { ...amp, origin: IN_CACHE });
    expect([response.status, await response.json()]).toEqual([200, { targeting: { seg: isTold ? ["buyer"] : [] } }]);
  });

  it("is empty while the person's object is not to be had", async () => {
    const { anonymousId } = await buyer();
    const response = await whileHeld(nameOf(anonymousId), () =>
      ask(path(anonymousId, "&timeout=150"), { ...amp, origin: IN_CACHE }),
    );
    expect([response.status, await response.json()]).toEqual([200, { targeting: { seg: [] } }]);
  });
});

describe("our part of Prebid.js", () => {
  const get = (path: string, method = "GET"): Promise<Response> =>
    exports.default.fetch(new Request(`http://tideline.test${path}`, { method }));

  it("is a script for any page, and a file for Prebid's own modules", async () => {
    const [script, module] = await Promise.all([
      get("/prebid/tidelineRtdProvider.js?v=1"),
      get("/prebid/modules/tidelineRtdProvider.js"),
    ]);
    expect(Object.fromEntries(script.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=300",
    });
    expect(await script.text()).not.toMatch(/\bimport\b/);
    expect(await module.text()).toMatch(/^import\{submodule\}from"\.\.\/src\/hook\.js";.*submodule\(`realTimeData`,/s);
  });

  it.each(["/prebid/", "/prebid/tideline.js", "/prebid/constructor"])("is not at %s", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it("takes no POST", async () => {
    expect((await get("/prebid/tidelineRtdProvider.js", "POST")).status).toBe(405);
  });
});
