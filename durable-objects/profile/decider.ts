import { forbidsProfile, strictest } from "../../core/consent/consent.ts";
import type { Reservation } from "../../core/model/campaign.ts";
import type { Consent } from "../../core/model/consent.ts";
import type { DecideEnvelope, DecideReply } from "../../core/model/envelope.ts";
import type { Standing } from "../../core/profile/delivery.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";
import { decidedAt, decidedOf, decidedOfNobody, decidedWithoutConsent, isBeforeHorizon } from "./decided.ts";
import { fillPlacements, type Filled } from "./placements.ts";
import { encodeDecided, encodeReply } from "./reply.ts";

/** Answers what is asked of one profile, and keeps the text of the usual answer while it stands. */
export class Decider {
  /** The reply parts that stay the same until a membership changes. */
  #last:
    | { readonly standing: Standing; readonly version: number; readonly consent: Consent | null; readonly text: string }
    | undefined;

  /** @param reserve makes room under caps durable; what it throws, the caller hears */
  answer(
    envelope: DecideEnvelope,
    memory: LiveProfile | null,
    loaded: LoadedRuleset,
    present: number,
    reserve: (memory: LiveProfile, reservations: readonly Reservation[]) => void,
  ): DecideReply {
    const now = Math.max(present, memory?.clock ?? 0);
    const asOf = envelope.at ?? now;
    const { placements } = envelope;
    const fill = (profile: LiveProfile | null, keys: readonly string[], consent: Consent): Filled | undefined =>
      placements && fillPlacements(loaded, placements, { name: envelope.name, profile, keys, consent }, now);
    if (memory === null) {
      const filled = fill(null, placements === undefined ? [] : loaded.ofNobody(envelope.name), envelope.consent ?? {});
      return encodeReply(asOf, encodeDecided(decidedOfNobody(envelope, loaded), filled));
    }
    const stored = memory.head.consent;
    const consent = strictest(stored ?? {}, envelope.consent ?? {});
    if (forbidsProfile(consent)) {
      const nothing: Consent = { ...consent, ads: false, content: false, measurement: false };
      return encodeReply(asOf, encodeDecided(decidedWithoutConsent(loaded), fill(null, [], nothing)));
    }
    if (envelope.at !== undefined) {
      if (isBeforeHorizon(envelope.at, now, envelope)) return "!at_before_horizon";
      return encodeReply(asOf, encodeDecided(decidedAt(envelope, memory, loaded, consent, envelope.at, now)));
    }
    const standing = memory.stand(loaded.version, loaded.rules, now);
    if (placements !== undefined) {
      const filled = fill(memory, standing.keys, consent);
      if (filled !== undefined && filled.reserve.length > 0) reserve(memory, filled.reserve);
      return encodeReply(
        now,
        encodeDecided(decidedOf(envelope, memory, loaded, consent, { ...standing, now, present: now }), filled),
      );
    }
    const usual = envelope.audiences && !envelope.traits && !envelope.explain && envelope.consent === undefined;
    const last = this.#last;
    const same = last?.standing === standing && last.version === loaded.version && last.consent === stored;
    if (usual && same) return encodeReply(now, last.text);
    const text = encodeDecided(decidedOf(envelope, memory, loaded, consent, { ...standing, now, present: now }));
    if (usual) this.#last = { standing, version: loaded.version, consent: stored, text };
    return encodeReply(now, text);
  }
}
