import { isHouseholdFact } from "../../core/profile/household-tie.ts";
import { linksOf } from "../../core/identity/links.ts";
import type { IngestEnvelope, IngestReply, JournalEvent } from "../../core/model/envelope.ts";
import { isEvent } from "../../core/model/outbox.ts";
import { parseProfileId, type ProfileId } from "../../core/model/ids.ts";
import { followed, profileStub } from "../../durable-objects/profile/stub.ts";
import { reaching } from "../wire/unavailable.ts";
import { readRecords } from "./apply.ts";
import { archived, archiveKeys } from "./archive.ts";
import type { ArchiveGroup } from "./archive-format.ts";
import { coldDatabases, shardOf } from "./cold-databases.ts";
import { readHeld, type HeldProfile } from "./cold-index.ts";
import { envelopeOf } from "./profile-calls.ts";
import type { WorkspaceRecord } from "./records.ts";
import { beginRestore, settleRestores } from "./restore-state.ts";

/**
 * Rebuilds profiles from the archive, a step a call: first the events, each profile's as far as its object does not hold
 * them; then the links of identifiers to persons, in the order of the archive; then the index is told to begin again with
 * those that were rebuilt. Whatever is cut off is repeated: an event that is held is not given again, and what was counted
 * before it was lost says so in the journal (`restored`) and is not counted again. An object that is whole is not touched.
 */
export interface RestoreStep {
  /** Events read from the archive in this step, and those that were given back. */
  readonly read: number;
  readonly restored: number;
  /** What to go on with; null when all is done. */
  readonly next: RestoreCursor | null;
}

export interface RestoreCursor {
  readonly phase: "events" | "links" | "settle";
  /** The last archive object, or profile, that is done. */
  readonly after: string;
}

/** Archive objects in one step: one is a batch of the queue. */
const OBJECTS = 10;
/** Profiles settled in one step. */
const SETTLED = 200;

export async function restoreStep(
  env: Env,
  workspace: WorkspaceRecord,
  only: ProfileId | undefined,
  cursor: RestoreCursor,
  now: number,
): Promise<RestoreStep> {
  if (cursor.phase === "settle") {
    const after = await settleRestores(env, workspace, only, cursor.after, SETTLED, now);
    return { read: 0, restored: 0, next: after === null ? null : { phase: "settle", after } };
  }
  const range = only === undefined ? undefined : await heldOf(env, workspace.id, only);
  const { keys, more } = await archiveKeys(env.ARCHIVE, workspace.id, {
    limit: OBJECTS,
    ...(cursor.after === "" ? {} : { after: cursor.after }),
    from: range?.archivedFrom ?? null,
    to: range?.archivedTo ?? null,
  });
  let read = 0;
  let restored = 0;
  for (const key of keys) {
    const groups = await archived(env.ARCHIVE, workspace.id, key);
    for (const group of groups.filter(({ profile }) => only === undefined || profile === only)) {
      const records = readRecords(group.records);
      if (records === undefined) throw new Error("an archive object holds what is no record");
      const events = records.flatMap((event, place) => (isEvent(event) ? [{ event, sequence: group.from + place }] : []));
      read += cursor.phase === "events" ? events.length : 0;
      if (cursor.phase === "events") restored += await giveBack(env, workspace, group, events, now);
      else for (const { event } of events) await link(env, workspace, event);
    }
  }
  const last = keys.at(-1);
  if (more && last !== undefined) return { read, restored, next: { phase: cursor.phase, after: last } };
  return { read, restored, next: { phase: cursor.phase === "events" ? "links" : "settle", after: "" } };
}

interface ArchivedEvent {
  readonly event: JournalEvent;
  readonly sequence: number;
}

