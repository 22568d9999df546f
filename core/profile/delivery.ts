import type { Ruleset } from "../rules/ruleset.ts";

/** A ruleset to act under. */
export interface Rules {
  readonly version: number;
  readonly rules: Ruleset;
}

/** Events for a profile. */
export interface Delivery {
  readonly texts: readonly string[];
  readonly now: number;
  /** Undefined where it cannot be read: the events are taken all the same, what they change is found out later. */
  readonly ruleset: Rules | undefined;
  /** Events a minute above which the rest is turned away; Infinity for another object's journal. */
  readonly mostAMinute: number;
  readonly isDestinationWaiting: boolean;
}

/** What one delivery did to a profile. */
export interface Outcome {
  accepted: number;
  duplicates: number;
  /** Places in the delivery whose (source, messageId) is held with another content. */
  conflicts: number[];
  /** Places in the delivery that were too many for one minute. */
  floods: number[];
}

/** How a profile stands: the same object until something changes. */
export interface Standing {
  /** Sorted. */
  readonly keys: readonly string[];
  /** ms: no later than the first instant at which time alone changes them; Infinity for never. */
  readonly nextChange: number;
}
