import { DurableObject } from "cloudflare:workers";
import type { LiveNews, LiveWatch } from "../../core/model/live.ts";
import { Watchers, type Sink } from "./watchers.ts";

/** How often those who watch hear what they were not shown, ms. */
const BEAT_EVERY_MS = 5_000;
/** What waits for a slow reader at most, bytes, more than is held for who comes: beyond that they are not shown it. */
const MOST_WAITING = 8_000_000;

/** Those who watch one workspace. It stores nothing: without somebody who watches it is nothing but its name. */
export class LiveObject extends DurableObject<Env> {
  readonly #watchers = new Watchers(crypto.randomUUID().slice(0, 8));
  #beating: ReturnType<typeof setInterval> | undefined;

  /** Tells those who watch. @param news JSON of a `LiveNews` @returns false where nobody does */
  tell(news: string): boolean {
    return this.#watchers.tell(JSON.parse(news) as LiveNews, Date.now());
  }

  /** Server-sent events of what a `LiveWatch`, the body, asks for. */
  override async fetch(request: Request): Promise<Response> {
    const watch: LiveWatch = await request.json();
    let leave: ((now: number) => void) | undefined;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          leave = this.#watchers.join(watch, sinkOf(controller), Date.now());
        },
        cancel: () => leave?.(Date.now()),
      },
      { highWaterMark: MOST_WAITING, size: ({ byteLength }) => byteLength },
    );
    if (!this.#watchers.isEmpty) this.#beating ??= setInterval(() => this.#beat(), BEAT_EVERY_MS);
    return new Response(stream);
  }

  #beat(): void {
    this.#watchers.beat(Date.now());
    if (!this.#watchers.isEmpty) return;
    clearInterval(this.#beating);
    this.#beating = undefined;
  }
}

function sinkOf(controller: ReadableStreamDefaultController<Uint8Array>): Sink {
  const encoder = new TextEncoder();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      if ((controller.desiredSize ?? 0) < bytes.byteLength) return false;
      controller.enqueue(bytes);
      return true;
    },
    close: () => controller.close(),
  };
}
