import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Tideline as a stranger starts it: the real start program as a process of its own, on a folder and a port of its own,
 * to be called over HTTP and to be killed.
 */

const ROOT = resolve(import.meta.dirname, "../..");
/** The first builds the Worker and its assets. */
const START_WITHIN_MS = 180_000;

/** Environment variables for the start program. */
export type Settings = Readonly<Record<string, string>>;

export class Tideline {
  readonly port: number;
  readonly data: string;
  readonly url: string;
  /** All it has printed, on both streams, since the first start. */
  printed = "";
  readonly #env: Settings;
  #process: ChildProcess | undefined;

  constructor(port: number, data: string, env: Settings) {
    this.port = port;
    this.data = data;
    this.url = `http://localhost:${port}`;
    this.#env = env;
  }

  /** Starts it and waits for the ready line. @throws with what it printed when it ends instead */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [join(ROOT, "scripts/start.ts")], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(this.port), TIDELINE_DATA: this.data, ...this.#env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    let now = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        now += text;
        this.printed += text;
      });
    }
    const until = Date.now() + START_WITHIN_MS;
    while (!now.includes(`Tideline is ready on ${this.url}\n`)) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended instead of starting:\n${now}`);
      if (Date.now() > until) throw new Error(`not ready after ${START_WITHIN_MS} ms:\n${now}`);
      await delay(20);
    }
  }

  /** Ids of the processes it runs in, as it notes them itself. */
  processes(): { readonly node: number; readonly workerd: readonly number[] } {
    return JSON.parse(readFileSync(join(this.data, "processes.json"), "utf8")) as { node: number; workerd: number[] };
  }

  /** Sends a signal to the starting process and waits for its end. @returns its exit code; null where a signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
    child.kill(signal);
    return ended;
  }

  /** Waits until the starting process has ended by itself. */
  async ended(): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    return new Promise((done) => child.once("exit", (code) => done(code)));
  }

  /** Ends it for good and removes its folder. */
  async remove(): Promise<void> {
    await this.end("SIGTERM");
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** Makes one on a free port and an empty folder; not started. */
export async function makeTideline(env: Settings = {}): Promise<Tideline> {
  return new Tideline(await freePort(), mkdtempSync(join(tmpdir(), "tideline-")), env);
}

export async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? done(address.port) : failed(new Error("no port"))));
    });
  });
}

/** True while a process of this id runs; one that is dead but not reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}
