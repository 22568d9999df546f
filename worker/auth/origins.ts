/**
 * Origins as a source lists them: `https://shop.example`, as browsers send it, or `http://localhost:*` for every port of
 * the developer's own machine (`http://127.0.0.1:*` alike). No other wildcard: a whole domain is never one shop's.
 */
const ANY_PORT = /^https?:\/\/(?:localhost|127\.0\.0\.1):\*$/;
const LOCAL = /^(https?:\/\/(?:localhost|127\.0\.0\.1))(?::\d{1,5})?$/;

/** True for an entry that a source may list. */
export function isOriginEntry(entry: string): boolean {
  if (ANY_PORT.test(entry)) return true;
  if (!/^https?:\/\/[^*]+$/.test(entry) || !URL.canParse(entry)) return false;
  return new URL(entry).origin === entry;
}

/** The entries any of which allows this `Origin`. */
export function indexedOrigins(origin: string): readonly string[] {
  const local = LOCAL.exec(origin);
  return local === null ? [origin] : [origin, `${local[1]}:*`];
}

/** True when a source that lists `entries` takes calls from a page of this `Origin`. The opaque origin `null` is never listed. */
export function allowsOrigin(entries: readonly string[], origin: string): boolean {
  return indexedOrigins(origin).some((entry) => entries.includes(entry));
}
