import autocannon from "autocannon";
import { percentile } from "./stats.ts";

/** A load to put on a server, from a process of its own. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** With `seconds` each connection goes round them, each from another place; without, each body is sent once. */
  readonly bodies: readonly string[];
  /** One for each body, where they come from browsers. */
  readonly cookies?: readonly string[];
  readonly connections: number;
  readonly seconds: number | undefined;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

// Whoever asked is gone: in the middle of a run nothing else would end it.
process.on("disconnect", () => process.exit());
process.on("message", (load: Load) => {
  run(load).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

/** What an answer costs a client is counted from the first answer to the last: connecting is not part of it. */
async function run({ url, headers, bodies, cookies, connections, seconds }: Load): Promise<LoadResult> {
  const { pathname: path } = new URL(url);
  if (seconds === undefined && bodies.length % connections !== 0)
    throw new Error(`${bodies.length} bodies are not the same number for each of ${connections} connections`);
  const requests = bodies.map((body, at) => {
    const cookie = cookies?.[at];
    return { method: "POST", path, headers: cookie === undefined ? headers : { ...headers, cookie }, body };
  });
  const latencies: number[] = [];
  let first = 0;
  let last = 0;
  let client = 0;
  return new Promise((resolve, reject) => {
    const end = seconds === undefined ? { amount: bodies.length } : { duration: seconds };
    const share = Math.max(1, Math.floor(requests.length / connections));
    const setupClient = (one: { setRequests(own: typeof requests): void }): void => {
      const from = (client++ * share) % requests.length;
      // Autocannon writes into what it is given, so nothing is shared between connections.
      const own =
        seconds === undefined ? requests.slice(from, from + share) : [...requests.slice(from), ...requests.slice(0, from)];
      one.setRequests(own.map((request) => ({ ...request })));
    };
    const emitter = autocannon(
      { url, connections, timeout: 30, sampleInt: 100, setupClient, ...end },
      (error, { errors, timeouts, non2xx }) => {
        if (error !== null) return reject(error);
        if (errors + timeouts + non2xx > 0)
          return reject(new Error(`${url}: ${errors} errors, ${timeouts} timeouts, ${non2xx} answers that are no success`));
        const perSecond = ((latencies.length - 1) * 1_000) / (last - first);
        resolve({ requests: latencies.length, perSecond, p50Ms: percentile(latencies, 50), p99Ms: percentile(latencies, 99) });
      },
    );
    emitter.on("response", (_client: unknown, _status: number, _bytes: number, ms: number) => {
      last = performance.now();
      if (latencies.length === 0) first = last;
      latencies.push(ms);
    });
  });
}
