/** Stands for the rank of what names itself in the end, or names such. */
export const NO_RANK = -1;

/**
 * In how many steps each vertex leads, by what it names, to vertices that name none: 0 for these. What leads round in a circle
 * has no rank, nor has what names it. Takes no recursion: chains may be as long as there are vertices.
 * @param names what a vertex names, by index; repetition does no harm
 */
export function ranksOf(count: number, names: (vertex: number) => Iterable<number>): Int32Array {
  const ranks = new Int32Array(count).fill(NO_RANK);
  const namedBy: number[][] = Array.from({ length: count }, () => []);
  const open = new Int32Array(count);
  for (let vertex = 0; vertex < count; vertex++) {
    for (const named of new Set(names(vertex))) {
      namedBy[named]?.push(vertex);
      open[vertex] = (open[vertex] ?? 0) + 1;
    }
  }
  let ready: number[] = [];
  for (let vertex = 0; vertex < count; vertex++) if (open[vertex] === 0) ready.push(vertex);
  for (let rank = 0; ready.length > 0; rank++) {
    const next: number[] = [];
    for (const vertex of ready) {
      ranks[vertex] = rank;
      for (const user of namedBy[vertex] ?? []) {
        open[user] = (open[user] ?? 0) - 1;
        if (open[user] === 0) next.push(user);
      }
    }
    ready = next;
  }
  return ranks;
}
