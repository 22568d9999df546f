/** Many short lists in two flat arrays: that of `of` is `list[start[of]]` to `list[start[of + 1] - 1]`. */
export interface Lists {
  readonly start: Int32Array;
  readonly list: Int32Array;
}

/** Gathers (of, member) pairs into lists by `of`. */
export function gather(count: number, pairs: readonly (readonly [number, number])[]): Lists {
  const start = new Int32Array(count + 1);
  for (const [of] of pairs) start[of + 1] = (start[of + 1] ?? 0) + 1;
  for (let of = 0; of < count; of++) start[of + 1] = (start[of + 1] ?? 0) + (start[of] ?? 0);
  const next = start.slice();
  const list = new Int32Array(pairs.length);
  for (const [of, member] of pairs) {
    const at = next[of] ?? 0;
    list[at] = member;
    next[of] = at + 1;
  }
  return { start, list };
}

export function addTo<Key>(lists: Map<Key, number[]>, key: Key, index: number): void {
  const list = lists.get(key);
  if (list) list.push(index);
  else lists.set(key, [index]);
}
