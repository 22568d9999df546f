import { deniedPurposes } from "../../core/consent/consent.ts";
import type { Consent } from "../../core/model/consent.ts";
import { exposureOf } from "../../core/decide/exposures.ts";
import { SHOWN_FACTS, type Arm } from "../../core/model/campaign.ts";
import type { DecideEnvelope, Membership } from "../../core/model/envelope.ts";
import type { Standing } from "../../core/profile/delivery.ts";
import { explainAt } from "../../core/profile/explain.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import { membershipsAt } from "../../core/profile/memberships.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";
import { shownTree, type Decided } from "./reply.ts";

/** What was found of a person at an instant. */
interface Found {
  readonly keys: readonly string[];
  readonly nextChange: number;
  /** ms; `present` is the profile's clock, which what is retained counts from. */
  readonly now: number;
  readonly present: number;
}

/** What a decision says of a person: as much as was asked for, and as consent allows. */
export function decidedOf(
  asked: DecideEnvelope,
  profile: LiveProfile,
  loaded: LoadedRuleset,
  consent: Consent,
  found: Found,
): Decided {
  const { keys, nextChange, now } = found;
  return {
    ruleset: loaded.version,
    known: true,
    profileId: asked.name,
    ...(asked.audiences ? { audiences: allowedAudiences(keys, loaded, consent) } : {}),
    ...(asked.traits ? { traits: profile.history.traitsAt(now, loaded.rules.golden) } : {}),
    ...(asked.explain ? { explain: explained(profile, loaded, found) } : {}),
    nextChange,
  };
}

/** As `decidedOf` for another instant, past or future, over what the journal holds. */
export function decidedAt(
  asked: DecideEnvelope,
  profile: LiveProfile,
  loaded: LoadedRuleset,
  consent: Consent,
  at: number,
  present: number,
): Decided {
  const { keys, nextChange } = membershipsAt(loaded.rules, profile.history, { now: at, present });
  return decidedOf(asked, profile, loaded, consent, { keys, nextChange, now: at, present });
}

/** What a browser may be decided by for a while: no more of it than public decisions need. */
export function membershipOf(
  profile: LiveProfile,
  loaded: LoadedRuleset,
  { keys, nextChange }: Standing,
  now: number,
): Membership {
  const shown: Record<string, readonly [string, Arm]> = {};
  for (const impression of profile.history.named(SHOWN_FACTS.impression)) {
    const exposure = exposureOf(impression);
    if (exposure === undefined || exposure.time > now || !loaded.book.has(exposure.campaign)) continue;
    shown[exposure.campaign] ??= [exposure.creative, exposure.arm];
  }
  return {
    audiences: keys.filter((key) => loaded.audiences.get(key)?.visibility === "public" || loaded.book.names(key)),
    shown,
    denied: deniedPurposes(profile.head.consent ?? {}),
    until: nextChange === Infinity ? null : nextChange,
  };
}

/** Of somebody unknown, in the same shape: the audiences are those true of an empty log. */
export function decidedOfNobody(asked: DecideEnvelope, loaded: LoadedRuleset): Decided {
  const audiences = asked.audiences
    ? { audiences: allowedAudiences(loaded.ofNobody(asked.name), loaded, asked.consent ?? {}) }
    : {};
  return { ruleset: loaded.version, known: false, ...audiences, nextChange: Infinity };
}

/** Of somebody who said no: nothing, not even that they are known. */
export function decidedWithoutConsent(loaded: LoadedRuleset): Decided {
  return { ruleset: loaded.version, known: false, audiences: [], reason: "NO_CONSENT", nextChange: Infinity };
}

/** Audiences that may be told under this consent: each carries the purpose it is for. */
function allowedAudiences(keys: readonly string[], loaded: LoadedRuleset, consent: Consent): readonly string[] {
  const denied = deniedPurposes(consent);
  if (denied.length === 0) return loaded.hasOwnAudiences ? keys.filter((key) => loaded.audiences.has(key)) : keys;
  return keys.filter((key) => {
    const purpose = loaded.audiences.get(key)?.purpose;
    return purpose !== undefined && !denied.includes(purpose);
  });
}

function explained(profile: LiveProfile, loaded: LoadedRuleset, instant: Found): Readonly<Record<string, object>> {
  const trees = [...loaded.audiences.keys()].map((key) => [
    key,
    shownTree(explainAt(loaded.rules, profile.history, key, instant)),
  ]);
  return Object.fromEntries(trees) as Readonly<Record<string, object>>;
}

/** At or before it the log is no longer whole, so there is no answer. */
export function isBeforeHorizon(at: number, present: number, { retentionMs }: Pick<DecideEnvelope, "retentionMs">): boolean {
  return at <= present - retentionMs;
}
