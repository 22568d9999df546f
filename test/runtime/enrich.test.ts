import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/model/json.ts";
import { profileName } from "../../durable-objects/profile/stub.ts";
import { BID_REQUESTS } from "./bid-requests.ts";
import { gppString, TCF_NO, TCF_YES, tcfString } from "./consent-strings.ts";
import { fresh, publishRules, stubOf } from "./profiles.ts";
import { letDeadlinesCome, withoutDeadlines } from "./still-clock.ts";
import { collect, makeWorkspace, putKey, type TestWorkspace } from "./workspace.ts";
import { emailSha256 } from "../../core/identity/identifiers.ts";

const RULES = {
  buyer: { event: "Order Completed" },
  runner: { event: "Order Completed" },
  lapsed: { event: "Order Completed", count: { gte: 9 } },
  readers: { event: "Order Completed" },
};
const TOLD = {
  buyer: {
    name: "Buyers, all",
    visibility: "public",
    purpose: "ads",
    taxonomy: [
      { segtax: 4, id: "243" },
      { segtax: 6, id: "9" },
    ],
  },
  runner: {
    name: "Runners",
    purpose: "ads",
    taxonomy: [
      { segtax: 4, id: "243" },
      { segtax: 4, id: "7" },
    ],
  },
  readers: { name: "Readers", visibility: "public", purpose: "content" },
} as const;
const OURS = [
  '{"id":"tideline","name":"tideline","segment":[{"id":"buyer","name":"Buyers, all"},{"id":"runner","name":"Runners"}]}',
  '{"id":"tideline-4","name":"tideline","segment":[{"id":"243","name":"Buyers, all"},{"id":"7","name":"Runners"}],"ext":{"segtax":4}}',
  '{"id":"tideline-6","name":"tideline","segment":[{"id":"9","name":"Buyers, all"}],"ext":{"segtax":6}}',
].join(",");

let ws: TestWorkspace;
/** What the names in the shapes stand for. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  ws = await makeWorkspace(RULES, { gvlId: 42 });
  await publishRules(ws.id, 1, RULES, {}, [], TOLD);
  const email = `${fresh("ann")}@shop.example`;
  const known = {
    UID2: fresh("uid2"),
    EUID: fresh("euid"),
    ID5: fresh("ID5*"),
    PUBCID: fresh("p"),
    RAMPID: fresh("XY"),
    UTIQ: fresh("q"),
    NETID: fresh("n"),
    CARD: fresh("card"),
  };
  const ifa = crypto.randomUUID();
  ids = { ...known, USER: fresh("u"), ANON: fresh("a"), HASH: emailSha256(email), IFA: ifa, BIGIFA: ifa.toUpperCase() };
  const externalIds = Object.entries({ ...known, loyalty: known.CARD })
    .filter(([type]) => type !== "CARD")
    .map(([type, id]) => ({ type: type === "loyalty" ? type : type.toLowerCase(), id }));
  const context = { externalIds, device: { advertisingId: ids["BIGIFA"] } };
  const traits = { email };
  await collect(ws.writeKeys.app, "identify", { userId: ids["USER"], anonymousId: ids["ANON"], traits, context });
  await collect(ws.writeKeys.app, "track", { userId: ids["USER"], event: "Order Completed" });
});

withoutDeadlines();

const filled = (text: string): string => text.replaceAll(/\$([A-Z0-9]+)/g, (_, name: string) => ids[name] ?? "");

interface Enriched {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function enrich(
  text: string,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${ws.secret}` },
): Promise<Enriched> {
  const request = new Request("http://tideline.test/openrtb2/enrich", { method: "POST", body: text, headers });
  const response = await exports.default.fetch(request);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** One of the person, with this in it. */
function bidRequest(more: JsonObject, user: JsonObject = {}): string {
  return JSON.stringify({
    id: "1",
    imp: [],
    user: { eids: [{ source: "tideline", uids: [{ id: ids["USER"] ?? "" }] }], ...user },
    ...more,
  });
}

