import type { JournalEvent } from "../../core/model/envelope.ts";
import { STANDING_FACTS } from "../../core/model/event.ts";
import { parseProfileId, type HashedIdentifier, type ProfileId } from "../../core/model/ids.ts";
import type { HeldProfile } from "./cold-index.ts";
import type { Gathered } from "./gather.ts";
import { listFilterOf } from "./list-filters.ts";
import type { Pending } from "./list-pending.ts";
import type { ListVersions } from "./list-versions.ts";

/** Somebody, and an identifier that their new events bore. */
interface Bearer {
  readonly profile: ProfileId;
  readonly hash: ProfileId;
  readonly type: string;
  /** Type of the identifier that the profile is named by. */
  readonly named: string;
  /** True for who was nobody before: then every identifier is news, whatever the index says. */
  readonly isNew: boolean;
}

/** That an identifier came onto a list or went off it, as a journal says. */
interface ListPerson {
  readonly list: string;
  readonly profile: ProfileId;
  readonly hash: ProfileId;
  readonly at: number;
  readonly isOn: number;
}

export interface Bearers {
  readonly all: readonly Bearer[];
  readonly people: readonly ListPerson[];
}

/** Somebody who may be on a list: what `list_pending` notes, where the identifier is news. */
export type Suspect = Pending & { readonly isNew: number };

/** Who bears what, by the events of a batch that are new. */
export function bearersOf(gathered: ReadonlyMap<ProfileId, Gathered>, held: ReadonlyMap<ProfileId, HeldProfile>): Bearers {
  const all: Bearer[] = [];
  const people: ListPerson[] = [];
  for (const [profile, { events, standing }] of gathered) {
    if (events.length === 0) continue;
    const isNew = held.get(profile)?.standing.epoch !== standing.epoch;
    const identifiers = new Map<ProfileId, string>();
    for (const event of events) {
      for (const { hash, type } of identifiersOf(event)) identifiers.set(hash, type);
      const person = listPersonOf(profile, event);
      if (person !== undefined) people.push(person);
    }
    // Whose events all came by another identifier is its person, and only users are that.
    const named = identifiers.get(profile) ?? "userId";
    if (isNew) identifiers.set(profile, named);
    else identifiers.delete(profile);
    for (const [hash, type] of identifiers) all.push({ profile, hash, type, named, isNew });
  }
  return { all, people };
}

function identifiersOf({ origin, with: others = [] }: JournalEvent): readonly HashedIdentifier[] {
  return [origin, ...others];
}

function listPersonOf(profile: ProfileId, { type, name, time, properties }: JournalEvent): ListPerson | undefined {
  if (type !== "fact" || name !== STANDING_FACTS.list) return undefined;
  const { list, identifier, on } = properties;
  const hash = parseProfileId(identifier);
  return typeof list === "string" && hash !== undefined
    ? { list, profile, hash, at: time, isOn: on === true ? 1 : 0 }
    : undefined;
}

/** Those whom a list's filter does not rule out, and those whose journal says that they are on one. @throws Unavailable */
export async function suspectsOf(
  bucket: R2Bucket,
  workspace: string,
  versions: ListVersions,
  { all, people }: Bearers,
): Promise<readonly Suspect[]> {
  const suspects: Suspect[] = [];
  const told = new Set(people.filter(({ isOn }) => isOn === 1).map(({ profile, hash, list }) => `${profile} ${hash} ${list}`));
  const lists = new Set([...versions.byList.keys(), ...people.map(({ list }) => list)]);
  if (all.length === 0) return suspects;
  for (const list of lists) {
    const version = versions.byList.get(list);
    const filter = version === undefined ? undefined : await listFilterOf(bucket, workspace, list, version);
    for (const { profile, hash, type, named, isNew } of all) {
      const isTold = told.has(`${profile} ${hash} ${list}`);
      const mayBeOn = version !== undefined && filter?.mayHold(Buffer.from(hash, "base64url")) !== false;
      if (!isTold && !mayBeOn) continue;
      suspects.push({ profile, named, list, hash, type, told: isTold ? 1 : 0, isNew: isNew ? 1 : 0 });
    }
  }
  return suspects;
}

/**
 * What goes into the index with the rest of a batch. The suspects were found by the filters of these versions, so the
 * transaction holds only under them: an upload that came in between is read again. So whoever looks up a list's entries
 * after its filter is noted finds the identifier, or whoever makes the identifier known has met the filter.
 */
export function bearerStatements(
  DB: D1Database,
  workspace: string,
  versions: ListVersions,
  { all, people }: Bearers,
  suspects: readonly Suspect[],
): readonly D1PreparedStatement[] {
  const pairs = all.filter(({ hash, profile }) => hash !== profile);
  return [
    ...(all.length === 0 ? [] : [DB.prepare(GUARD).bind(workspace, versions.text)]),
    // Before the identifiers: whether one is news is seen by its not being there.
    ...(suspects.length === 0 ? [] : [DB.prepare(PUT_SUSPECTS).bind(workspace, JSON.stringify(suspects))]),
    ...(pairs.length === 0 ? [] : [DB.prepare(PUT_IDENTIFIERS).bind(workspace, JSON.stringify(pairs))]),
    ...(people.length === 0 ? [] : [DB.prepare(PUT_PEOPLE).bind(workspace, JSON.stringify(people))]),
  ];
}

/** As in `cold-index.ts`: a row without a workspace ends the transaction. */
const GUARD = `INSERT INTO profile (workspace)
  SELECT NULL WHERE coalesce((SELECT filters FROM list_version WHERE workspace = ?1), '') <> ?2`;

const PUT_SUSPECTS = `INSERT INTO list_pending (workspace, profile, list, hash, type, named, told, refused)
  SELECT ?1, value->>'profile', value->>'list', value->>'hash', value->>'type', value->>'named', value->>'told', 0
  FROM json_each(?2) WHERE value->>'isNew' = 1 OR NOT EXISTS (SELECT 1 FROM identifier
    WHERE workspace = ?1 AND hash = value->>'hash' AND profile = value->>'profile')
  ON CONFLICT DO UPDATE SET told = max(told, excluded.told)`;

const PUT_IDENTIFIERS = `INSERT INTO identifier (workspace, hash, profile, type, named)
  SELECT ?1, value->>'hash', value->>'profile', value->>'type', value->>'named' FROM json_each(?2) WHERE true
  ON CONFLICT DO NOTHING`;

const PUT_PEOPLE = `INSERT INTO list_person (workspace, list, profile, hash, at, is_on)
  SELECT ?1, value->>'list', value->>'profile', value->>'hash', value->>'at', value->>'isOn' FROM json_each(?2) WHERE true
  ORDER BY value->>'at'
  ON CONFLICT DO UPDATE SET at = excluded.at, is_on = excluded.is_on WHERE excluded.at >= at`;
