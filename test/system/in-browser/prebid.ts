import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { bundleForBrowser, servePages, type Served, type Site } from "../pages.ts";
import { at, browser } from "./world.ts";

/**
 * Prebid.js as publishers build it, with a bidder's real adapter and its modules for consent, in a page with our module: built in, and beside it.
 * What the bidder is sent is read from the wire; a recording `googletag` stands for GPT.
 */

const BIDDER = "https://rtb.openx.net/openrtbb/prebidjs";
const KEY = "wk_demo_web";
const EVENT = "Prebid Visited";
const OURS = [
  { id: "tideline", name: "tideline", segment: [{ id: "pb-fans" }, { id: "pb-runner" }] },
  { id: "tideline-4", name: "tideline", segment: [{ id: "243" }], ext: { segtax: 4 } },
];

const CODES = ["pb-fans", "pb-runner"];
const PUBLISHERS = { name: "publisher", segment: [{ id: "1" }] };

const PREBID = `
  import pbjs from "prebid.js";
  import "prebid.js/modules/rtdModule";
  import "prebid.js/modules/openxBidAdapter";
  import "prebid.js/modules/consentManagementTcf";
  import "prebid.js/modules/consentManagementGpp";
  import "prebid.js/modules/consentManagementUsp";
  MODULE
  pbjs.processQueue();
`;
/** Where a publisher puts it: beside the modules that its import is relative to. */
const IN_PREBID = "node_modules/prebid.js/dist/src/modules/tidelineRtdProvider.js";

/** GPT, in so far as it is called: what it is given is kept. */
const GPT = `
  const given = (window.given = { pps: [], targeting: {} });
  const keep = (map) => Object.assign(given.targeting, map);
  const slot = {
    getSlotElementId: () => "slot-1", getAdUnitPath: () => "/1/home", getTargetingKeys: () => [], getTargeting: () => [], clearTargeting() {},
    getConfig: () => ({}), setConfig: ({ targeting }) => keep(targeting), updateTargetingFromMap: keep, setTargeting: (key, value) => keep({ [key]: value }),
  };
  window.googletag = {
    apiReady: true, pubadsReady: true, cmd: { push: (work) => work() },
    setConfig: (config) => given.pps.push(config.pps),
    pubads: () => ({ getSlots: () => [slot], addEventListener() {}, setTargeting() {}, getTargetingKeys: () => [] }),
  };
`;

const GUIDE = readFileSync(resolve(import.meta.dirname, "../../../docs/guides/prebid.md"), "utf8");

/** The one block of a language in the guide that holds these words. Nothing is changed but the port. */
function block(language: string, words: string): string {
  const found = [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].flatMap(([, text = ""]) =>
    text.includes(words) ? [text] : [],
  );
  expect(found).toHaveLength(1);
  return found[0] ?? "";
}

const onPort = (text: string): string => text.replaceAll("localhost:8787", `localhost:${at.port}`);

