import type { Browser } from "playwright-core";
import { openBrowser } from "../browser.ts";
import { freePort, makeTideline, type Tideline } from "../tideline.ts";

/** One Tideline and one Chromium for all tests in a browser: starting them takes longer than most of the tests. */
export let at: Tideline;
export let browser: Browser;

/** A site of somebody's that Tideline stands in front of: under this name, its origin on this port. */
export const PROXIED = "shop.localhost";
export let originPort: number;

export async function openWorld(): Promise<void> {
  originPort = await freePort();
  const sites = { [PROXIED]: { origin: `http://127.0.0.1:${originPort}`, writeKey: "wk_demo_web" } };
  at = await makeTideline({ TIDELINE_PROXIES: JSON.stringify(sites) });
  [browser] = await Promise.all([openBrowser(), at.start()]);
}

export async function closeWorld(): Promise<void> {
  // What did not open need not be closed.
  await Promise.all([(browser as Browser | undefined)?.close(), (at as Tideline | undefined)?.remove()]);
}
