import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { readJournal } from "../journal.ts";
import { at, browser } from "./world.ts";

/** The demo shop as a visitor walks through it, and what Tideline then knows. */
describeInBrowser("the demo shop", () => {
  const decided = async (identity: object): Promise<readonly string[]> => {
    const headers = { authorization: "Bearer sk_demo" };
    const response = await fetch(`${at.url}/v1/decide`, { method: "POST", headers, body: JSON.stringify({ identity }) });
    return ((await response.json()) as { readonly audiences: readonly string[] }).audiences;
  };
  const look = async (page: Page, name: string): Promise<void> => {
    await page.click(`.card:has-text("${name}")`);
    await page.waitForSelector(`h1:has-text("${name}")`);
  };

  it("puts a visitor into the audiences that the visit earns, and out of those it ends", async () => {
    const page = await browser.newPage();
    const faults = faultsOf(page);
    const sent: string[] = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "POST") sent.push(pathname);
    });
    await page.goto(`${at.url}/demo`);
    await look(page, "Trail runner");
    await page.click("text=Harbour");
    expect(sent).toEqual([]);
    await page.click("text=Accept all");
    await page.waitForFunction("localStorage.tl_a");
    const anonymousId = await page.evaluate<string>("localStorage.tl_a");

    const publicly = (): Promise<unknown> =>
      page.evaluate(
        `fetch("/v1/audiences?writeKey=wk_demo_web").then((reply) => reply.json()).then(({ audiences }) => audiences)`,
      );
    for (const [name, before, after] of [
      ["Winter boot", [], []],
      ["Soft loafer", [], ["shoe-lover"]],
    ] as const) {
      // By then there is a token, which must not outlive the view.
      expect([await publicly(), await publicly()]).toEqual([before, before]);
      const told = page.waitForResponse((response) => (response.request().postData() ?? "").includes("Product Viewed"));
      await look(page, name);
      await told;
      expect(await publicly()).toEqual(after);
      await page.click("text=Harbour");
    }
    await expect.poll(() => decided({ anonymousId }), { timeout: 10_000 }).toEqual(["shoe-lover"]);

    await page.fill("[name=q]", "cotton");
    await page.press("[name=q]", "Enter");
    await look(page, "Market tote");
    await page.click("text=Add to cart");
    await page.click("[aria-label='One Market tote more']");
    await expect.poll(() => decided({ anonymousId }), { timeout: 10_000 }).toEqual(["cart-abandoner", "shoe-lover"]);

    await page.fill("#newsletter [name=email]", "dana@shop.example");
    await page.click("#newsletter button");
    await expect.poll(() => decided({ anonymousId }), { timeout: 10_000 }).toContain("newsletter");

    await page.click("text=Check out");
    await page.fill("[name=name]", "Ann");
    await page.fill("[name=address]", "1 Quay");
    await page.click("text=Buy now");
    await page.waitForSelector("h1:has-text('Thank you')");
    await expect.poll(() => decided({ anonymousId }), { timeout: 10_000 }).toEqual(["buyer", "newsletter", "shoe-lover"]);
    for (const code of ["buyer", "newsletter", "shoe-lover"])
      await page.waitForSelector(`#audiences [data-audience=${code}].in`, { timeout: 10_000 });
    await page.waitForSelector("#audiences [data-audience=cart-abandoner].out");
    const order = (await readJournal(at, "anonymousId", anonymousId)).find(({ name }) => name === "Order Completed");
    expect(order?.properties).toMatchObject({
      total: 78,
      currency: "EUR",
      products: [{ product_id: "market-tote", quantity: 2 }],
    });

    await page.click("#account");
    await page.fill("main [name=email]", "dana@shop.example");
    await page.click("main button");
    await expect
      .poll(() => decided({ userId: "dana@shop.example" }), { timeout: 10_000 })
      .toEqual(["buyer", "newsletter", "shoe-lover"]);
    await page.click("text=Sign out");
    await page.click("text=Harbour");
    await expect.poll(() => page.evaluate("localStorage.tl_a"), { timeout: 10_000 }).not.toBe(anonymousId);

    await page.click("#privacy");
    await page.click("text=Refuse all");
    await expect.poll(() => sent, { timeout: 10_000 }).toContain("/v1/consent");
    expect(await page.evaluate("localStorage.tl_a")).toBeUndefined();
    expect(faults).toEqual([]);
  });

  it("is a page of one origin that reads well on a phone and by keyboard, with a name for every control", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await page.goto(`${at.url}/demo`);
    await page.click("text=Save my choice");
    await page.waitForSelector(".card");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    const unnamed = await page.evaluate(`[...document.querySelectorAll("a, button, input, [role=img]")].filter((element) =>
      !(element.textContent.trim() || element.ariaLabel || element.labels?.[0]?.textContent.trim())).map((element) => element.outerHTML)`);
    expect(unnamed).toEqual([]);
    await page.focus(".card");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=Add to cart");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    expect(await page.locator("#audiences li").count()).toBe(5);
    expect([...hosts]).toEqual([new URL(at.url).host, ""].filter((host) => hosts.has(host)));
  });
});
