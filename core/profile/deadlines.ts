/** Conditions a block: what is touched together lies together in the artifact, so few blocks change at a time. */
const BLOCK = 128;

/** A block as it begins: a plain array, for a small typed one takes more room and much longer to make. */
const NEVER: readonly number[] = Array.from({ length: BLOCK }, () => Infinity);

/**
 * For each condition the next instant at which time alone changes it, and the earliest of all. Most conditions have none,
 * so blocks of them exist only where some do: a profile of few events costs little under ten thousand conditions.
 */
export class Deadlines {
  readonly #blocks: (number[] | undefined)[];
  readonly #earliest: Float64Array;
  /** Blocks whose earliest was moved later and must be searched again. */
  readonly #stale = new Set<number>();

  constructor(conditions: number) {
    const blocks = Math.ceil(conditions / BLOCK);
    this.#blocks = Array.from({ length: blocks }, () => undefined);
    this.#earliest = new Float64Array(blocks).fill(Infinity);
  }

  /** @param at ms; Infinity for never */
  set(condition: number, at: number): void {
    const index = Math.floor(condition / BLOCK);
    let block = this.#blocks[index];
    if (block === undefined) {
      if (at === Infinity) return;
      block = NEVER.slice();
      this.#blocks[index] = block;
    }
    const earliest = this.#earliest[index] ?? Infinity;
    if (at < earliest) this.#earliest[index] = at;
    else if (at > earliest && block[condition % BLOCK] === earliest) this.#stale.add(index);
    block[condition % BLOCK] = at;
  }

  /** ms; Infinity for never. */
  of(condition: number): number {
    return this.#blocks[Math.floor(condition / BLOCK)]?.[condition % BLOCK] ?? Infinity;
  }

  /** The earliest instant of all, or Infinity. */
  earliest(): number {
    for (const index of this.#stale) this.#earliest[index] = smallest(this.#blocks[index]);
    this.#stale.clear();
    return smallest(this.#earliest);
  }

  /** Conditions whose instant is `at` or earlier, in no telling order. */
  due(at: number): number[] {
    const due: number[] = [];
    for (const [index, earliest] of this.#earliest.entries()) {
      if (earliest > at) continue;
      this.#blocks[index]?.forEach((deadline, offset) => {
        if (deadline <= at) due.push(index * BLOCK + offset);
      });
    }
    return due;
  }
}

function smallest(instants: ArrayLike<number> | undefined): number {
  let earliest = Infinity;
  for (let at = 0; at < (instants?.length ?? 0); at++) {
    const instant = instants?.[at] ?? Infinity;
    if (instant < earliest) earliest = instant;
  }
  return earliest;
}
