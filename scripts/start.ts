import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { database, type Stores } from "../worker/cold/database.ts";
import { createDemo, DEMO_WORKSPACE } from "../worker/cold/demo.ts";
import { SCOPES } from "../worker/cold/records.ts";
import { applyMigrations } from "../worker/cold/migrate.ts";
import { findMember, makeSignInLink, putMember } from "../worker/cold/team.ts";
import { createWorkspace } from "../worker/cold/workspaces.ts";
import { demoObjectKey } from "../worker/demo/shop.ts";
import { publishDemoAudiences } from "../worker/ruleset/demo-audiences.ts";
import { builtOnce } from "./built-once.ts";
import { bundleWorker, ROOT } from "./bundle.ts";
import { builtAssets } from "./dashboard.ts";
import { demoFiles, type DemoFile } from "./demo-shop.ts";
import { childrenOf, commandOf } from "./processes.ts";

/**
 * `npm start`: Tideline on this machine, over Miniflare and from `wrangler.toml`, with everything it stores below
 * TIDELINE_DATA. Needs no network.
 *
 * PORT           port on 127.0.0.1, default 8787
 * TIDELINE_DATA  folder for all state, default .tideline
 * TIDELINE_PROXIES  sites to stand in front of, as `PROXIES` of wrangler.toml
 * TIDELINE_DEMO  "0" starts without demo data and demo keys
 */
const port = Number(process.env["PORT"] ?? 8787);
const data = resolve(process.env["TIDELINE_DATA"] ?? join(ROOT, ".tideline"));
const demo = process.env["TIDELINE_DEMO"] !== "0";
/** Of a start without demo data. */
const FIRST_WORKSPACE = "main";
const pidFile = join(data, "processes.json");

mkdirSync(data, { recursive: true });
await endOrphans();
const mf = new Miniflare(options(await workerBundle(), await builtAssets()));
// Noted while it starts, not after: who is killed in between leaves an orphan, too.
const noting = setInterval(noteProcesses, 20);
await mf.ready;
clearInterval(noting);
noteProcesses();
const link = await prepare(mf);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Miniflare's own listener ends the process at once, as failed; ours lets what is under way finish first.
  process.removeAllListeners(signal);
  process.once(signal, () => void stop(0));
}
const watching = watchRuntime();
const stopCron = runCron(mf);
console.log(`Tideline is ready on http://localhost:${port}`);
// Behind a fragment, which no server is told. Another start prints another.
console.log(`Dashboard: http://localhost:${port}/dashboard/#link=${link}`);

/** The Worker as a deploy would bundle it, below the data: another start may be of other sources. */
async function workerBundle(): Promise<string> {
  const sources = ["{core,durable-objects,worker}/**/*", "tsconfig*.json", "wrangler.toml"];
  const built = await builtOnce("worker", sources, (folder) => bundleWorker(folder));
  const bundle = join(data, "bundle");
  cpSync(built, bundle, { recursive: true });
  return bundle;
}

function options(bundle: string, assets: string): ConstructorParameters<typeof Miniflare>[0] {
  const nameKey = secrets().nameKey;
  // Read by wrangler as a deploy's secrets would be; it is not to chat about it.
  Object.assign(process.env, { NAME_KEY: nameKey, WRANGLER_LOG: "error" });
  // The bundle is one file: rules for finding more modules belong to its sources.
  const {
    modulesRules: _,
    assets: __,
    ...worker
  } = unstable_getMiniflareWorkerOptions(join(ROOT, "wrangler.toml")).workerOptions;
  const converted = convertV4MiniflareOptions({
    workers: [
      {
        ...(worker as object),
        name: "tideline",
        rootPath: bundle,
        scriptPath: "index.js",
        modules: true,
        bindings: { DEMO: demo ? "1" : "0", PROXIES: process.env["TIDELINE_PROXIES"] ?? "{}", NAME_KEY: nameKey },
        serviceBindings: { ASSETS: "assets" },
        // The Worker itself listens; the entry proxy that Miniflare puts before it costs a good part of the throughput.
        unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      },
      // Beside it, for of one that has assets itself the router listens: two thirds of the throughput.
      {
        name: "assets",
        modules: true,
        script: "export default {}",
        assets: { directory: assets, assetConfig: { html_handling: "none" }, routerConfig: { has_user_worker: false } },
      },
    ],
    host: "127.0.0.1",
    port: 0,
    log: new Log(LogLevel.ERROR),
  });
  // Set after the conversion: the older options for it are dropped without a word.
  return { ...converted, resourcePersistencePath: join(data, "state") };
}

/** Keys that a deploy would hold as secrets: made once and kept beside the data they name. */
function secrets(): { readonly nameKey: string } {
  const file = join(data, "secrets.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { nameKey: string };
  } catch {
    const made = { nameKey: randomBytes(32).toString("base64url") };
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
    return made;
  }
}

/** Applies D1 migrations and seeds, each once. @returns a link to the dashboard, for a day */
async function prepare(running: Miniflare): Promise<string> {
  const folder = join(ROOT, "migrations");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted()
    .map((name) => ({ name, sql: readFileSync(join(folder, name), "utf8") }));
  const env = await stores(running);
  await applyMigrations(env.DB, files);
  if (demo) await prepareDemo(env);
  else await firstWorkspace(env);
  return signInLink(env, demo ? DEMO_WORKSPACE.id : FIRST_WORKSPACE);
}