describe("a bid request", () => {
  it.each(BID_REQUESTS)("comes back with our data, and else as it was: $name", async ({ text: shape }) => {
    const text = filled(shape.replaceAll(/<<(.*?)\+.*?>>/g, "$1"));
    const enriched = await enrich(text);
    expect(enriched.status).toBe(200);
    expect(enriched.text).toBe(filled(shape.replaceAll(/<<.*?\+(.*?)>>/g, "$1").replace("OURS", () => OURS)));
    const { user, ...rest } = JSON.parse(enriched.text) as { user: { data: unknown[] } };
    const { user: was, ...others } = JSON.parse(text) as { user?: { data?: unknown[] } };
    expect(rest).toEqual(others);
    expect(user).toEqual({ ...was, data: [...(was?.data ?? []), ...(JSON.parse(`[${OURS}]`) as unknown[])] });
  });

  it("of thirty shapes and more", () => {
    expect(BID_REQUESTS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(BID_REQUESTS.map(({ text }) => text)).size).toBe(BID_REQUESTS.length);
  });

  it("says how many hops it took, and is nobody's to keep", async () => {
    const { headers } = await enrich(bidRequest({}));
    expect(headers.get("server-timing")).toMatch(/^hops;desc="\d", wait;dur=\d+$/);
    expect([headers.get("content-type"), headers.get("cache-control")]).toEqual(["application/json", "no-store"]);
  });

  it("may come compressed, and goes back plain", async () => {
    const packed = new Response(bidRequest({})).body?.pipeThrough(new CompressionStream("gzip"));
    const body = await new Response(packed).arrayBuffer();
    const headers = { authorization: `Bearer ${ws.secret}`, "content-encoding": "gzip" };
    const response = await exports.default.fetch(
      new Request("http://tideline.test/openrtb2/enrich", { method: "POST", body, headers }),
    );
    expect(await response.text()).toContain(OURS);
  });

  it.each([
    ["is of nobody named", '{"id":"1","imp":[],"user":{"id":"$USER","buyeruid":"$USER"}}'],
    ["is of somebody unknown", '{"id":"1","user":{"eids":[{"source":"tideline","uids":[{"id":"nobody-known"}]}]}}'],
    [
      "names the person in a source that is not ours",
      '{"id":"1","user":{"eids":[{"source":"other.example","uids":[{"id":"$USER"}]}]}}',
    ],
    ["has a zeroed device", '{"id":"1","device":{"ifa":"00000000-0000-0000-0000-000000000000"}}'],
    [
      "has ids in no shape known",
      '{"id":"1","user":{"eids":{"source":"tideline"},"ext":{"eids":[null,7,{"source":"tideline","uids":"$USER"}]}}}',
    ],
    ["has data in no shape known", '{"id":"1","user":{"data":"x","eids":[{"source":"tideline","uids":[{"id":"$USER"}]}]}}'],
  ])("comes back as it came when it %s", async (_, shape) => {
    const text = filled(` ${shape}\n`);
    expect(await enrich(text)).toMatchObject({ status: 200, text });
  });

  it.each([
    ["no key", '{"id":"1"}', {}, 401],
    ["a public key", '{"id":"1"}', { authorization: "Bearer wk_x" }, 401],
    ["no JSON", '{"id":', undefined, 400],
    ["no object", "[]", undefined, 400],
  ])("is refused with %s", async (_, text, headers, status) => {
    expect((await enrich(text, headers)).status).toBe(status);
  });

  it("needs a key with the scope decide", async () => {
    const secret = `sk_${fresh("s")}`;
    await putKey(secret, { v: 1, workspace: ws.id, type: "secret", id: "weak", scopes: ["collect"] });
    expect((await enrich('{"id":"1"}', { authorization: `Bearer ${secret}` })).status).toBe(403);
  });

  it("is not answered by what another workspace knows", async () => {
    const other = await makeWorkspace(RULES);
    await publishRules(other.id, 1, RULES, {}, [], TOLD);
    const text = bidRequest({});
    expect((await enrich(text, { authorization: `Bearer ${other.secret}` })).text).toBe(text);
  });
});

const told = async (text: string): Promise<boolean> => {
  const enriched = await enrich(text);
  expect(enriched.status).toBe(200);
  if (enriched.text === text) return false;
  expect(enriched.text).toContain(OURS);
  return true;
};

