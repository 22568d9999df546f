import type { PublishedAudience } from "../../durable-objects/ruleset/load.ts";

/** First-party data of OpenRTB 2.6 (3.2.21, 3.2.22): one object for our own codes, one for each taxonomy. */
export interface Data {
  /** Different for each: Prebid Server keeps what it merges by it, and fails where two are the same. */
  readonly id: string;
  readonly name: string;
  readonly segment: readonly Segment[];
  readonly ext?: { readonly segtax: number };
}

export interface Segment {
  readonly id: string;
  readonly name?: string;
}

const NAME = "tideline";

/**
 * Audiences as `user.data`. Each is there under its code; one that has a place in a taxonomy (`segtax`) there, too.
 * @param isNamed whether to say what they are called: not to pages
 */
export function userData(audiences: readonly PublishedAudience[], isNamed: boolean): readonly Data[] {
  if (audiences.length === 0) return [];
  const called = ({ name }: PublishedAudience): { readonly name?: string } => (isNamed && name !== undefined ? { name } : {});
  const own: Data = { id: NAME, name: NAME, segment: audiences.map((audience) => ({ id: audience.code, ...called(audience) })) };
  const taxonomies = new Map<number, Map<string, Segment>>();
  for (const audience of audiences) {
    for (const { segtax, id } of audience.taxonomy ?? []) {
      const places = taxonomies.get(segtax) ?? new Map<string, Segment>();
      taxonomies.set(segtax, places);
      // Two audiences may have the same place: it is said once, under the first one's name.
      if (!places.has(id)) places.set(id, { id, ...called(audience) });
    }
  }
  const mapped = [...taxonomies].map(([segtax, places]): Data => ({
    id: `${NAME}-${segtax}`,
    name: NAME,
    segment: [...places.values()],
    ext: { segtax },
  }));
  return [own, ...mapped.toSorted((one, other) => (one.ext?.segtax ?? 0) - (other.ext?.segtax ?? 0))];
}
