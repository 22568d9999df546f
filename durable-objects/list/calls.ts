import type { ListFormat, ListType } from "../../core/identity/list-lines.ts";
import type { ProfileId } from "../../core/model/ids.ts";

/** What crosses between the Worker and a list's object. It carries a version and only grows. */
export const LIST_CALL_VERSION = 1;

export interface ListCall {
  readonly v: typeof LIST_CALL_VERSION;
  readonly workspace: string;
  readonly jurisdiction: string | null;
  /** Key of the list. */
  readonly list: string;
}

/** An upload whose body lies in R2. */
export interface AcceptCall extends ListCall {
  readonly id: string;
  readonly mode: "replace" | "append";
  readonly format: ListFormat;
  /** Of lines that do not say what they are. */
  readonly type: ListType;
  /** Column of a table; its first one where absent. */
  readonly column?: string;
  /** Key of the body in the bucket `PUBLISHED`, and its length. */
  readonly body: string;
  readonly bytes: number;
  /** How long its entries hold, ms; null for ever. */
  readonly expiresMs: number | null;
}

/** What an upload has come to. `clear` is a list that was deleted, `expiry` entries whose time is over. */
export interface JobView {
  readonly id: string;
  readonly kind: "upload" | "clear" | "expiry";
  readonly mode: "replace" | "append";
  readonly state: "waiting" | "applying" | "publishing" | "telling" | "done" | "failed";
  /** ms: when it was accepted, from which instant on it counts. */
  readonly at: number;
  /** ms: when its entries end; null for never. */
  readonly until: number | null;
  readonly bytes: number;
  /** Bytes of the body that are taken in. */
  readonly done: number;
  /** Lines with something on them, and how many of those were not taken. */
  readonly rows: number;
  readonly rejected: number;
  /** The first of them. */
  readonly faults: readonly { readonly line: number; readonly code: string }[];
  /** People who were told, each for each of their identifiers. */
  readonly told: number;
}

export interface FilterView {
  readonly version: number;
  readonly members: number;
  readonly bytes: number;
  readonly nominalRate: number;
  readonly probes: number;
  readonly positives: number;
}

export interface ListState {
  readonly filter: FilterView | null;
  /** The latest first. */
  readonly jobs: readonly JobView[];
}

/** How an identifier stands: on the list since `since` until `until` (null: for ever), or gone at `gone`. Null: never seen, or gone for long. */
export interface EntryStanding {
  readonly since: number;
  readonly until: number | null;
  readonly gone: number | null;
}

/** An identifier that came onto the list or went off it. */
export interface EntryChange {
  readonly hash: ProfileId;
  readonly type: string;
  readonly on: boolean;
  /** ms */
  readonly at: number;
}

/** What a list's object asks of the Worker, which holds the index of who bears which identifier. */
export interface ListMatching {
  /** Makes a filter the one that new identifiers are checked against; null where the list is gone. */
  publish(call: ListCall & { readonly version: number | null }): Promise<void>;
  /** Tells the people who bear these identifiers. Repeatable. @returns facts that are with their people now */
  tell(call: ListCall & { readonly changes: readonly EntryChange[] }): Promise<number>;
}
