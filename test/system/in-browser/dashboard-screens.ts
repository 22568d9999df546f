import axe from "axe-core";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "../browser.ts";
import { filled, pageOf, ready, SCREENS, show } from "./dashboard-world.ts";

const FULL = process.env["TIDELINE_FULL"] === "1";

/** What a viewport leaves out: the page wider than it, or a box cut off that says nothing of it. */
const BEYOND = `[
  ...(document.documentElement.scrollWidth > document.documentElement.clientWidth ? [document.documentElement] : []),
  ...[...document.querySelectorAll("main *, [role=dialog] *")].filter((one) => {
    // A field is scrolled by who types in it.
    if (one.matches("input, textarea") || one.clientWidth < 2 || one.scrollWidth - one.clientWidth < 2) return false;
    const { overflowX, textOverflow } = getComputedStyle(one);
    return (overflowX === "hidden" || overflowX === "clip") && textOverflow !== "ellipsis";
  }),
].map((one) => one.localName + "." + [...one.classList].join(".") + " " + (one.scrollWidth - one.clientWidth) + " px beyond")`;

describeInBrowser("each screen of the dashboard", () => {
  let person = "";
  beforeAll(async () => {
    person = await filled();
  });

  const modes = [
    [1_280, "light", "en"],
    [390, "dark", "fr"],
    [1_280, "dark", "fr"],
    [390, "light", "en"],
  ] as const;
  // By default each screen once: every second one in the first mode, the others in the second.
  it.each(FULL ? modes : modes.slice(0, 2))(
    "keeps to WCAG 2.2 AA and to its edges at %d pixels, %s, in “%s”",
    async (width, colorScheme, language) => {
      const viewport = { width, height: width < 500 ? 844 : 900 };
      const page = await pageOf("admin", { viewport, colorScheme }, language);
      await page.evaluate(axe.source);
      const wrong: string[] = [];
      const remainder = width < 500 ? 1 : 0;
      for (const screen of SCREENS.filter((_, place) => FULL || place % 2 === remainder)) {
        await show(page, screen.replace("PERSON", person));
        for (const fault of [...(await page.evaluate<string[]>(BEYOND)), ...(await violations(page))])
          wrong.push(`${screen}: ${fault}`);
      }
      expect(wrong).toEqual([]);
      expect(await page.locator("html").getAttribute("lang")).toBe(language);
      await page.context().close();
    },
  );
});

/** What axe finds, with where it is. */
async function violations(page: Page): Promise<readonly string[]> {
  await ready(page);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + " at " + nodes.map(({ target, any }) => target.join(" ") + " " + (any[0]?.message ?? "")).join(", ")))`);
}
