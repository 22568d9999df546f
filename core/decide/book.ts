import type { Campaign, Campaigns, Placement } from "../model/campaign.ts";
import { runningAt, type Running } from "./schedule.ts";

/** A placement with the campaigns that may fill it, the highest priority first, by key among equals. */
export interface Slot {
  readonly placement: Placement;
  readonly campaigns: readonly Campaign[];
}

/** The placements and campaigns of a ruleset's version, ready to decide by; shared by all people of an isolate. */
export class CampaignBook {
  readonly globalHoldout: number;
  readonly campaigns: readonly Campaign[];
  /** Campaigns that are to bring something about. */
  readonly withGoal: readonly Campaign[];
  /** True where a campaign learns from what it brought about. */
  readonly learns: boolean;
  readonly #slots: ReadonlyMap<string, Slot>;
  /** Audiences that a campaign is for, or leaves out. */
  readonly #named: ReadonlySet<string>;
  readonly #campaigns: ReadonlySet<string>;
  /** How each campaign ran when it was last asked, from which instant on: clocks of a zone cost more than the rest of a decision. */
  readonly #running = new Map<Campaign, { readonly since: number; readonly running: Running }>();

  constructor({ placements, campaigns, globalHoldout }: Campaigns) {
    this.globalHoldout = globalHoldout;
    this.campaigns = campaigns;
    this.withGoal = campaigns.filter(({ goal }) => goal !== undefined);
    this.learns = campaigns.some(({ allocation }) => allocation === "thompson");
    this.#named = new Set(campaigns.flatMap(({ audience, exclude }) => (audience === null ? exclude : [audience, ...exclude])));
    this.#campaigns = new Set(campaigns.map(({ key }) => key));
    const byPlacement = Map.groupBy(campaigns.toSorted(byPriority), ({ placement }) => placement);
    this.#slots = new Map(
      placements.map((placement) => [placement.key, { placement, campaigns: byPlacement.get(placement.key) ?? [] }]),
    );
  }

  slot(placement: string): Slot | undefined {
    return this.#slots.get(placement);
  }

  /** Keys of all placements. */
  get placements(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** Whether a campaign is for an audience, or leaves it out. */
  names(audience: string): boolean {
    return this.#named.has(audience);
  }

  has(campaign: string): boolean {
    return this.#campaigns.has(campaign);
  }

  running(campaign: Campaign, now: number): Running {
    const held = this.#running.get(campaign);
    if (held !== undefined && held.since <= now && now < held.running.until) return held.running;
    const running = runningAt(campaign.schedule, now);
    this.#running.set(campaign, { since: now, running });
    return running;
  }
}

function byPriority(one: Campaign, other: Campaign): number {
  return other.priority - one.priority || (one.key < other.key ? -1 : 1);
}

export const NO_CAMPAIGNS: Campaigns = { placements: [], campaigns: [], globalHoldout: 0 };
