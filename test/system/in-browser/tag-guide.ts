import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser, faultsOf } from "../browser.ts";
import { journalOf } from "../journal.ts";
import { servePages, type Site } from "../pages.ts";
import { at, browser } from "./world.ts";

const GUIDE = readFileSync(join(resolve(import.meta.dirname, "../../.."), "docs/guides/tag.md"), "utf8");

describeInBrowser("docs/guides/tag.md, as printed", () => {
  let site: Site;
  const pages: Record<string, string> = {};
  beforeAll(async () => {
    site = await servePages(pages);
  });
  afterAll(async () => {
    await site?.close();
  });

  /** Nothing is changed but the port. */
  const blocks = (language: string): readonly string[] =>
    [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, block = ""]) =>
      block.replaceAll("localhost:8787", `localhost:${at.port}`),
    );

  it("makes a page that tells all of it, and reads its audiences", async () => {
    pages["/"] = `<!doctype html><title>Shop</title>${blocks("html").join("")}`;
    const [calls = "", audiences = ""] = blocks("js");
    const page = await browser.newPage();
    const faults = faultsOf(page);
    await page.goto(site.url);
    await page.click("text=Choose Pro");
    await page.evaluate(calls);
    const events = await journalOf(at, "userId", "user-42", 9);
    expect(events.map(({ name }) => name).toSorted()).toEqual(
      [
        "$alias",
        "$group",
        "$identify",
        "$identify",
        "$page",
        "$page",
        "Order Completed",
        "Plan Chosen",
        "Product Viewed",
      ].toSorted(),
    );
    expect(events.find(({ name }) => name === "Plan Chosen")?.properties).toEqual({ text: "Choose Pro", plan: "pro" });
    expect(await page.evaluate(`(async () => { ${audiences} return audiences; })()`)).toEqual(expect.any(Array));
    expect(faults).toEqual([]);
  });

  it("fills a placement with what a marketer published, and tells of it", async () => {
    await publishHero({ content: { title: "Spring is here" } });
    pages["/"] = `<!doctype html><title>Shop</title>${blocks("html").join("")}`;
    const page = await browser.newPage();
    const faults = faultsOf(page);
    await page.goto(site.url);
    const hero = page.locator("[data-tl-placement]");
    await expect.poll(() => hero.innerText()).toBe("Spring is here");
    expect(await hero.getAttribute("data-tl-state")).toBe("filled");
    await page.evaluate(blocks("js").find((block) => block.includes("decide")) ?? "");
    await page.waitForFunction("window.hero");
    expect(await page.evaluate("hero")).toMatchObject({ campaign: "guide", content: { title: "Spring is here" } });
    expect(faults).toEqual([]);
    await page.close();
  });

  it("hides a placement for half a second at most where no script comes", async () => {
    const [, style = ""] = blocks("html").filter((block) => /<script async|<style>/.test(block));
    pages["/"] = `<!doctype html><title>Shop</title>${style}`;
    const page = await browser.newPage();
    await page.goto(site.url);
    const visibility = (atMs: number): Promise<unknown> =>
      page.evaluate(`(() => {
        const slot = document.querySelector("[data-tl-placement]");
        const [animation] = slot.getAnimations();
        animation.currentTime = ${atMs};
        return getComputedStyle(slot).visibility;
      })()`);
    expect([await visibility(499), await visibility(500)]).toEqual(["hidden", "visible"]);
    await page.close();
  });
});

async function publishHero(creative: object): Promise<void> {
  const call = async (method: string, path: string, body: object): Promise<void> => {
    const headers = { authorization: "Bearer sk_demo" };
    const response = await fetch(`${at.url}/api/${path}`, { method, headers, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
  };
  await call("PUT", "placements/home-hero", { name: "Home hero", default: {} });
  await call("PUT", "campaigns/guide", { name: "Guide", placement: "home-hero", creatives: [{ key: "a", ...creative }] });
  await call("POST", "ruleset/publish", {});
}
