import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleScript, ROOT } from "./bundle.ts";

/**
 * `npm run tag`: builds `tag/` into the one script that pages load, and writes it to where the Worker takes it from
 * (docs/decisions/060-the-built-tag.md). `npm run bundle` sees when that was forgotten.
 */

export const TAG_FILE = join(ROOT, "worker/tag/script.ts");

/** The same sources give the same bytes. */
export async function buildTag(): Promise<string> {
  return (await bundleScript("tag/index.ts", "es2021")).trim();
}

/** The module that holds the script, the hash it is named by, and what a page says in `integrity`. */
export function tagModule(script: string): string {
  const integrity = `sha384-${createHash("sha384").update(script).digest("base64")}`;
  const hash = createHash("sha256").update(script).digest("hex").slice(0, 16);
  return `/** Built from tag/ by \`npm run tag\`. */
export const TAG_HASH = ${JSON.stringify(hash)};
export const TAG_INTEGRITY = ${JSON.stringify(integrity)};
export const TAG_SCRIPT = ${JSON.stringify(script)};
`;
}

if (import.meta.main) {
  const script = await buildTag();
  writeFileSync(TAG_FILE, tagModule(script));
  console.log(`worker/tag/script.ts: ${script.length} bytes`);
}
