/** Stands in the place of `@hono/zod-openapi` in the bundle (`[alias]` in wrangler.toml): schemas check, and what describes them is made before (description.ts). */
import { Hono } from "hono";
import * as z from "./zod-in-english.js";

z.ZodType.prototype.openapi = function openapi() {
  return this;
};

class OpenAPIHono extends Hono {}

export { OpenAPIHono, z };
