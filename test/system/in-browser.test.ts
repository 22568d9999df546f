import { afterAll, beforeAll } from "vitest";
import { isBrowserSkipped } from "./browser.ts";
import { closeWorld, openWorld } from "./in-browser/world.ts";
import "./in-browser/harness.ts";
import "./in-browser/tag.ts";
import "./in-browser/tag-consent.ts";
import "./in-browser/tag-placements.ts";
import "./in-browser/tag-guide.ts";
import "./in-browser/demo-shop.ts";
import "./in-browser/sdks.ts";
import "./in-browser/collect-guide.ts";
import "./in-browser/prebid.ts";
import "./in-browser/flags.ts";
import "./in-browser/proxy.ts";
import "./in-browser/dashboard.ts";
import "./in-browser/dashboard-screens.ts";

/** All that runs in a real browser, file by file, in one world. */
if (!isBrowserSkipped) {
  beforeAll(openWorld);
  afterAll(closeWorld);
}
