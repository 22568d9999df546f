import { join } from "node:path";
import { ROOT } from "./bundle.ts";

/** `npm run dashboard`: builds `dashboard/` into `dashboard/dist`, from where a deploy takes it. `npm start` builds its own. */

/** Builds the app. @param outDir the Worker's assets; the app lies below `dashboard/` in it */
export async function buildDashboard(outDir: string): Promise<void> {
  const { build } = await import("vite");
  const configFile = join(ROOT, "dashboard/vite.config.ts");
  await build({ configFile, logLevel: "warn", build: { outDir: join(outDir, "dashboard"), emptyOutDir: true } });
}

if (import.meta.main) await buildDashboard(join(ROOT, "dashboard/dist"));
