import type { LiveItem, LiveNews, LiveWatch } from "../../core/model/live.ts";

/** Items held for who comes later, or comes back: of 32 KB at most each. */
const MOST_HELD = 200;
/** Who was cut off comes back within that, ms, and misses nothing. */
const COMES_BACK_MS = 10_000;

/** The end of a connection that leads to who watches. */
export interface Sink {
  /** False where there is no room: then nothing was written. */
  readonly write: (text: string) => boolean;
  readonly close: () => void;
}

interface Watcher {
  readonly watch: LiveWatch;
  readonly sink: Sink;
  /** Not shown, and not yet told so. */
  dropped: number;
}

interface Held {
  readonly item: LiveItem;
  readonly text: string;
}

/** Who watches a workspace, and the last of what they saw. The clock is passed in; nothing is stored. */
export class Watchers {
  readonly #life: string;
  readonly #watchers = new Set<Watcher>();
  #held: Held[] = [];
  #count = 0;
  #leftAt = -Infinity;

  /** @param life sets apart the ids of this life of the object */
  constructor(life: string) {
    this.#life = life;
  }

  get isEmpty(): boolean {
    return this.#watchers.size === 0;
  }

  /** Begins with what is held: who comes back knows by its ids what they have seen. @returns what ends it, at an instant */
  join(watch: LiveWatch, sink: Sink, now: number): (now: number) => void {
    const watcher = { watch, sink, dropped: 0 };
    sink.write("retry: 2000\n: open\n\n");
    for (const held of this.#held) show(watcher, held);
    this.#watchers.add(watcher);
    this.#endIfDone(watcher, now);
    return (then) => this.#leave(watcher, then);
  }

  /** @returns false where nobody watches, and nothing was taken in */
  tell({ items, dropped }: LiveNews, now: number): boolean {
    if (this.isEmpty && now - this.#leftAt > COMES_BACK_MS) {
      this.#held = [];
      return false;
    }
    for (const watcher of this.#watchers) watcher.dropped += dropped;
    for (const item of items) {
      const held = this.#hold(item);
      for (const watcher of this.#watchers) show(watcher, held);
    }
    return true;
  }

  /** Now and then: says what was not shown, or that the connection lives; who is done goes. */
  beat(now: number): void {
    for (const watcher of this.#watchers) {
      const { dropped, sink } = watcher;
      const text = dropped === 0 ? ": still here\n\n" : `event: dropped\ndata: {"count":${dropped}}\n\n`;
      if (sink.write(text)) watcher.dropped = 0;
      this.#endIfDone(watcher, now);
    }
  }

  #endIfDone(watcher: Watcher, now: number): void {
    if (now < watcher.watch.until) return;
    watcher.sink.close();
    this.#leave(watcher, now);
  }

  #leave(watcher: Watcher, now: number): void {
    if (this.#watchers.delete(watcher)) this.#leftAt = now;
  }

  #hold(item: LiveItem): Held {
    const held = { item, text: `id: ${this.#life}-${++this.#count}\ndata: ${JSON.stringify(item)}\n\n` };
    this.#held.push(held);
    if (this.#held.length > MOST_HELD) this.#held.shift();
    return held;
  }
}

function show(watcher: Watcher, { item, text }: Held): void {
  const { source = item.source, event = item.name } = watcher.watch;
  if (source === item.source && event === item.name && !watcher.sink.write(text)) watcher.dropped++;
}
