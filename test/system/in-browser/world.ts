import type { Browser } from "playwright-core";
import { openBrowser } from "../browser.ts";
import { makeTideline, type Tideline } from "../tideline.ts";

/** One Tideline and one Chromium for all tests in a browser: starting them takes longer than most of the tests. */
export let at: Tideline;
export let browser: Browser;

export async function openWorld(): Promise<void> {
  at = await makeTideline();
  [browser] = await Promise.all([openBrowser(), at.start()]);
}

export async function closeWorld(): Promise<void> {
  // What did not open need not be closed.
  await Promise.all([(browser as Browser | undefined)?.close(), (at as Tideline | undefined)?.remove()]);
}
