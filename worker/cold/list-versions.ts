import { reaching } from "../wire/unavailable.ts";
import { coldDatabases } from "./cold-databases.ts";

/** What the filters of a workspace's lists are, as a cold database says. */
export interface ListVersions {
  /** As it is stored; `""` where there is none: what a transaction compares, to know that it is still so. */
  readonly text: string;
  /** Version of each list's filter, by the list's key. */
  readonly byList: ReadonlyMap<string, number>;
}

/** @throws Unavailable */
export async function readListVersions(DB: D1Database, workspace: string): Promise<ListVersions> {
  const row = await reaching("D1", () =>
    DB.prepare("SELECT filters FROM list_version WHERE workspace = ?").bind(workspace).first<{ filters: string }>(),
  );
  const text = row?.filters ?? "";
  const versions: Readonly<Record<string, number>> = text === "" ? {} : JSON.parse(text);
  return { text, byList: new Map(Object.entries(versions)) };
}

/**
 * Makes a filter the one that new identifiers are checked against, in every cold database; null takes the list out. Whatever
 * became known before is found by who looks up the list's entries after this; whatever becomes known later meets the filter.
 * @throws Unavailable
 */
export async function noteFilter(
  env: { readonly DB: D1Database },
  workspace: string,
  list: string,
  version: number | null,
): Promise<void> {
  // Keys of lists are lower case, digits and hyphens: nothing in them ends the path.
  const path = `$."${list}"`;
  for (const DB of coldDatabases(env)) {
    const statement =
      version === null
        ? DB.prepare("UPDATE list_version SET filters = json_remove(filters, ?2) WHERE workspace = ?1").bind(workspace, path)
        : DB.prepare(
            `INSERT INTO list_version VALUES (?1, json_set('{}', ?2, ?3))
             ON CONFLICT (workspace) DO UPDATE SET filters = json_set(filters, ?2, ?3)`,
          ).bind(workspace, path, version);
    await reaching("D1", () => statement.run());
  }
}
