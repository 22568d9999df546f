/** The part of autocannon 9 that is used: it brings no types. */
declare module "autocannon" {
  import type { EventEmitter } from "node:events";

  interface Client {
    setRequests(
      requests: readonly {
        readonly method: string;
        readonly path: string;
        readonly headers: Readonly<Record<string, string>>;
        readonly body: string;
      }[],
    ): void;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    /** s; not looked at where there is an `amount`. */
    readonly duration?: number;
    readonly amount?: number;
    /** s */
    readonly timeout: number;
    /** How often it looks whether it is over, ms. */
    readonly sampleInt: number;
    readonly setupClient: (client: Client) => void;
  }
  interface Result {
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
  }
  /** The emitter tells `response` (client, status, bytes, ms) of each. */
  function autocannon(options: Options, done: (error: Error | null, result: Result) => void): EventEmitter;
  export default autocannon;
}
