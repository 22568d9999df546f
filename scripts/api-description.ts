import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { KEPT, type KeptReply } from "../worker/api/kept-description.ts";
import { builtOnce } from "./built-once.ts";
import { ROOT } from "./bundle.ts";

/** The API's description of itself (OpenAPI, and the page for people), as its own routes give it. */

/** What the description is made from. */
const SOURCES = ["{core,durable-objects,worker}/**/*", "scripts/api-description.*", "tsconfig*.json"];

/** @returns each path's reply @throws when the Worker does not build */
export async function apiDescription(): Promise<Readonly<Record<keyof typeof KEPT, KeptReply>>> {
  const bundle = await builtOnce("described", SOURCES, bundleDescribed);
  const worker = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      rootPath: bundle,
      scriptPath: "described.js",
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["nodejs_compat"],
    }),
  );
  const ask = async (path: string): Promise<KeptReply> => {
    const response = await worker.dispatchFetch(`http://localhost${path}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return { headers: Object.fromEntries(response.headers), body: await response.text() };
  };
  try {
    const [document, reference] = await Promise.all([ask("/api/openapi.json"), ask("/api/reference")]);
    return { "/api/openapi.json": document, "/api/reference": reference };
  } finally {
    await worker.dispose();
  }
}

/** Lays the description into the folder of the Worker's static assets. */
export async function layDescription(assets: string): Promise<void> {
  for (const [path, reply] of Object.entries(await apiDescription())) {
    const file = join(assets, KEPT[path as keyof typeof KEPT]);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(reply));
  }
}

function bundleDescribed(outdir: string): void {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", outdir, "--config", join(ROOT, "scripts/api-description.toml")];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error", CI: "1" };
  execFileSync(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "ignore", "inherit"] });
}
