import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { bundleForBrowser, servePages, type Served, type Site } from "../pages.ts";
import { at, browser } from "./world.ts";

const TRACK = `
  import big from "big.js";
  const send = async (to, key) => {
    const headers = { authorization: "Basic " + btoa(key + ":"), "content-type": "application/json" };
    const properties = { value: Number(new big("0.1").plus("0.2")) };
    const body = JSON.stringify({ anonymousId: "browser-1", event: "Seen", properties });
    const response = await fetch(to + "/v1/track", { method: "POST", headers, body });
    return response.json();
  };
  globalThis.send = send;
`;

describeInBrowser("a page on another origin", () => {
  let site: Site;
  const pages: Record<string, Served> = {};
  beforeAll(async () => {
    pages["/send.js"] = { body: await bundleForBrowser(TRACK) };
    site = await servePages(pages);
  });
  afterAll(async () => {
    await site?.close();
  });

  it("sends an event after a preflight, with a client bundled from npm, and reads the answer", async () => {
    const page = await browser.newPage();
    const faults = faultsOf(page);
    pages["/"] = { body: `<!doctype html><title>Shop</title><script src="/send.js"></script>` };
    await page.goto(`${site.url}/`);
    expect(new URL(page.url()).origin).not.toBe(at.url);
    const answer: unknown = await page.evaluate(`send(${JSON.stringify(at.url)}, "wk_demo_web")`);
    expect(answer).toEqual({ success: true });
    expect(faults).toEqual([]);
  });

  it("is held to the headers it is served with, and what it breaks is seen", async () => {
    const page = await browser.newPage();
    const faults = faultsOf(page);
    const headers = { "content-security-policy": "script-src 'none'" };
    pages["/strict"] = { body: `<!doctype html><title>Strict</title><script src="/send.js"></script>`, headers };
    await page.goto(`${site.url}/strict`);
    expect(await page.evaluate("typeof send")).toBe("undefined");
    expect(faults.join("\n")).toContain("Content Security Policy");
  });
});
