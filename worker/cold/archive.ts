import { reaching } from "../wire/unavailable.ts";
import { instantOfKey, keyBefore, readArchive, writeArchive, type ArchiveGroup } from "./archive-format.ts";
import { readRecords } from "./apply.ts";
import { isEvent } from "../../core/model/outbox.ts";

/**
 * Writes what is new of a batch as one object. It comes before the index: what is cut off between is archived again, in
 * this object or another, and a restore knows records by their profile, epoch and sequence, and events by their ids.
 * @returns the instant in its key, ms
 * @throws Unavailable
 */
export async function archive(bucket: R2Bucket, workspace: string, groups: readonly ArchiveGroup[]): Promise<number> {
  const object = writeArchive(workspace, groups, newestOf(groups));
  await reaching("R2", () => bucket.put(object.key, object.bytes, { httpMetadata: { contentType: "application/gzip" } }));
  return object.at;
}

/** A page of the keys of a workspace, oldest first. @param after the last key of the page before */
export async function archiveKeys(
  bucket: R2Bucket,
  workspace: string,
  page: { readonly after?: string; readonly limit: number; readonly from?: number | null; readonly to?: number | null },
): Promise<{ readonly keys: readonly string[]; readonly more: boolean }> {
  const startAfter = page.after ?? (page.from === undefined || page.from === null ? undefined : keyBefore(workspace, page.from));
  const listed = await reaching("R2", () =>
    bucket.list({ prefix: `${workspace}/`, limit: page.limit, ...(startAfter === undefined ? {} : { startAfter }) }),
  );
  const until = page.to ?? Number.POSITIVE_INFINITY;
  const keys = listed.objects.map(({ key }) => key).filter((key) => (instantOfKey(key) ?? 0) <= until);
  return { keys, more: listed.truncated && keys.length === listed.objects.length };
}

/** The groups of an object; none where it is gone. @throws Unavailable, or an error for an object that cannot be read */
export async function archived(bucket: R2Bucket, workspace: string, key: string): Promise<readonly ArchiveGroup[]> {
  const bytes = await reaching("R2", async () => (await bucket.get(key))?.arrayBuffer());
  return bytes === undefined ? [] : readArchive(new Uint8Array(bytes), workspace);
}

function newestOf(groups: readonly ArchiveGroup[]): number {
  let newest = 0;
  for (const { records } of groups) {
    for (const record of readRecords(records) ?? []) newest = Math.max(newest, isEvent(record) ? record.receivedAt : record.at);
  }
  return newest;
}
