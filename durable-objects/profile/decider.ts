import { forbidsProfile, NOTHING_ALLOWED, strictest } from "../../core/consent/consent.ts";
import type { Asked, HouseholdSaid } from "../../core/decide/choose.ts";
import type { Reservation } from "../../core/model/campaign.ts";
import type { Consent } from "../../core/model/consent.ts";
import type { DecideEnvelope, DecideReply } from "../../core/model/envelope.ts";
import type { Standing } from "../../core/profile/delivery.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import { HouseholdRoom, withHousehold } from "../household/room.ts";
import { learntIn } from "../ruleset/learnt.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";
import { decidedAt, decidedOf, decidedOfNobody, decidedWithoutConsent, isBeforeHorizon, membershipOf } from "./decided.ts";
import { isPointer, type Holding } from "./holding.ts";
import { addresseeOf, fillPlacements, type Filled } from "./placements.ts";
import { encodeDecided, encodeReply } from "./reply.ts";

/** Makes room under caps durable. */
type Reserve = (memory: LiveProfile, reservations: readonly Reservation[]) => void;

/** Answers what is asked of one profile, and keeps the text of the usual answer while it stands. */
export class Decider {
  /** The reply parts that stay the same until a membership changes. */
  #last:
    | { readonly standing: Standing; readonly version: number; readonly consent: Consent | null; readonly text: string }
    | undefined;

  readonly #env: Env;
  readonly #holding: Holding;
  readonly #reserve: Reserve;

  constructor(env: Env, holding: Holding, reserve: Reserve) {
    this.#env = env;
    this.#holding = holding;
    this.#reserve = reserve;
  }

  /** As `ProfileObject.decide`; waits for nobody but for a household that has a say. */
  async decide(envelope: DecideEnvelope, loaded: LoadedRuleset): Promise<DecideReply> {
    let room: HouseholdRoom | undefined;
    for (;;) {
      const memory = this.#holding.wake(envelope);
      if (isPointer(memory)) return `@${memory.to}`;
      if (envelope.via !== undefined && memory?.head.left?.includes(envelope.via) === true) return "!moved";
      const at = memory?.tie.at ?? null;
      room ??= at === null ? undefined : new HouseholdRoom(this.#env, at);
      const answer = this.#answer(envelope, memory, loaded, Date.now(), room);
      if (typeof answer === "string") return withHousehold(answer, at, envelope, room?.hops ?? 0);
      // While it is asked anything may happen here: what was chosen is looked at again.
      await room?.ask(envelope, answer, envelope.placements?.deadline ?? 0);
    }
  }

  /** @param household what it has said in this call so far @returns what it must be asked first, where that is anything */
  #answer(
    envelope: DecideEnvelope,
    memory: LiveProfile | null,
    loaded: LoadedRuleset,
    present: number,
    household: HouseholdSaid | undefined,
  ): DecideReply | readonly Asked[] {
    const now = Math.max(present, memory?.clock ?? 0);
    const asOf = envelope.at ?? now;
    if (memory === null) {
      const filled = this.#fill(envelope, null, envelope.consent ?? {}, loaded, now);
      return encodeReply(asOf, encodeDecided(decidedOfNobody(envelope, loaded), filled));
    }
    const stored = memory.head.consent;
    const consent = strictest(stored ?? {}, envelope.consent ?? {});
    if (forbidsProfile(consent)) {
      const filled = this.#fill(envelope, null, NOTHING_ALLOWED, loaded, now);
      return encodeReply(asOf, encodeDecided(decidedWithoutConsent(loaded), filled));
    }
    if (envelope.at !== undefined) {
      if (isBeforeHorizon(envelope.at, now, envelope)) return "!at_before_horizon";
      return encodeReply(asOf, encodeDecided(decidedAt(envelope, memory, loaded, consent, envelope.at, now)));
    }
    const standing = memory.stand(loaded.version, loaded.rules, now);
    const usual =
      envelope.audiences &&
      !envelope.traits &&
      !envelope.explain &&
      !envelope.membership &&
      !envelope.placements &&
      envelope.consent === undefined;
    const last = this.#last;
    const same = last?.standing === standing && last.version === loaded.version && last.consent === stored;
    if (usual && same) return encodeReply(now, last.text);
    const filled = this.#fill(envelope, memory, consent, loaded, now, household);
    if (filled !== undefined && filled.asks.length > 0) return filled.asks;
    if (filled !== undefined && filled.reserve.length > 0) this.#reserve(memory, filled.reserve);
    const decided = decidedOf(envelope, memory, loaded, consent, { ...standing, now, present: now });
    const membership = envelope.membership === true ? { membership: membershipOf(memory, loaded, standing, now) } : {};
    const text = encodeDecided({ ...decided, ...membership }, filled);
    if (usual) this.#last = { standing, version: loaded.version, consent: stored, text };
    return encodeReply(now, text);
  }

  /** @returns undefined where no placement was asked for */
  #fill(
    envelope: DecideEnvelope,
    profile: LiveProfile | null,
    consent: Consent,
    loaded: LoadedRuleset,
    now: number,
    household?: HouseholdSaid,
  ): Filled | undefined {
    const { name, placements } = envelope;
    if (placements === undefined) return undefined;
    const keys = profile === null ? loaded.ofNobody(name) : profile.stand(loaded.version, loaded.rules, now).keys;
    const addressee = addresseeOf(envelope, profile, keys, consent, household, now);
    const { workspace } = envelope;
    const learnt = loaded.book.learns ? learntIn(this.#env.PUBLISHED, workspace, now, (work) => void work) : undefined;
    return fillPlacements(this.#env.NAME_KEY, loaded, placements, addressee, now, learnt);
  }
}
