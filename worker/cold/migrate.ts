/** A file of `migrations/`. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings a database up to date: what `wrangler d1 migrations apply` does, with the same ledger, so that the two may be
 * mixed. Each file is one transaction with its entry: a crash between leaves it whole or not at all.
 * @returns the names of those applied now
 */
export async function applyMigrations(DB: D1Database, files: readonly Migration[]): Promise<string[]> {
  await DB.prepare(
    `CREATE TABLE IF NOT EXISTS d1_migrations(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT UNIQUE,
      applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
    )`,
  ).run();
  const { results } = await DB.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const done = new Set(results.map((row) => row.name));
  const due = files.filter((file) => !done.has(file.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, sql } of due) {
    const statements = statementsOf(sql).map((statement) => DB.prepare(statement));
    await DB.batch([...statements, DB.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name)]);
  }
  return due.map((file) => file.name);
}

/** D1 prepares one statement at a time; drizzle-kit writes this line between them. */
function statementsOf(sql: string): string[] {
  return sql
    .split("--> statement-breakpoint")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
