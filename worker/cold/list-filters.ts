import { readListFilter, type ListFilter } from "../../core/identity/list-filter.ts";
import { filterObjectKey } from "../../durable-objects/list/stub.ts";
import { reaching } from "../wire/unavailable.ts";

/** Filters of this isolate: 128 MB is all it has, and one of a million entries takes 1.8. */
const MOST_BYTES = 24_000_000;
const held = new Map<string, ListFilter>();

/**
 * A list's filter of names, which never changes under its version.
 * @returns undefined where it is no longer there: then the list itself must be asked
 * @throws Unavailable
 */
export async function listFilterOf(
  bucket: R2Bucket,
  workspace: string,
  list: string,
  version: number,
): Promise<ListFilter | undefined> {
  const key = filterObjectKey({ workspace, list }, version, "names");
  const known = held.get(key);
  if (known !== undefined) return known;
  const bytes = await reaching("R2", async () => (await bucket.get(key))?.arrayBuffer());
  const filter = bytes === undefined ? undefined : readListFilter(new Uint8Array(bytes));
  if (filter !== undefined) hold(key, filter);
  return filter;
}

/** The one longest in it leaves first. */
function hold(key: string, filter: ListFilter): void {
  held.set(key, filter);
  let bytes = [...held.values()].reduce((sum, one) => sum + one.bytes, 0);
  for (const [oldest, one] of held) {
    if (bytes <= MOST_BYTES || oldest === key) return;
    held.delete(oldest);
    bytes -= one.bytes;
  }
}
