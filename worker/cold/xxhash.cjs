/** Stands in the place of `xxhashjs` in the bundle (`[alias]` in wrangler.toml): of its two widths the filters use one. */
exports.h64 = require("../../node_modules/xxhashjs/lib/xxhash64.js");
