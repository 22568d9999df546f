import CommonJsFilter from "bloom-filters/dist/bloom/bloom-filter.js";

/**
 * A Bloom filter over the entries of a list (docs/decisions/071): of what is not in it, it says so, but for a small share.
 * Entries are keyed hashes already, so their bytes are their hash functions and nothing is hashed anew: the i-th bit of an
 * entry is `(a + i*b + (i*i*i - i)/6) mod size`, `a` its first 6 bytes and `b` the next 6, big-endian. Bit n is bit `n % 8`
 * of byte `n / 8`, the lowest bit first. The artifact is a line of JSON (`FilterHead`) and the bits.
 */

/** Share of strangers that a full filter takes for members: 1.8 MB and 10 bits set for a million. */
export const NOMINAL_RATE = 0.001;
/** Bytes of an entry that the filter reads. */
export const ENTRY_BYTES = 12;

export interface FilterHead {
  readonly format: 1;
  readonly list: string;
  readonly version: number;
  /** What an entry is: the name of an identifier, or the tag that a partner can make (`docs/guides/lists.md`). */
  readonly of: "names" | "tags";
  readonly members: number;
  readonly nominalRate: number;
  /** Bits, and how many of them an entry sets. */
  readonly size: number;
  readonly hashes: number;
}

type Bits = InstanceType<typeof CommonJsFilter>["_filter"];

// The package is CommonJS: depending on who bundles, its default export is the class or the module around it.
const around: { readonly default?: typeof CommonJsFilter } = Object(CommonJsFilter);
const BloomFilter = around.default ?? CommonJsFilter;

/** @param head without the numbers that follow from `members` */
export function newListFilter(head: Omit<FilterHead, "format" | "nominalRate" | "size" | "hashes">): ListFilter {
  // A filter of nobody still has its bits: the formulas know none for 0.
  const { size, _nbHashes: hashes, _filter: bits } = BloomFilter.create(Math.max(1, head.members), NOMINAL_RATE);
  return new ListFilter({ format: 1, ...head, nominalRate: NOMINAL_RATE, size, hashes }, bits);
}

/** Reads an artifact. @returns undefined for what is none, or is of a later format */
export function readListFilter(bytes: Uint8Array): ListFilter | undefined {
  const end = bytes.indexOf(0x0a);
  if (end < 0) return undefined;
  try {
    const head: FilterHead = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
    if (head.format !== 1) return undefined;
    const { _filter: bits } = new BloomFilter(head.size, head.hashes);
    const stored = bytes.subarray(end + 1);
    if (stored.length !== bits.array.length) return undefined;
    bits.array.set(stored);
    return new ListFilter(head, bits);
  } catch {
    return undefined;
  }
}

export class ListFilter {
  readonly head: FilterHead;
  readonly #bits: Bits;

  constructor(head: FilterHead, bits: Bits) {
    this.head = head;
    this.#bits = bits;
  }

  add(entry: Uint8Array): void {
    const { size, hashes } = this.head;
    const first = sixBytes(entry, 0);
    const second = sixBytes(entry, 6);
    for (let i = 0; i < hashes; i++) this.#bits.add(position(i, first, second, size));
  }

  /** False: surely not on the list. True: ask the list itself, where it matters. */
  mayHold(entry: Uint8Array): boolean {
    const { size, hashes } = this.head;
    const first = sixBytes(entry, 0);
    const second = sixBytes(entry, 6);
    for (let i = 0; i < hashes; i++) if (!this.#bits.has(position(i, first, second, size))) return false;
    return true;
  }

  /** Size of the artifact's bits, bytes. */
  get bytes(): number {
    return this.#bits.array.length;
  }

  encode(): Uint8Array<ArrayBuffer> {
    const head = new TextEncoder().encode(`${JSON.stringify(this.head)}\n`);
    const bits = this.#bits.array;
    const bytes = new Uint8Array(head.length + bits.length);
    bytes.set(head);
    bytes.set(bits, head.length);
    return bytes;
  }
}

/** A measurement: how many of so many strangers the filter took for members. */
export interface MeasuredRate {
  readonly probes: number;
  readonly positives: number;
}

/** Strangers in a row for one measurement: the caller measures in pieces, so as to hold nobody up. */
export function measure(filter: ListFilter, strangers: Strangers, probes: number): MeasuredRate {
  let positives = 0;
  for (let probe = 0; probe < probes; probe++) if (filter.mayHold(strangers.next())) positives++;
  return { probes, positives };
}

/** Entries that are on no list: of a generator (splitmix32) with a seed. A million of them meet one of a million keyed hashes by a chance of 2^-56. */
export class Strangers {
  readonly #bytes = new Uint8Array(ENTRY_BYTES);
  readonly #words = new DataView(this.#bytes.buffer);
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** The same array each time, with other bytes. */
  next(): Uint8Array {
    for (let at = 0; at < ENTRY_BYTES; at += 4) this.#words.setUint32(at, this.#word());
    return this.#bytes;
  }

  #word(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }
}

function position(i: number, first: number, second: number, size: number): number {
  return (first + i * second + (i * i * i - i) / 6) % size;
}

/** Big-endian; sums of so few stay within safe integers. */
function sixBytes(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let place = at; place < at + 6; place++) value = value * 256 + (bytes[place] ?? 0);
  return value;
}
