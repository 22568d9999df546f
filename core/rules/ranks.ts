/** Stands for the rank of what names itself in the end, or names such. */
export const NO_RANK = -1;

/**
 * In how many steps each node leads, by what it names, to nodes that name none: 0 for these. What leads round in a circle
 * has no rank, nor has what names it. Takes no recursion: chains may be as long as there are nodes.
 * @param names what a node names, by index; repetition does no harm
 */
export function ranksOf(count: number, names: (node: number) => Iterable<number>): Int32Array {
  const ranks = new Int32Array(count).fill(NO_RANK);
  const namedBy: number[][] = Array.from({ length: count }, () => []);
  const open = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    for (const named of new Set(names(node))) {
      namedBy[named]?.push(node);
      open[node] = (open[node] ?? 0) + 1;
    }
  }
  let ready: number[] = [];
  for (let node = 0; node < count; node++) if (open[node] === 0) ready.push(node);
  for (let rank = 0; ready.length > 0; rank++) {
    const next: number[] = [];
    for (const node of ready) {
      ranks[node] = rank;
      for (const user of namedBy[node] ?? []) {
        open[user] = (open[user] ?? 0) - 1;
        if (open[user] === 0) next.push(user);
      }
    }
    ready = next;
  }
  return ranks;
}
