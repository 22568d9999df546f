import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import { describe } from "vitest";

/**
 * A real Chromium for tests of what runs in pages: the machine's own, or Debian's where it is missing and we may install
 * it. `CHROME_PATH` names one; `SKIP_BROWSER=1` leaves these tests out and says so, which CI never does.
 */

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Nothing of its own goes over the network, and every context begins with an empty profile. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const isBrowserSkipped = process.env["SKIP_BROWSER"] === "1";

/** `describe` of tests in a browser. */
export const describeInBrowser: typeof describe | typeof describe.skip = isBrowserSkipped ? describe.skip : describe;
if (isBrowserSkipped) process.stderr.write("SKIP_BROWSER=1: tests in a browser are left out\n");

/** Starts Chromium; whoever starts it closes it. Each `newContext()` of it is a fresh profile. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}

/** What a page says went wrong, as it happens: errors thrown and not caught, and errors on its console. */
export function faultsOf(page: Page): readonly string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  return faults;
}

/** @throws one line that says how to get a browser where there is none and none can be installed */
function chromiumPath(): string {
  const named = process.env["CHROME_PATH"];
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw new Error(`CHROME_PATH names no file: ${named}`);
  }
  const found = onPath();
  if (found !== undefined) return found;
  const mayInstall = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  if (mayInstall) {
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { stdio: "ignore" });
  }
  const installed = onPath();
  if (installed !== undefined) return installed;
  throw new Error("no Chromium: apt-get install chromium, or set CHROME_PATH to one, or SKIP_BROWSER=1 to go without");
}

function onPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(":");
  return NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`)).find((path) => existsSync(path));
}
