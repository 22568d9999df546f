import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, relative } from "node:path";
import { ROOT } from "../scripts/bundle.ts";
import { textTable } from "../scripts/replay/table.ts";

/** A CPU profile as the inspector gives it, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** µs between samples. */
  readonly timeDeltas: readonly number[];
}

/** Records what the runtime does while `work` goes on, and keeps it for a viewer (Chrome's, VS Code's). */
export async function profiled(inspectorPort: number, file: string, work: () => Promise<unknown>): Promise<CpuProfile> {
  const session = await Session.open(inspectorPort);
  await session.call("Profiler.enable");
  await session.call("Profiler.setSamplingInterval", { interval: 200 });
  await session.call("Profiler.start");
  await work();
  const { profile } = (await session.call("Profiler.stop")) as { readonly profile: CpuProfile };
  session.close();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(profile));
  return profile;
}

/** Says where a place of the bundle comes from. Lines and columns from 0. */
export type Origin = (line: number, column: number) => string | undefined;

/** Reads the bundle's source map. */
export function originsOf(mapFile: string): Origin {
  const map = new SourceMap(JSON.parse(readFileSync(mapFile, "utf8")));
  return (line, column) => {
    const entry = map.findEntry(line, column);
    if (!("originalSource" in entry)) return undefined;
    const source = relative(ROOT, join(dirname(mapFile), entry.originalSource)).replace(/^.*node_modules\//, "");
    return `${source}:${entry.originalLine + 1}`;
  };
}

/** The functions in which most time was spent, what they called not counted: µs each, largest first. */
export function selfTimes(
  { nodes, samples, timeDeltas }: CpuProfile,
  origin: Origin = () => undefined,
): (readonly [name: string, us: number])[] {
  const nameOf = ({ functionName, url, lineNumber, columnNumber }: CpuProfile["nodes"][number]["callFrame"]): string => {
    // The runtime's own code has addresses of its own; ours is one file.
    const ours = url.endsWith("index.js") ? origin(lineNumber, columnNumber) : undefined;
    const place = url === "" ? "" : (ours ?? `${url.replace(/^.*\//, "")}:${lineNumber + 1}`);
    return `${functionName === "" ? "(anonymous)" : functionName} ${place}`.trim();
  };
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? "(unknown)";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  }
  return [...times].toSorted(([, one], [, other]) => other - one);
}

/** The first `most` of `selfTimes` as a table, in percent of the time in which anything was done. */
export function profileTable(profile: CpuProfile, most: number, origin?: Origin): string {
  const times = selfTimes(profile, origin).filter(([name]) => name !== "(idle)" && name !== "(program)" && name !== "(root)");
  const all = times.reduce((sum, [, us]) => sum + us, 0);
  return textTable(
    ["function", "self %", "ms"],
    times.slice(0, most).map(([name, us]) => [name, Math.round((us * 1_000) / all) / 10, Math.round(us / 1_000)]),
  );
}

/** A session of the inspector's protocol: calls with an answer each. */
class Session {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }>();
  #next = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const { id, result, error } = JSON.parse(String(data)) as {
        readonly id?: number;
        readonly result?: unknown;
        readonly error?: { readonly message: string };
      };
      const waiting = this.#waiting.get(id ?? 0);
      this.#waiting.delete(id ?? 0);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error.message));
    });
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the inspector has closed"));
    });
  }

  static async open(port: number): Promise<Session> {
    const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly {
      readonly id: string;
      readonly webSocketDebuggerUrl: string;
    }[];
    // Miniflare runs workers of its own in the same process.
    const url = list.find(({ id }) => id.startsWith("core:user:"))?.webSocketDebuggerUrl;
    if (url === undefined) throw new Error("the inspector shows nothing to profile");
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`the inspector at ${url} does not answer`)));
    });
    return new Session(socket);
  }

  call(method: string, params: object = {}): Promise<unknown> {
    const id = this.#next++;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  close(): void {
    this.#socket.close();
  }
}
