import { createHash, randomUUID } from "node:crypto";
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleScript, ROOT } from "./bundle.ts";

/**
 * The demo shop's files, for `npm start` to lay where the Worker finds them (docs/decisions/062-the-demo-shop.md). Building takes a second, so
 * what was built of the same sources is kept in `node_modules/.cache`.
 */
export interface DemoFile {
  readonly name: string;
  readonly type: string;
  readonly body: string;
}

export async function demoFiles(): Promise<readonly DemoFile[]> {
  return [
    { name: "index.html", type: "text/html; charset=utf-8", body: source("index.html") },
    { name: "assets/shop.css", type: "text/css; charset=utf-8", body: source("shop.css") },
    { name: "assets/shop.js", type: "text/javascript; charset=utf-8", body: await script() },
  ];
}

function source(name: string): string {
  return readFileSync(join(ROOT, "demo", name), "utf8");
}

async function script(): Promise<string> {
  const cache = join(ROOT, "node_modules/.cache/tideline");
  const kept = join(cache, `demo-${fingerprint()}.js`);
  try {
    return readFileSync(kept, "utf8");
  } catch {
    const built = await bundleScript("demo/shop.ts", "es2022");
    mkdirSync(cache, { recursive: true });
    // Two starts at once each write their own: what is read is always whole.
    const mine = `${kept}.${randomUUID()}`;
    writeFileSync(mine, built);
    renameSync(mine, kept);
    return built;
  }
}

/** Of all that the script is made of. */
function fingerprint(): string {
  const hash = createHash("sha256");
  for (const file of globSync("demo/*.ts", { cwd: ROOT }).toSorted())
    hash.update(`${file}\0${readFileSync(join(ROOT, file), "utf8")}\0`);
  return hash
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex")
    .slice(0, 16);
}
