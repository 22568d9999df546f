import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Load, LoadResult } from "./load.ts";

/** Puts loads on servers, one after the other, from a process of its own: the harness takes no time from it. */
export class Loader {
  readonly #process = fork(join(import.meta.dirname, "load.ts"), { serialization: "advanced" });

  /** @throws when any answer was no success */
  async run(load: Load): Promise<LoadResult> {
    const answered = once(this.#process, "message");
    this.#process.send(load);
    const [answer] = (await answered) as [{ readonly result?: LoadResult; readonly error?: string }];
    if (answer.result === undefined) throw new Error(answer.error);
    return answer.result;
  }

  stop(): void {
    this.#process.disconnect();
  }
}
