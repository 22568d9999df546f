import { BROWSER_COOKIE, isCookie, type HashedIdentifier, type ProfileId } from "../model/ids.ts";
import { rankOf } from "../model/rank.ts";
import type { IdentifierLimit, IdentifierLimits } from "../model/identifier-settings.ts";

const DAY_MS = 86_400_000;

/** Of what is one person's, as an e-mail, a phone or a card: ten of a kind, for ever. */
const OF_A_PERSON: IdentifierLimit = { most: 10 };
/** Browsers empty their storage and come back under another name: twenty that were used within a week. */
const OF_A_DEVICE: IdentifierLimit = { most: 20, withinMs: 7 * DAY_MS };

/** The kind that an identifier counts as: a cookie that names a browser is one; one that names a person has no kind of its own. */
function kindOf(identifier: HashedIdentifier): string | undefined {
  if (identifier.type === BROWSER_COOKIE) return "anonymousId";
  return isCookie(identifier) || rankOf(identifier) === 3 ? undefined : identifier.type;
}

/** How many of its kind one person may have; undefined for what has no limit here: of users there is one, and only an `alias` says otherwise. */
export function limitOf(identifier: HashedIdentifier, limits: IdentifierLimits | undefined): IdentifierLimit | undefined {
  const kind = kindOf(identifier);
  if (kind === undefined) return undefined;
  const said = limits !== undefined && Object.hasOwn(limits, kind) ? limits[kind] : undefined;
  return said ?? (rankOf(identifier) === 1 ? OF_A_DEVICE : OF_A_PERSON);
}

/** A kind of which there would be too many. */
export interface Excess {
  readonly kind: string;
  readonly limit: IdentifierLimit;
  /** Of this kind, all there would be. */
  readonly of: readonly HashedIdentifier[];
}

/**
 * What a person would have too many of, if all of these were theirs. An identifier counts once, by whatever ways it is listed.
 * @param coming those that are not theirs yet: a kind of which none comes is not looked at, whatever limit was lowered since
 */
export function excessOf(
  held: readonly HashedIdentifier[],
  coming: readonly HashedIdentifier[],
  limits: IdentifierLimits | undefined,
): readonly Excess[] {
  const byKind = new Map<string, { readonly limit: IdentifierLimit; readonly of: Map<ProfileId, HashedIdentifier> }>();
  const heldHashes = new Set(held.map(({ hash }) => hash));
  const note = (identifier: HashedIdentifier): void => {
    const [kind, limit] = [kindOf(identifier), limitOf(identifier, limits)];
    if (kind === undefined || limit === undefined) return;
    const noted = byKind.get(kind) ?? { limit, of: new Map() };
    byKind.set(kind, noted);
    noted.of.set(identifier.hash, identifier);
  };
  for (const identifier of coming) note(identifier);
  const kinds = new Set(coming.filter(({ hash }) => !heldHashes.has(hash)).flatMap((one) => kindOf(one) ?? []));
  for (const identifier of held) note(identifier);
  return [...byKind].flatMap(([kind, { limit, of }]) =>
    kinds.has(kind) && of.size > limit.most ? [{ kind, limit, of: [...of.values()] }] : [],
  );
}