describe("consent of a bid request", () => {
  const YES = tcfString([1, 2, 3, 4, 5, 6, 7, 8], [42]);
  const OTHER_VENDOR = tcfString([1, 2, 3, 4, 5, 6, 7, 8], [41]);
  const NO_ADS = tcfString([1, 3, 5], [42]);
  const GPP_YES = gppString("usnat", { SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2 });
  const GPP_OUT = gppString("usnat", { SaleOptOut: 1 });
  const GPP_EU = gppString("tcfeuv2", { PurposeConsents: Array.from({ length: 24 }, () => true), VendorConsents: [42] });
  const GPP_EU_NO = gppString("tcfeuv2", { PurposeConsents: Array.from({ length: 24 }, () => false) });

  it.each<[string, JsonObject, JsonObject, boolean]>([
    ["says nothing", {}, {}, true],
    ["2.6: GDPR does not apply", { regs: { gdpr: 0 } }, {}, true],
    ["2.5: GDPR does not apply", { regs: { ext: { gdpr: 0 } } }, {}, true],
    ["2.6: GDPR applies, without a consent string", { regs: { gdpr: 1 } }, {}, false],
    ["2.5: GDPR applies, without a consent string", { regs: { ext: { gdpr: 1 } } }, {}, false],
    ["2.6: GDPR applies, the string is empty", { regs: { gdpr: 1 } }, { consent: "" }, false],
    ["2.6: GDPR applies, yes", { regs: { gdpr: 1 } }, { consent: YES }, true],
    ["2.5: GDPR applies, yes", { regs: { ext: { gdpr: 1 } } }, { ext: { consent: YES } }, true],
    ["2.6 regs and 2.5 user, yes", { regs: { gdpr: 1 } }, { ext: { consent: YES } }, true],
    ["GDPR applies, without our vendor", { regs: { gdpr: 1 } }, { consent: OTHER_VENDOR }, false],
    ["GDPR applies, no ads", { regs: { gdpr: 1 } }, { consent: NO_ADS }, false],
    ["GDPR applies, no", { regs: { gdpr: 1 } }, { consent: TCF_NO }, false],
    ["GDPR applies, junk", { regs: { gdpr: 1 } }, { consent: "CPjunk" }, false],
    ["GDPR applies, a string that is none", { regs: { gdpr: 1 } }, { consent: 7 }, false],
    ["GDPR not spoken of, no", {}, { consent: TCF_NO }, false],
    ["GDPR not spoken of, yes", {}, { consent: YES }, true],
    ["GDPR not spoken of, junk", {}, { ext: { consent: "x" } }, false],
    ["GDPR does not apply, no all the same", { regs: { gdpr: 0 } }, { consent: TCF_NO }, false],
    ["GDPR does not apply, the string is empty", { regs: { gdpr: 0 } }, { consent: "" }, true],
    ["two places that differ: one no", { regs: { gdpr: 1 } }, { consent: YES, ext: { consent: TCF_NO } }, false],
    ["two places that differ: GDPR in one", { regs: { gdpr: 0, ext: { gdpr: 1 } } }, {}, false],
    ["GDPR as a text", { regs: { gdpr: "1" } }, {}, false],
    ["GDPR as junk", { regs: { gdpr: "yes" } }, { consent: YES }, false],
    ["GDPR as null", { regs: { gdpr: null } }, { consent: null }, true],
    ["2.6: GPP, not opted out", { regs: { gpp: GPP_YES, gpp_sid: [7] } }, {}, true],
    ["2.6: GPP, opted out", { regs: { gpp: GPP_OUT, gpp_sid: [7] } }, {}, false],
    ["2.5: GPP, opted out", { regs: { ext: { gpp: GPP_OUT, gpp_sid: [7] } } }, {}, false],
    ["GPP, opted out in a section that does not apply", { regs: { gpp: GPP_OUT, gpp_sid: [8] } }, {}, true],
    ["GPP, junk", { regs: { gpp: "DBAjunk", gpp_sid: [7] } }, {}, false],
    ["GPP, its sections as junk", { regs: { gpp: GPP_YES, gpp_sid: "7" } }, {}, false],
    ["GPP, a section as junk", { regs: { gpp: GPP_YES, gpp_sid: ["7"] } }, {}, false],
    ["GPP, empty", { regs: { gpp: "", gpp_sid: [] } }, {}, true],
    ["GPP, of Europe, yes", { regs: { gpp: GPP_EU, gpp_sid: [2] } }, {}, true],
    ["GPP, of Europe, no", { regs: { gpp: GPP_EU_NO, gpp_sid: [2] } }, {}, false],
    ["GPP, of Europe, without its section", { regs: { gpp: GPP_YES, gpp_sid: [2] } }, {}, false],
    ["GPP, of Europe, without a string", { regs: { gpp_sid: [2] } }, {}, false],
    ["GPP, of Europe, without a string but with TCF", { regs: { gpp_sid: [2] } }, { consent: YES }, true],
    ["Global Privacy Control as a text", { regs: { ext: { gpc: "1" } } }, {}, false],
    ["Global Privacy Control as a number", { regs: { ext: { gpc: 1 } } }, {}, false],
    ["Global Privacy Control off", { regs: { ext: { gpc: 0 } } }, {}, true],
    ["Global Privacy Control as junk", { regs: { ext: { gpc: "on" } } }, {}, false],
    ["Global Privacy Control and TCF, yes", { regs: { gdpr: 1, ext: { gpc: true } } }, { consent: YES }, false],
    ["US Privacy, not opted out", { regs: { us_privacy: "1YNN" } }, {}, true],
    ["US Privacy, does not apply", { regs: { ext: { us_privacy: "1---" } } }, {}, true],
    ["2.6: US Privacy, opted out", { regs: { us_privacy: "1YYN" } }, {}, false],
    ["2.5: US Privacy, opted out", { regs: { ext: { us_privacy: "1yyn" } } }, {}, false],
    ["US Privacy as junk", { regs: { ext: { us_privacy: "1YN" } } }, {}, false],
    ["US Privacy of another kind", { regs: { us_privacy: 1 } }, {}, false],
    ["a child", { regs: { coppa: 1 } }, {}, false],
    ["a child, though consent is given", { regs: { coppa: 1, gdpr: 1 } }, { consent: YES }, false],
    ["not a child", { regs: { coppa: 0 } }, {}, true],
    ["a child, as junk", { regs: { coppa: 2 } }, {}, false],
    ["limited ad tracking", { device: { lmt: 1 } }, {}, false],
    ["do not track", { device: { dnt: 1 } }, {}, false],
    ["neither", { device: { lmt: 0, dnt: 0 } }, {}, true],
    ["limited ad tracking as junk", { device: { lmt: -1 } }, {}, false],
    ["regs as junk", { regs: "none" }, {}, false],
    ["regs.ext as junk", { regs: { ext: [] } }, {}, false],
    ["user.ext as junk", {}, { ext: "x" }, false],
    ["the device as junk", { device: 1 }, {}, false],
  ])("%s", async (_, more, user, isTold) => {
    const text = bidRequest(more, user);
    expect(await told(text)).toBe(isTold);
    // A no means that nobody's profile is even asked.
    if (!isTold) expect((await enrich(text)).headers.get("server-timing")).toBe('hops;desc="0", wait;dur=0');
  });

  it("that the person once gave holds where the request is silent", async () => {
    const userId = fresh("u");
    await collect(ws.writeKeys.app, "track", { userId, event: "Order Completed" });
    const text = JSON.stringify({ id: "1", user: { eids: [{ source: "tideline", uids: [{ id: userId }] }] } });
    expect(await told(text)).toBe(true);
    await collect(ws.writeKeys.app, "consent", { identity: { userId }, consent: { purposes: { ads: false } } });
    expect(await told(text)).toBe(false);
    expect(
      await told(
        JSON.stringify({
          ...(JSON.parse(text) as object),
          regs: { gdpr: 1 },
          user: { ...(JSON.parse(text) as { user: object }).user, consent: TCF_YES },
        }),
      ),
    ).toBe(false);
  });
});

