import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..");

/** A module and what it imports as one classic script, for pages. The same sources give the same text. @param entry below the project's folder @param define names that stand for a text */
export async function bundleScript(
  entry: string,
  target: string,
  define: Readonly<Record<string, string>> = {},
): Promise<string> {
  // Loaded here: the Worker is bundled, and Tideline started, without it.
  const { build } = await import("vite");
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: "silent",
    define: Object.fromEntries(Object.entries(define).map(([name, text]) => [name, JSON.stringify(text)])),
    build: {
      write: false,
      target,
      modulePreload: false,
      rollupOptions: { input: join(ROOT, entry), output: { format: "iife", codeSplitting: false } },
    },
  });
  const chunk = "output" in built ? built.output[0] : undefined;
  if (chunk?.type !== "chunk") throw new Error("the bundler gave no script");
  return chunk.code;
}

/**
 * Bundles the Worker into `outdir/index.js` exactly as a deploy would, so that what runs or is measured here is what would
 * run there. @throws when it does not build; what is wrong is on stderr
 */
export function bundleWorker(outdir: string, more: readonly string[] = []): void {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", outdir, "--config", join(ROOT, "wrangler.toml"), ...more];
  // It refuses to begin without the folder of assets, which a bundle alone has no need of.
  mkdirSync(join(ROOT, "dashboard/dist"), { recursive: true });
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error", CI: "1" };
  execFileSync(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "ignore", "inherit"] });
}
