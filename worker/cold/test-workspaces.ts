import { env } from "cloudflare:workers";
import controlPlane from "../../migrations/0001_control_plane.sql";
import coldPath from "../../migrations/0002_cold_path.sql";
import imports from "../../migrations/0003_imports.sql";
import lists from "../../migrations/0004_lists.sql";
import catalogue from "../../migrations/0005_catalogue.sql";
import goldenRecord from "../../migrations/0006_golden_record.sql";
import identifierLimits from "../../migrations/0007_identifier_limits.sql";
import campaigns from "../../migrations/0008_campaigns.sql";
import households from "../../migrations/0009_households.sql";
import team from "../../migrations/0010_team.sql";
import { database } from "./database.ts";
import { applyMigrations, type Migration } from "./migrate.ts";
import { publishSecretKey } from "./published.ts";
import { hashKey, SCOPES, type Scope } from "./records.ts";
import { insertSecretKey } from "./secret-keys.ts";
import { createWorkspace, type NewSource, type NewWorkspace } from "./workspaces.ts";

/** For tests inside the runtime: a database up to date, and workspaces nobody else uses. */

export const MIGRATIONS: readonly Migration[] = [
  { name: "0001_control_plane.sql", sql: controlPlane },
  { name: "0002_cold_path.sql", sql: coldPath },
  { name: "0003_imports.sql", sql: imports },
  { name: "0004_lists.sql", sql: lists },
  { name: "0005_catalogue.sql", sql: catalogue },
  { name: "0006_golden_record.sql", sql: goldenRecord },
  { name: "0007_identifier_limits.sql", sql: identifierLimits },
  { name: "0008_campaigns.sql", sql: campaigns },
  { name: "0009_households.sql", sql: households },
  { name: "0010_team.sql", sql: team },
];

let made = 0;

export interface TestWorkspace {
  readonly id: string;
  /** A secret key with every scope. */
  readonly secret: string;
  /** Of its source `web`. */
  readonly writeKey: string;
}

/** Makes a workspace with a browser source `web` and a secret key with every scope, under a name of its own. */
export async function testWorkspace(
  changes: Partial<NewWorkspace> = {},
  source: Partial<NewSource> = {},
): Promise<TestWorkspace> {
  await applyMigrations(env.DB, MIGRATIONS);
  const id = `w${Date.now().toString(36)}${++made}`;
  const secret = `sk_${id}`;
  const writeKey = `wk_${id}`;
  await createWorkspace(
    env,
    {
      id,
      name: id,
      timeZone: "Europe/Paris",
      retentionDays: 400,
      smallCount: 0,
      sources: [
        {
          key: "web",
          name: "Web",
          kind: "browser",
          channel: "web",
          party: "first",
          identify: "open",
          consent: "assumed",
          origins: ["https://shop.example"],
          priority: 1,
          writeKey,
          ...source,
        },
      ],
      secretKeys: [{ id: "all", name: "All", secret, scopes: SCOPES }],
      ...changes,
    },
    Date.now(),
  );
  return { id, secret, writeKey };
}

/** A further key of a workspace. @returns the secret */
export async function testKey(workspace: string, scopes: readonly Scope[]): Promise<string> {
  const id = `k${++made}`;
  const secret = `sk_${workspace}_${id}`;
  const now = Date.now();
  const row = { workspace, id, name: id, hash: hashKey(secret), scopes, createdAt: now, revokedAt: null };
  await insertSecretKey(database(env.DB), row, { workspace, at: now, actor: "test", action: "key.create", target: `key:${id}` });
  await publishSecretKey(env, workspace, id);
  return secret;
}
