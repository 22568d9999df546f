import { measure, newListFilter, NOMINAL_RATE, Strangers, type ListFilter } from "../../core/identity/list-filter.ts";
import type { FilterView, ListCall } from "./calls.ts";
import { hexOf, type ListStore } from "./store.ts";
import { filterObjectKey } from "./stub.ts";

/** Entries, and probes, between two breaths: calls that came meanwhile are answered. */
const PAGE = 5_000;
/** Enough probes for a rate within a fifth of the nominal one (five deviations at 10,000 members); fewer where the list is so small that its bits are few. */
const LEAST_PROBES = 10_000;
const PROBES_A_MEMBER = 60;
const MOST_PROBES = 1_000_000;

export interface BuiltFilters {
  readonly names: ListFilter;
  readonly tags: ListFilter;
  readonly view: FilterView;
}

/**
 * Builds both filters over who is on the list: by name for ourselves, by tag for partners. What the list comes to meanwhile
 * is not there yet: only jobs change it, and a job is what this is part of.
 */
export async function buildFilters(store: ListStore, list: string, version: number): Promise<BuiltFilters> {
  const members = store.count();
  const names = newListFilter({ list, version, of: "names", members });
  const tags = newListFilter({ list, version, of: "tags", members });
  let after = "";
  for (;;) {
    const page = store.members(after, PAGE);
    for (const { hash, tag } of page) {
      names.add(hash);
      tags.add(tag);
    }
    if (page.length < PAGE) break;
    after = hexOf(page.at(-1));
    await breath();
  }
  return { names, tags, view: await measured(tags, version, members) };
}

/** The rate is measured on the filter that partners get; the other is of the same size and make. */
async function measured(tags: ListFilter, version: number, members: number): Promise<FilterView> {
  const wanted = Math.min(MOST_PROBES, Math.max(LEAST_PROBES, PROBES_A_MEMBER * members));
  const strangers = new Strangers(version);
  let positives = 0;
  for (let probes = 0; probes < wanted; probes += PAGE) {
    positives += measure(tags, strangers, Math.min(PAGE, wanted - probes)).positives;
    await breath();
  }
  return { version, members, bytes: tags.bytes, nominalRate: NOMINAL_RATE, probes: wanted, positives };
}

export async function publishFilters(
  bucket: R2Bucket,
  home: ListCall,
  version: number,
  { names, tags }: BuiltFilters,
): Promise<void> {
  await bucket.put(filterObjectKey(home, version, "names"), names.encode());
  await bucket.put(filterObjectKey(home, version, "tags"), tags.encode());
}

/** Removes what nobody reads any more; who still does finds nothing and asks the list itself. */
export async function retireFilters(bucket: R2Bucket, home: ListCall, version: number): Promise<void> {
  const old = await bucket.list({ prefix: filterObjectKey(home, 0, "names").replace("0-names.bloom", "") });
  const keys = old.objects.map(({ key }) => key).filter((key) => Number(/\/(\d+)-[^/]*$/.exec(key)?.[1]) <= version - 1);
  if (keys.length > 0) await bucket.delete(keys);
}

function breath(): Promise<void> {
  return scheduler.wait(0);
}
