import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { OpenFeature } from "@openfeature/server-sdk";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "../browser.ts";
import { bundleForBrowser, servePages, type Served, type Site } from "../pages.ts";
import { at, browser } from "./world.ts";

/** OpenFeature's own clients, unmodified: the one for servers here, the one for pages in a page. */

const GUIDE = readFileSync(resolve(import.meta.dirname, "../../../docs/guides/flags.md"), "utf8");
const EVENT = "Flags Visited";

/** The one block of a language in the guide that holds these words. Nothing is changed but the port. */
function block(language: string, words: string): string {
  const found = [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].flatMap(([, text = ""]) =>
    text.includes(words) ? [text] : [],
  );
  expect(found).toHaveLength(1);
  return (found[0] ?? "").replaceAll("localhost:8787", `localhost:${at.port}`);
}

const headers = { authorization: "Bearer sk_demo" };

async function put(path: string, body: object): Promise<void> {
  const response = await fetch(`${at.url}/api/${path}`, { method: "PUT", headers, body: JSON.stringify(body) });
  expect([path, response.status]).toEqual([path, 200]);
}

async function publish(): Promise<void> {
  const response = await fetch(`${at.url}/api/ruleset/publish`, {
    method: "POST",
    headers,
    body: JSON.stringify({ note: "Flags" }),
  });
  expect(response.status).toBe(200);
}

async function seen(who: object): Promise<string> {
  const sent = { method: "POST", headers: { "x-write-key": "wk_demo_web" }, body: JSON.stringify({ ...who, event: EVENT }) };
  const response = await fetch(`${at.url}/v1/track`, sent);
  return /tl_id=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1] ?? "";
}

describeInBrowser("OpenFeature's clients", () => {
  let site: Site;
  let page: Page;
  const pages: Record<string, Served | string> = {};

  beforeAll(async () => {
    await put("audiences/flag-fans", { name: "Fans of flags", rule: { event: EVENT } });
    await put("placements/new-checkout", { name: "New checkout", default: false });
    await put("placements/checkout-theme", { name: "Theme", default: "plain" });
    await put("placements/checkout-limits", { name: "Limits", default: { items: 10 } });
    await put("placements/checkout-steps", { name: "Steps", default: 3 });
    const creative = (key: string, content: unknown) => [{ key, content }];
    await put("campaigns/flag-checkout", {
      name: "Checkout",
      placement: "new-checkout",
      audience: "flag-fans",
      creatives: creative("on", true),
    });
    await put("campaigns/flag-steps", {
      name: "Steps",
      placement: "checkout-steps",
      audience: "flag-fans",
      creatives: creative("two", 2),
    });
    await put("campaigns/flag-limits", {
      name: "Limits",
      placement: "checkout-limits",
      audience: "flag-fans",
      creatives: creative("big", { items: 99 }),
    });
    await publish();
    await seen({ userId: "flag-user" });
    pages["/flags.js"] = {
      body: await bundleForBrowser(
        `${block("js", "ofrep-web-provider")}\nwindow.client = OpenFeature.getClient(); window.changed = []; window.client.addHandler("PROVIDER_CONFIGURATION_CHANGED", ({ flagsChanged }) => window.changed.push(...flagsChanged));`,
      ),
    };
    pages["/"] = `<!doctype html><title>Flags</title><script src="/flags.js"></script>`;
    site = await servePages(pages);
    const context = await browser.newContext();
    const cookie = { name: "tl_id", value: await seen({ anonymousId: crypto.randomUUID() }), domain: "localhost", path: "/" };
    await context.addCookies([{ ...cookie, httpOnly: true, sameSite: "Lax" }]);
    page = await context.newPage();
  });
  afterAll(async () => {
    await Promise.all([site?.close(), page?.context().close(), OpenFeature.close()]);
  });

  it("for servers: values of each type, why, and what there is not", async () => {
    expect(block("js", "@openfeature/ofrep-provider")).toContain("baseUrl");
    await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: at.url, headers: [["X-API-Key", "sk_demo"]] }));
    const client = OpenFeature.getClient();
    const [fan, stranger] = [{ targetingKey: "flag-user" }, { targetingKey: "nobody-knows" }];
    expect(await client.getBooleanDetails("new-checkout", false, fan)).toMatchObject({
      value: true,
      variant: "on",
      reason: "TARGETING_MATCH",
      flagMetadata: { campaign: "flag-checkout", holdout: false, decisionId: expect.any(String) },
    });
    expect(await client.getBooleanDetails("new-checkout", true, stranger)).toMatchObject({ value: false, reason: "DEFAULT" });
    expect(await client.getStringValue("checkout-theme", "none", fan)).toBe("plain");
    expect(await client.getNumberValue("checkout-steps", 0, fan)).toBe(2);
    expect(await client.getObjectValue("checkout-limits", {}, fan)).toEqual({ items: 99 });
    expect(await client.getStringDetails("not-there", "none", fan)).toMatchObject({ value: "none", errorCode: "FLAG_NOT_FOUND" });
    expect(await client.getStringDetails("checkout-theme", "none", {})).toMatchObject({ errorCode: "TARGETING_KEY_MISSING" });
    expect(await client.getStringDetails("new-checkout", "none", fan)).toMatchObject({ errorCode: "TYPE_MISMATCH" });
  });

  it("for pages: of whom the cookie names, kept, and asked again when something is published", async () => {
    const answers: number[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/ofrep/v1/evaluate/flags")) answers.push(response.status());
    });
    await page.goto(site.url);
    const value = () => page.evaluate(() => Reflect.get(globalThis, "client").getBooleanDetails("new-checkout", false));
    await expect.poll(value, { timeout: 15_000 }).toMatchObject({ value: true, variant: "on", reason: "TARGETING_MATCH" });
    expect(await page.evaluate(() => Reflect.get(globalThis, "client").getStringDetails("not-there", "none"))).toMatchObject({
      value: "none",
      errorCode: "FLAG_NOT_FOUND",
    });
    await put("placements/checkout-theme", { name: "Theme", default: "dark" });
    await publish();
    await expect
      .poll(() => page.evaluate(() => Reflect.get(globalThis, "changed")), { timeout: 20_000 })
      .toContain("checkout-theme");
    expect(await page.evaluate(() => Reflect.get(globalThis, "client").getStringValue("checkout-theme", "none"))).toBe("dark");
    // Nothing of it is new: the client is told so, and keeps what it has.
    await put("audiences/flag-nobody", { name: "Nobody", rule: { event: "never" } });
    await publish();
    await expect.poll(() => answers, { timeout: 20_000 }).toContain(304);
  });
});
