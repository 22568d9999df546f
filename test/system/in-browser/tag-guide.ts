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
});
