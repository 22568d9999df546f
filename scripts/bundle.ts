import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..");

/**
 * Bundles the Worker into `outdir/index.js` exactly as a deploy would, so that what runs or is measured here is what would
 * run there. @throws when it does not build; what is wrong is on stderr
 */
export function bundleWorker(outdir: string, more: readonly string[] = []): void {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", outdir, "--config", join(ROOT, "wrangler.toml"), ...more];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error", CI: "1" };
  execFileSync(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "ignore", "inherit"] });
}
