import type { Edge } from "../../core/model/edge.ts";
import type { EventType } from "../../core/model/event.ts";
import type { JsonObject } from "../../core/model/json.ts";
import type { ProvenUser } from "../auth/user-token.ts";
import type { TlId } from "./tl-id.ts";

/**
 * What a rejected event's call said beside it: with that, a replay gives what a good first delivery would have given. It only
 * grows: what was quarantined is replayed by a Worker of another day.
 */
export interface KeptCall {
  /** The type that the path said. */
  readonly type?: EventType | undefined;
  /** ms, as the device's clock had it. */
  readonly sentAt?: number | undefined;
  /** Batch-level context. */
  readonly context?: JsonObject | undefined;
  readonly edge?: Edge | undefined;
  readonly cookie?: TlId | undefined;
  /** Whom its user token proved; the token itself is not kept. */
  readonly user?: ProvenUser | undefined;
}

/** In UTF-16 code units, of all events of one call together: a batch of 2,500 bad events must not carry its context 2,500 times. */
const MOST_KEPT = 4_000_000;

/** @param events that are kept with it @returns null for a call too large to be kept with each of them: those cannot be replayed */
export function keptCall(call: KeptCall, events: number): string | null {
  const text = JSON.stringify(call);
  return text.length * events > MOST_KEPT ? null : text;
}
