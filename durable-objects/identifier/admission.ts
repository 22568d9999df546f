import type { AdmitEnvelope, LinkItem } from "../../core/model/envelope.ts";
import type { HashedIdentifier, ProfileId } from "../../core/model/ids.ts";
import type { IdentifierLimit } from "../../core/model/identifier-settings.ts";
import { rankOf } from "../../core/model/rank.ts";
import { excessOf, limitOf, type Excess } from "../../core/identity/limits.ts";
import type { Home } from "../../core/profile/head.ts";
import { eventsAmong } from "../../core/profile/journal.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import { keepRejected } from "../quarantine/stub.ts";
import { followed, profileStub } from "../profile/stub.ts";
import { callFrom, home, personOf } from "./pointer.ts";

/**
 * Limits of identifiers (docs/decisions/094): asked once, where a link is first made, of the person whom it leads to. That one
 * counts those it lists; only where they seem too many does it read which of them are used of late, and ask each where it leads.
 */

/** What a person that is asked finds. */
export interface Admission {
  /** What there would be too many of; undefined where there is room. */
  readonly excess: Excess | undefined;
  /** Identifiers that are listed here and lead elsewhere, as was found by the way. */
  readonly elsewhere: readonly ProfileId[];
}

/** @param expected those that were admitted and have not come yet */
export async function admissionOf(
  env: Env,
  person: LiveProfile,
  expected: readonly HashedIdentifier[],
  { identifier, identifiers, limits }: AdmitEnvelope,
  now: number,
): Promise<Admission> {
  const { left = [] } = person.head;
  const held = [...person.head.identifiers, ...expected].filter(({ hash }) => hash !== identifier && !left.includes(hash));
  const elsewhere: ProfileId[] = [];
  const isInUse = usedOf(person, now);
  for (const excess of excessOf(held, identifiers, limits)) {
    const { kind, limit } = excess;
    const isComing = (hash: ProfileId): boolean => identifiers.some((one) => one.hash === hash);
    const of = excess.of.filter(({ hash }) => isComing(hash) || isInUse(hash, limit));
    if (of.length <= limit.most) continue;
    const asked = await Promise.all(
      of.map(async (one) => ({ one, at: (await personOf(env, person.head, { hash: one.hash, rank: rankOf(one) })).hash })),
    );
    const awaited = new Set([...identifiers, ...expected].map(({ hash }) => hash));
    const here = asked.filter(
      ({ one: { hash }, at }) =>
        hash === identifier || at === person.profileId || at === identifier || (at === hash && awaited.has(hash)),
    );
    // What is its own profile may be about to lead here.
    elsewhere.push(...asked.filter((one) => !here.includes(one) && one.at !== one.one.hash).map(({ one }) => one.hash));
    if (here.length > limit.most) return { excess: { kind, limit, of: here.map(({ one }) => one) }, elsewhere };
  }
  return { excess: undefined, elsewhere };
}

/** When an event last came by each identifier, or bore it, ms. */
function lastUses(profile: LiveProfile): ReadonlyMap<ProfileId, number> {
  const last = new Map<ProfileId, number>();
  for (const { event } of eventsAmong(profile.records())) {
    for (const { hash } of [event.origin, ...(event.with ?? [])]) last.set(hash, Math.max(last.get(hash) ?? 0, event.receivedAt));
  }
  return last;
}

/** Tells whether an identifier counts under a limit: always, or where it was used so lately. The journal is read once, and only where that must be known. */
function usedOf(profile: LiveProfile, now: number): (hash: ProfileId, limit: IdentifierLimit | undefined) => boolean {
  let last: ReadonlyMap<ProfileId, number> | undefined;
  return (hash, limit) => {
    if (limit?.withinMs === undefined) return true;
    last ??= lastUses(profile);
    return (last.get(hash) ?? -Infinity) > now - limit.withinMs;
  };
}

/**
 * What comes along with an identifier that is about to lead to somebody: itself, and what is its own.
 * @param own undefined where it is nobody
 */
export function coming(
  identifier: ProfileId,
  own: LiveProfile | undefined,
  { type, limits }: LinkItem,
  now: number,
): readonly HashedIdentifier[] {
  const itself = type === undefined ? [] : [{ type, hash: identifier }];
  if (own === undefined) return itself;
  const { identifiers, left = [] } = own.head;
  const theirs = identifiers.filter((one) => !left.includes(one.hash) && (type === undefined || one.hash !== identifier));
  const all = [...itself, ...theirs];
  const isInUse = usedOf(own, now);
  return all.filter((one) => one.hash === identifier || isInUse(one.hash, limitOf(one, limits)));
}

/** Asks whom a link leads to whether there is room. @returns false where the identifier is to stay what it is */
export async function mayLead(
  env: Env,
  from: Home,
  identifier: ProfileId,
  link: LinkItem,
  identifiers: readonly HashedIdentifier[],
): Promise<boolean> {
  const { limits, again } = link;
  const answer = await followed(link.to, (of) =>
    profileStub(env, home(from), of).admit({
      ...callFrom(from, of),
      identifier,
      identifiers,
      ...(limits === undefined ? {} : { limits }),
      ...(again === undefined ? {} : { again }),
    }),
  );
  if (answer === "=" || answer === "!full") return answer === "=";
  throw new Error("who is meant by a link cannot be asked");
}

/** Reports a link that was not made, where people look for what went wrong. The event that asked for it is kept. */
export async function reportFull(env: Env, person: LiveProfile, identifier: ProfileId, { kind, limit }: Excess): Promise<void> {
  const payload = JSON.stringify({ identifier, profile: person.profileId, type: kind, limit });
  await keepRejected(env, home(person.head), [
    { source: "", messageId: null, code: "identifier_limit", at: person.clock, payload },
  ]);
}
