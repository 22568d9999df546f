import type { ProfileId } from "../../core/model/ids.ts";
import { reaching, Unavailable } from "../wire/unavailable.ts";
import type { Standing } from "./apply.ts";
import { addCounts, type Count } from "./counters.ts";
import { decodeMembers, encodeMembers } from "./members.ts";
import type { ProfileRow } from "./schema.ts";
import type { Tally } from "./tally.ts";

/** A row of the cold index as the consumer reads it. */
export interface HeldProfile {
  readonly standing: Standing;
  readonly archivedFrom: number | null;
  readonly archivedTo: number | null;
  readonly restoring: number | null;
}

/** A person's new row, and the guard it was computed over: nothing is written where that has moved meanwhile. */
export interface ProfileChange {
  readonly profile: ProfileId;
  readonly was: Pick<Standing, "epoch" | "applied" | "owed">;
  readonly standing: Standing;
  /** Instant of the archive object that bears what is new; undefined where nothing was archived. */
  readonly archivedAt: number | undefined;
  /** Only what ends a restore writes over a row that is being restored. */
  readonly endsRestore?: boolean;
}

/** Rows of these people. @throws Unavailable */
export async function readHeld(
  DB: D1Database,
  workspace: string,
  profiles: readonly ProfileId[],
): Promise<ReadonlyMap<ProfileId, HeldProfile>> {
  const { results } = await reaching("D1", () =>
    DB.prepare(
      `SELECT id, epoch, applied, ruleset, next_change AS nextChange, events, first_seen AS firstSeen, last_seen AS lastSeen,
         archived_from AS archivedFrom, archived_to AS archivedTo, owed, restoring, member_count AS memberCount, members
       FROM profile WHERE workspace = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    )
      .bind(workspace, JSON.stringify(profiles))
      .all<Omit<ProfileRow, "workspace">>(),
  );
  return new Map(
    results.map(({ id, archivedFrom, archivedTo, restoring, members, ...numbers }) => [
      id,
      { standing: { ...numbers, members: decodeMembers(members) }, archivedFrom, archivedTo, restoring },
    ]),
  );
}

/**
 * Writes rows, series, rollups and counts as one transaction, or nothing of it. If it commits and the answer is lost, the
 * next try reads what is applied and finds nothing left to do.
 * @param more statements of the same transaction, which may end it as the guard does
 * @returns false where another was faster for one of these people: read again
 * @throws Unavailable
 */
export async function commitChanges(
  DB: D1Database,
  workspace: string,
  changes: readonly ProfileChange[],
  tally: Tally,
  counts: readonly Count[],
  more: readonly D1PreparedStatement[] = [],
): Promise<boolean> {
  const guards = changes.map(({ profile, was: { epoch, applied, owed }, endsRestore }) => ({
    id: profile,
    epoch,
    applied,
    owed,
    ends: endsRestore === true ? 1 : 0,
  }));
  const rows = changes.map(({ profile, standing: { members, ...standing }, archivedAt, endsRestore }) => ({
    id: profile,
    ...standing,
    members: encodeMembers(members),
    archivedAt: archivedAt ?? null,
    ends: endsRestore === true ? 1 : 0,
  }));
  const { audienceHours, eventHours } = tally;
  const statements = [
    DB.prepare(GUARD).bind(JSON.stringify(guards), workspace),
    DB.prepare(PUT_PROFILES).bind(JSON.stringify(rows), workspace),
    ...(audienceHours.length === 0 ? [] : [DB.prepare(ADD_AUDIENCE_HOURS).bind(JSON.stringify(audienceHours), workspace)]),
    ...(eventHours.length === 0 ? [] : [DB.prepare(ADD_EVENT_HOURS).bind(JSON.stringify(eventHours), workspace)]),
    ...(counts.length === 0 ? [] : [addCounts(DB, counts)]),
    ...more,
  ];
  try {
    await DB.batch(statements);
    return true;
  } catch (cause) {
    if (isOvertaken(cause)) return false;
    throw new Unavailable("D1 cannot be reached", { cause });
  }
}

/**
 * Inserts nothing where every row is as it was read. Else it inserts a row without a workspace, which the table refuses:
 * D1 has no other way for a statement to end the whole batch.
 */
const GUARD = `INSERT INTO profile (workspace)
  SELECT NULL FROM json_each(?1) AS was LEFT JOIN profile AS held ON held.workspace = ?2 AND held.id = was.value->>'id'
  WHERE coalesce(held.epoch, 0) <> was.value->>'epoch' OR coalesce(held.applied, 0) <> was.value->>'applied'
    OR held.owed IS NOT was.value->>'owed' OR (held.restoring IS NOT NULL) <> was.value->>'ends'`;

/** A sweep may have noted a newer ruleset meanwhile: that number never goes down. */
const PUT_PROFILES = `INSERT INTO profile (workspace, id, epoch, applied, ruleset, next_change, events, first_seen, last_seen,
    archived_from, archived_to, owed, restoring, member_count, members)
  SELECT ?2, value->>'id', value->>'epoch', value->>'applied', value->>'ruleset', value->>'nextChange', value->>'events',
    value->>'firstSeen', value->>'lastSeen', value->>'archivedAt', value->>'archivedAt', value->>'owed', NULL, value->>'memberCount', value->>'members'
  FROM json_each(?1) WHERE true
  ON CONFLICT (workspace, id) DO UPDATE SET epoch = excluded.epoch, applied = excluded.applied,
    ruleset = max(ruleset, excluded.ruleset), next_change = excluded.next_change, events = excluded.events,
    first_seen = excluded.first_seen, last_seen = excluded.last_seen,
    archived_from = min(coalesce(archived_from, excluded.archived_from), coalesce(excluded.archived_from, archived_from)),
    archived_to = max(coalesce(archived_to, excluded.archived_to), coalesce(excluded.archived_to, archived_to)),
    owed = excluded.owed, restoring = NULL, member_count = excluded.member_count, members = excluded.members`;

const ADD_AUDIENCE_HOURS = `INSERT INTO audience_hour (workspace, audience, hour, entered, exited, publish_entered, publish_exited)
  SELECT ?2, value->>'audience', value->>'hour', value->>'entered', value->>'exited', value->>'publishEntered', value->>'publishExited'
  FROM json_each(?1) WHERE true
  ON CONFLICT (workspace, audience, hour) DO UPDATE SET entered = entered + excluded.entered, exited = exited + excluded.exited,
    publish_entered = publish_entered + excluded.publish_entered, publish_exited = publish_exited + excluded.publish_exited`;

const ADD_EVENT_HOURS = `INSERT INTO event_hour (workspace, source, name, hour, events)
  SELECT ?2, value->>'source', value->>'name', value->>'hour', value->>'events' FROM json_each(?1) WHERE true
  ON CONFLICT (workspace, source, name, hour) DO UPDATE SET events = events + excluded.events`;

function isOvertaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes("NOT NULL constraint failed: profile.workspace");
}
