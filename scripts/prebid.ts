import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleScript, ROOT } from "./bundle.ts";

/**
 * `npm run prebid`: builds `tag/prebid/` and writes it to where the Worker takes it from (docs/decisions/103-prebid-twice.md). `npm run bundle`
 * sees when that was forgotten.
 */

export const PREBID_FILE = join(ROOT, "worker/tag/prebid-script.ts");

/** Where Prebid's sources have it, as their own modules say it. */
const IMPORT = `import{submodule}from"../src/hook.js";`;

export interface PrebidBuilds {
  /** For Prebid's folder `modules`. */
  readonly module: string;
  /** For a page, beside Prebid. */
  readonly script: string;
}

/** The same sources give the same bytes. */
export async function buildPrebid(): Promise<PrebidBuilds> {
  const module = await bundleScript("tag/prebid/module.ts", "es2021");
  const script = await bundleScript("tag/prebid/script.ts", "es2021");
  return { module: `${IMPORT}${module.trim()}`, script: script.trim() };
}

/** The module that holds both. */
export function prebidModule({ module, script }: PrebidBuilds): string {
  return `/** Built from tag/prebid/ by \`npm run prebid\`. */
export const PREBID_MODULE = ${JSON.stringify(module)};
export const PREBID_SCRIPT = ${JSON.stringify(script)};
`;
}

if (import.meta.main) {
  const built = await buildPrebid();
  writeFileSync(PREBID_FILE, prebidModule(built));
  console.log(`worker/tag/prebid-script.ts: module ${built.module.length} bytes, script ${built.script.length} bytes`);
}
