import type { OutboxMessage } from "../../core/model/outbox.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { logFault } from "../wire/log.ts";
import { reaching } from "../wire/unavailable.ts";
import { adopt, identifiersOf, NEVER_SEEN } from "./adopt.ts";
import { isPointer, NOBODY, type Standing } from "./apply.ts";
import { archive } from "./archive.ts";
import { atOnce } from "./at-once.ts";
import { learn } from "./catalogue.ts";
import { coldDatabases, shardOf } from "./cold-databases.ts";
import { commitChanges, readHeld, type HeldProfile, type ProfileChange } from "./cold-index.ts";
import type { Count, CounterName } from "./counters.ts";
import { gather, PULL_BYTES, type Gathered } from "./gather.ts";
import { hourOf } from "./hours.ts";
import { catchUpHouseholds, householdStatements } from "./households.ts";
import { bearersOf, bearerStatements, suspectsOf } from "./list-bearers.ts";
import { pendingOf, settlePending } from "./list-pending.ts";
import { readListVersions } from "./list-versions.ts";
import { nudge, readMessage } from "./outbox-message.ts";
import { isOutcome, publishOutcomes } from "./outcomes.ts";
import { mirrorPeople } from "./panel.ts";
import { confirm, objectsOf, pull, type FindObject } from "./profile-calls.ts";
import { noteQueue } from "./queue-state.ts";
import type { WorkspaceRecord } from "./records.ts";
import { catchUp } from "./sweep.ts";
import { Tally } from "./tally.ts";
import { readWorkspaceRecord } from "./workspace-record.ts";

/** Profile objects called at once. */
const MOST_CALLS = 16;
/** Another batch may be faster for a person of this one; more often than this in a row it is not bad luck. */
const MOST_TRIES = 4;

/** A message of the queue that could be read. */
interface Arrived {
  readonly message: Message;
  readonly outbox: OutboxMessage;
}

/**
 * Takes a batch of the outbox queue: archive first, then index, series and rollups in one transaction, then a
 * confirmation to each profile. Whatever fails puts back the messages it concerns and no others; what was done before is
 * found done. What is poison is put back too, until the queue gives it up to its dead letters.
 */
export async function consumeOutbox(
  batch: MessageBatch,
  env: Env,
  now: number,
  find: FindObject = objectsOf(env),
): Promise<void> {
  const byWorkspace = new Map<string, Arrived[]>();
  for (const message of batch.messages) {
    const outbox = readMessage(message.body);
    if (outbox.ok)
      byWorkspace.set(outbox.value.workspace, [
        ...(byWorkspace.get(outbox.value.workspace) ?? []),
        { message, outbox: outbox.value },
      ]);
    // A later deploy may know the version; what is no message never will be one.
    else if (outbox.error === "unknown_version") message.retry();
    else message.retry({ delaySeconds: 0 });
  }
  for (const [workspace, arrived] of byWorkspace) {
    const putBack = await takeWorkspace(env, workspace, arrived, now, find);
    await noteQueue(
      env.DB,
      workspace,
      arrived.map(({ message }) => message.timestamp.getTime()),
      putBack.map(({ message }) => message.timestamp.getTime()),
      now,
    );
  }
}

/** @returns what was put back */
async function takeWorkspace(
  env: Env,
  id: string,
  arrived: readonly Arrived[],
  now: number,
  find: FindObject,
): Promise<readonly Arrived[]> {
  const putBack: Arrived[] = [];
  const retry = (some: readonly Arrived[]): void => {
    for (const one of some) one.message.retry();
    putBack.push(...some);
  };
  try {
    const workspace = await readWorkspaceRecord(env.PUBLISHED, id);
    if (workspace === undefined) {
      retry(arrived);
      return putBack;
    }
    const databases = coldDatabases(env);
    for (const [shard, DB] of databases.entries()) {
      const mine = arrived.filter(({ outbox }) => shardOf(outbox.profile, databases.length) === shard);
      if (mine.length === 0) continue;
      try {
        const taken = await takeShard(env, { DB, shard }, workspace, mine, now, find);
        for (const one of taken.settled) one.message.ack();
        retry(taken.failed);
      } catch (error) {
        logFault("cold.batch", error);
        retry(mine);
      }
    }
  } catch (error) {
    logFault("cold.workspace", error);
    retry(arrived);
  }
  return putBack;
}

