/**
 * Stands in the place of `reflect-metadata` in the bundle (`[alias]` in wrangler.toml): the three functions of it that `bloom-filters` calls. The package is
 * 3 KB more of the Worker, gzipped, most of it for platforms without a WeakMap.
 */
const held = new WeakMap();

function find(key, target) {
  for (let at = target; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
    const own = held.get(at);
    if (own?.has(key)) return own;
  }
  return undefined;
}

Object.assign(Reflect, {
  defineMetadata(key, value, target) {
    const own = held.get(target) ?? new Map();
    held.set(target, own.set(key, value));
  },
  getMetadata: (key, target) => find(key, target)?.get(key),
  hasMetadata: (key, target) => find(key, target) !== undefined,
});
