import { rankOf } from "./rank.ts";
import type { HashedIdentifier, ProfileId } from "./ids.ts";

/** How many identifiers of a kind one person may have. */
export interface IdentifierLimit {
  readonly most: number;
  /** Only those count that were used so lately, ms; all of them where it is absent. */
  readonly withinMs?: number;
}

/** By type of identifier. */
export type IdentifierLimits = Readonly<Record<string, IdentifierLimit>>;

/** What a workspace says of its identifiers; types as `Identifier` has them. */
export interface IdentifierSettings {
  /** The strongest first. */
  readonly priority?: readonly string[];
  /** Of the kinds that have another limit than usual. */
  readonly limits?: IdentifierLimits;
}

/** Without a word of the workspace an e-mail goes before what a shop has given out. */
const USUAL_PRIORITY: readonly string[] = ["userId", "emailSha256", "phone"];

/** Orders types of identifiers, the strongest first: by rank, of equal ones as the workspace says, what it does not name after what it does. */
export function byStrength(priority = USUAL_PRIORITY): (one: Typed, other: Typed) => number {
  const places = new Map(priority.map((type, place) => [type, place]));
  const placeOf = ({ type }: Typed): number => places.get(type) ?? places.size;
  return (one, other) => rankOf(other) - rankOf(one) || placeOf(one) - placeOf(other);
}

type Typed = Pick<HashedIdentifier, "type">;

/** Orders the identifiers of one call by strength, those of equal strength by name. */
export function byPriority(priority?: readonly string[]): (one: HashedIdentifier, other: HashedIdentifier) => number {
  const strength = byStrength(priority);
  return (one, other) => strength(one, other) || compareNames(one.hash, other.hash);
}

function compareNames(one: ProfileId, other: ProfileId): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The type that a kind is kept as, by the names that events have for it: `email`, `loyalty`, and as we show it, `ext:loyalty`. */
export function identifierType(kind: string): string {
  if (kind === "email") return "emailSha256";
  return ["userId", "anonymousId", "emailSha256", "phone"].includes(kind) || kind.startsWith("ext:") ? kind : `ext:${kind}`;
}