interface Taken {
  readonly settled: readonly Arrived[];
  readonly failed: readonly Arrived[];
}

async function takeShard(
  env: Env,
  { DB, shard }: { readonly DB: D1Database; readonly shard: number },
  workspace: WorkspaceRecord,
  arrived: readonly Arrived[],
  now: number,
  find: FindObject,
): Promise<Taken> {
  const byProfile = new Map<ProfileId, Arrived[]>();
  for (const one of arrived) byProfile.set(one.outbox.profile, [...(byProfile.get(one.outbox.profile) ?? []), one]);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const held = await readHeld(DB, workspace.id, [...byProfile.keys()]);
    const tally = new Tally();
    const gathered = new Map<ProfileId, Gathered>();
    const failed = new Set<ProfileId>();
    await atOnce([...byProfile], MOST_CALLS, async ([profile, messages]) => {
      // A restore alone moves it now; when that is done the profile nudges again.
      if (typeof held.get(profile)?.restoring === "number") return;
      const mine = new Tally();
      try {
        const standing = held.get(profile)?.standing ?? NOBODY;
        const pullFrom = (from: number) => pull(find, workspace, profile, from, PULL_BYTES);
        const one = await gather(
          standing,
          messages.map(({ outbox }) => outbox),
          pullFrom,
          mine,
          now,
        );
        tally.add(mine);
        gathered.set(profile, one);
        if (one.end === "bad_record") failed.add(profile);
      } catch (error) {
        logFault("cold.pull", error);
        failed.add(profile);
      }
    });
    const former = await takenOver(env, DB, workspace, gathered, held, tally, now);
    const standings = new Map([...gathered].map(([profile, { standing }]) => [profile, standing]));
    for (const [profile, { standing, DB: home }] of former) if (home === DB) standings.set(profile, standing);
    const changed = [...standings].filter(([profile, standing]) => standing !== (held.get(profile)?.standing ?? NOBODY));
    const groups = changed.flatMap(([profile]) => gathered.get(profile)?.groups ?? []);
    const archivedAt = groups.length === 0 ? undefined : await archive(env.ARCHIVE, workspace.id, groups);
    const changes = changed.map(([profile, standing]): ProfileChange => {
      const was = held.get(profile)?.standing ?? former.get(profile)?.was ?? NOBODY;
      return { profile, was, standing, archivedAt: (gathered.get(profile)?.groups.length ?? 0) === 0 ? undefined : archivedAt };
    });
    const counts = countsOf(
      workspace.id,
      now,
      tally,
      arrived.length,
      changes.length,
      byProfile.size,
      [...gathered.values()],
      failed.size,
    );
    const bearers = bearersOf(gathered, held);
    const versions = await readListVersions(DB, workspace.id);
    const suspects = await suspectsOf(env.PUBLISHED, workspace.id, versions, bearers);
    const known = bearerStatements(DB, workspace.id, versions, bearers, suspects);
    const events = [...gathered.values()].flatMap((one) => one.events);
    const learnt = await learn({ DB, shard, workspace: workspace.id, nameKey: env.NAME_KEY }, events, now);
    const more = [...known, ...learnt.statements, ...householdStatements(DB, workspace.id, standings.values())];
    if (changes.length > 0 && !(await commitChanges(DB, workspace.id, changes, tally, counts, more))) continue;
    learnt.keep();
    // In another database there is no one transaction for both; see docs/decisions/042.
    for (const [profile, { standing, was, DB: home, tally: exits }] of former) {
      if (home !== DB) await commitChanges(home, workspace.id, [{ profile, was, standing, archivedAt: undefined }], exits, []);
    }
    if (versions.text !== "" || suspects.length > 0) await tellOfLists(env, DB, workspace, [...gathered.keys()], now);
    if (events.some(isOutcome)) await publishOutcomes(env, workspace.id);
    for (const profile of await mirrorPeople(env, workspace, [...gathered.keys(), ...former.keys()])) failed.add(profile);
    await catchUpHouseholds(env, DB, workspace, standings.values());
    await confirmAll(env, DB, workspace, gathered, failed, now, find);
    return {
      settled: arrived.filter(({ outbox }) => !failed.has(outbox.profile)),
      failed: arrived.filter(({ outbox }) => failed.has(outbox.profile)),
    };
  }
  return { settled: [], failed: arrived };
}

