import type { Consent } from "./consent.ts";
import type { Json } from "./json.ts";
import type { CalendarUnit } from "./local-calendar.ts";

/** Placements, campaigns and creatives as a publish stores them: checked, with every default written out (http.md, "Control plane"). */

/** What a decision, an audience or a placement is for; each needs its own consent. */
export type ServedPurpose = Exclude<keyof Consent, "storage" | "profiling">;

/** A slot of a page, an app or a mail. */
export interface Placement {
  readonly key: string;
  readonly purpose: ServedPurpose;
  /** What is shown where no campaign applies. */
  readonly default: Json;
}

export interface Campaign {
  readonly key: string;
  /** Key of its placement. */
  readonly placement: string;
  /** Key of the audience it is for; null for everyone. A rule of its own is an audience that `ownAudience` names. */
  readonly audience: string | null;
  /** Audiences whose members are left out. */
  readonly exclude: readonly string[];
  /** The higher goes first; among equals each person has an order of their own. */
  readonly priority: number;
  readonly schedule: Schedule;
  readonly cap: readonly Cap[];
  /** Share of all people who are shown the default instead, from 0 up to but not including 1. */
  readonly holdout: number;
  readonly allocation: "weighted" | "thompson";
  /** At least one of them with a weight. */
  readonly creatives: readonly Creative[];
  readonly goal?: Goal;
  readonly cost?: Cost;
}

export interface Creative {
  readonly key: string;
  /** Its share of the sum of all weights; of weight 0 nobody is shown it. */
  readonly weight: number;
  /** What a page makes something of, or the HTML itself. */
  readonly content: Json | { readonly html: string };
  /** Where a click leads, an absolute URL of http or https. */
  readonly destination?: string;
}

/** When a campaign runs: between two instants, on some days of the week, in some hours of the day. */
export interface Schedule {
  /** ms since 1970; from it on. */
  readonly from: number | null;
  /** ms since 1970; until before it. */
  readonly to: number | null;
  /** IANA name; of days and hours. */
  readonly timeZone: string;
  /** Days of the week, 1 Monday to 7 Sunday; empty for all. */
  readonly days: readonly number[];
  /** Minutes since midnight, from the one up to but not including the other, at most 1,440; empty for all. */
  readonly hours: readonly Hours[];
}

export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** At most so many times for one person, or for all of one household, within a window that slides, or in a unit of the calendar of the campaign's time zone. */
export interface Cap {
  readonly limit: number;
  /** All of the person's household together; without, the person alone. */
  readonly of?: "household";
  readonly per: { readonly ms: number } | { readonly calendar: CalendarUnit };
}

/** What a campaign is to bring about. */
export interface Goal {
  readonly event: string;
  /** Path of the property that says its worth. */
  readonly value?: string;
  readonly windowMs: number;
}

export interface Cost {
  readonly model: "cpm" | "cpc" | "fixed";
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** All of a ruleset's version. */
export interface Campaigns {
  readonly placements: readonly Placement[];
  readonly campaigns: readonly Campaign[];
  /** Share of all people who are shown no campaign at all. */
  readonly globalHoldout: number;
}

/** Key of the audience that a campaign's own rule makes: no audience of a marketer's can have it. */
export function ownAudience(campaign: string): string {
  return `campaign:${campaign}`;
}

/** Those of a campaign's caps that a household is asked about. */
export function householdCaps({ cap }: Campaign): readonly Cap[] {
  return cap.filter(({ of }) => of === "household");
}

export function isOwnAudience(key: string): boolean {
  return key.startsWith("campaign:");
}

/** Whether a person is shown a campaign, or the default so that its effect can be told. */
export type Arm = "treated" | "holdout";

/** Why a placement is filled with what it is (http.md, "Decide"). */
export type Reason = "TARGETING_MATCH" | "SPLIT" | "HOLDOUT" | "CAPPED" | "NO_CONSENT" | "DEFAULT" | "ERROR";

/**
 * Room that a decision took under a cap, until an impression confirms it or it expires. The same decision asked again takes
 * no more.
 */
export interface Reservation {
  /** `DECISION:PLACEMENT`, as the impression's id has it. */
  readonly id: string;
  readonly campaign: string;
  readonly creative: string;
  readonly arm: Arm;
  /** ms */
  readonly at: number;
  /** ms; from then on it counts no more. */
  readonly until: number;
}

/** The facts that our own pixel and click-through make, and that a campaign's goal was reached after it was seen. */
export const SHOWN_FACTS = { impression: "$impression", click: "$click", conversion: "$conversion" } as const;

/** Source of these facts: no source of a workspace can have this key. */
export const OWN_SOURCE = "$tideline";

/** Properties of an `$impression`, a `$click` and a `$conversion`. */
export interface ShownProperties {
  readonly decision: string;
  readonly placement: string;
  readonly campaign: string;
  readonly creative: string;
  readonly arm: Arm;
}

/** The id of what a decision showed in a placement: of its reservation, its impression and its click. */
export function shownId(decision: string, placement: string): string {
  return `${decision}:${placement}`;
}
