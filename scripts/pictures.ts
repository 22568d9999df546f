import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openBrowser } from "../test/system/browser.ts";
import { makeTideline, type Tideline } from "../test/system/tideline.ts";
import { ROOT } from "./bundle.ts";

/**
 * `npm run pictures`: starts Tideline beside an empty folder, lets a small shop happen in it, and takes the pictures of `docs/guides/marketer.md`.
 * `npm run pictures -- FOLDER` takes every screen instead, at 1280 and 390 pixels, light and dark, to be looked at.
 */

const DAY_MS = 86_400_000;
const CITIES = ["Porto", "Lyon", "Leeds", "Graz", "Ghent"];
const GOODS = ["Trail shoe", "Rain jacket", "Head torch", "Sleeping mat", "Wool cap"];

/** What the guide shows. */
const PICTURES: Readonly<Record<string, string>> = {
  home: "/",
  audiences: "/audiences",
  builder: "/audiences/cart-abandoners?tab=edit",
  publish: "/publish",
  composition: "/audiences/cart-abandoners?tab=composition",
  campaign: "/campaigns/spring",
  why: "/people/PERSON?tab=audiences&why=cart-abandoners",
  person: "/people/PERSON",
  quality: "/data/quality",
};

const SCREENS = [
  ...Object.values(PICTURES),
  "/audiences/+new",
  "/audiences/cart-abandoners",
  "/audiences/cart-abandoners?tab=history",
  "/publish?version=1",
  "/campaigns",
  "/campaigns/placements",
  "/campaigns/spring?tab=edit",
  "/campaigns/+new",
  "/people",
  "/people/PERSON?tab=traits",
  "/people/PERSON?tab=audiences",
  "/people/PERSON?tab=identities",
  "/people/PERSON?tab=consent",
  "/data/sources",
  "/data/sources?source=web",
  "/data/live",
  "/data/catalogue",
  "/data/catalogue?event=Product%20Added",
  "/data/plan",
  "/data/imports",
  "/data/imports?import=%2Bnew",
  "/data/lists",
  "/settings",
  "/settings/team",
  "/settings/keys",
  "/settings/audit",
  "/nowhere",
];

