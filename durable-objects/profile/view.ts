import type { ProfileId } from "../../core/model/ids.ts";
import { explainAt } from "../../core/profile/explain.ts";
import { goldenView, type GivenValue } from "../../core/profile/golden-view.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";
import { isoOrNull } from "./reply.ts";

/** A person as `GET /api/profiles/:id` shows them. Without a ruleset (it cannot be read now) no audience is shown, and of each trait the latest value. */
export function profileView(name: ProfileId, profile: LiveProfile, loaded: LoadedRuleset | undefined, now: number): object {
  const { head } = profile;
  return {
    profileId: name,
    kind: head.isShared === true ? "shared" : "person",
    firstSeen: isoOrNull(head.firstSeen),
    lastSeen: isoOrNull(head.lastSeen),
    identifiers: head.identifiers,
    traits: profile.history.traitsAt(now, loaded?.rules.golden),
    golden: loaded === undefined ? {} : goldenTraits(profile, loaded, now),
    audiences: loaded === undefined ? [] : membershipViews(profile, loaded, now),
    consent: head.consent ?? {},
    household: profile.tie.at === null ? null : { id: profile.tie.at, since: isoOrNull(profile.tie.since) },
  };
}

/** Of each trait which value won, and what lost; instants as everywhere on the wire. */
function goldenTraits(profile: LiveProfile, loaded: LoadedRuleset, now: number): object {
  const shown = (given: GivenValue): object => ({ ...given, time: isoOrNull(given.time) });
  const traits = Object.entries(goldenView(profile.history, loaded.rules.golden, now));
  return Object.fromEntries(
    traits.map(([trait, { policy, winner, others }]) => [
      trait,
      { policy, winner: winner && shown(winner), others: others.map(shown) },
    ]),
  );
}

function membershipViews(profile: LiveProfile, loaded: LoadedRuleset, now: number): object[] {
  const keys = profile
    .memberships(loaded.version, loaded.rules, now)
    .keys()
    .filter((key) => loaded.audiences.has(key));
  return keys.map((key) => {
    const until = explainAt(loaded.rules, profile.history, key, { now, present: now }).nextChange;
    const name = loaded.audiences.get(key)?.name ?? key;
    return { key, name, since: isoOrNull(profile.since(key) ?? Infinity), until: until === null ? null : isoOrNull(until) };
  });
}
