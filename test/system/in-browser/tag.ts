import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { servePages, type Served, type Site } from "../pages.ts";
import { journalOf, readJournal, type IdType, type JournalEvent } from "../journal.ts";
import { at, browser } from "./world.ts";

/** The tag in a real Chromium, on a page of another origin, sending to a running Tideline; what arrived is read from journals. */

let site: Site;
const pages: Record<string, Served | string> = {};

let context: BrowserContext;
let page: Page;
let faults: readonly string[];

describeInBrowser("the tag", () => {
  beforeAll(async () => {
    site = await servePages(pages);
  });
  afterAll(async () => {
    await site?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    faults = faultsOf(page);
  });
  afterEach(async () => {
    await context.close();
  });

  it("sends a page view by one script element alone, under a CSP without inline scripts", async () => {
    const headers = { "content-security-policy": `default-src 'none'; script-src ${at.url}; connect-src ${at.url}` };
    pages["/"] = { body: withTag("<title>Shop</title>"), headers };
    await page.goto(`${site.url}/?utm_source=mail&utm_campaign=spring#top`, { referer: "https://before.example/" });
    const [view] = await eventsWith(1);
    expect(view).toMatchObject({
      name: "$page",
      properties: {
        path: "/",
        search: "?utm_source=mail&utm_campaign=spring",
        url: `${site.url}/?utm_source=mail&utm_campaign=spring`,
        title: "Shop",
        referrer: "https://before.example/",
      },
    });
    expect(faults).toEqual([]);
  });

  it("counts what was called before it loaded, and takes every kind of call", async () => {
    const calls = `
      window.tl = function () { (tl.q = tl.q || []).push(arguments); };
      tl("track", "Early", { value: 1 });
      tl("identify", "user-1", { plan: "pro" });`;
    pages["/"] = `<!doctype html><title>Shop</title><script>${calls}</script>${element()}`;
    await page.goto(site.url);
    await eventsOf("userId", "user-1", 3);
    await page.evaluate(`
      tl("group", "group-1", { name: "Group" });
      tl("alias", "user-1", "old-1");
      tl("page", "Named", { color: "red" });
      tl("identify", { city: "Paris" });
      tl("nothing of ours");
      tl("track", "Circular", window);`);
    const events = await eventsOf("userId", "user-1", 7);
    expect(events.map(({ name }) => name).toSorted()).toEqual(
      ["$alias", "$group", "$identify", "$identify", "$page", "$page", "Early"].toSorted(),
    );
    expect(events.find(({ properties }) => properties["color"] === "red")?.properties).toMatchObject({
      name: "Named",
      path: "/",
    });
    await page.evaluate(`tl("reset"); tl("track", "Somebody Else")`);
    const [other] = await eventsWith(1);
    expect(other?.name).toBe("Somebody Else");
    expect(faults).toEqual([]);
  });

  it("follows an app of one page: a view for each new place, none for a fragment or the same place", async () => {
    pages["/"] = withTag("<title>Home</title>");
    await page.goto(site.url);
    await page.evaluate(`
      history.pushState(null, "", "/shoes"); document.title = "Shoes";
      history.replaceState({ scroll: 1 }, "", "/shoes");
      location.hash = "size";`);
    await eventsWith(2);
    await page.evaluate("history.back()");
    await page.waitForURL(`${site.url}/shoes`);
    await page.goBack();
    const views = (await eventsWith(3)).filter(({ name }) => name === "$page").toReversed();
    expect(views.map(({ properties: { path, title, referrer } }) => [path, title, referrer])).toEqual([
      ["/", "Home", ""],
      ["/shoes", "Shoes", `${site.url}/`],
      ["/", expect.any(String), `${site.url}/shoes`],
    ]);
  });

  it("tells clicks by what was clicked", async () => {
    pages["/"] = withTag(`<title>Shop</title>
      <button id="plain">Add</button><input id="secret" value="typed">
      <b data-tl-event="Plan Chosen" data-tl-plan="pro" data-tl-seat-count="5"><i id="inside">Choose</i></b>
      <a id="out" href="https://elsewhere.example/x">Elsewhere</a><a id="in" href="#here">Here</a>
      <script>document.addEventListener("click", (event) => { event.preventDefault(); event.stopImmediatePropagation(); }, true)</script>`);
    await page.goto(site.url);
    for (const id of ["plain", "secret", "inside", "out", "in"]) await page.click(`#${id}`);
    const clicks = (await eventsWith(5)).filter(({ name }) => name !== "$page").toReversed();
    expect(clicks.map(({ name, properties }) => [name, properties])).toEqual([
      ["Button Clicked", { text: "Add", id: "plain" }],
      ["Plan Chosen", { text: "Choose", plan: "pro", seatCount: "5" }],
      ["Outbound Link Clicked", { text: "Elsewhere", id: "out", href: "https://elsewhere.example/x" }],
      ["Link Clicked", { text: "Here", id: "in", href: `${site.url}/#here` }],
    ]);
  });

  it("sums engaged time over a visit with pauses, and how far was scrolled", async () => {
    pages["/"] = withTag(`<title>Long</title><div style="height:4000px"></div>`);
    await page.clock.install();
    await page.goto(site.url);
    await page.clock.runFor(5_000);
    await page.mouse.move(10, 10);
    // Away from it for ten minutes: the last sign of life is worth 30 s.
    await page.clock.runFor(600_000);
    await page.keyboard.press("a");
    // The event of it comes with a frame, which no clock brings.
    await page.evaluate("new Promise((seen) => { addEventListener('scroll', seen, { once: true }); scrollTo(0, 2000); })");
    await page.clock.runFor(4_000);
    await hide(true);
    await page.clock.runFor(60_000);
    await hide(false);
    await page.clock.runFor(3_000);
    await page.evaluate(`history.pushState(null, "", "/next")`);
    await page.clock.runFor(1_000);
    const engaged = (await eventsWith(4)).filter(({ name }) => name === "Page Engaged").map(({ properties }) => properties);
    const totalMs = engaged.reduce((sum, { engagedMs }) => sum + Number(engagedMs), 0);
    expect(Math.abs(totalMs - 42_000)).toBeLessThan(1_000);
    expect(new Set(engaged.map(({ path }) => path))).toEqual(new Set(["/"]));
    expect(Number(engaged[0]?.["scrollPercent"])).toBeGreaterThan(60);
    expect(Number(engaged[0]?.["scrollPercent"])).toBeLessThan(90);
  });

  it("delivers what happens as the page closes", async () => {
    pages["/"] = withTag("<title>Shop</title>");
    await page.goto(site.url);
    const id = await anonymousId();
    await page.evaluate(`addEventListener("pagehide", () => tl("track", "Last Words"), true)`);
    await page.evaluate(`addEventListener("beforeunload", () => tl("track", "Before Last"))`);
    await page.close({ runBeforeUnload: true });
    await expect.poll(async () => (await readJournal(at, "anonymousId", id)).map(({ name }) => name)).toContain("Before Last");
  });

  it("works from memory where storage is blocked: one person, while the page is open", async () => {
    const blocked = `for (const name of ["localStorage", "sessionStorage", "indexedDB"])
      Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });`;
    pages["/"] = `<!doctype html><title>Shop</title><script>${blocked}</script>${element()}`;
    const bodies = bodiesSent();
    await page.goto(site.url);
    await page.waitForFunction("window.tl && !tl.q");
    await page.evaluate(`tl("track", "One")`);
    await expect.poll(() => idsIn(bodies)).toHaveLength(1);
    await page.evaluate(`tl("track", "Two")`);
    const id = idsIn(bodies)[0] ?? "";
    await expect.poll(() => readJournal(at, "anonymousId", id)).toHaveLength(3);
    expect(idsIn(bodies)).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  it("sends again what failed, under the same ids, on the next page if need be", async () => {
    pages["/"] = withTag("<title>Shop</title>");
    let isDown = true;
    await context.route("**/v1/beacon", async (route) => {
      // It takes the events and loses the answer.
      if (isDown) await route.fetch();
      return isDown ? route.fulfill({ status: 503, headers: { "access-control-allow-origin": "*" } }) : route.continue();
    });
    await page.goto(site.url);
    const first = await eventsWith(1);
    await page.goto(`${site.url}/?second`);
    isDown = false;
    const events = await eventsWith(2);
    expect(events.filter(({ name }) => name === "$page")).toHaveLength(2);
    expect(events.at(-1)).toEqual(first[0]);
    expect(await page.evaluate("localStorage.tl_q")).toBeUndefined();
  });

  it("leaves the page alone where a blocker holds its calls or itself", async () => {
    pages["/"] = withTag(`<title>Shop</title><button onclick="document.title = 'Works'">Go</button>`);
    for (const blocked of ["**/v1/**", "**/tag.js"]) {
      await context.route(blocked, (route) => route.abort("blockedbyclient"));
      await page.goto(site.url);
      await page.evaluate(`window.tl && tl("track", "Blocked")`);
      await page.click("button");
      expect(await page.title()).toBe("Works");
    }
    expect(faults.filter((fault) => !fault.includes("ERR_BLOCKED_BY_CLIENT"))).toEqual([]);
  });
});

/** Helpers below speak of the page under test. */

function element(attributes = ""): string {
  return `<script async src="${at.url}/tag.js" data-key="wk_demo_web" ${attributes}></script>`;
}

function withTag(head: string, attributes?: string): string {
  return `<!doctype html>${element(attributes)}${head}`;
}

async function anonymousId(): Promise<string> {
  await page.waitForFunction("localStorage.tl_a");
  return page.evaluate<string>("localStorage.tl_a");
}

/** The journal of the person on the page, the newest first, once it holds so many events. */
async function eventsWith(count: number): Promise<readonly JournalEvent[]> {
  return eventsOf("anonymousId", await anonymousId(), count);
}

function eventsOf(type: IdType, value: string, count: number): Promise<readonly JournalEvent[]> {
  return journalOf(at, type, value, count);
}

async function hide(isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "${isHidden ? "hidden" : "visible"}" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));`);
}

/** Bodies of the calls that the page makes to Tideline from here on. */
function bodiesSent(): readonly string[] {
  const bodies: string[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith(`${at.url}/v1/`)) bodies.push(request.postData() ?? "");
  });
  return bodies;
}

function idsIn(bodies: readonly string[]): readonly string[] {
  return [...new Set(bodies.flatMap((body) => [...body.matchAll(/"anonymousId":"([^"]+)"/g)].map(([, id = ""]) => id)))];
}