/** Numbers that look drawn and are the same at every run (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A fortnight of a shop: 240 people look, fill carts, buy online and in the store. */
async function letHappen({ url }: Tideline): Promise<void> {
  const chance = chanceOf(7);
  const one = <T>(of: readonly T[]): T | undefined => of[Math.floor(chance() * of.length)];
  const web: object[] = [];
  const store: object[] = [];
  const now = Date.now();
  for (let person = 0; person < 240; person++) {
    const userId = `u${1_000 + person}`;
    const at = (daysAgo: number): string => new Date(now - daysAgo * DAY_MS).toISOString();
    const came = chance() * 14;
    const who = { userId, anonymousId: `browser-${person}` };
    web.push({ type: "identify", ...who, timestamp: at(came), traits: { city: one(CITIES), newsletter: chance() < 0.4 } });
    for (let view = 0; view < 1 + chance() * 5; view++)
      web.push({
        type: "track",
        ...who,
        timestamp: at(came * chance()),
        event: "Product Viewed",
        properties: { product: one(GOODS), value: Math.round(20 + chance() * 160) },
      });
    if (chance() < 0.55)
      web.push({
        type: "track",
        ...who,
        timestamp: at(came * chance()),
        event: "Product Added",
        properties: { product: one(GOODS), value: Math.round(20 + chance() * 160) },
      });
    if (chance() < 0.3)
      web.push({
        type: "track",
        ...who,
        timestamp: at(came * chance() * 0.5),
        event: "Order Completed",
        properties: { value: Math.round(20 + chance() * 200) },
      });
    if (chance() < 0.35)
      store.push({
        type: "track",
        userId,
        timestamp: at(came + 20 * chance()),
        event: "Order Completed",
        properties: { value: Math.round(20 + chance() * 200) },
      });
  }
  web.push({ type: "track", userId: "u1000", event: 5 }, { type: "track", event: "Product Viewed" });
  await sendAll(url, "wk_demo_web", web);
  await sendAll(url, "wk_demo_store", store);
  await ask(url, "PUT", "/api/audiences/cart-abandoners", {
    name: "Cart abandoners, over 50",
    description: "Filled a cart with something worth a reminder and did not buy since.",
    rule: {
      all: [
        { event: "Product Added", where: { property: "value", gt: 50 }, within: "3d" },
        { not: { event: "Order Completed", within: "3d" } },
      ],
    },
    tags: ["reminder"],
    visibility: "public",
  });
  await ask(url, "PUT", "/api/audiences/store-buyers", {
    name: "Buy in the store",
    rule: { event: "Order Completed", where: { source: "store" }, within: "90d" },
  });
  await ask(url, "PUT", "/api/audiences/window-shoppers", {
    name: "Look and do not buy",
    rule: {
      all: [{ event: "Product Viewed", within: "14d", count: { gte: 3 } }, { not: { event: "Order Completed", within: "30d" } }],
    },
  });
  await ask(url, "PUT", "/api/placements/front", { name: "Front page, above the fold" });
  await ask(url, "PUT", "/api/campaigns/spring", {
    name: "Spring reminder",
    placement: "front",
    audience: "cart-abandoners",
    cap: [{ limit: 3, per: "1d" }],
    holdout: 0.1,
    goal: { event: "Order Completed", window: "7d", value: "value" },
    creatives: [
      {
        key: "calm",
        html: "<div style='font:600 22px sans-serif;padding:24px;background:#e8f1ee'>Still thinking it over?<br><small>Your cart is where you left it.</small></div>",
      },
      {
        key: "bold",
        html: "<div style='font:700 26px sans-serif;padding:24px;background:#ffe3c2'>Two days left for free shipping</div>",
      },
    ],
  });
  await ask(url, "POST", "/api/ruleset/publish", { note: "First audiences and the spring reminder" });
  await seen(url, 240);
  await caughtUp(url);
  await show(url, chance);
  await ask(url, "PUT", "/api/audiences/window-shoppers", {
    name: "Look and do not buy",
    rule: {
      all: [{ event: "Product Viewed", within: "7d", count: { gte: 2 } }, { not: { event: "Order Completed", within: "30d" } }],
    },
  });
  await ask(url, "PUT", "/api/audiences/lapsed", {
    name: "Lapsed",
    rule: { all: [{ event: "Order Completed", within: "90d" }, { not: { event: "Order Completed", within: "14d" } }] },
  });
}

async function sendAll(url: string, writeKey: string, events: readonly object[]): Promise<void> {
  for (let from = 0; from < events.length; from += 200) {
    const body = JSON.stringify({ batch: events.slice(from, from + 200) });
    const response = await fetch(`${url}/v1/batch`, { method: "POST", headers: { "x-write-key": writeKey }, body });
    if (!response.ok) throw new Error(`the events were refused: ${await response.text()}`);
  }
}

