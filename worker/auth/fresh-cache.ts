/** Younger than this an entry is answered as it is. */
export const FRESH_MS = 5_000;
/** Older than this an entry is read anew before it is answered: what was revoked works no longer than this. */
export const STALE_MS = 60_000;

interface Entry<V> {
  readonly value: V;
  /** When the reading of the value began, ms: a value read across a change counts as from before it. */
  readonly readAt: number;
  /** When the last refresh began, ms. A time, not a flag: a refresh may be cut off with its request and never report. */
  triedAt: number;
  /** When the store last failed, ms: for a while then nobody waits for it again. */
  failedAt: number;
}

/** What a lookup works with: `now` in ms, `load` reads from the store (undefined: not there) and throws when it is out of reach. */
export interface Lookup<V> {
  readonly now: number;
  readonly load: () => Promise<V | undefined>;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

export interface CacheLimits<V> {
  readonly most: number;
  /** How many answers "not there" are kept, apart from the others, so that guessing keys pushes out no real one. */
  readonly mostAbsent: number;
  /** True when `held` is later than `read`: of two readings that cross, the older must not win. */
  readonly isNewer?: (held: V, read: V) => boolean;
}

/**
 * An isolate's memory of records in R2. A warm answer is synchronous; a stale one is answered and refreshed behind the
 * reply; an old one is awaited, unless the store is out of reach: then what is known stands. No promise is shared
 * between requests, for the runtime may never settle one that belongs to another request.
 */
export class FreshCache<V> {
  readonly #limits: CacheLimits<V>;
  readonly #held = new Map<string, Entry<V>>();
  readonly #absent = new Map<string, number>();

  constructor(limits: CacheLimits<V>) {
    this.#limits = limits;
  }

  find(id: string, lookup: Lookup<V>): V | undefined | Promise<V | undefined> {
    const entry = this.#held.get(id);
    if (entry === undefined) {
      const absentAt = this.#absent.get(id);
      return absentAt !== undefined && isWithin(FRESH_MS, absentAt, lookup.now) ? undefined : this.read(id, lookup);
    }
    if (isWithin(FRESH_MS, entry.readAt, lookup.now)) return entry.value;
    if (!isWithin(STALE_MS, entry.readAt, lookup.now)) {
      return isWithin(FRESH_MS, entry.failedAt, lookup.now) ? entry.value : this.#readOrKeep(id, lookup, entry);
    }
    if (!isWithin(FRESH_MS, entry.triedAt, lookup.now)) {
      entry.triedAt = lookup.now;
      lookup.waitUntil(this.#readOrKeep(id, lookup, entry));
    }
    return entry.value;
  }

  /** Reads from the store now, whatever is held. @throws what `load` throws */
  async read(id: string, { load, now }: Pick<Lookup<V>, "load" | "now">): Promise<V | undefined> {
    const value = await load();
    this.put(id, value, now);
    return value === undefined ? undefined : (this.#held.get(id)?.value ?? value);
  }

  async #readOrKeep(id: string, lookup: Lookup<V>, entry: Entry<V>): Promise<V | undefined> {
    try {
      return await this.read(id, lookup);
    } catch {
      entry.failedAt = lookup.now;
      return entry.value;
    }
  }

  /** Takes in what is known to be so since `now`; undefined: not there. */
  put(id: string, value: V | undefined, now: number): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    this.#absent.delete(id);
    if (value === undefined) {
      remember(this.#absent, id, now, this.#limits.mostAbsent);
      return;
    }
    const kept = held !== undefined && this.#limits.isNewer?.(held.value, value) === true ? held.value : value;
    remember(this.#held, id, { value: kept, readAt: now, triedAt: now, failedAt: -Infinity }, this.#limits.most);
  }

  clear(): void {
    this.#held.clear();
    this.#absent.clear();
  }
}

/** Also false where the clock stepped back by as much: an entry from the future would never age. */
function isWithin(spanMs: number, then: number, now: number): boolean {
  return Math.abs(now - then) < spanMs;
}

/** Maps keep the order of insertion, and a refresh inserts anew: the first is the one longest unused. */
function remember<T>(map: Map<string, T>, id: string, value: T, most: number): void {
  if (map.size >= most) {
    const oldest = map.keys().next();
    if (oldest.done !== true) map.delete(oldest.value);
  }
  map.set(id, value);
}
