import { createHmac } from "node:crypto";
import { fail, ok, type Result } from "../../core/model/result.ts";
import { Unavailable } from "../wire/unavailable.ts";
import type { UserTokenKey, WorkspaceRecord } from "./records.ts";
import { readWorkspaceRecord, updateWorkspaceRecord } from "./workspace-record.ts";

/**
 * Keys of user tokens, in the workspace's record alone: the data plane has that at hand with every call, whether D1 is up or
 * not, and forgets a key with it. Each call carries the record, so they are few.
 */
export const MOST_USER_TOKEN_KEYS = 10;

/**
 * The secret of an HS256 key: derived, not stored, so that it is in no record, row or backup. A kid is random and never comes
 * again, so one that was withdrawn stays so. Four parts: a name of an object (`profileName`) is made of three under the same key.
 */
export function userTokenSecret(nameKey: string, workspace: string, kid: string): string {
  return createHmac("sha256", nameKey)
    .update(JSON.stringify(["user token", "HS256", workspace, kid]))
    .digest("base64url");
}

/** The keys that hold now, read from R2. @throws Unavailable */
export async function listUserTokenKeys(bucket: R2Bucket, workspace: string): Promise<readonly UserTokenKey[]> {
  return (await readWorkspaceRecord(bucket, workspace))?.userTokenKeys ?? [];
}

/** @throws Unavailable */
export async function addUserTokenKey(
  bucket: R2Bucket,
  workspace: string,
  key: UserTokenKey,
): Promise<Result<WorkspaceRecord, "too_many_keys">> {
  const record = await change(bucket, workspace, (keys) => (keys.length < MOST_USER_TOKEN_KEYS ? [...keys, key] : keys));
  return holds(record, key.kid) ? ok(record) : fail("too_many_keys");
}

/** @throws Unavailable */
export function removeUserTokenKey(bucket: R2Bucket, workspace: string, kid: string): Promise<WorkspaceRecord> {
  return change(bucket, workspace, (keys) => keys.filter((key) => key.kid !== kid));
}

function change(
  bucket: R2Bucket,
  workspace: string,
  next: (keys: readonly UserTokenKey[]) => readonly UserTokenKey[],
): Promise<WorkspaceRecord> {
  return updateWorkspaceRecord(bucket, workspace, (record) => {
    if (record === undefined) throw new Unavailable("a workspace whose key is live has no record");
    return { ...record, userTokenKeys: next(record.userTokenKeys ?? []) };
  });
}

function holds({ userTokenKeys = [] }: WorkspaceRecord, kid: string): boolean {
  return userTokenKeys.some((key) => key.kid === kid);
}
