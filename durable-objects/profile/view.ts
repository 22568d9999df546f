import type { ProfileId } from "../../core/model/ids.ts";
import { explainAt } from "../../core/profile/explain.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";
import { isoOrNull } from "./reply.ts";

/** A person as `GET /api/profiles/:id` shows them. Without a ruleset (it cannot be read now) no audience is shown. */
export function profileView(name: ProfileId, profile: LiveProfile, loaded: LoadedRuleset | undefined, now: number): object {
  const { head } = profile;
  return {
    profileId: name,
    kind: head.isShared === true ? "shared" : "person",
    firstSeen: isoOrNull(head.firstSeen),
    lastSeen: isoOrNull(head.lastSeen),
    identifiers: head.identifiers,
    traits: profile.history.traitsAt(now),
    audiences: loaded === undefined ? [] : membershipViews(profile, loaded, now),
    consent: head.consent ?? {},
    household: null,
  };
}

function membershipViews(profile: LiveProfile, loaded: LoadedRuleset, now: number): object[] {
  const keys = profile.memberships(loaded.version, loaded.rules, now).keys();
  return keys.map((key) => {
    const until = explainAt(loaded.rules, profile.history, key, { now, present: now }).nextChange;
    return { key, since: isoOrNull(profile.since(key) ?? Infinity), until: until === null ? null : isoOrNull(until) };
  });
}
