/** Nothing of ours may break a page: whatever the page or the browser calls goes through here. */
export function guarded<A extends unknown[]>(work: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      work(...args);
    } catch {
      // An event is lost; the page goes on.
    }
  };
}

/** Listens before the page's own listeners, which may stop an event on its way. @param types names with a space between */
export function listen(types: string, work: (event: Event) => void): void {
  for (const type of types.split(" ")) addEventListener(type, guarded(work), true);
}