/** For who starts it, an admin: made once, and again where somebody took them off the team. */
async function signInLink(env: Stores, workspace: string): Promise<string> {
  const db = database(env.DB);
  const [id, at] = ["first", Date.now()];
  if ((await findMember(db, workspace, id)) === undefined) {
    const who = {
      workspace,
      id,
      name: demo ? "Demo" : "First admin",
      email: "first@example.com",
      role: "admin",
      language: "en",
    } as const;
    const entry = { workspace, at, actor: "setup", action: "team.put", target: `user:${id}` };
    await putMember(db, { ...who, createdAt: at, updatedAt: at }, entry);
  }
  return (await makeSignInLink(db, { workspace, id }, at, 86_400_000)).link;
}

/** The demo's workspace, its audiences, and the shop at `/demo`. */
async function prepareDemo(env: Stores): Promise<void> {
  const layShop = async (): Promise<void> => {
    const put = ({ name, type, body }: DemoFile): Promise<unknown> =>
      env.PUBLISHED.put(demoObjectKey(name), body, { httpMetadata: { contentType: type } });
    await Promise.all((await demoFiles()).map(put));
  };
  const makeWorkspace = async (): Promise<void> => {
    await createDemo(env, Date.now());
    await publishDemoAudiences(env, DEMO_WORKSPACE.id, Date.now());
  };
  await Promise.all([makeWorkspace(), layShop()]);
}

/** The Worker's own stores, reached from here: Miniflare's types are of its own copy of the platform's. */
async function stores(running: Miniflare): Promise<Stores> {
  const bucket: unknown = await running.getR2Bucket("PUBLISHED");
  return { DB: await running.getD1Database("DB"), PUBLISHED: bucket as R2Bucket };
}

/** Without the demo somebody must be able to begin: one workspace, and a key to it that is shown once. */
async function firstWorkspace(env: Stores): Promise<void> {
  const marker = join(data, "workspace.json");
  try {
    readFileSync(marker);
    return;
  } catch {
    const secret = `sk_${randomBytes(32).toString("base64url")}`;
    const key = { id: "first", name: "First key", secret, scopes: SCOPES };
    const workspace = {
      id: FIRST_WORKSPACE,
      name: "Main",
      timeZone: "UTC",
      retentionDays: 400,
      smallCount: 50,
      sources: [],
      secretKeys: [key],
    };
    await createWorkspace(env, workspace, Date.now());
    writeFileSync(marker, JSON.stringify({ id: FIRST_WORKSPACE }));
    console.log(`Secret key of workspace "${FIRST_WORKSPACE}", shown this once: ${secret}`);
  }
}

/** A killed Node leaves workerd alive, which keeps the port and the files: end it, if the process is still the one we noted. */
async function endOrphans(): Promise<void> {
  const noted = readNoted();
  if (noted.node !== process.pid && commandOf(noted.node)?.includes("start.ts") === true) {
    console.error(`Tideline runs already on this data (process ${noted.node}). Stop it, or set TIDELINE_DATA and PORT.`);
    process.exit(1);
  }
  for (const pid of noted.workerd) {
    if (commandOf(pid)?.includes("workerd") !== true) continue;
    process.kill(pid, "SIGKILL");
    while (commandOf(pid)?.includes("workerd") === true) await delay(20);
  }
}

function noteProcesses(): void {
  writeFileSync(pidFile, JSON.stringify({ node: process.pid, workerd: childrenOf(process.pid) }));
}

function readNoted(): { readonly node: number; readonly workerd: readonly number[] } {
  try {
    return JSON.parse(readFileSync(pidFile, "utf8")) as { node: number; workerd: number[] };
  } catch {
    return { node: -1, workerd: [] };
  }
}

/** Cron does not fire locally: called here as `[triggers]` of wrangler.toml says, each minute. @returns how to end it, waiting for what is under way */
function runCron(running: Miniflare): () => Promise<void> {
  const EVERY_MS = 60_000;
  let underWay: Promise<unknown> = Promise.resolve();
  const tick = async (): Promise<void> => {
    const worker = await running.getWorker();
    await worker.scheduled({ cron: "* * * * *" });
  };
  const timer = setInterval(() => {
    // What fails is said by the Worker itself, and the next minute tries again.
    underWay = underWay.then(tick).catch(() => undefined);
  }, EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}

/** When the runtime dies under us there is nothing left to serve with: say so and end, rather than look alive. */
function watchRuntime(): NodeJS.Timeout {
  const runtime = childrenOf(process.pid).filter((pid) => commandOf(pid)?.includes("workerd") === true);
  return setInterval(() => {
    if (runtime.every((pid) => commandOf(pid)?.includes("workerd") === true)) return;
    console.error("The runtime has died. Start Tideline again: nothing acknowledged is lost.");
    void stop(1);
  }, 500).unref();
}

async function stop(code: number): Promise<never> {
  // A runtime that we end ourselves has not died.
  clearInterval(watching);
  // What waits in the local queue dies with it: nothing of that was confirmed, so the profiles' alarms send it again.
  if (code === 0) await Promise.race([stopCron(), delay(3_000)]);
  await Promise.race([mf.dispose().catch(() => undefined), delay(5_000)]);
  rmSync(pidFile, { force: true });
  process.exit(code);
}
