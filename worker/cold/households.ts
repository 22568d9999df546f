import type { SweepReply } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { householdStub } from "../../durable-objects/household/stub.ts";
import { reaching } from "../wire/unavailable.ts";
import type { Standing } from "./apply.ts";
import { atOnce } from "./at-once.ts";
import { envelopeOf } from "./profile-calls.ts";
import type { WorkspaceRecord } from "./records.ts";

/** Rows read at a time. */
const PAGE = 200;
/** Households told at once: each tells its members. */
const MOST_CALLS = 8;

/** Takes note of the households that people live in. */
export function householdStatements(
  DB: D1Database,
  workspace: string,
  standings: Iterable<Standing>,
): readonly D1PreparedStatement[] {
  const ids = householdsOf(standings);
  if (ids.length === 0) return [];
  return [
    DB.prepare("INSERT OR IGNORE INTO household (workspace, id, ruleset) SELECT ?1, value, 0 FROM json_each(?2)").bind(
      workspace,
      JSON.stringify(ids),
    ),
  ];
}

/** Households of these people that stand under an older ruleset are told at once: their pass may have gone by. Who cannot be told now waits for the next. */
export async function catchUpHouseholds(
  env: Env,
  DB: D1Database,
  workspace: WorkspaceRecord,
  standings: Iterable<Standing>,
): Promise<void> {
  const ids = householdsOf(standings);
  if (ids.length === 0) return;
  const { results } = await reaching("D1", () =>
    DB.prepare("SELECT id FROM household WHERE workspace = ?1 AND ruleset < ?2 AND id IN (SELECT value FROM json_each(?3))")
      .bind(workspace.id, workspace.ruleset, JSON.stringify(ids))
      .all<{ id: ProfileId }>(),
  );
  await tellAll(
    env,
    DB,
    workspace,
    results.map(({ id }) => id),
  );
}

function householdsOf(standings: Iterable<Standing>): readonly ProfileId[] {
  return [...new Set([...standings].flatMap(({ household }) => household ?? []))];
}

/** How far one run came. */
export interface HouseholdSweep {
  readonly isDone: boolean;
  /** Could not be reached, and stay to be told. */
  readonly failed: number;
}

/**
 * Tells the households of a database to take up the live ruleset, and so their members what rules of it ask of a household: before the
 * members themselves are told, who else would find it unknown.
 */
export async function sweepHouseholds(
  env: Env,
  DB: D1Database,
  workspace: WorkspaceRecord,
  isOver: () => boolean,
): Promise<HouseholdSweep> {
  let after = "";
  let failed = 0;
  while (!isOver()) {
    const ids = await readPage(DB, workspace, after);
    if (ids.length === 0) return { isDone: true, failed };
    failed += await tellAll(env, DB, workspace, ids);
    after = ids.at(-1) ?? after;
  }
  return { isDone: false, failed };
}

/** @returns how many could not be told */
async function tellAll(env: Env, DB: D1Database, workspace: WorkspaceRecord, ids: readonly ProfileId[]): Promise<number> {
  const settled = await atOnce(ids, MOST_CALLS, async (id): Promise<Told> => {
    const text = await reaching("the household", () => householdStub(env, workspace, id).sweep(envelopeOf(workspace, id)));
    return { id, reply: JSON.parse(text) };
  });
  const told = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  await noteTold(DB, workspace.id, told);
  return settled.length - told.length;
}

interface Told {
  readonly id: ProfileId;
  readonly reply: SweepReply;
}

async function readPage(DB: D1Database, { id, ruleset }: WorkspaceRecord, after: string): Promise<readonly ProfileId[]> {
  const { results } = await reaching("D1", () =>
    DB.prepare("SELECT id FROM household WHERE workspace = ?1 AND id > ?2 AND ruleset < ?3 ORDER BY id LIMIT ?4")
      .bind(id, after, ruleset, PAGE)
      .all<{ id: ProfileId }>(),
  );
  return results.map((row) => row.id);
}

/** One in which nobody lives any more is forgotten: who moves in brings it back. */
async function noteTold(DB: D1Database, workspace: string, told: readonly Told[]): Promise<void> {
  const [empty, inhabited] = [told.filter(({ reply }) => reply.version === 0), told.filter(({ reply }) => reply.version > 0)];
  const statements = [...Map.groupBy(inhabited, ({ reply }) => reply.version)].map(([version, some]) =>
    DB.prepare(
      "UPDATE household SET ruleset = max(ruleset, ?1) WHERE workspace = ?2 AND id IN (SELECT value FROM json_each(?3))",
    ).bind(version, workspace, JSON.stringify(some.map(({ id }) => id))),
  );
  if (empty.length > 0) {
    const gone = JSON.stringify(empty.map(({ id }) => id));
    statements.push(
      DB.prepare("DELETE FROM household WHERE workspace = ?1 AND id IN (SELECT value FROM json_each(?2))").bind(workspace, gone),
    );
  }
  if (statements.length > 0) await reaching("D1", () => DB.batch(statements));
}
