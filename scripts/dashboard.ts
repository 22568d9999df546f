import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { layDescription } from "./api-description.ts";
import { builtOnce } from "./built-once.ts";
import { TEXTS } from "../worker/tag/texts.ts";
import { ROOT } from "./bundle.ts";

/** `npm run dashboard`: builds the Worker's static assets into `dashboard/dist`, from where a deploy takes them. `npm start` builds its own. */

/** Builds the app below `dashboard/` in a folder. */
async function buildApp(assets: string): Promise<void> {
  const { build } = await import("vite");
  // Under tests it says otherwise, and the app would be one for its developers.
  process.env["NODE_ENV"] = "production";
  const configFile = join(ROOT, "dashboard/vite.config.ts");
  await build({ configFile, logLevel: "error", build: { outDir: join(assets, "dashboard"), emptyOutDir: true } });
}

/** Our scripts for pages, where the Worker looks for them. */
function layScripts(assets: string): void {
  for (const [path, text] of Object.entries(TEXTS)) {
    const file = join(assets, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** All static assets, built once for the same sources. @returns the folder; not to be written to */
export function builtAssets(): Promise<string> {
  return builtOnce(
    "assets",
    ["{core,dashboard/src,durable-objects,worker}/**/*", "dashboard/*.*", "scripts/{api-description,dashboard}.*"],
    buildAssets,
  );
}

async function buildAssets(folder: string): Promise<void> {
  layScripts(folder);
  await Promise.all([buildApp(folder), layDescription(folder)]);
}

if (import.meta.main) await buildAssets(join(ROOT, "dashboard/dist"));
