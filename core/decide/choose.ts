import { shareOf } from "../rules/bucket.ts";
import type { Arm, Campaign, Creative, Reason, Reservation } from "../model/campaign.ts";
import { householdCaps, shownId } from "../model/campaign.ts";
import type { Purpose } from "../model/consent.ts";
import type { LogEvent } from "../model/event.ts";
import type { ProfileId } from "../model/ids.ts";
import type { CampaignBook, Slot } from "./book.ts";
import { roomUnder } from "./cap.ts";
import { chanceOf } from "./chance.ts";
import { exposureOf, exposuresTo, type Exposure } from "./exposures.ts";
import { drawArm, NOTHING_LEARNT, type Outcomes } from "./thompson.ts";

/** Who is decided for, at one instant. */
export interface Viewer {
  readonly profileId: ProfileId;
  readonly isIn: (audience: string) => boolean;
  /** Purposes that consent denies. */
  readonly denied: readonly Purpose[];
  /** What each audience is for: of one whose purpose is denied nobody is a member. */
  readonly purposeOf: (audience: string) => Purpose | undefined;
  /** The person's `$impression` events up to now, in log order. */
  readonly impressions: readonly LogEvent[];
  /** Those that have not expired. */
  readonly reservations: readonly Reservation[];
  /** False where nothing can be written of the person: then nothing can be counted, and no campaign with a cap is chosen. */
  readonly canReserve: boolean;
  /** What the household said so far, where the person is in one. */
  readonly household: HouseholdSaid | undefined;
}

/** Of caps that all of a household share. A person without one is his own. */
export interface HouseholdSaid {
  /** It has no room for the campaign, or could not be asked. */
  readonly hasRefused: (campaign: string) => boolean;
  /** It holds room, under the id of what is shown. */
  readonly hasGranted: (id: string) => boolean;
}

/** What is asked. */
export interface Question {
  /** Id of the decision: the same one is decided alike, and reserves once. */
  readonly decision: string;
  readonly placement: string;
  readonly now: number;
  /** What is known of creatives of a campaign that learns, by their keys. */
  readonly learnt?: (campaign: string) => ReadonlyMap<string, Outcomes> | undefined;
}

/** What a placement is filled with. */
export interface Choice {
  readonly campaign: Campaign | undefined;
  /** Absent with the default. */
  readonly creative: Creative | undefined;
  readonly arm: Arm | undefined;
  readonly reason: Reason;
  /** Instant at which time alone may change this, by schedule or cap; ms, Infinity for never. */
  readonly until: number;
  /** Room to be taken, where the campaign has a cap and this decision has taken none yet. */
  readonly reserve: Reservation | undefined;
  /** What the household must grant before this may be answered. */
  readonly asks: Asked | undefined;
  readonly trace: readonly Considered[];
}

/** Room that a household is asked for. */
export interface Asked {
  /** As of the reservation. */
  readonly id: string;
  readonly campaign: Campaign;
  readonly until: number;
}

/** Why a campaign was chosen or was not. */
export interface Considered {
  readonly campaign: string;
  readonly chosen: boolean;
  readonly why:
    | "chosen"
    | "holdout"
    | "global_holdout"
    | "not_running"
    | "not_in_audience"
    | "excluded"
    | "no_consent"
    | "capped"
    | "household_capped"
    | "cannot_count"
    | "outranked";
}

/** How long room is held for an impression: a page that shows what it was given does so long before, ms. */
export const RESERVED_MS = 15 * 60_000;

