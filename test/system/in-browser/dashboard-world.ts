import type { BrowserContextOptions, Page } from "playwright-core";
import { at, browser } from "./world.ts";

/** What tests of the dashboard share: calls past it, who looks at it, and when a screen is ready. */

/** Every screen and every dialog that has a link. `PERSON` stands for a person's id. */
export const SCREENS = [
  "/",
  "/audiences",
  "/audiences/+new",
  "/audiences/screens",
  "/audiences/screens?tab=edit",
  "/audiences/screens?tab=composition",
  "/audiences/screens?tab=history",
  "/publish",
  "/publish?version=1",
  "/campaigns",
  "/campaigns/placements",
  "/campaigns/placements/screens",
  "/campaigns/screens",
  "/campaigns/screens?tab=edit",
  "/campaigns/+new",
  "/people",
  "/people/PERSON",
  "/people/PERSON?tab=audiences",
  "/people/PERSON?tab=audiences&why=screens",
  "/people/PERSON?tab=traits",
  "/people/PERSON?tab=identities",
  "/people/PERSON?tab=consent",
  "/data/sources",
  "/data/sources?source=web",
  "/data/catalogue",
  "/data/catalogue?event=Screen%20Seen",
  "/data/quality",
  "/data/plan",
  "/data/imports",
  "/data/imports?import=%2Bnew",
  "/data/lists",
  "/data/lists?list=%2Bnew",
  "/settings",
  "/settings/team",
  "/settings/keys",
  "/settings/audit",
  "/nowhere",
] as const;

/** As long as marketers give them, and a word that fits no column. */
const LONG = `${"An audience with a name as long as marketers give them ".repeat(2)}donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen`;

/** Asks the API as a server would. @returns the reply's JSON, as the caller knows it @throws where it is refused */
export async function ask<T = unknown>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${at.url}${path}`, {
    method,
    headers: { authorization: "Bearer sk_demo" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was refused: ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Sends events under a demo source's key. */
export async function send(source: string, events: readonly object[]): Promise<void> {
  const response = await fetch(`${at.url}/v1/batch`, {
    method: "POST",
    headers: { "x-write-key": `wk_demo_${source}` },
    body: JSON.stringify({ batch: events }),
  });
  if (!response.ok) throw new Error(`the events were refused: ${await response.text()}`);
}

/** A page on which a new member is signed in. @param as the role; the language that the member reads is English but where it is said */
export async function pageOf(as: string, options: BrowserContextOptions = {}, language: "en" | "fr" = "en"): Promise<Page> {
  const id = `${as}-${crypto.randomUUID().slice(0, 8)}`;
  await ask("PUT", `/api/team/${id}`, { name: `A ${as}`, email: `${id}@example.com`, role: as, language });
  const { link } = await ask<{ link: string }>("POST", `/api/team/${id}/link`, {});
  const context = await browser.newContext({
    viewport: { width: 1_280, height: 900 },
    locale: "en-GB",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${at.url}/dashboard/#link=${link}`);
  await page.getByRole("navigation").first().waitFor({ state: "attached" });
  return page;
}

/** Opens a screen as a link in the app does: without loading the app again. */
export async function show(page: Page, screen: string): Promise<void> {
  await page.evaluate(`history.pushState(null, "", ${JSON.stringify(`/dashboard${screen}`)})`);
  await ready(page);
}

/**
 * Waits until a screen shows what it has to show: nothing stands in for what is on its way, twice in two frames. What a
 * screen asks for again and again is no reason to wait.
 */
export async function ready(page: Page): Promise<void> {
  const isReady = `new Promise((done) => {
    const waits = () => document.querySelector(".mantine-Skeleton-root, .mantine-Loader-root, [aria-busy=true]") !== null;
    const until = performance.now() + 20_000;
    let calm = 0;
    const look = () => {
      calm = waits() || document.querySelector("main :is(h1, h2), form") === null ? 0 : calm + 1;
      if (calm === 3 || performance.now() > until) done(calm === 3);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`;
  if (!(await page.evaluate<boolean>(isReady))) throw new Error(`not ready after 20 s: ${page.url()}`);
}

/** Something on every screen, with texts as long as they get; once for all tests. @returns id of the person */
export function filled(): Promise<string> {
  filling ??= fill();
  return filling;
}
let filling: Promise<string> | undefined;

async function fill(): Promise<string> {
  const seen = { type: "track", userId: "screens", event: "Screen Seen", properties: { text: LONG, amount: 3 } };
  await send("web", [
    seen,
    { type: "identify", userId: "screens", anonymousId: "screens-a", traits: { city: LONG, [LONG.slice(0, 60)]: 1 } },
    { ...seen, event: LONG },
    { ...seen, event: 5 },
  ]);
  await ask("PUT", "/api/placements/screens", { name: LONG.slice(0, 200) });
  await ask("PUT", "/api/audiences/screens", {
    name: LONG.slice(0, 200),
    description: LONG,
    tags: [LONG.slice(0, 50)],
    rule: { event: "Screen Seen", within: "7d" },
  });
  await ask("PUT", "/api/campaigns/screens", {
    name: LONG.slice(0, 200),
    placement: "screens",
    audience: "screens",
    cap: [{ limit: 3, per: "1d" }],
    creatives: [{ key: "a", html: "<b>Hello</b>" }],
  });
  await ask("PUT", "/api/lists/screens", { name: LONG.slice(0, 200), purpose: "customers", identifier: "email", expires: null });
  await ask("POST", "/api/ruleset/publish", { note: LONG });
  await ask("PUT", "/api/audiences/screens-draft", { name: "A draft", rule: { trait: "city", eq: LONG } });
  return (await ask<{ profileId: string }>("POST", "/api/profiles/lookup", { userId: "screens" })).profileId;
}
