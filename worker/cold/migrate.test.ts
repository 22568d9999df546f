import { env } from "cloudflare:workers";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import { applyMigrations } from "./migrate.ts";
import * as schema from "./schema.ts";
import { MIGRATIONS } from "./test-workspaces.ts";

const tables: readonly SQLiteTable[] = [
  schema.workspaces,
  schema.sources,
  schema.secretKeys,
  schema.audiences,
  schema.rulesetVersions,
  schema.audit,
  schema.profiles,
  schema.audienceHours,
  schema.eventHours,
  schema.counters,
  schema.queueStates,
  schema.deadLetters,
  schema.sweeps,
];

async function columns(table: string): Promise<Record<string, { type: string; notNull: boolean; key: boolean }>> {
  const { results } = await env.DB.prepare("SELECT name, type, [notnull], pk FROM pragma_table_info(?)")
    .bind(table)
    .all<{ name: string; type: string; notnull: number; pk: number }>();
  return Object.fromEntries(
    results.map(({ name, type, notnull, pk }) => [name, { type: type.toLowerCase(), notNull: notnull === 1, key: pk > 0 }]),
  );
}

describe("the migrations", () => {
  it("are applied once each, in order, and noted where wrangler looks", async () => {
    const later = {
      name: "9999_later.sql",
      sql: "CREATE TABLE later (id TEXT);\n--> statement-breakpoint\nCREATE INDEX later_id ON later (id);",
    };
    const names = [...MIGRATIONS.map(({ name }) => name), later.name];
    expect(await applyMigrations(env.DB, [later, ...MIGRATIONS])).toEqual(names);
    expect(await applyMigrations(env.DB, [later, ...MIGRATIONS])).toEqual([]);
    const { results } = await env.DB.prepare("SELECT id, name, applied_at FROM d1_migrations ORDER BY id").all();
    expect(results.map((row) => row["name"])).toEqual(names);
  });

  it("leave nothing of one that fails", async () => {
    const broken = { name: "0009_broken.sql", sql: "CREATE TABLE half (id TEXT);\n--> statement-breakpoint\nCREATE NONSENSE;" };
    await expect(applyMigrations(env.DB, [broken])).rejects.toThrow();
    expect(await columns("half")).toEqual({});
    const { results } = await env.DB.prepare("SELECT name FROM d1_migrations WHERE name = '0009_broken.sql'").all();
    expect(results).toEqual([]);
  });

  it.each(tables.map((table) => [getTableConfig(table).name, table] as const))(
    "make the table %s as the schema says it",
    async (name, table) => {
      await applyMigrations(env.DB, MIGRATIONS);
      const config = getTableConfig(table);
      const keyed = new Set(config.primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
      const expected = config.columns.map((column) => [
        column.name,
        { type: column.getSQLType(), notNull: column.notNull, key: column.primary || keyed.has(column.name) },
      ]);
      expect(await columns(name)).toEqual(Object.fromEntries(expected));
    },
  );
});
