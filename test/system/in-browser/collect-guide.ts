import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "../browser.ts";
import { journalOf } from "../journal.ts";
import { bundleForBrowser, servePages, type Served, type Site } from "../pages.ts";
import { at, browser } from "./world.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const GUIDE = readFileSync(join(ROOT, "docs/guides/collect.md"), "utf8");
const run = promisify(execFile);

/** Snippets import from npm: they must lie where the project's packages are found. */
const FOLDER = join(ROOT, "node_modules/.cache/collect-guide");

describeInBrowser("docs/guides/collect.md, as printed", () => {
  let site: Site;
  const pages: Record<string, Served | string> = {};
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    site = await servePages(pages);
  });
  afterAll(async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    await site?.close();
  });

  /** The one block of a language that holds these words. Nothing is changed but the port. */
  const block = (language: string, words: string): string => {
    const found = [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].flatMap(([, text = ""]) =>
      text.includes(words) ? [text] : [],
    );
    expect(found).toHaveLength(1);
    return (found[0] ?? "").replaceAll("localhost:8787", `localhost:${at.port}`);
  };
  const names = async (userId: string): Promise<readonly string[]> =>
    (await journalOf(at, "userId", userId, 2)).map(({ name }) => name).toSorted();

  it.each(["guide-segment-node", "guide-rudder-node", "guide-jitsu"])("a server with a client: %s", async (userId) => {
    const file = join(FOLDER, `${userId}.mjs`);
    writeFileSync(file, block("js", userId));
    const { stderr } = await run(process.execPath, [file]);
    expect(stderr).toBe("");
    expect(await names(userId)).toEqual(["$identify", "Order Completed"]);
  });

  it("a server without", async () => {
    const { stdout } = await run("bash", ["-euc", block("sh", "guide-curl")]);
    expect(JSON.parse(stdout)).toEqual({ success: true });
    expect(await names("guide-curl")).toEqual(["$identify", "Order Completed"]);
  });

  it.each([
    ["guide-segment-next", ["$identify", "Order Completed"]],
    ["guide-rudder-js", ["$identify", "Order Completed"]],
    ["guide-beacon", ["Cart Abandoned", "Left"]],
  ])("a page: %s", async (userId, events) => {
    pages["/client.js"] = { body: await bundleForBrowser(inMain(block("ts", userId))) };
    pages["/"] = `<!doctype html><title>Shop</title><script src="/client.js"></script>`;
    const page = await browser.newPage();
    await page.goto(site.url);
    expect(await names(userId)).toEqual(events);
    await page.close();
  });

  it("a picture", async () => {
    pages["/"] = `<!doctype html><title>Mail</title>${block("html", "guide-pixel")}`;
    const page = await browser.newPage();
    await page.goto(site.url);
    expect(await names("guide-pixel")).toEqual(["$page", "Mail Opened"]);
    await page.close();
  });
});

/** A classic script has no `await` outside of functions: imports stay where they are, the rest goes into one. */
function inMain(module: string): string {
  const lines = module.split("\n");
  const isImport = (line: string): boolean => line.startsWith("import ");
  const body = lines.filter((line) => !isImport(line)).join("\n");
  return `${lines.filter(isImport).join("\n")}\nvoid (async () => {\n${body}\n})();`;
}
