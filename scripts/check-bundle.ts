import { globSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { API_TYPES_FILE, apiTypes } from "./api-types.ts";
import { bundleWorker, ROOT } from "./bundle.ts";
import { builtAssets } from "./dashboard.ts";
import { buildPrebid, PREBID_FILE, prebidModule } from "./prebid.ts";
import { buildTag, TAG_FILE, tagModule } from "./tag.ts";

/**
 * What is deployed: bundles as a deploy does and checks its size, that the data plane's code loads nothing of the
 * control plane, and that core holds nothing of the platform, of the clock or of chance.
 */
/** budgets.md, "Speed". */
const MOST_GZIPPED_BYTES = 400_000;
/** It goes into somebody's Prebid, or beside it. */
const MOST_PREBID_BYTES = 1_500;
/** budgets.md, "Bundles". */
const MOST_TAG_BYTES = 3_000;
/** Loaded by pages that have placements. */
const MOST_PLACEMENTS_BYTES = 1_500;
/** budgets.md, "Bundles": what Home takes, styles included. */
const MOST_DASHBOARD_BYTES = 250_000;
/** Names of packages that only the control plane may load. */
const CONTROL_PLANE_ONLY = ["hono", "@hono/", "zod", "drizzle-orm", "@asteasolutions/"];
const NOT_IN_CORE = [
  "cloudflare:",
  "node:",
  "Date.now(",
  "Math.random(",
  "new Date()",
  "performance.now",
  "crypto.",
  "process.env",
  "eval(",
  "new Function",
];

interface Metafile {
  readonly inputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[] }>
  >;
}

const faults: string[] = [];
const outdir = mkdtempSync(join(tmpdir(), "tideline-bundle-"));
const metafile = bundle();

const code = readFileSync(join(outdir, "index.js"));
const gzipped = gzipSync(code, { level: 9 }).byteLength;
console.log(`worker: ${kb(code.byteLength)} KB, ${kb(gzipped)} KB gzipped (bar ${kb(MOST_GZIPPED_BYTES)} KB)`);
if (gzipped > MOST_GZIPPED_BYTES) faults.push(`the Worker is ${kb(gzipped)} KB gzipped`);

const loaded = loadedAtOnce("worker/index.ts");
console.log(`modules loaded with the data plane: ${loaded.size} of ${Object.keys(metafile.inputs).length}`);
for (const input of loaded) {
  const name = CONTROL_PLANE_ONLY.find((pack) => input.includes(`node_modules/${pack}`));
  if (name !== undefined) faults.push(`the data plane loads ${input}`);
}
if (!Object.keys(metafile.inputs).some((input) => input.includes("node_modules/zod")))
  faults.push("the bundle has no zod: this check sees nothing");

const scripts = await buildTag();
for (const [name, { script }, most] of [
  ["tag", scripts.tag, MOST_TAG_BYTES],
  ["tag's second script", scripts.placements, MOST_PLACEMENTS_BYTES],
] as const) {
  const size = gzipSync(script, { level: 9 }).byteLength;
  console.log(`${name}: ${kb(script.length)} KB, ${size} bytes gzipped (bar ${most})`);
  if (size > most) faults.push(`the ${name} is ${size} bytes gzipped`);
}
if (readFileSync(TAG_FILE, "utf8") !== tagModule(scripts)) faults.push("the tag is not the one of tag/: npm run tag");

const prebid = await buildPrebid();
for (const [name, text] of Object.entries(prebid)) {
  const size = gzipSync(text, { level: 9 }).byteLength;
  console.log(`prebid ${name}: ${kb(text.length)} KB, ${kb(size)} KB gzipped (bar ${kb(MOST_PREBID_BYTES)} KB)`);
  if (size > MOST_PREBID_BYTES) faults.push(`the Prebid ${name} is ${size} bytes gzipped`);
}
if (readFileSync(PREBID_FILE, "utf8") !== prebidModule(prebid))
  faults.push("our part of Prebid is not the one of tag/prebid/: npm run prebid");

const firstLoad = gzippedTogether(await builtAssets(), ["index.html", "src/home/home.tsx"]);
console.log(`dashboard, first load: ${kb(firstLoad)} KB gzipped (bar ${kb(MOST_DASHBOARD_BYTES)} KB)`);
if (firstLoad > MOST_DASHBOARD_BYTES) faults.push(`the dashboard's first load is ${kb(firstLoad)} KB gzipped`);
if (readFileSync(API_TYPES_FILE, "utf8") !== (await apiTypes()))
  faults.push("the dashboard's types are not the API's: npm run api-types");

for (const file of globSync("core/**/*.ts", { cwd: ROOT }).filter((name) => !name.endsWith(".test.ts"))) {
  const text = withoutComments(readFileSync(join(ROOT, file), "utf8"));
  for (const word of NOT_IN_CORE) if (text.includes(word)) faults.push(`${file} holds "${word}"`);
}

for (const fault of faults) console.error(`bundle: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;

function bundle(): Metafile {
  const meta = join(outdir, "meta.json");
  bundleWorker(outdir, ["--minify", "--metafile", meta]);
  return JSON.parse(readFileSync(meta, "utf8")) as Metafile;
}

/** Everything that is loaded with a module: what it imports, but not what it imports later. */
function loadedAtOnce(entry: string): Set<string> {
  const start = Object.keys(metafile.inputs).find((input) => input.endsWith(entry));
  if (start === undefined) throw new Error(`the bundle has no ${entry}`);
  const seen = new Set<string>();
  const open = [start];
  for (let input = open.pop(); input !== undefined; input = open.pop()) {
    if (seen.has(input)) continue;
    seen.add(input);
    for (const { path, kind, external } of metafile.inputs[input]?.imports ?? []) {
      if (kind !== "dynamic-import" && external !== true) open.push(path);
    }
  }
  return seen;
}

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}

/** Bytes of these chunks of the dashboard and of all that comes with them. */
function gzippedTogether(assets: string, entries: readonly string[]): number {
  const folder = join(assets, "dashboard");
  const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8")) as Readonly<Record<string, Chunk>>;
  const open = [...entries];
  const seen = new Set<string>();
  const files = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`the dashboard has no ${name}`);
    if (seen.has(name)) continue;
    seen.add(name);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    open.push(...(chunk.imports ?? []));
  }
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).byteLength, 0);
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

function kb(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}
