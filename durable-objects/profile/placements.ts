import { choose, type Choice } from "../../core/decide/choose.ts";
import { deniedPurposes } from "../../core/consent/consent.ts";
import { SHOWN_FACTS, type Reservation } from "../../core/model/campaign.ts";
import type { Consent } from "../../core/model/consent.ts";
import type { PlacementsAsked } from "../../core/model/envelope.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import { countUntil } from "../../core/model/log.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";

/** What the placements that were asked for are filled with. */
export interface Filled {
  /** Members of the reply, as JSON. */
  readonly text: string;
  /** Room that must be durable before the answer leaves. */
  readonly reserve: readonly Reservation[];
  /** ms: no later than the first instant at which time alone changes what was chosen. */
  readonly until: number;
}

/** For whom, and under what. */
export interface Audience {
  readonly name: ProfileId;
  /** Null where nobody is known by that name. */
  readonly profile: LiveProfile | null;
  /** Keys of the audiences they are in. */
  readonly keys: readonly string[];
  readonly consent: Consent;
}

/** Fills each placement by itself; one that nobody published is not answered. Changes nothing: see `reserve`. */
export function fillPlacements(loaded: LoadedRuleset, asked: PlacementsAsked, of: Audience, now: number): Filled {
  const { book } = loaded;
  const { profile, consent } = of;
  const members = new Set(of.keys);
  let impressions: ReturnType<typeof impressionsOf> | undefined;
  const viewer = {
    profileId: of.name,
    isIn: (audience: string) => members.has(audience),
    denied: deniedPurposes(consent),
    purposeOf: (audience: string) => loaded.audiences.get(audience)?.purpose,
    // Read where a campaign asks: most decisions of an evicted person need the head alone.
    get impressions() {
      return (impressions ??= impressionsOf(profile, now));
    },
    reservations: profile?.reservedAt(now) ?? [],
    canReserve: profile !== null && now <= asked.deadline,
  };
  const reserve: Reservation[] = [];
  const filled: Record<string, object> = {};
  const trace: object[] = [];
  let until = Infinity;
  for (const placement of new Set(asked.keys)) {
    const slot = book.slot(placement);
    if (slot === undefined) continue;
    const choice = choose(book, slot, viewer, { decision: asked.decision, placement, now });
    filled[placement] = shown(choice, slot.placement.default);
    until = Math.min(until, choice.until);
    if (choice.reserve !== undefined) reserve.push(choice.reserve);
    for (const considered of choice.trace) trace.push({ placement, ...considered });
  }
  const text = `"placements":${JSON.stringify(filled)}${asked.trace ? `,"trace":${JSON.stringify(trace)}` : ""}`;
  return { text, reserve, until };
}

function impressionsOf(profile: LiveProfile | null, now: number) {
  const impressions = profile?.history.named(SHOWN_FACTS.impression) ?? [];
  return impressions.slice(0, countUntil(impressions, now));
}

function shown({ campaign, creative, arm, reason }: Choice, usual: unknown): object {
  const isShown = creative !== undefined && arm === "treated";
  return {
    ...(campaign === undefined ? {} : { campaign: campaign.key }),
    ...(creative === undefined ? {} : { creative: creative.key }),
    content: isShown ? creative.content : usual,
    reason,
    holdout: arm === "holdout",
    ...(isShown && creative.destination !== undefined ? { destination: creative.destination } : {}),
  };
}