describe("a bid request that is asked too late for", () => {
  it("comes back as it came while the person's object is not to be had, and nothing is written", async () => {
    const userId = fresh("u");
    await collect(ws.writeKeys.app, "track", { userId, event: "Order Completed" });
    const text = JSON.stringify({ id: "1", tmax: 150, user: { eids: [{ source: "tideline", uids: [{ id: userId }] }] } });
    const stub = stubOf(profileName(env.NAME_KEY, ws.id, { type: "userId", value: userId }));
    const rows = (): Promise<number> =>
      runInDurableObject(stub, (_, state) => Number(state.storage.sql.exec("select total_changes() as n").one()["n"]));
    const before = await rows();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const held = runInDurableObject(stub, (_, state) => state.blockConcurrencyWhile(() => released));
    letDeadlinesCome();
    // It is answered though the object never is until after.
    expect(await enrich(text)).toMatchObject({ status: 200, text });
    release();
    await held;
    expect(await rows()).toBe(before);
  });

  it("comes back as it came where the caller leaves no time at all", async () => {
    const text = bidRequest({ tmax: 1 });
    expect(await enrich(text)).toMatchObject({ status: 200, text });
  });

  it.each([[0], [-1], ["150"], [null], [1e9]])("is asked for where %j is no limit that the caller sets", async (tmax) => {
    expect((await enrich(bidRequest({ tmax }))).text).toContain(OURS);
  });
});
