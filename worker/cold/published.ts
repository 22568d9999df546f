import { parseDuration } from "../../core/model/duration.ts";
import { identifierType, type IdentifierLimit, type IdentifierSettings } from "../../core/model/identifier-settings.ts";
import { Unavailable } from "../wire/unavailable.ts";
import { removeObject, writeObject } from "./bucket.ts";
import { database, type Database, type Stores } from "./database.ts";
import {
  DAY_MS,
  hashKey,
  keyObjectKey,
  originObjectKey,
  type KeyRecord,
  type SecretKeyRecord,
  type SourceRecord,
  type WorkspaceRecord,
  type WriteKeyRecord,
} from "./records.ts";
import type { SecretKeyRow, SourceRow, WorkspaceRow } from "./schema.ts";
import { findSecretKey } from "./secret-keys.ts";
import { isOriginListed, sourceStore } from "./sources.ts";
import { updateWorkspaceRecord } from "./workspace-record.ts";
import { findWorkspaceRow } from "./workspace-rows.ts";

/**
 * Carries what D1 says over to R2, where the data plane reads it. Two changes of one row may overtake each other on the
 * way, so each looks at D1 again after its write and goes on until both agree: whoever writes last has read last.
 * What is taken away goes the other way round, from R2 first: a crash between leaves a key listed that does not work,
 * never one at work that nobody can find.
 */
const MOST_TRIES = 10;

/** Publishes the source's write key. @returns the record, or undefined where the source is gone */
export async function publishSource(stores: Stores, workspace: string, key: string): Promise<WriteKeyRecord | undefined> {
  const find = () => sourceStore(database(stores.DB), workspace).find(key);
  let row = await find();
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (row === undefined) return undefined;
    const record = writeKeyRecord(row);
    await putKey(stores, hashKey(row.writeKey), record);
    await Promise.all(row.origins.map((origin) => putOrigin(stores, origin)));
    const now = await find();
    if (now?.etag === row.etag) return record;
    if (now?.writeKey !== row.writeKey) await withdrawKey(stores, hashKey(row.writeKey));
    row = now;
  }
  throw new Unavailable("D1: too many writers of one source");
}

/** Publishes a secret key. @returns the record, or undefined where the key is revoked */
export async function publishSecretKey(stores: Stores, workspace: string, id: string): Promise<SecretKeyRecord | undefined> {
  const find = () => findSecretKey(database(stores.DB), workspace, id);
  const row = await find();
  if (row === undefined || row.revokedAt !== null) return undefined;
  const record = secretKeyRecord(row);
  await putKey(stores, row.hash, record);
  if ((await find())?.revokedAt === null) return record;
  await withdrawKey(stores, row.hash);
  return undefined;
}

/** Publishes the workspace's settings. @returns the record, or undefined where there is no such workspace */
export async function publishWorkspace(stores: Stores, id: string): Promise<WorkspaceRecord | undefined> {
  const db = database(stores.DB);
  let row = await findWorkspaceRow(db, id);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (row === undefined) return undefined;
    const settings = workspaceSettings(row);
    const record = await updateWorkspaceRecord(stores.PUBLISHED, id, (before) => ({
      ...settings,
      ruleset: before?.ruleset ?? 0,
      ...(before?.plan === undefined ? {} : { plan: before.plan }),
      ...(before?.userTokenKeys === undefined ? {} : { userTokenKeys: before.userTokenKeys }),
      ...(before?.watchedUntil === undefined ? {} : { watchedUntil: before.watchedUntil }),
    }));
    const now = await findWorkspaceRow(db, id);
    if (now?.etag === row.etag) return record;
    row = now;
  }
  throw new Unavailable("D1: too many writers of one workspace");
}

/** Makes a key unknown: at once where R2 is read, within 60 s in an isolate that remembers it. */
export async function withdrawKey(stores: Stores, hash: string): Promise<void> {
  await removeObject(stores.PUBLISHED, keyObjectKey(hash));
}

/** Takes origins that no source lists any longer out of the preflight index. */
export async function withdrawOrigins(stores: Stores, origins: readonly string[]): Promise<void> {
  const db: Database = database(stores.DB);
  for (const origin of origins) {
    if (await isOriginListed(db, origin)) continue;
    await removeObject(stores.PUBLISHED, originObjectKey(origin));
    if (await isOriginListed(db, origin)) await putOrigin(stores, origin);
  }
}

function putKey(stores: Stores, hash: string, record: KeyRecord): Promise<void> {
  return writeObject(stores.PUBLISHED, keyObjectKey(hash), record);
}

function putOrigin(stores: Stores, origin: string): Promise<void> {
  return writeObject(stores.PUBLISHED, originObjectKey(origin), { v: 1, origin });
}

function writeKeyRecord(row: SourceRow): WriteKeyRecord {
  return { v: 1, workspace: row.workspace, type: "write", source: sourceRecord(row) };
}

/** What collecting needs of a source. */
export function sourceRecord({ key, kind, channel, party, origins, identify, consent }: SourceRow): SourceRecord {
  return { key, kind, channel, party, origins, identify, consent };
}

function secretKeyRecord({ workspace, id, scopes }: SecretKeyRow): SecretKeyRecord {
  return { v: 1, workspace, type: "secret", id, scopes };
}

function workspaceSettings(row: WorkspaceRow) {
  const { id, timeZone, retentionDays, jurisdiction, smallCount, gvlId } = row;
  const retentionMs = retentionDays * DAY_MS;
  const settings = { v: 1 as const, id, timeZone, retentionMs, jurisdiction, smallCount, identifiers: identifierSettings(row) };
  return { ...settings, ...(gvlId === null ? {} : { gvlId }) };
}

/** By types, as events are read. */
function identifierSettings({ identifierPriority, identifierLimits }: WorkspaceRow): IdentifierSettings {
  const priority = identifierPriority.map(identifierType);
  if (identifierLimits === null) return { priority };
  const limits = Object.entries(identifierLimits).map(([kind, stated]): readonly [string, IdentifierLimit] => {
    if (typeof stated === "number") return [identifierType(kind), { most: stated }];
    const within = parseDuration(stated.within);
    return [identifierType(kind), { most: stated.most, ...(within.ok ? { withinMs: within.value } : {}) }];
  });
  return { priority, limits: Object.fromEntries(limits) };
}
