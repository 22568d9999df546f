import type { Outcomes } from "../../core/decide/thompson.ts";
import { BoundedMap } from "../../core/model/bounded-map.ts";

/** What campaigns brought about, as the cold path publishes it for those that learn: by campaign and creative, how often it was shown and how often its goal was reached. */
export interface PublishedOutcomes {
  readonly v: 1;
  readonly campaigns: Readonly<Record<string, Readonly<Record<string, readonly [shown: number, converted: number]>>>>;
}

/** Where in the bucket `PUBLISHED` it lies. */
export function outcomesObjectKey(workspace: string): string {
  return `outcomes/${workspace}.json`;
}

/** What is known is read anew after this, ms: a campaign learns over days. */
const FRESH_MS = 30_000;

interface Held {
  readonly readAt: number;
  readonly campaigns: ReadonlyMap<string, ReadonlyMap<string, Outcomes>>;
}

const held = new BoundedMap<string, Held>(200);

/** What is learnt in a workspace, as far as this isolate knows: nothing at first. It is read behind the answer, which waits for nothing. */
export function learntIn(
  bucket: R2Bucket,
  workspace: string,
  now: number,
  behind: (work: Promise<unknown>) => void,
): (campaign: string) => ReadonlyMap<string, Outcomes> | undefined {
  const known = held.get(workspace);
  if (known === undefined || now - known.readAt > FRESH_MS) behind(read(bucket, workspace, now).catch(() => undefined));
  return (campaign) => held.get(workspace)?.campaigns.get(campaign);
}

async function read(bucket: R2Bucket, workspace: string, readAt: number): Promise<void> {
  const object = await bucket.get(outcomesObjectKey(workspace));
  const published: PublishedOutcomes = object === null ? { v: 1, campaigns: {} } : await object.json();
  const campaigns = Object.entries(published.campaigns).map(([campaign, creatives]) => {
    const outcomes = Object.entries(creatives).map(([creative, [shown, converted]]) => [creative, { shown, converted }] as const);
    return [campaign, new Map(outcomes)] as const;
  });
  held.put(workspace, { readAt, campaigns: new Map(campaigns) });
}
