import type { AuditEntry } from "./audit.ts";
import { database, newEtag, type Stores } from "./database.ts";
import { publishSecretKey, publishSource, publishWorkspace } from "./published.ts";
import { hashKey, type Scope, type SourceRecord } from "./records.ts";
import { insertSecretKey } from "./secret-keys.ts";
import { sourceStore } from "./sources.ts";
import { readWorkspaceRecord } from "./workspace-record.ts";
import { insertWorkspaceRow } from "./workspace-rows.ts";

export interface NewSource extends SourceRecord {
  readonly name: string;
  readonly priority: number;
  readonly writeKey: string;
}

export interface NewSecretKey {
  /** Names the key in the audit log and in `DELETE /api/keys/:id`. */
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly scopes: readonly Scope[];
}

export interface NewWorkspace {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly retentionDays: number;
  readonly jurisdiction?: string;
  readonly smallCount: number;
  readonly identifierPriority?: readonly string[];
  readonly gvlId?: number;
  readonly sources: readonly NewSource[];
  readonly secretKeys: readonly NewSecretKey[];
}

/** The strongest first: what one person alone has, before what a browser or a household shares. */
export const IDENTIFIER_PRIORITY: readonly string[] = ["userId", "email", "phone", "anonymousId"];

/**
 * Makes a workspace with its sources and keys, once: the published record comes last, so that one that is seen is whole,
 * one that was cut off is finished by the next run, and what was changed since is never undone.
 */
export async function createWorkspace(stores: Stores, workspace: NewWorkspace, now: number): Promise<void> {
  const { id, name, timeZone, retentionDays, smallCount } = workspace;
  if ((await readWorkspaceRecord(stores.PUBLISHED, id)) !== undefined) return;
  const db = database(stores.DB);
  const entry = (action: string, target: string): AuditEntry => ({ workspace: id, at: now, actor: "setup", action, target });
  const times = { createdAt: now, updatedAt: now };
  await insertWorkspaceRow(
    db,
    {
      id,
      name,
      timeZone,
      retentionDays,
      smallCount,
      jurisdiction: workspace.jurisdiction ?? null,
      identifierPriority: workspace.identifierPriority ?? IDENTIFIER_PRIORITY,
      gvlId: workspace.gvlId ?? null,
      goldenRecord: null,
      identifierLimits: null,
      globalHoldout: 0,
      etag: newEtag(),
      ...times,
    },
    entry("workspace.create", `workspace:${id}`),
  );
  const sources = sourceStore(db, id);
  const makeSource = async (source: NewSource): Promise<void> => {
    await sources.insert({ workspace: id, ...source, etag: newEtag(), ...times }, entry("source.put", `source:${source.key}`));
    await publishSource(stores, id, source.key);
  };
  const makeKey = async (key: NewSecretKey): Promise<void> => {
    const row = {
      workspace: id,
      id: key.id,
      name: key.name,
      hash: hashKey(key.secret),
      scopes: key.scopes,
      createdAt: now,
      revokedAt: null,
    };
    await insertSecretKey(db, row, entry("key.create", `key:${key.id}`));
    await publishSecretKey(stores, id, key.id);
  };
  await Promise.all([...workspace.sources.map(makeSource), ...workspace.secretKeys.map(makeKey)]);
  await publishWorkspace(stores, id);
}