/** Identifiers that these people's new events came by and that were somebody themselves before. */
async function takenOver(
  env: Env,
  here: D1Database,
  workspace: WorkspaceRecord,
  gathered: ReadonlyMap<ProfileId, Gathered>,
  held: ReadonlyMap<ProfileId, HeldProfile>,
  tally: Tally,
  now: number,
): Promise<
  ReadonlyMap<ProfileId, { readonly standing: Standing; readonly was: Standing; readonly DB: D1Database; readonly tally: Tally }>
> {
  const databases = coldDatabases(env);
  const identifiers = identifiersOf(gathered);
  const found = new Map<ProfileId, { standing: Standing; was: Standing; DB: D1Database; tally: Tally }>();
  for (const [shard, DB] of databases.entries()) {
    const ids = identifiers.filter((id) => shardOf(id, databases.length) === shard);
    if (ids.length === 0) continue;
    const rows = await readHeld(DB, workspace.id, ids);
    for (const id of ids) {
      const was = rows.get(id)?.standing ?? NOBODY;
      const exits = DB === here ? tally : new Tally();
      const before = gathered.get(id)?.standing ?? (was === NOBODY ? NEVER_SEEN : was);
      const standing = adopt(id, before, gathered, tally, exits, now);
      if (standing !== before) found.set(id, { standing, was: held.get(id)?.standing ?? was, DB, tally: exits });
    }
  }
  return found;
}

/** Tells every profile what is applied; who cannot be told is put back and told later. Who stands under an older ruleset is swept at once: its pass may have gone by. */
async function confirmAll(
  env: Env,
  DB: D1Database,
  workspace: WorkspaceRecord,
  gathered: ReadonlyMap<ProfileId, Gathered>,
  failed: Set<ProfileId>,
  now: number,
  find: FindObject,
): Promise<void> {
  const behind: ProfileId[] = [];
  await atOnce([...gathered], MOST_CALLS, async ([profile, { standing, end, wanted }]) => {
    try {
      if (isPointer(standing, standing.epoch)) return;
      if (standing.epoch > 0) await confirm(find, workspace, profile, standing);
      if (end === "more") {
        const { epoch, to } = wanted;
        const from = standing.applied;
        await reaching("the queue", () =>
          env.OUTBOX.send(nudge({ workspace: workspace.id, jurisdiction: workspace.jurisdiction, profile, epoch, from, to })),
        );
      }
      if (end === "done" && standing.ruleset < workspace.ruleset) behind.push(profile);
    } catch (error) {
      logFault("cold.confirm", error);
      failed.add(profile);
    }
  });
  await catchUp(DB, workspace, behind, now, find);
}

/** Who became known by what is on a list is told. What cannot be told now cron tells: it stands in the index. */
async function tellOfLists(
  env: Env,
  DB: D1Database,
  workspace: WorkspaceRecord,
  profiles: readonly ProfileId[],
  now: number,
): Promise<void> {
  try {
    const pending = await pendingOf(DB, workspace.id, profiles);
    if (pending.length > 0) await settlePending(env, DB, workspace, pending, now);
  } catch (error) {
    logFault("cold.lists", error);
  }
}

function countsOf(
  workspace: string,
  now: number,
  tally: Tally,
  messages: number,
  changed: number,
  profiles: number,
  gathered: readonly Gathered[],
  failed: number,
): readonly Count[] {
  const counts: readonly (readonly [CounterName, number])[] = Object.entries({
    "messages.applied": messages,
    "messages.repeated": profiles - changed - failed,
    "messages.retried": failed,
    "messages.pulled": gathered.reduce((sum, { pulls }) => sum + pulls, 0),
    "events.applied": tally.eventCount,
    "changes.applied": tally.changeCount,
  } satisfies Partial<Record<CounterName, number>>) as [CounterName, number][];
  return counts.flatMap(([name, count]) => (count > 0 ? [{ workspace, name, hour: hourOf(now), count }] : []));
}
