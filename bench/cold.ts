import { Agent, request } from "node:http";
import { benchRow, type BenchRow } from "./results.ts";
import type { Settings, Tools } from "./harness.ts";
import { rounds } from "./harness.ts";
import type { Running } from "./serve.ts";
import { median, percentile } from "./stats.ts";

/** A server to be woken: started anew on the data it had, so that no object is in memory. */
export interface Sleeper {
  readonly start: () => Promise<Running>;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** People asked before it counts: the isolate is warm then, only their own objects are. */
  readonly warmUp: readonly string[];
  /** People asked once each. */
  readonly cold: readonly string[];
}

/**
 * The first call of an evicted object, ours beside a bare one that reads one row. Stopping the runtime evicts all; then
 * each isolate is warmed by other objects, and the first calls go one after the other, in turns.
 */
export async function coldWake(settings: Settings, { running }: Tools, ours: Sleeper, floor: Sleeper): Promise<BenchRow> {
  const times = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round < rounds(settings); round++) {
    const [one, other] = [await ours.start(), await floor.start()];
    running.add(one).add(other);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const body of ours.warmUp) await call(agent, one.url, ours, body);
    for (const body of floor.warmUp) await call(agent, other.url, floor, body);
    const first = { ours: [] as number[], floor: [] as number[] };
    for (const [at, body] of ours.cold.entries()) {
      first.ours.push(await call(agent, one.url, ours, body));
      first.floor.push(await call(agent, other.url, floor, floor.cold[at] ?? body));
    }
    times.ours.push(median(first.ours));
    times.floor.push(median(first.floor));
    settings.log(
      `  cold wake, round ${round + 1}: ours ${median(first.ours).toFixed(2)} ms (p90 ${percentile(first.ours, 90).toFixed(2)}), floor ${median(first.floor).toFixed(2)} ms`,
    );
    agent.destroy();
    for (const server of [one, other]) {
      await server.stop();
      running.delete(server);
    }
  }
  return benchRow(
    {
      area: "decide",
      what: "cold wake: first decide of an evicted profile of 1,000 events",
      ours: median(times.ours),
      unit: "ms",
      reference: median(times.floor),
      referenceName: "first call of an evicted object that reads one row",
    },
    { most: 3 },
  );
}

/** @returns ms until the whole answer is here */
function call(agent: Agent, url: string, { path, headers }: Sleeper, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const sent = request(
      `${url}${path}`,
      { agent, method: "POST", headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200
            ? resolve(performance.now() - began)
            : reject(new Error(`${path} answered ${response.statusCode}`)),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