/** Decides what fills one placement for one person. Pure: whoever asks makes `reserve` durable before it answers. */
export function choose(book: CampaignBook, slot: Slot, viewer: Viewer, question: Question): Choice {
  const { placement } = slot;
  if (viewer.denied.includes(placement.purpose)) return nothing("NO_CONSENT", Infinity, []);
  const id = shownId(question.decision, placement.key);
  const before = decidedBefore(slot, viewer, id);
  if (before !== undefined) return before;
  const trace: Considered[] = [];
  let until = Infinity;
  let choice: Choice | undefined;
  for (const campaign of inOrder(slot.campaigns, viewer.profileId)) {
    if (choice !== undefined) {
      trace.push({ campaign: campaign.key, chosen: false, why: "outranked" });
      continue;
    }
    const found = consider(book, campaign, viewer, question);
    until = Math.min(until, found.until);
    if (found.why === undefined) {
      choice = take(book, campaign, found.exposures, viewer, question, id);
      trace.push(...choice.trace);
    } else trace.push({ campaign: campaign.key, chosen: false, why: found.why });
  }
  if (choice !== undefined) return { ...choice, until, trace, asks: asksOf(choice, viewer) };
  return nothing(trace.some(({ why }) => why === "capped" || why === "household_capped") ? "CAPPED" : "DEFAULT", until, trace);
}

/** What was decided before was granted then. */
function asksOf({ campaign, reserve }: Choice, { household }: Viewer): Asked | undefined {
  if (campaign === undefined || reserve === undefined || household === undefined) return undefined;
  if (householdCaps(campaign).length === 0 || household.hasGranted(reserve.id)) return undefined;
  return { id: reserve.id, campaign, until: reserve.until };
}

/** What the same decision has answered already, be it still reserved or seen since: whatever has become of its campaign, but for the person's own no. */
function decidedBefore({ campaigns }: Slot, viewer: Viewer, id: string): Choice | undefined {
  const seen = viewer.impressions.find(({ messageId }) => messageId === id);
  const said = viewer.reservations.find((reservation) => reservation.id === id) ?? (seen && exposureOf(seen));
  if (said === undefined) return undefined;
  const campaign = campaigns.find(({ key }) => key === said.campaign);
  const creative = campaign?.creatives.find(({ key }) => key === said.creative);
  if (campaign === undefined || creative === undefined || isDenied(campaign, viewer)) return undefined;
  return chosen(campaign, creative, said.arm, said.arm === "holdout" ? "holdout" : "chosen");
}

/** Whether the person denies what the campaign's audience is for. */
function isDenied({ audience }: Campaign, { purposeOf, denied }: Viewer): boolean {
  const purpose = audience === null ? undefined : purposeOf(audience);
  return purpose !== undefined && denied.includes(purpose);
}

function chosen(campaign: Campaign, creative: Creative, arm: Arm, why: Considered["why"], reserve?: Reservation): Choice {
  const trace = [{ campaign: campaign.key, chosen: arm === "treated", why }];
  return { campaign, creative, arm, reason: reasonOf(campaign, arm), until: Infinity, reserve, asks: undefined, trace };
}

function nothing(reason: Reason, until: number, trace: readonly Considered[]): Choice {
  return { campaign: undefined, creative: undefined, arm: undefined, reason, until, reserve: undefined, asks: undefined, trace };
}

/** By priority; among equals in an order of the person's own, so that they share the people evenly. */
function inOrder(campaigns: readonly Campaign[], profileId: ProfileId): readonly Campaign[] {
  const hasEquals = campaigns.some(({ priority }, place) => place > 0 && campaigns[place - 1]?.priority === priority);
  if (!hasEquals) return campaigns;
  const shares = new Map(campaigns.map(({ key }) => [key, shareOf(`order:${key}`, profileId)]));
  return campaigns.toSorted(
    (one, other) => other.priority - one.priority || (shares.get(one.key) ?? 0) - (shares.get(other.key) ?? 0),
  );
}

interface Found {
  readonly why: Considered["why"] | undefined;
  readonly exposures: readonly Exposure[];
  readonly until: number;
}

