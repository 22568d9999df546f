/**
 * What `zod` exports but for its messages in 47 languages (a third of the Worker, gzipped) and its reader of JSON Schema, none
 * of which anything here uses: our schemas say their own messages. Bundlers cannot drop them by themselves, because
 * @hono/zod-openapi hands the whole of `z` on. `[alias]` in wrangler.toml puts this file in the place of `zod`.
 */
export * from "../../node_modules/zod/v4/classic/schemas.js";
export * from "../../node_modules/zod/v4/classic/checks.js";
export * from "../../node_modules/zod/v4/classic/errors.js";
export * from "../../node_modules/zod/v4/classic/parse.js";
export * from "../../node_modules/zod/v4/classic/compat.js";
export {
  globalRegistry,
  registry,
  config,
  $output,
  $input,
  $brand,
  clone,
  regexes,
  treeifyError,
  prettifyError,
  formatError,
  flattenError,
  TimePrecision,
  util,
  NEVER,
  toJSONSchema,
} from "zod/v4/core";
export { ZodISODateTime, ZodISODate, ZodISOTime, ZodISODuration } from "../../node_modules/zod/v4/classic/iso.js";
export * as iso from "../../node_modules/zod/v4/classic/iso.js";
export * as coerce from "../../node_modules/zod/v4/classic/coerce.js";
