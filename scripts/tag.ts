import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleScript, ROOT } from "./bundle.ts";

/**
 * `npm run tag`: builds `tag/` into the script that pages load and the one that it loads itself, and writes them to where the Worker takes it from
 * (docs/decisions/060-the-built-tag.md). `npm run bundle` sees when that was forgotten.
 */

export const TAG_FILE = join(ROOT, "worker/tag/script.ts");

/** A script, the hash that it is named by, and what a page says in `integrity`. */
interface Built {
  readonly script: string;
  readonly hash: string;
  readonly integrity: string;
}

/** The tag, and the script that it loads where a page has placements. The same sources give the same bytes. */
export async function buildTag(): Promise<Readonly<Record<"tag" | "placements", Built>>> {
  // A shorter hash: each byte of it is one of the tag's.
  const placements = built(await bundleScript("tag/placements/index.ts", "es2021"), "sha256");
  const { hash: PLACEMENTS_HASH, integrity: PLACEMENTS_INTEGRITY } = placements;
  const tag = await bundleScript("tag/index.ts", "es2021", { PLACEMENTS_HASH, PLACEMENTS_INTEGRITY });
  return { tag: built(tag), placements };
}

function built(text: string, digest = "sha384"): Built {
  const script = text.trim();
  return {
    script,
    hash: createHash("sha256").update(script).digest("hex").slice(0, 16),
    integrity: `${digest}-${createHash(digest).update(script).digest("base64")}`,
  };
}

/** The module that holds both. */
export function tagModule({ tag, placements }: Awaited<ReturnType<typeof buildTag>>): string {
  return `/** Built from tag/ by \`npm run tag\`. */
export const TAG_HASH = ${JSON.stringify(tag.hash)};
export const TAG_INTEGRITY = ${JSON.stringify(tag.integrity)};
export const TAG_SCRIPT = ${JSON.stringify(tag.script)};
export const PLACEMENTS_HASH = ${JSON.stringify(placements.hash)};
export const PLACEMENTS_SCRIPT = ${JSON.stringify(placements.script)};
`;
}

if (import.meta.main) {
  const scripts = await buildTag();
  writeFileSync(TAG_FILE, tagModule(scripts));
  console.log(`worker/tag/script.ts: ${scripts.tag.script.length} and ${scripts.placements.script.length} bytes`);
}
