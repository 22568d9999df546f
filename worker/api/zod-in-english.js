/** Stands in the place of `zod` in the bundle (`[alias]` in wrangler.toml): what it exports is listed in zod-exports.js. As zod does itself, `z` is the module. */
import * as z from "./zod-exports.js";
export * from "./zod-exports.js";
export { z, z as default };
