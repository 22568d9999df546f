import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { journalOf } from "../journal.ts";
import { bundleForBrowser, servePages, type Served, type Site } from "../pages.ts";
import { at, browser } from "./world.ts";

/** Browser clients of other makers as they are on npm, unmodified, in a page of another origin than Tideline's. */

const SEGMENT = `
  import { AnalyticsBrowser } from "@segment/analytics-next";
  globalThis.start = (to, options) => {
    globalThis.analytics = AnalyticsBrowser.load({ writeKey: "wk_demo_web", cdnURL: to }, options);
    return globalThis.analytics.then(() => true);
  };
`;

const RUDDER = `
  import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";
  globalThis.rudder = new RudderAnalytics();
  globalThis.start = (to) => new Promise((ready) => {
    globalThis.rudder.load("wk_demo_web", to, { configUrl: to, onLoaded: () => ready(true) });
  });
`;

const BATCHES = {
  integrations: { "Segment.io": { deliveryStrategy: { strategy: "batching", config: { size: 3, timeout: 60_000 } } } },
};

describeInBrowser("a browser client of another maker", () => {
  let site: Site;
  const pages: Record<string, Served> = {};
  beforeAll(async () => {
    pages["/segment.js"] = { body: await bundleForBrowser(SEGMENT) };
    pages["/rudder.js"] = { body: await bundleForBrowser(RUDDER) };
    pages["/segment"] = { body: `<!doctype html><title>Shop</title><script src="/segment.js"></script>` };
    pages["/rudder"] = { body: `<!doctype html><title>Shop</title><script src="/rudder.js"></script>` };
    pages["/plain"] = { body: `<!doctype html><title>Shop</title>` };
    site = await servePages(pages);
  });
  afterAll(async () => {
    await site?.close();
  });

  async function open(path: string) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults = faultsOf(page);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.goto(`${site.url}${path}`);
    return { page, faults, asked };
  }

  const names = async (userId: string, count: number): Promise<readonly string[]> =>
    (await journalOf(at, "userId", userId, count)).map(({ name }) => name).toSorted();

  it("Segment's: settings, then identify, track and page, each under its short path", async () => {
    const { page, faults, asked } = await open("/segment");
    await page.evaluate(`start(${JSON.stringify(at.url)}, {})`);
    await page.evaluate(`analytics.identify("next-1", { country: "FR" })`);
    await page.evaluate(`analytics.track("Order Completed", { revenue: 9.99 })`);
    await page.evaluate(`analytics.page("Home")`);
    expect(await names("next-1", 3)).toEqual(["$identify", "$page", "Order Completed"]);
    expect(asked).toEqual(
      expect.arrayContaining(["GET /v1/projects/wk_demo_web/settings", "POST /v1/i", "POST /v1/t", "POST /v1/p"]),
    );
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("Segment's, in batches", async () => {
    const { page, faults, asked } = await open("/segment");
    await page.evaluate(`start(${JSON.stringify(at.url)}, ${JSON.stringify(BATCHES)})`);
    await page.evaluate(`Promise.all([analytics.identify("next-2"), analytics.track("One"), analytics.track("Two")])`);
    expect(await names("next-2", 3)).toEqual(["$identify", "One", "Two"]);
    expect(asked.filter((call) => call.startsWith("POST"))).toEqual(["POST /v1/b"]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it.each([429, 500])("Segment's, told %d though all was taken: it sends again, and that counts once", async (status) => {
    const { page } = await open("/segment");
    let calls = 0;
    await page.route(`${at.url}/v1/t`, async (route) => {
      calls++;
      if (calls > 1) return route.continue();
      await route.fetch();
      const headers = { "access-control-allow-origin": site.url, "retry-after": "1" };
      return route.fulfill({ status, body: "{}", headers });
    });
    await page.evaluate(`start(${JSON.stringify(at.url)}, {})`);
    await page.evaluate(`analytics.identify("next-${status}")`);
    await page.evaluate(`void analytics.track("Order Completed", { revenue: 1 })`);
    await expect.poll(() => calls, { timeout: 20_000 }).toBe(2);
    await page.evaluate(`analytics.track("Last")`);
    expect(await names(`next-${status}`, 3)).toEqual(["$identify", "Last", "Order Completed"]);
    await page.context().close();
  });

  it("RudderStack's: its configuration, then identify, track and page", async () => {
    const { page, faults, asked } = await open("/rudder");
    await page.evaluate(`start(${JSON.stringify(at.url)})`);
    await page.evaluate(
      `rudder.identify("rudder-js-1", { country: "FR" }), rudder.track("Order Completed", { revenue: 9.99 }), rudder.page("Home"), true`,
    );
    expect(await names("rudder-js-1", 3)).toEqual(["$identify", "$page", "Order Completed"]);
    expect(asked).toContain("GET /sourceConfig/");
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("a page's own beacon as it closes", async () => {
    const { page } = await open("/plain");
    const event = { writeKey: "wk_demo_web", type: "track", userId: "beacon-1", event: "Left", messageId: "beacon-m-1" };
    const sent = `addEventListener("pagehide", () => navigator.sendBeacon(${JSON.stringify(`${at.url}/v1/beacon`)}, ${JSON.stringify(JSON.stringify(event))}))`;
    await page.evaluate(sent);
    await page.close({ runBeforeUnload: true });
    expect(await names("beacon-1", 1)).toEqual(["Left"]);
  });
});
