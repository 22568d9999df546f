import type { Cost, ServedPurpose } from "../../core/model/campaign.ts";
import type { CalendarUnit } from "../../core/model/local-calendar.ts";
import type { Json } from "../../core/model/json.ts";

/** Placements and campaigns as marketers write them (http.md, "Control plane"), with every default written out. */

export interface PlacementDraft {
  readonly name: string;
  readonly purpose: ServedPurpose;
  readonly default: Json;
}

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface CampaignDraft {
  readonly name: string;
  readonly placement: string;
  /** One of the two, or neither for everyone. */
  readonly audience?: string | undefined;
  readonly rule?: Json | undefined;
  readonly exclude: readonly string[];
  readonly priority: number;
  readonly schedule: ScheduleDraft;
  readonly cap: readonly CapDraft[];
  readonly holdout: number;
  readonly allocation: "weighted" | "thompson";
  readonly creatives: readonly CreativeDraft[];
  readonly goal?: { readonly event: string; readonly value?: string | undefined; readonly window: string } | undefined;
  readonly cost?: Cost | undefined;
}

export interface ScheduleDraft {
  /** INSTANT of the rule language. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** IANA name; the workspace's where it is not said. */
  readonly timeZone?: string | undefined;
  readonly days: readonly Weekday[];
  /** `hh:mm`, up to `24:00`. */
  readonly hours: readonly { readonly from: string; readonly to: string }[];
}

export interface CapDraft {
  readonly limit: number;
  /** DURATION of the rule language, or a unit of the calendar. */
  readonly per: string | { readonly calendar: CalendarUnit };
  /** The person where it is not said. */
  readonly of?: "person" | "household" | undefined;
}

export interface CreativeDraft {
  readonly key: string;
  readonly weight: number;
  readonly content?: Json | undefined;
  readonly html?: string | undefined;
  readonly destination?: string | undefined;
}
