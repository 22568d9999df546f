/** Runs work for every item, so many at once at most, and waits for all of it. */
export async function atOnce<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const settled: PromiseSettledResult<R>[] = [];
  for (let from = 0; from < items.length; from += most) {
    settled.push(...(await Promise.allSettled(items.slice(from, from + most).map(work))));
  }
  return settled;
}
