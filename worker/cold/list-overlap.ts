import { reaching } from "../wire/unavailable.ts";
import { coldDatabases } from "./cold-databases.ts";
import { decodeMembers } from "./members.ts";

/** People on a list whose audiences are counted one by one; of more only the other lists are said. */
const MOST_COUNTED = 20_000;
const PAGE = 1_000;

export interface Overlap {
  /** People who are known and on the list. */
  readonly known: number;
  /** Of those, who is on each other list. */
  readonly lists: ReadonlyMap<string, number>;
  /** Of those, who is in each audience; undefined where they are too many to be counted for a page. */
  readonly audiences: ReadonlyMap<string, number> | undefined;
}

/** People on a list, as the index has it: pointers are left to their persons. */
const ON_LIST = `SELECT DISTINCT one.profile AS id FROM list_person AS one
  JOIN profile ON profile.workspace = one.workspace AND profile.id = one.profile AND profile.owed IS NULL
  WHERE one.workspace = ?1 AND one.list = ?2 AND one.is_on = 1`;

/** Exact over what the queue has brought. @param others keys of the other lists @throws Unavailable */
export async function overlapOf(
  env: { readonly DB: D1Database },
  workspace: string,
  list: string,
  others: readonly string[],
): Promise<Overlap> {
  const databases = coldDatabases(env);
  const counted = await Promise.all(databases.map((DB) => countKnown(DB, workspace, list)));
  const known = counted.reduce((sum, count) => sum + count, 0);
  const lists = new Map<string, number>();
  const audiences = new Map<string, number>();
  for (const DB of databases) {
    for (const [key, count] of await countLists(DB, workspace, list, others)) lists.set(key, (lists.get(key) ?? 0) + count);
    if (known <= MOST_COUNTED) await countAudiences(DB, workspace, list, audiences);
  }
  return { known, lists, audiences: known <= MOST_COUNTED ? audiences : undefined };
}

async function countKnown(DB: D1Database, workspace: string, list: string): Promise<number> {
  const row = await reaching("D1", () =>
    DB.prepare(`SELECT count(*) AS known FROM (${ON_LIST})`).bind(workspace, list).first<{ known: number }>(),
  );
  return row?.known ?? 0;
}

async function countLists(
  DB: D1Database,
  workspace: string,
  list: string,
  others: readonly string[],
): Promise<readonly (readonly [string, number])[]> {
  const { results } = await reaching("D1", () =>
    DB.prepare(
      `SELECT other.value AS list, count(*) AS people FROM (${ON_LIST}) AS mine JOIN json_each(?3) AS other
       WHERE EXISTS (SELECT 1 FROM list_person WHERE workspace = ?1 AND list = other.value AND profile = mine.id AND is_on = 1)
       GROUP BY other.value`,
    )
      .bind(workspace, list, JSON.stringify(others))
      .all<{ list: string; people: number }>(),
  );
  return results.map(({ list: key, people }) => [key, people]);
}

async function countAudiences(DB: D1Database, workspace: string, list: string, into: Map<string, number>): Promise<void> {
  for (let after = ""; ;) {
    const page = await reaching("D1", () =>
      DB.prepare(
        `SELECT mine.id, profile.members FROM (${ON_LIST} AND one.profile > ?3) AS mine
         JOIN profile ON profile.workspace = ?1 AND profile.id = mine.id ORDER BY mine.id LIMIT ?4`,
      )
        .bind(workspace, list, after, PAGE)
        .all<{ id: string; members: string }>(),
    );
    for (const { members } of page.results)
      for (const key of Object.keys(decodeMembers(members))) into.set(key, (into.get(key) ?? 0) + 1);
    const last = page.results.at(-1);
    if (last === undefined || page.results.length < PAGE) return;
    after = last.id;
  }
}
