import CommonJsFilter from "bloom-filters/dist/bloom/bloom-filter.js";

/**
 * A small filter over the ids in sealed chunks (docs/decisions/022): it says of an id that it is surely new, or that the
 * journal must be asked. The ids of the open chunk stand in the head row beside it, so it changes only with a sealed chunk.
 */

/** As the head row stores it. */
export interface SeenFilter {
  readonly format: 1;
  /** Ids it was made for: beyond that it errs more often than it saves, and is made anew. */
  readonly capacity: number;
  readonly ids: number;
  /** Bits in base64. */
  readonly bits: string;
}

/** One in a hundred new ids asks the journal for nothing: 1.2 KB for 1,000 ids. */
const ERROR_RATE = 0.01;
/** Beyond so many the head row would weigh more than the journal's reading saves. */
export const MOST_FILTERED = 4_000;

type Filter = InstanceType<typeof CommonJsFilter>;

// The package is CommonJS: depending on who bundles, its default export is the class or the module around it.
const around: { readonly default?: typeof CommonJsFilter } = Object(CommonJsFilter);
const BloomFilter = around.default ?? CommonJsFilter;

/** A filter over these ids with room for as many again; undefined where they are too many. */
export function filterOf(keys: readonly string[]): SeenFilter | undefined {
  const capacity = Math.max(128, 2 * keys.length);
  if (capacity > MOST_FILTERED) return undefined;
  return withKeys(BloomFilter.create(capacity, ERROR_RATE), { format: 1, capacity, ids: 0, bits: "" }, keys);
}

/** With more ids; undefined where it has no room for them. */
export function extended(stored: SeenFilter, keys: readonly string[]): SeenFilter | undefined {
  if (stored.ids + keys.length > stored.capacity) return undefined;
  return withKeys(opened(stored), stored, keys);
}

/** True: not in any sealed chunk. False: it may be. */
export function isSurelyNew(stored: SeenFilter, key: string): boolean {
  return stored.format === 1 && !opened(stored).has(key);
}

function withKeys(filter: Filter, { capacity, ids }: SeenFilter, keys: readonly string[]): SeenFilter {
  for (const key of keys) filter.add(key);
  return { format: 1, capacity, ids: ids + keys.length, bits: bitsOf(filter) };
}

function bitsOf(filter: Filter): string {
  const { _filter: set }: { readonly _filter?: { readonly content: string } } = Object(filter.saveAsJSON());
  if (set === undefined) throw new Error("the Bloom filter's form has changed");
  return set.content;
}

/** Filters that were read lately: a delivery asks once an event. */
const read = new WeakMap<SeenFilter, Filter>();

function opened(stored: SeenFilter): Filter {
  const held = read.get(stored);
  if (held !== undefined) return held;
  const empty = BloomFilter.create(stored.capacity, ERROR_RATE).saveAsJSON();
  const { _filter: set, ...form }: { readonly _filter?: object } = Object(empty);
  const filter = BloomFilter.fromJSON(Object({ ...form, _filter: { ...set, content: stored.bits } }));
  read.set(stored, filter);
  return filter;
}
