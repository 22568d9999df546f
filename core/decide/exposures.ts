import type { Arm } from "../model/campaign.ts";
import type { LogEvent } from "../model/event.ts";

/** What a person was shown of a campaign, or in its holdout would have been. */
export interface Exposure {
  readonly campaign: string;
  readonly creative: string;
  readonly arm: Arm;
  /** ms */
  readonly time: number;
}

/** What an `$impression` says; undefined for another event of that name. */
export function exposureOf({ type, time, properties }: LogEvent): Exposure | undefined {
  const { campaign, creative, arm } = properties;
  if (type !== "fact" || typeof campaign !== "string" || typeof creative !== "string") return undefined;
  return { campaign, creative, arm: arm === "holdout" ? "holdout" : "treated", time };
}

/** The exposures of a person to a campaign, in the order of the log. @param impressions the person's `$impression` events */
export function exposuresTo(campaign: string, impressions: readonly LogEvent[]): readonly Exposure[] {
  return impressions.flatMap((event) => exposureOf(event) ?? []).filter((exposure) => exposure.campaign === campaign);
}
