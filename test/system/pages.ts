import { createServer, type Server } from "node:http";
import { join, relative, resolve } from "node:path";
import { build } from "vite";

/** Pages of somebody's site, for a browser: served from a port of their own, so that all calls to Tideline cross origins. */

const ROOT = resolve(import.meta.dirname, "../..");

/** What is served under a path. */
export interface Served {
  readonly body: string;
  /** Default: HTML for a path without an ending, else by the ending (`.js`, `.css`, `.json`). */
  readonly type?: string;
  /** For example a Content-Security-Policy. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Site {
  /** `http://localhost:PORT`, an origin that the demo's sources list. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves `pages` by their exact path, whatever the query; anything else is 404.
 * @param pages read at each call, so a test may change them while it runs
 */
export async function servePages(pages: Readonly<Record<string, Served | string>>): Promise<Site> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    // Every browser asks for one, unasked.
    if (path === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    const served: Served = typeof page === "string" ? { body: page } : page;
    response.writeHead(200, { "content-type": served.type ?? typeOf(path), "cache-control": "no-store", ...served.headers });
    response.end(served.body);
  });
  await new Promise<void>((done, failed) => {
    server.once("error", failed).listen(0, "127.0.0.1", done);
  });
  return { url: `http://localhost:${portOf(server)}`, close: () => closed(server) };
}

/**
 * Bundles a module for a page, with whatever it imports from npm, as one classic script.
 * @param source text of the module; its imports resolve from the project's folder
 * @param more files that are on no disk, by their place below the project's folder: as if somebody had put them there
 */
export async function bundleForBrowser(source: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const entry = "\0entry.ts";
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: "silent",
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    plugins: [
      {
        name: "entry",
        resolveId: (id, importer) => {
          if (id === entry) return entry;
          return importer === entry && id.startsWith(".") ? join(ROOT, id) : undefined;
        },
        load: (id) => (id === entry ? source : more[relative(ROOT, id)]),
      },
    ],
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rollupOptions: { input: entry, output: { format: "iife", codeSplitting: false } },
    },
  });
  const outputs = "output" in built ? built.output : Array.isArray(built) ? (built[0]?.output ?? []) : [];
  const [chunk] = outputs;
  if (chunk?.type !== "chunk") throw new Error("the bundler gave no script");
  return chunk.code;
}

function typeOf(path: string): string {
  const ending = /\.(\w+)$/.exec(path)?.[1];
  const types: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css", json: "application/json" };
  return `${(ending === undefined ? undefined : types[ending]) ?? "text/html"}; charset=utf-8`;
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address.port;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