function consider(book: CampaignBook, campaign: Campaign, viewer: Viewer, { now }: Question): Found {
  const { isOn, until } = book.running(campaign, now);
  const not = (why: Considered["why"], then = until): Found => ({ why, exposures: [], until: then });
  if (!isOn) return not("not_running");
  if (isDenied(campaign, viewer)) return not("no_consent");
  if (campaign.audience !== null && !viewer.isIn(campaign.audience)) return not("not_in_audience");
  if (campaign.cap.length > 0 && !viewer.canReserve) return not("cannot_count");
  if (viewer.household?.hasRefused(campaign.key) === true) return not("household_capped");
  if (campaign.exclude.some((audience) => viewer.isIn(audience))) return not("excluded");
  // Always: the arm a person got binds, whatever share is held out by now.
  const exposures = exposuresTo(campaign.key, viewer.impressions);
  const reserved = viewer.reservations.filter((reservation) => reservation.campaign === campaign.key);
  const uses = [...exposures.map(({ time }) => time), ...reserved.map(({ at }) => at)];
  for (const cap of campaign.cap) {
    const room = roomUnder(cap, uses, now, campaign.schedule.timeZone);
    if (!room.isFull) continue;
    const expiry = Math.min(...reserved.map((reservation) => reservation.until));
    return not("capped", Math.min(until, room.until, expiry));
  }
  return { why: undefined, exposures, until };
}

/** The arm a person got stands; before, it is a stable hash. */
function armOf(book: CampaignBook, campaign: Campaign, exposures: readonly Exposure[], profileId: ProfileId) {
  const bound = exposures[0]?.arm;
  const isGlobal = book.globalHoldout > 0 && shareOf("holdout", profileId) < book.globalHoldout;
  if (bound !== undefined) return { arm: bound, isGlobal: isGlobal && bound === "holdout" };
  if (isGlobal) return { arm: "holdout", isGlobal } as const;
  const isHeldOut = campaign.holdout > 0 && shareOf(`holdout:${campaign.key}`, profileId) < campaign.holdout;
  return { arm: isHeldOut ? "holdout" : "treated", isGlobal: false } as const;
}

function take(
  book: CampaignBook,
  campaign: Campaign,
  exposures: readonly Exposure[],
  viewer: Viewer,
  question: Question,
  id: string,
): Choice {
  const { now } = question;
  const { arm, isGlobal } = armOf(book, campaign, exposures, viewer.profileId);
  // In the holdout too: who would have been shown what is what the arms are compared by.
  const creative = allocate(campaign, exposures, viewer.profileId, question);
  const why = arm === "treated" ? "chosen" : isGlobal ? "global_holdout" : "holdout";
  if (campaign.cap.length === 0) return chosen(campaign, creative, arm, why);
  const reserve = { id, campaign: campaign.key, creative: creative.key, arm, at: now, until: now + RESERVED_MS };
  return chosen(campaign, creative, arm, why, reserve);
}

function reasonOf({ creatives }: Campaign, arm: Arm): Reason {
  if (arm === "holdout") return "HOLDOUT";
  return creatives.length > 1 ? "SPLIT" : "TARGETING_MATCH";
}

/** `weighted`: each person always the one they got first, before that by a stable hash. `thompson`: as what is learnt says, anew for each decision. */
function allocate(
  campaign: Campaign,
  exposures: readonly Exposure[],
  profileId: ProfileId,
  { decision, learnt }: Question,
): Creative {
  const creatives = campaign.creatives.filter(({ weight }) => weight > 0);
  const first = creatives[0];
  if (first === undefined) throw new Error("a campaign has no creative that anybody is shown");
  if (creatives.length === 1) return first;
  if (campaign.allocation === "thompson") {
    const known = learnt?.(campaign.key);
    const outcomes = creatives.map(({ key }) => known?.get(key) ?? NOTHING_LEARNT);
    return creatives[drawArm(outcomes, chanceOf(`${campaign.key}:${decision}`))] ?? first;
  }
  const bound = creatives.find(({ key }) => key === exposures[0]?.creative);
  if (bound !== undefined) return bound;
  const total = creatives.reduce((sum, { weight }) => sum + weight, 0);
  let left = shareOf(`creative:${campaign.key}`, profileId) * total;
  for (const creative of creatives) {
    left -= creative.weight;
    if (left < 0) return creative;
  }
  return creatives.at(-1) ?? first;
}
