import { defineConfig } from "drizzle-kit";

/** `drizzle-kit generate` compares the schema with `migrations/meta` and adds a file to `migrations/`. */
export default defineConfig({ dialect: "sqlite", driver: "d1-http", schema: "./worker/cold/schema.ts", out: "./migrations" });