/** @returns the reply's JSON @throws where it is refused */
async function ask(url: string, method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: "Bearer sk_demo" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} was refused: ${await response.text()}`);
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

/** Waits until the cold index knows so many people: the dashboard's numbers are of it. */
async function seen(url: string, people: number): Promise<void> {
  const until = Date.now() + 120_000;
  while (Number((await ask(url, "GET", "/api/home"))["people"]) < people) {
    if (Date.now() > until) throw new Error("the people were never indexed");
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** Waits until everybody has been told of what was published, and the sizes are those of it. */
async function caughtUp(url: string): Promise<void> {
  const until = Date.now() + 120_000;
  for (;;) {
    const { now } = await ask(url, "GET", "/api/audiences/cart-abandoners/size");
    if (Number(now) > 10) return;
    if (Date.now() > until) throw new Error("nobody came into the audience");
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** Shows the campaign to whom it is for; some click, some buy. */
async function show(url: string, chance: () => number): Promise<void> {
  const bought: object[] = [];
  let shown = 0;
  for (let person = 0; person < 240; person++) {
    const userId = `u${1_000 + person}`;
    const decided = await ask(url, "POST", "/v1/decide", { identity: { userId }, placements: ["front"] });
    const { front } = decided["placements"] as Readonly<
      Record<string, { readonly impressionUrl?: string; readonly clickUrl?: string; readonly holdout?: boolean }>
    >;
    if (front?.impressionUrl === undefined) continue;
    await fetch(new URL(front.impressionUrl, url));
    if (front.holdout !== true) shown++;
    if (front.clickUrl !== undefined && chance() < 0.4) await fetch(new URL(front.clickUrl, url), { redirect: "manual" });
    if (chance() < 0.3)
      bought.push({ type: "track", userId, event: "Order Completed", properties: { value: Math.round(20 + chance() * 200) } });
  }
  await sendAll(url, "wk_demo_web", bought);
  // What little somebody did is told of after five minutes at the latest.
  const until = Date.now() + 400_000;
  const counted = async (): Promise<number> => {
    const { outcomes } = await ask(url, "GET", "/api/campaigns/spring/outcomes");
    return (outcomes as readonly { readonly shown: number }[]).reduce((sum, one) => sum + one.shown, 0);
  };
  while ((await counted()) < shown) {
    if (Date.now() > until) throw new Error(`of ${shown} shown ${await counted()} were counted`);
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** A page of somebody who is logged in. */
async function pageOf(browser: Browser, { url }: Tideline, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", ...options });
  const page = await context.newPage();
  const { link } = await ask(url, "POST", "/api/team/first/link", {});
  await page.goto(`${url}/dashboard/#link=${String(link)}`);
  await page.getByRole("navigation").first().waitFor();
  return page;
}

async function take(page: Page, url: string, screen: string, person: string, file: string, fullPage: boolean): Promise<void> {
  await page.goto(`${url}/dashboard${screen.replace("PERSON", person)}`);
  await page.locator("h1").first().waitFor();
  await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => undefined);
  await page.locator("main [role=status], main .mantine-Loader-root").first().waitFor({ state: "detached" });
  await page.waitForTimeout(300);
  await page.screenshot({ path: file, fullPage, animations: "disabled" });
}

const folder = process.argv[2];
const tideline = await makeTideline({});
const browser = await openBrowser();
try {
  await tideline.start();
  await letHappen(tideline);
  const person = String(
    (await ask(tideline.url, "POST", "/api/profiles/lookup", { userId: await abandoner(tideline.url) }))["profileId"],
  );
  if (folder === undefined) {
    const into = join(ROOT, "docs/guides/pictures");
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into, { recursive: true });
    const page = await pageOf(browser, tideline, { viewport: { width: 1_280, height: 800 } });
    for (const [name, screen] of Object.entries(PICTURES))
      await take(page, tideline.url, screen, person, join(into, `${name}.png`), false);
  } else {
    mkdirSync(folder, { recursive: true });
    for (const width of [1_280, 390])
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await pageOf(browser, tideline, { viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme });
        for (const screen of SCREENS) {
          const name = `${screen.replaceAll(/\W+/g, "_")}-${width}-${colorScheme}.png`;
          await take(page, tideline.url, screen, person, join(folder, name), true);
        }
      }
  }
} finally {
  await browser.close();
  await tideline.remove();
}

/** Somebody who is in the audience that the pictures are of. */
async function abandoner(url: string): Promise<string> {
  for (let person = 0; person < 240; person++) {
    const userId = `u${1_000 + person}`;
    const { audiences } = await ask(url, "POST", "/v1/decide", { identity: { userId } });
    if (Array.isArray(audiences) && audiences.includes("cart-abandoners")) return userId;
  }
  throw new Error("nobody abandoned a cart");
}