describeInBrowser("Prebid.js with our module", () => {
  let site: Site;
  let page: Page;
  const pages: Record<string, Served | string> = {};

  const api = async (method: string, path: string, body: unknown): Promise<void> => {
    const headers = { authorization: "Bearer sk_demo" };
    const response = await fetch(`${at.url}${path}`, { method, headers, body: JSON.stringify(body) });
    expect([path, response.status]).toEqual([path, 200]);
  };

  beforeAll(async () => {
    const rule = { event: EVENT };
    const taxonomy = [{ segtax: 4, id: "243" }];
    await api("PUT", "/api/audiences/prebid-fans", {
      name: "Fans of Prebid",
      code: "pb-fans",
      rule,
      visibility: "public",
      taxonomy,
    });
    await api("PUT", "/api/audiences/prebid-runners", { name: "Runners", code: "pb-runner", rule, visibility: "public" });
    await api("PUT", "/api/audiences/prebid-secret", { name: "Secret", code: "pb-secret", rule });
    await api("POST", "/api/ruleset/publish", { note: "For Prebid" });
    const module = await (await fetch(`${at.url}/prebid/modules/tidelineRtdProvider.js`)).text();
    pages["/built-in.js"] = {
      body: await bundleForBrowser(PREBID.replace("MODULE", `import "./${IN_PREBID}";`), { [IN_PREBID]: module }),
    };
    pages["/prebid.js"] = { body: await bundleForBrowser(PREBID.replace("MODULE", "")) };
    site = await servePages(pages);
    const context = await browser.newContext();
    const seen = await fetch(`${at.url}/v1/track`, {
      method: "POST",
      headers: { "x-write-key": KEY },
      body: JSON.stringify({ anonymousId: crypto.randomUUID(), event: EVENT }),
    });
    const [, value = ""] = /tl_id=([^;]+)/.exec(seen.headers.get("set-cookie") ?? "") ?? [];
    await context.addCookies([{ name: "tl_id", value, domain: "localhost", path: "/", httpOnly: true, sameSite: "Lax" }]);
    page = await context.newPage();
  });
  afterAll(async () => {
    await Promise.all([site?.close(), page?.context().close()]);
  });

  /** How our module gets into a page. */
  const WAYS = {
    "built in": `<script src="/built-in.js"></script>`,
    "beside it, after": `<script src="/prebid.js"></script><script src="TIDELINE/prebid/tidelineRtdProvider.js"></script>`,
    "beside it, before": `<script async src="TIDELINE/prebid/tidelineRtdProvider.js"></script><script defer src="/prebid.js"></script>`,
    "as the guide prints it": `<script src="/prebid.js"></script>${block("html", "tidelineRtdProvider.js")}`,
    "with Prebid alone": `<script src="/prebid.js"></script>`,
    "built in and beside it": `<script src="TIDELINE/prebid/tidelineRtdProvider.js"></script><script src="/built-in.js"></script>`,
  } as const;

  interface Auction {
    /** What the bidder's adapter sent. */
    readonly sent: readonly { readonly user?: { readonly data?: readonly unknown[] }; readonly regs?: object }[];
    /** What Tideline was asked. */
    readonly asked: readonly URL[];
    readonly faults: readonly string[];
  }

  /** An auction in a page of somebody whom their cookie names. @param delayed whether our answer never comes */
  async function auction(
    way: keyof typeof WAYS,
    { config = {}, before = "", delayed = false, provider = {}, setUp = "", waitFor = "1", isTold = true } = {},
  ): Promise<Auction> {
    // One page for all: a new one takes longer than what is done in it.
    await page.unrouteAll({ behavior: "ignoreErrors" });
    page.removeAllListeners();
    const [sent, asked]: [Auction["sent"][number][], URL[]] = [[], []];
    await page.route(`${BIDDER}**`, async (route) => {
      sent.push(route.request().postDataJSON() as Auction["sent"][number]);
      await route.fulfill({
        status: 204,
        headers: { "access-control-allow-origin": site.url, "access-control-allow-credentials": "true" },
      });
    });
    await page.route(`${at.url}/v1/rtd**`, async (route) => {
      asked.push(new URL(route.request().url()));
      if (delayed) return;
      let response = await route.fetch();
      // A busy machine may miss the deadline of an ad call, which is not what is tested here: then it is asked again.
      for (let more = isTold ? 20 : 0; more > 0 && (await response.text()).includes('"data":[]'); more--)
        response = await route.fetch();
      await route.fulfill({ response });
    });
    const settings = {
      ortb2: { user: { data: [PUBLISHERS], keywords: "a" } },
      realTimeData: {
        auctionDelay: delayed ? 50 : 5_000,
        dataProviders: [{ name: "tideline", waitForIt: true, params: { host: at.url, key: KEY, ...provider } }],
      },
      ...config,
    };
    pages["/"] = `<!doctype html><title>News</title><script>${before};${GPT}
      window.pbjs = window.pbjs || { que: [] };
      ${setUp || `pbjs.que.push(() => pbjs.setConfig(${JSON.stringify(settings)}));`}
      pbjs.que.push(() => {
        const adUnit = { code: "slot-1", mediaTypes: { banner: { sizes: [[300, 250]] } }, bids: [{ bidder: "openx", params: { unit: "1", delDomain: "pub-d.openx.net" } }] };
        window.start = () => new Promise((done) => pbjs.requestBids({ adUnits: [adUnit], timeout: 3000, bidsBackHandler: () => { pbjs.setTargetingForGPTAsync(["slot-1"]); done(true); } }));
      });
    </script>${onPort(WAYS[way].replace("TIDELINE", at.url))}`;
    const faults = faultsOf(page);
    await page.goto(site.url, { waitUntil: "load" });
    await page.evaluate(`Promise.resolve(${waitFor}).then(() => start())`);
    return { sent, asked, faults };
  }

  interface Given {
    readonly pps: readonly object[];
    readonly targeting: Readonly<Record<string, unknown>>;
  }
  const given = (): Promise<Given> => page.evaluate<Given>("given");

  it.each([
    ["built in", { seg: CODES }, {}],
    ["beside it, after", { seg: CODES }, {}],
    ["beside it, before", { tl: CODES }, { targeting: "tl" }],
    ["built in and beside it", {}, { pps: false, targeting: false }],
  ] as const)("%s: the bidder and GPT are told, once", async (way, targeting, provider) => {
    const { sent, asked, faults } = await auction(way, { provider });
    expect(sent.map(({ user }) => user?.data)).toEqual([[PUBLISHERS, ...OURS]]);
    const { pps, targeting: keyed } = await given();
    expect(pps).toEqual("pps" in provider ? [] : [{ taxonomies: { IAB_AUDIENCE_1_1: { values: ["243"] } } }]);
    expect(Object.fromEntries(Object.entries(keyed).filter(([key]) => key === "seg" || key === "tl"))).toEqual(targeting);
    expect(asked.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
      { writeKey: KEY, timeout: expect.stringMatching(/^\d+$/) },
    ]);
    expect(faults).toEqual([]);
  });

  it.each(["built in", "beside it, after"] as const)(
    "%s: what Prebid knows of consent is passed on, and a no is one",
    async (way) => {
      const before = `
      window.__tcfapi = (command, version, callback) => callback({ gdprApplies: true, tcString: "COjunk", eventStatus: "tcloaded", cmpStatus: "loaded", listenerId: 1, purpose: { consents: {} }, vendor: { consents: {} } }, true);
      window.__gpp = (command, callback) => callback({ gppVersion: "1.1", cmpStatus: "loaded", signalStatus: "ready", gppString: "DBABTA~1YNN", applicableSections: [6], parsedSections: {} , eventName: "signalStatus", data: "ready", pingData: { gppString: "DBABTA~1YNN", applicableSections: [6], signalStatus: "ready", cmpStatus: "loaded", parsedSections: {} } }, true);
      window.__uspapi = (command, version, callback) => callback({ version: 1, uspString: "1YNN" }, true);
      Object.defineProperty(navigator, "globalPrivacyControl", { value: true });`;
      const consentManagement = {
        gdpr: { cmpApi: "iab", timeout: 2_000 },
        gpp: { cmpApi: "iab", timeout: 2_000 },
        usp: { cmpApi: "iab", timeout: 2_000 },
      };
      const { sent, asked } = await auction(way, { before, config: { consentManagement, coppa: true }, isTold: false });
      const { timeout: _, ...query } = Object.fromEntries(asked[0]?.searchParams ?? []);
      expect(query).toEqual({
        writeKey: KEY,
        gdpr: "1",
        gdpr_consent: "COjunk",
        gpp: "DBABTA~1YNN",
        gpp_sid: "6",
        us_privacy: "1YNN",
        coppa: "1",
        gpc: "1",
      });
      expect(sent.map(({ user }) => user?.data)).toEqual([[PUBLISHERS]]);
      expect(await given()).toMatchObject({ pps: [] });
      expect(await given()).not.toHaveProperty("targeting.seg");
    },
  );

  it.each(["built in", "beside it, after"] as const)("%s: the auction goes on at its own deadline, without us", async (way) => {
    const { sent, asked } = await auction(way, { delayed: true });
    expect(asked).toHaveLength(1);
    expect(sent.map(({ user }) => user?.data)).toEqual([[PUBLISHERS]]);
    expect(await given()).not.toHaveProperty("targeting.seg");
  });

  it("as the guide prints it: the module beside Prebid", async () => {
    // Of a busy machine more than the guide's 250 ms.
    const setUp = onPort(block("js", "realTimeData")).replace("auctionDelay: 250", "auctionDelay: 5000");
    const { sent, faults } = await auction("as the guide prints it", { setUp });
    expect(sent.map(({ user }) => user?.data)).toEqual([OURS]);
    expect((await given()).targeting).toMatchObject({ seg: CODES });
    expect(faults).toEqual([]);
  });

  it("as the guide prints it: one line, and Prebid alone", async () => {
    const setUp = `window.told = ${onPort(block("js", "mergeConfig"))}`;
    const { sent } = await auction("with Prebid alone", { setUp, waitFor: "told" });
    expect(sent.map(({ user }) => user?.data)).toEqual([OURS]);
  });

  it("stays out where it is not set up", async () => {
    const { asked, sent, faults } = await auction("beside it, after", { provider: { key: "" } });
    expect([asked.length, sent.length, faults]).toEqual([0, 1, []]);
  });
});
