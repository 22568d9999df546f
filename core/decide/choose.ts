import { shareOf } from "../rules/bucket.ts";
import type { Arm, Campaign, Creative, Reason, Reservation } from "../model/campaign.ts";
import { shownId } from "../model/campaign.ts";
import type { Purpose } from "../model/consent.ts";
import type { LogEvent } from "../model/event.ts";
import type { ProfileId } from "../model/ids.ts";
import type { CampaignBook, Slot } from "./book.ts";
import { roomUnder } from "./cap.ts";
import { chanceOf } from "./chance.ts";
import { exposuresTo, type Exposure } from "./exposures.ts";
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
  /** Whether the household of the person has no room left under a cap of a campaign; true also where that cannot be told. */
  readonly isHouseholdFull?: (campaign: string) => boolean;
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
  readonly trace: readonly Considered[];
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
  const trace: Considered[] = [];
  if (viewer.denied.includes(placement.purpose)) return nothing("NO_CONSENT", Infinity, trace);
  const id = shownId(question.decision, placement.key);
  const held = viewer.reservations.find((reservation) => reservation.id === id);
  let until = Infinity;
  let isCapped = false;
  let choice: Choice | undefined;
  for (const campaign of inOrder(slot.campaigns, viewer.profileId)) {
    if (choice !== undefined) {
      trace.push({ campaign: campaign.key, chosen: false, why: "outranked" });
      continue;
    }
    if (held !== undefined) {
      // Asked again: the same, whatever has become of the campaign's room since.
      if (held.campaign === campaign.key) choice = again(campaign, held, trace);
      if (choice !== undefined) continue;
    }
    const found = consider(book, campaign, viewer, question);
    until = Math.min(until, found.until);
    if (found.why === "capped" || found.why === "household_capped") isCapped = true;
    if (found.why !== undefined) trace.push({ campaign: campaign.key, chosen: false, why: found.why });
    else choice = take(book, campaign, found.exposures, viewer, question, id, trace);
  }
  if (choice === undefined) return nothing(isCapped ? "CAPPED" : "DEFAULT", until, trace);
  return { ...choice, until: Math.min(until, choice.until), trace };
}

function nothing(reason: Reason, until: number, trace: readonly Considered[]): Choice {
  return { campaign: undefined, creative: undefined, arm: undefined, reason, until, reserve: undefined, trace };
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
  if (campaign.audience !== null) {
    const purpose = viewer.purposeOf(campaign.audience);
    if (purpose !== undefined && viewer.denied.includes(purpose)) return not("no_consent");
    if (!viewer.isIn(campaign.audience)) return not("not_in_audience");
  }
  if (campaign.cap.length > 0 && !viewer.canReserve) return not("cannot_count");
  if (campaign.exclude.some((audience) => viewer.isIn(audience))) return not("excluded");
  // Always: the arm a person got binds, whatever share is held out by now.
  const exposures = exposuresTo(campaign.key, viewer.impressions);
  const reserved = viewer.reservations.filter((reservation) => reservation.campaign === campaign.key);
  const uses = [...exposures.map(({ time }) => time), ...reserved.map(({ at }) => at)];
  for (const cap of campaign.cap) {
    if (cap.scope === "household") {
      if (viewer.isHouseholdFull?.(campaign.key) !== false) return not("household_capped", now);
      continue;
    }
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
  trace: Considered[],
): Choice {
  const { now } = question;
  const { arm, isGlobal } = armOf(book, campaign, exposures, viewer.profileId);
  // In the holdout too: who would have been shown what is what the arms are compared by.
  const creative = allocate(campaign, exposures, viewer.profileId, question);
  const reserve =
    campaign.cap.length === 0
      ? undefined
      : { id, campaign: campaign.key, creative: creative.key, arm, at: now, until: now + RESERVED_MS };
  trace.push({
    campaign: campaign.key,
    chosen: arm === "treated",
    why: arm === "treated" ? "chosen" : isGlobal ? "global_holdout" : "holdout",
  });
  return { campaign, creative, arm, reason: reasonOf(campaign, arm), until: Infinity, reserve, trace };
}

function again(campaign: Campaign, { creative: key, arm }: Reservation, trace: Considered[]): Choice | undefined {
  const creative = campaign.creatives.find((one) => one.key === key);
  if (creative === undefined) return undefined;
  trace.push({ campaign: campaign.key, chosen: arm === "treated", why: arm === "treated" ? "chosen" : "holdout" });
  return { campaign, creative, arm, reason: reasonOf(campaign, arm), until: Infinity, reserve: undefined, trace };
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
  const weighed = campaign.creatives.filter(({ weight }) => weight > 0);
  const creatives = weighed.length > 0 ? weighed : campaign.creatives;
  const first = creatives[0];
  if (first === undefined) throw new Error("a campaign has no creative");
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
