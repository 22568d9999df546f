import type { Arm } from "../model/campaign.ts";
import type { LogEvent } from "../model/event.ts";

/** A campaign that a person was shown, or in its holdout would have been. */
export interface Exposure {
  readonly time: number;
  readonly arm: Arm;
  readonly creative: string;
}

/** The exposures of a person to a campaign, in the order of the log. @param impressions the person's `$impression` events */
export function exposuresTo(campaign: string, impressions: readonly LogEvent[]): readonly Exposure[] {
  return impressions.flatMap(({ type, time, properties }): Exposure[] => {
    if (type !== "fact" || properties["campaign"] !== campaign) return [];
    const { arm, creative } = properties;
    return [{ time, arm: arm === "holdout" ? "holdout" : "treated", creative: typeof creative === "string" ? creative : "" }];
  });
}
