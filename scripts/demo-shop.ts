import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtOnce } from "./built-once.ts";
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
  const built = await builtOnce("demo", ["demo/*.ts"], async (folder) => {
    writeFileSync(join(folder, "shop.js"), await bundleScript("demo/shop.ts", "es2022"));
  });
  return readFileSync(join(built, "shop.js"), "utf8");
}