/** Gives a profile those of its events that it does not hold. @returns how many it took */
async function giveBack(
  env: Env,
  workspace: WorkspaceRecord,
  { profile, epoch }: ArchiveGroup,
  events: readonly ArchivedEvent[],
  now: number,
): Promise<number> {
  const object = profileStub(env, workspace, profile);
  const envelope = envelopeOf(workspace, profile);
  const status = await reaching("the profile", () => object.resolve(envelope));
  // A profile that lives has compacted what is older; whoever is gone needs the traits of old identifies.
  // What a household told is told anew, by the household that the events name.
  const kept = events.filter(
    ({ event }) =>
      !isHouseholdFact(event) && (event.time > now - workspace.retentionMs || (status === "" && event.type === "identify")),
  );
  if (kept.length === 0) return 0;
  const asked = kept.map(({ event }): readonly [string, string, ProfileId] => [event.source, event.messageId, event.origin.hash]);
  const holds = await reaching("the profile", () => object.holds({ ...envelope, events: asked }));
  const lacking = kept.filter((_, place) => holds[place] !== true);
  const missing = await heldByNobody(env, workspace, profile, lacking);
  if (missing.length === 0) return 0;
  const held = await heldOf(env, workspace.id, profile);
  // What a pointer is given goes to its person, whose own journal goes on.
  if (!status.startsWith("@") && (held?.standing.owed ?? null) === null) await beginRestore(env, workspace.id, profile, now);
  const items = missing.map(({ event, sequence }) => {
    const isCounted =
      held !== undefined && (epoch < held.standing.epoch || (epoch === held.standing.epoch && sequence < held.standing.applied));
    return JSON.stringify(isCounted ? { ...event, restored: true } : event);
  });
  const call: IngestEnvelope = { ...envelope, receivedAt: now, items, mostAMinute: Number.MAX_SAFE_INTEGER };
  const reply: IngestReply = JSON.parse(await reaching("the profile", () => object.ingest(call)));
  return reply.accepted;
}

/**
 * What was split off since lies with the identifier it came by, or with whom that leads to by now: it is theirs, and comes back
 * from their own archive.
 */
async function heldByNobody(
  env: Env,
  workspace: WorkspaceRecord,
  profile: ProfileId,
  events: readonly ArchivedEvent[],
): Promise<readonly ArchivedEvent[]> {
  const byOrigin = Map.groupBy(events, ({ event }) => event.origin.hash);
  const left = await Promise.all(
    [...byOrigin].map(async ([origin, some]) => {
      let person = origin;
      await reaching("the profile", () =>
        followed(origin, (of) => {
          person = of;
          return profileStub(env, workspace, of).resolve(envelopeOf(workspace, of));
        }),
      );
      if (person === profile) return some;
      const asked = some.map(({ event }): readonly [string, string] => [event.source, event.messageId]);
      const envelope = { ...envelopeOf(workspace, person), events: asked };
      const holds = await reaching("the profile", () => profileStub(env, workspace, person).holds(envelope));
      return some.filter((_, place) => holds[place] !== true);
    }),
  );
  const all = new Set(left.flat());
  return events.filter((one) => all.has(one));
}

/** Makes the identifiers that an event bore lead to its person again, as the call did that brought it; what was split since stays apart. */
async function link(env: Env, workspace: WorkspaceRecord, event: JournalEvent): Promise<void> {
  for (const { from, item } of linksOf(event.origin, event.with ?? [], event.type, workspace.identifiers)) {
    const call: IngestEnvelope = {
      ...envelopeOf(workspace, from.hash),
      receivedAt: event.receivedAt,
      items: [{ ...item, again: true }],
    };
    await reaching("the profile", () => profileStub(env, workspace, from.hash).ingest(call));
  }
}

async function heldOf(env: Env, workspace: string, profile: ProfileId): Promise<HeldProfile | undefined> {
  const databases = coldDatabases(env);
  const DB = databases[shardOf(profile, databases.length)] ?? env.DB;
  return (await readHeld(DB, workspace, [profile])).get(profile);
}

/** The text of a cursor, and back. @returns undefined for what is none */
export function readRestoreCursor(text: string): RestoreCursor | undefined {
  const [, phase, after = ""] = /^(events|links|settle) (.*)$/.exec(text) ?? [];
  if (phase !== "events" && phase !== "links" && phase !== "settle") return undefined;
  return phase === "settle" && after !== "" && parseProfileId(after) === undefined ? undefined : { phase, after };
}

export function restoreCursorText({ phase, after }: RestoreCursor): string {
  return `${phase} ${after}`;
}
