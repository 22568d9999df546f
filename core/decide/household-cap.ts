import type { Cap } from "../model/campaign.ts";
import type { LogEvent } from "../model/event.ts";
import { roomUnder } from "./cap.ts";
import { exposuresTo } from "./exposures.ts";

/**
 * Whether a household has room for one impression more of a campaign.
 * @param impressions of all its members @param held instants at which room is held for impressions to come, ms
 */
export function householdHasRoom(
  { campaign, caps, zone }: { readonly campaign: string; readonly caps: readonly Cap[]; readonly zone: string },
  impressions: readonly LogEvent[],
  held: readonly number[],
  now: number,
): boolean {
  const seen = exposuresTo(campaign, impressions).flatMap(({ time }) => (time <= now ? [time] : []));
  return !caps.some((cap) => roomUnder(cap, [...seen, ...held], now, zone).isFull);
}
