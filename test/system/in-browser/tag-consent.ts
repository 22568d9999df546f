import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { journalOf, readJournal } from "../journal.ts";
import { bundleForBrowser, servePages, type Site } from "../pages.ts";
import { at, browser } from "./world.ts";

/** The tag under consent: what it stores and sends before a yes, after it, and after a no. */

let site: Site;
let context: BrowserContext;
let page: Page;
let faults: readonly string[];
/** Calls to Tideline's data plane: path and body. */
let calls: { readonly path: string; readonly body: string }[];
const pages: Record<string, string> = {};

/** The demo shop's CMP, which makes real TC strings. */
const CMP = `
  import { choose, startCmp } from "./demo/cmp.ts";
  startCmp(undefined);
  window.choose = choose;
`;

describeInBrowser("the tag under consent", () => {
  beforeAll(async () => {
    site = await servePages(pages);
    pages["/cmp.js"] = await bundleForBrowser(CMP);
  });
  afterAll(async () => {
    await site?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    faults = faultsOf(page);
    calls = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/v1/")) calls.push({ path: pathname, body: request.postData() ?? "" });
    });
  });
  afterEach(async () => {
    expect(faults).toEqual([]);
    await context.close();
  });

  it("stores and sends nothing before a required yes; then what happened before it counts", async () => {
    await visit(`data-consent="required"`);
    await page.evaluate(`tl("track", "Before")`);
    await quiet();
    await page.evaluate(`tl("consent", { purposes: { storage: true, profiling: true } })`);
    const events = await journalOf(at, "anonymousId", await anonymousId(), 2);
    expect(events.map(({ name }) => name).toSorted()).toEqual(["$page", "Before"]);
    expect(calls.map(({ body }) => body).join("\n")).toContain('"purposes":{"storage":true,"profiling":true}');
  });

  it("stops, forgets and tells when consent is withdrawn mid-visit", async () => {
    await visit();
    const id = await anonymousId();
    await journalOf(at, "anonymousId", id, 1);
    await page.evaluate(`tl("consent", { purposes: { storage: false } })`);
    await expect.poll(() => calls.at(-1)?.path).toBe("/v1/consent");
    await page.evaluate(`tl("track", "After"); history.pushState(null, "", "/after")`);
    const before = calls.length;
    await page.clock.runFor(1_000);
    expect(calls).toHaveLength(before);
    expect(await page.evaluate("Object.keys(localStorage)")).toEqual([]);
    expect(await decided(id)).toMatchObject({ audiences: [], reason: "NO_CONSENT" });
    expect((await readJournal(at, "anonymousId", id)).map(({ name }) => name)).toEqual(["$page"]);
  });

  it("is somebody new after a no and a later yes", async () => {
    await visit();
    const before = await anonymousId();
    await page.evaluate(`tl("consent", { purposes: { storage: false } }); tl("consent", { purposes: { storage: true } })`);
    await page.evaluate(`tl("track", "Anew")`);
    const after = await anonymousId();
    expect(after).not.toBe(before);
    expect(await journalOf(at, "anonymousId", after, 1)).toMatchObject([{ name: "Anew" }]);
  });

  it("waits where Google's Consent Mode begins with a no, and goes by its update", async () => {
    const denied = `{ analytics_storage: "denied", ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied" }`;
    const gtag = `window.dataLayer = []; function gtag() { dataLayer.push(arguments); } gtag("consent", "default", ${denied});
      gtag("consent", "default", { analytics_storage: "granted", region: ["US"] });
      tl = function () { (tl.q = tl.q || []).push(arguments); }; tl("track", "Early");`;
    await visit("", `<script>${gtag}</script>`);
    await quiet();
    await page.evaluate(`gtag("js", new Date()); gtag("consent", "update", { analytics_storage: "granted" })`);
    await journalOf(at, "anonymousId", await anonymousId(), 2);
    expect(calls[0]?.body).toContain('"ads":false');
    await page.evaluate(`gtag("consent", "update", { analytics_storage: "denied" })`);
    await expect.poll(() => calls.at(-1)?.path).toBe("/v1/consent");
    expect(await page.evaluate("Object.keys(localStorage)")).toEqual([]);
  });

  it("waits for a TCF CMP, sends its string, and hears a no", async () => {
    await visit("", `<script src="/cmp.js"></script>`);
    await quiet();
    await page.evaluate("choose([1, 2, 3, 4, 7])");
    const id = await anonymousId();
    await journalOf(at, "anonymousId", id, 1);
    expect(calls[0]?.body).toMatch(/"consent":\{[^}]*"tcf":"C[\w-]{20,}/);
    await page.evaluate("choose([])");
    await expect.poll(() => calls.at(-1)?.path).toBe("/v1/consent");
    await expect.poll(() => decided(id)).toMatchObject({ reason: "NO_CONSENT" });
  });

  it("finds a CMP that comes after it", async () => {
    const late = `addEventListener("DOMContentLoaded", () => {
      const script = document.createElement("script"); script.src = "/cmp.js"; document.head.append(script); });`;
    await visit("", `<script>${late}</script>`);
    await page.waitForFunction("window.choose");
    await page.evaluate("choose([1, 3])");
    await page.evaluate(`tl("track", "Chosen")`);
    await expect.poll(() => calls.at(-1)?.body).toMatch(/"tcf":"C/);
  });

  it("tells the browser's Global Privacy Control", async () => {
    await page.addInitScript(`Object.defineProperty(navigator, "globalPrivacyControl", { value: true })`);
    await visit();
    await expect.poll(() => calls[0]?.body).toContain('"gpc":true');
  });
});

async function visit(attributes = "", head = ""): Promise<void> {
  const tag = `<script async src="${at.url}/tag.js" data-key="wk_demo_web" ${attributes}></script>`;
  pages["/"] = `<!doctype html>${head}${tag}<title>Shop</title>`;
  await page.clock.install();
  await page.goto(site.url);
  await page.waitForFunction("window.tl");
}

/** Nothing was stored or sent, though there was time to. */
async function quiet(): Promise<void> {
  await page.clock.runFor(1_000);
  expect(calls).toEqual([]);
  expect(await page.evaluate("[Object.keys(localStorage), document.cookie]")).toEqual([[], ""]);
}

async function anonymousId(): Promise<string> {
  await page.waitForFunction("localStorage.tl_a");
  return page.evaluate<string>("localStorage.tl_a");
}

async function decided(id: string): Promise<unknown> {
  const headers = { authorization: "Bearer sk_demo" };
  const body = JSON.stringify({ identity: { anonymousId: id } });
  return (await fetch(`${at.url}/v1/decide`, { method: "POST", headers, body })).json();
}
