import { createServer } from "node:net";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";

/** A Worker to serve: ours and the floors are served in the same way. */
export interface Served {
  readonly name: string;
  /** Folder for all state. What is written there before is found again. */
  readonly data: string;
  /** Code, bindings and settings of the Worker, in Miniflare's older shape. */
  readonly worker: object;
  /** With the runtime's inspector, which costs a little. */
  readonly inspect: boolean;
}

export interface Running {
  readonly miniflare: Miniflare;
  readonly url: string;
  /** Where the inspector listens, if it was asked for. */
  readonly inspectorPort: number | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts a Worker that listens itself: no proxy before it, as under `npm start`. */
export async function serve({ name, data, worker, inspect }: Served): Promise<Running> {
  const port = await freePort();
  const inspectorPort = inspect ? await freePort() : undefined;
  const converted = convertV4MiniflareOptions({
    ...worker,
    name,
    modules: true,
    unsafeDirectSockets: [{ host: "127.0.0.1", port }],
    host: "127.0.0.1",
    port: 0,
    log: new Log(LogLevel.ERROR),
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
  } as Parameters<typeof convertV4MiniflareOptions>[0]);
  // Set after the conversion: the older options for it are dropped without a word.
  const miniflare = new Miniflare({ ...converted, resourcePersistencePath: join(data, "state") });
  await miniflare.ready;
  return { miniflare, url: `http://127.0.0.1:${port}`, inspectorPort, stop: () => miniflare.dispose() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
