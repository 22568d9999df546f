import { PREBID_MODULE, PREBID_SCRIPT } from "./prebid-script.ts";
import { PLACEMENTS_HASH, PLACEMENTS_SCRIPT, TAG_HASH, TAG_SCRIPT } from "./script.ts";

/**
 * The texts of our scripts for pages. What is deployed has `kept-texts.ts` in its place (`[alias]` in wrangler.toml), which takes them from the static assets:
 * they are a part of the Worker that no event and no decision needs.
 */

/** By the path that each is served under. */
export const TEXTS: Readonly<Record<string, string>> = {
  [`/tag/${TAG_HASH}.js`]: TAG_SCRIPT,
  [`/tag/${PLACEMENTS_HASH}.js`]: PLACEMENTS_SCRIPT,
  "/prebid/tidelineRtdProvider.js": PREBID_SCRIPT,
  "/prebid/modules/tidelineRtdProvider.js": PREBID_MODULE,
};

/** @param path as it is served under @throws where there is none */
export function textOf(_env: Env, path: string): Promise<string> {
  const text = TEXTS[path];
  if (text === undefined) throw new Error(`there is no script ${path}`);
  return Promise.resolve(text);
}
