import { choose, type Asked, type Choice, type HouseholdSaid } from "../../core/decide/choose.ts";
import { deniedPurposes } from "../../core/consent/consent.ts";
import { SHOWN_FACTS, type Reservation } from "../../core/model/campaign.ts";
import type { Consent } from "../../core/model/consent.ts";
import type { CallEnvelope, PlacementsAsked } from "../../core/model/envelope.ts";
import type { LogEvent } from "../../core/model/event.ts";
import type { ProfileId } from "../../core/model/ids.ts";
import type { Json } from "../../core/model/json.ts";
import { countUntil } from "../../core/model/log.ts";
import type { LiveProfile } from "../../core/profile/live.ts";
import type { LoadedRuleset } from "../ruleset/load.ts";
import { sealShown } from "./shown-token.ts";

/** What the placements that were asked for are filled with. */
export interface Filled {
  /** Members of the reply, as JSON. */
  readonly text: string;
  /** Room that must be durable before the answer leaves. */
  readonly reserve: readonly Reservation[];
  /** What the household must grant first: until then nothing of this may be answered. */
  readonly asks: readonly Asked[];
  /** ms: no later than the first instant at which time alone changes what was chosen. */
  readonly until: number;
}

/** For whom, and under what. */
export interface Addressee {
  readonly workspace: string;
  readonly name: ProfileId;
  /** Keys of the audiences they are in. */
  readonly keys: readonly string[];
  readonly consent: Consent;
  /** Their `$impression` events up to now, in log order. */
  readonly impressions: readonly LogEvent[];
  /** Those that have not expired. */
  readonly reservations: readonly Reservation[];
  /** False where nothing can be written of them. */
  readonly canReserve: boolean;
  /** False where there is nobody whom an impression could be told of. */
  readonly isReached: boolean;
  /** Undefined where they are in no household. */
  readonly household: HouseholdSaid | undefined;
}

/** What campaigns that learn know by now. */
type Learnt = NonNullable<Parameters<typeof choose>[3]["learnt"]>;

/** Fills each placement by itself; one that nobody published is not answered. Changes nothing: see `reserve`. @param nameKey seals the URLs */
export function fillPlacements(
  nameKey: string,
  loaded: LoadedRuleset,
  asked: PlacementsAsked,
  of: Addressee,
  now: number,
  learnt: Learnt | undefined,
): Filled {
  const { book } = loaded;
  const { consent } = of;
  const members = new Set(of.keys);
  const viewer = {
    profileId: of.name,
    isIn: (audience: string) => members.has(audience),
    denied: deniedPurposes(consent),
    purposeOf: (audience: string) => loaded.audiences.get(audience)?.purpose,
    impressions: of.impressions,
    reservations: of.reservations,
    canReserve: of.canReserve && now <= asked.deadline,
    household: of.household,
  };
  const reserve: Reservation[] = [];
  const asks: Asked[] = [];
  const filled: Record<string, object> = {};
  const trace: object[] = [];
  let until = Infinity;
  for (const placement of new Set(asked.keys)) {
    const slot = book.slot(placement);
    if (slot === undefined) continue;
    const choice = choose(book, slot, viewer, { decision: asked.decision, placement, now, ...(learnt && { learnt }) });
    const urls = of.isReached ? urlsOf(nameKey, of, asked.decision, placement, choice, now) : {};
    filled[placement] = { ...shown(choice, slot.placement.default), ...urls };
    until = Math.min(until, choice.until);
    if (choice.reserve !== undefined) reserve.push(choice.reserve);
    if (choice.asks !== undefined) asks.push(choice.asks);
    for (const considered of choice.trace) trace.push({ placement, ...considered });
  }
  const text = `"placements":${JSON.stringify(filled)}${asked.trace ? `,"trace":${JSON.stringify(trace)}` : ""}`;
  return { text, reserve, asks, until };
}

/** A person, as what is shown to them depends on. @param profile null where nobody is known by that name: an impression is kept if they are by then */
export function addresseeOf(
  { workspace, name }: Pick<CallEnvelope, "workspace" | "name">,
  profile: LiveProfile | null,
  keys: readonly string[],
  consent: Consent,
  household: HouseholdSaid | undefined,
  now: number,
): Addressee {
  const impressions = profile?.history.named(SHOWN_FACTS.impression) ?? [];
  return {
    workspace,
    name,
    keys,
    consent,
    impressions: impressions.slice(0, countUntil(impressions, now)),
    reservations: profile?.reservedAt(now) ?? [],
    canReserve: profile !== null,
    isReached: true,
    household,
  };
}

function shown({ campaign, creative, arm, reason }: Choice, usual: Json): object {
  return {
    ...(campaign === undefined ? {} : { campaign: campaign.key }),
    ...(creative === undefined ? {} : { creative: creative.key }),
    content: creative !== undefined && arm === "treated" ? creative.content : usual,
    reason,
    holdout: arm === "holdout",
  };
}

/** What says that it was seen and that it was clicked; of the default there is nothing to say. */
function urlsOf(
  nameKey: string,
  { workspace, name: profileId }: Addressee,
  decision: string,
  placement: string,
  { campaign, creative, arm }: Choice,
  at: number,
): object {
  if (campaign === undefined || creative === undefined || arm === undefined) return {};
  const said = { workspace, profileId, decision, placement, campaign: campaign.key, creative: creative.key, arm, at };
  const impressionUrl = `/v1/pixel.gif?t=${sealShown(nameKey, said)}`;
  const { destination } = creative;
  if (arm === "holdout" || destination === undefined) return { impressionUrl };
  return { impressionUrl, clickUrl: `/v1/click?t=${sealShown(nameKey, { ...said, destination })}` };
}
