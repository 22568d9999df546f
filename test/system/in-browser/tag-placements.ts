import type { BrowserContext, Page } from "playwright-core";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { readJournal, type JournalEvent } from "../journal.ts";
import { at, browser } from "./world.ts";

/** What the tag does with placements, on a page of Tideline's own origin, as the guide sets it up: the browser's cookie says who it is. */

let context: BrowserContext;
let page: Page;
let faults: readonly string[];
/** Placements of each decision that the page asked for. */
let asked: string[][];

const HTML = `<p>Spring</p><a id="own" href="#spring">Look</a> <a id="through" data-tl-click>Go</a>`;

describeInBrowser("the tag and placements", () => {
  beforeAll(async () => {
    const call = async (method: string, path: string, body: object): Promise<void> => {
      const headers = { authorization: "Bearer sk_demo" };
      const response = await fetch(`${at.url}/api/${path}`, { method, headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    };
    const destination = `${at.url}/landing`;
    for (const key of ["tag-html", "tag-json", "tag-held", "tag-plain"])
      await call("PUT", `placements/${key}`, { name: key, default: { title: "Default" } });
    const campaign = (placement: string, creative: object, more: object = {}): Promise<void> =>
      call("PUT", `campaigns/${placement}`, {
        name: placement,
        placement,
        creatives: [{ key: "a", destination, ...creative }],
        ...more,
      });
    await campaign("tag-html", { html: HTML });
    await campaign("tag-json", { content: { title: "Spring" } });
    await campaign("tag-held", { html: "<p>Never</p>" }, { holdout: 0.999999 });
    await call("POST", "ruleset/publish", {});
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    faults = faultsOf(page);
    asked = [];
    page.on("request", (request) => {
      if (request.url() === `${at.url}/v1/decide`)
        asked.push((JSON.parse(request.postData() ?? "") as { placements: string[] }).placements.toSorted());
    });
  });
  afterEach(async () => {
    await context.close();
  });

  it("asks once for all that is on the page, fills HTML, tells the page of all else, and leaves the rest as it was", async () => {
    await open(`${slot("tag-html")}${slot("tag-json")}${slot("tag-held")}${slot("tag-plain")}${slot("no-such")}
      <script>addEventListener("tideline:placement", ({ target, detail: { placement, content, holdout } }) => {
        if (placement === "tag-json") target.textContent = content.title;
        (window.told = window.told || {})[placement] = holdout;
      })</script>`);
    expect(await texts()).toEqual(["Spring\nLook Go", "Spring", "Usual", "Usual", "Usual"]);
    expect(asked).toEqual([["no-such", "tag-held", "tag-html", "tag-json", "tag-plain"]]);
    expect(await states()).toEqual(["filled", "filled", "default", "default", "default"]);
    expect(await page.evaluate("told")).toEqual({ "tag-html": false, "tag-json": false, "tag-held": true, "tag-plain": false });
    expect(faults).toEqual([]);
  });

  it("fills what an app adds later, or gives another key, in one call each", async () => {
    await open("<main></main>");
    expect(
      await page.evaluate("performance.getEntriesByType('resource').filter(({ name }) => name.includes('/tag/')).length"),
    ).toBe(0);
    await page.evaluate(`document.querySelector("main").innerHTML = ${JSON.stringify(slot("tag-html") + slot("tag-plain"))}`);
    await filled(2);
    expect(await texts()).toEqual(["Spring\nLook Go", "Usual"]);
    await page.evaluate(`document.querySelectorAll("[data-tl-placement]")[1].dataset.tlPlacement = "tag-html"`);
    await expect.poll(texts).toEqual(["Spring\nLook Go", "Spring\nLook Go"]);
    expect(asked).toEqual([["tag-html", "tag-plain"], ["tag-html"]]);
  });

  it("lets the page do all of it itself, and answers calls", async () => {
    await open(`<script>addEventListener("tideline:placement", (event) => event.preventDefault())</script>${slot("tag-html")}`);
    expect(await texts()).toEqual(["Usual"]);
    const answer = await page.evaluate(`new Promise((done) => tl("decide", ["tag-json", "no-such"], done))`);
    expect(answer).toEqual({
      "tag-json": {
        campaign: "tag-json",
        creative: "a",
        content: { title: "Spring" },
        reason: "TARGETING_MATCH",
        holdout: false,
        impressionUrl: expect.stringMatching(`^${at.url}/v1/pixel.gif\\?t=`),
        clickUrl: expect.stringMatching(`^${at.url}/v1/click\\?t=`),
      },
    });
  });

  it("counts an impression when half of it was seen for a second without a break, of what is large a third; in the holdout, too", async () => {
    await open(
      `<div style="height:3000px"></div><div id="small" data-tl-placement="tag-held" style="height:100px">Usual</div>
       <div style="height:3000px"></div><div id="large" data-tl-placement="tag-html" style="height:2000px">Usual</div>`,
      true,
    );
    const id = await known();
    const top = async (y: number): Promise<void> => {
      await page.evaluate(`scrollTo(0, ${y})`);
      await painted();
    };
    const { height } = page.viewportSize() ?? { height: 0 };
    const small = await page.evaluate<number>(`document.querySelector("#small").getBoundingClientRect().top`);
    await page.clock.runFor(2_000);
    await top(small + 40 - height); // 40 of its 100 pixels
    await page.clock.runFor(2_000);
    await top(small);
    await page.clock.runFor(900);
    await top(0);
    await page.clock.runFor(2_000);
    await top(small);
    await page.clock.runFor(900);
    await hide(true);
    await page.clock.runFor(2_000);
    await hide(false);
    await painted();
    await page.clock.runFor(900);
    expect(await facts(id)).toEqual([]);
    await page.clock.runFor(100);
    await expect.poll(() => facts(id)).toEqual(["$impression tag-held holdout"]);
    await page.evaluate(`document.querySelector("#large").scrollIntoView()`);
    await painted();
    await page.clock.runFor(1_000);
    await expect.poll(() => facts(id)).toEqual(["$impression tag-held holdout", "$impression tag-html treated"]);
    await top(small);
    await page.clock.runFor(2_000);
    expect(await facts(id)).toHaveLength(2);
    expect(faults).toEqual([]);
  });

  it("counts a click on a link or a button in it once, also by the middle button, and goes where the link leads", async () => {
    await open(slot("tag-html"));
    const id = await known();
    await page.click("p");
    await page.click("#own");
    expect(page.url()).toBe(`${at.url}/shop#spring`);
    await page.click("#own", { button: "middle" });
    await page.click("#own");
    const clicked = async (): Promise<readonly string[]> => (await facts(id)).filter((fact) => fact.startsWith("$click"));
    await expect.poll(clicked).toEqual(["$click tag-html treated"]);
    expect(faults).toEqual([]);
  });

  it("leads over the click's URL where a creative asks for it", async () => {
    await open(slot("tag-html"));
    const id = await known();
    await context.route(`${at.url}/landing`, (route) => route.fulfill({ body: "Landed" }));
    await page.click("#through");
    await page.waitForURL(`${at.url}/landing`);
    await expect.poll(() => facts(id)).toContain("$click tag-html treated");
  });

  it("works under a strict CSP; where that asks for Trusted Types the page's own policy decides", async () => {
    const policy = `default-src 'none'; script-src ${at.url}; connect-src ${at.url}`;
    await open(slot("tag-html"), false, { "content-security-policy": policy });
    expect(await texts()).toEqual(["Spring\nLook Go"]);
    expect(faults).toEqual([]);
    await serve(slot("tag-html"), { "content-security-policy": `${policy}; require-trusted-types-for 'script'` });
    await page.goto(`${at.url}/shop`);
    await page.waitForFunction("window.tl && !tl.q");
    const id = await page.evaluate<string>("localStorage.tl_a");
    await expect.poll(() => readJournal(at, "anonymousId", id)).toHaveLength(2);
    expect(await texts()).toEqual(["Usual"]);
    expect(faults.filter((fault) => !fault.includes("TrustedScriptURL"))).toEqual([]);
  });

  it("leaves the page's own content where a blocker stops it, or nothing comes in time", async () => {
    await context.route("**/v1/decide", (route) => route.abort("blockedbyclient"));
    await open(slot("tag-html"));
    expect([await texts(), await states()]).toEqual([["Usual"], ["default"]]);
    await context.unroute("**/v1/decide");
    await context.route("**/v1/decide", () => undefined);
    await page.goto(`${at.url}/shop`);
    await page.waitForFunction("window.tl && !tl.q");
    expect(await states()).toEqual([undefined]);
    await filled(1);
    expect([await texts(), await states()]).toEqual([["Usual"], ["default"]]);
    await context.route(/\/tag\/\w+\.js/, (route) => route.abort("blockedbyclient"));
    await page.goto(`${at.url}/shop`);
    await page.waitForFunction("window.tl && !tl.q");
    await page.evaluate(`tl("track", "Goes On")`);
    const id = await known();
    await expect.poll(async () => (await readJournal(at, "anonymousId", id)).map(({ name }) => name)).toContain("Goes On");
    expect(await texts()).toEqual(["Usual"]);
    expect(faults.filter((fault) => !fault.includes("ERR_BLOCKED_BY_CLIENT"))).toEqual([]);
  });

  it("asks nothing before a required yes nor after a no; then fills what waited", async () => {
    await serve(slot("tag-html"), {}, `data-consent="required"`);
    await page.goto(`${at.url}/shop`);
    await page.waitForFunction("window.tl && !tl.q");
    await page.evaluate(`tl("consent", { purposes: { storage: false, profiling: false } })`);
    await expect.poll(states).toEqual(["default"]);
    expect(asked).toEqual([]);
    await page.evaluate(`tl("consent", { purposes: { storage: true, profiling: true, content: true } })`);
    await filled(1);
    await expect.poll(texts).toEqual(["Spring\nLook Go"]);
    expect(asked).toEqual([["tag-html"]]);
  });
});

/** Helpers below speak of the page under test. */

function slot(key: string): string {
  return `<div data-tl-placement="${key}">Usual</div>`;
}

/** Puts a page of the site's on Tideline's own origin. */
async function serve(body: string, headers: Readonly<Record<string, string>> = {}, attributes = ""): Promise<void> {
  const html = `<!doctype html><title>Shop</title><script async src="${at.url}/tag.js" data-key="wk_demo_web" ${attributes}></script>${body}`;
  await context.route(`${at.url}/shop`, (route) => route.fulfill({ contentType: "text/html", headers, body: html }));
}

/** Opens a page, and waits until its placements have been answered. */
async function open(body: string, isClockHeld = false, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  await serve(body, headers);
  if (isClockHeld) await page.clock.install();
  await page.goto(`${at.url}/shop`);
  await page.waitForFunction("window.tl && !tl.q");
  if (isClockHeld) await page.clock.runFor(1_000);
  await filled(body.split("data-tl-placement=").length - 1);
  if (isClockHeld) await page.clock.pauseAt(Date.now() + 60_000);
}

/** What was seen and clicked is kept of somebody who is known. */
async function known(): Promise<string> {
  const id = await page.evaluate<string>("localStorage.tl_a");
  await expect.poll(async () => (await readJournal(at, "anonymousId", id)).length).toBeGreaterThan(0);
  return id;
}

async function filled(count: number): Promise<void> {
  await expect.poll(() => page.locator("[data-tl-state]").count(), { timeout: 10_000 }).toBe(count);
}

function texts(): Promise<string[]> {
  return page
    .locator("[data-tl-placement]")
    .allInnerTexts()
    .then((all) => all.map((text) => text.replaceAll(/\n+/g, "\n")));
}

function states(): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll("[data-tl-placement]")].map(({ dataset }) => dataset.tlState)`);
}

/** Two frames on: by then intersections have been told. The page's clock may be held, the browser's is not. */
async function painted(): Promise<void> {
  await page.screenshot({ clip: { x: 0, y: 0, width: 1, height: 1 } });
  await page.screenshot({ clip: { x: 0, y: 0, width: 1, height: 1 } });
}

async function facts(anonymousId: string): Promise<readonly string[]> {
  const events: readonly JournalEvent[] = await readJournal(at, "anonymousId", anonymousId);
  return events
    .flatMap(({ name, properties: { campaign, arm } }) =>
      /^\$(impression|click)/.test(name) ? [[name, campaign, arm].join(" ")] : [],
    )
    .toSorted();
}

async function hide(isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "${isHidden ? "hidden" : "visible"}" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));`);
}
