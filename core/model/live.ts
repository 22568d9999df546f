import type { Json } from "./json.ts";

/**
 * What somebody who watches a workspace is shown of what arrives there. It is stored nowhere: it is there while somebody
 * watches, and may be sampled.
 */

/** What became of an event: `dropped` by the plan; `refused` by consent; `duplicate`: it was there already. Or of a person. */
export type LiveOutcome = "accepted" | "duplicate" | "rejected" | "refused" | "dropped" | "entered" | "left";

export interface LiveItem {
  readonly outcome: LiveOutcome;
  /** When it was received, or a change became known: ISO 8601. */
  readonly at: string;
  /** Key of the source; null of a change that no event made. */
  readonly source: string | null;
  /** Of an event, as rules name it; null where it has no name. */
  readonly name: string | null;
  /** Of a change. */
  readonly audience?: string;
  readonly messageId: string | null;
  /** Whose it is; null of what was not taken. */
  readonly profileId: string | null;
  /** Stable code of why it was rejected, and what is wrong where, as in quarantine. */
  readonly code?: string;
  readonly detail?: string;
  /** How many of its call were there already, where it is not known which. */
  readonly duplicates?: number;
  /** An accepted event as its journal holds it, any other as it came; null where consent forbids to look at it. */
  readonly event: Json;
}

/** What is told of to those who watch. */
export interface LiveNews {
  readonly items: readonly LiveItem[];
  /** How many more there were. */
  readonly dropped: number;
}

/** Who watches what. */
export interface LiveWatch {
  /** Of this source alone. */
  readonly source?: string | undefined;
  /** Of this name alone. */
  readonly event?: string | undefined;
  /** ms: when it ends; in the past: with what is held. */
  readonly until: number;
}
