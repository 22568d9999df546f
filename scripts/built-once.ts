import { createHash, randomUUID } from "node:crypto";
import { globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./bundle.ts";

/** Where the sources lie, and where what was built of them is kept. */
interface Place {
  readonly root: string;
  readonly cache: string;
}

const HERE: Place = { root: ROOT, cache: join(ROOT, "node_modules/.cache/tideline") };
/** What no start has asked for in so long is of sources that have gone, ms. */
const FORGOTTEN_MS = 7 * 86_400_000;

/**
 * Builds what takes seconds to build once for the same sources, and keeps it in `node_modules/.cache`.
 * @param sources globs below the project's folder; its lock file counts always
 * @param build writes into the folder it is given
 * @returns the folder with what was built; not to be written to
 */
export async function builtOnce(
  name: string,
  sources: readonly string[],
  build: (folder: string) => void | Promise<void>,
  { root, cache } = HERE,
): Promise<string> {
  const kept = join(cache, `${name}-${fingerprint(root, [...sources, "package-lock.json"])}`);
  if (isThere(kept)) return kept;
  // Two starts at once each build their own: what is found is always whole.
  const mine = `${kept}.${randomUUID()}`;
  mkdirSync(mine, { recursive: true });
  await build(mine);
  try {
    renameSync(mine, kept);
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    if (!isThere(kept)) throw error;
  }
  forget(cache, name);
  return kept;
}

/** Marks what is there as asked for now. */
function isThere(folder: string): boolean {
  try {
    const now = new Date();
    utimesSync(folder, now, now);
    return true;
  } catch {
    return false;
  }
}

function forget(cache: string, name: string): void {
  for (const other of readdirSync(cache).filter((one) => one.startsWith(`${name}-`))) {
    const path = join(cache, other);
    const asked = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (asked < Date.now() - FORGOTTEN_MS) rmSync(path, { recursive: true, force: true });
  }
}

function fingerprint(root: string, sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of globSync(sources, { cwd: root }).toSorted()) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(`${file}\0${readFileSync(path, "utf8")}\0`);
  }
  return hash.digest("hex").slice(0, 16);
}
