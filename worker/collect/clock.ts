import { parseInstant } from "../../core/model/instant.ts";
import type { SourceKind } from "../cold/records.ts";

/** A device's clock counts as right within this span: network and queue delays are no clock error. */
const SKEW_TOLERATED_MS = 60_000;

export interface ClockReading {
  readonly kind: SourceKind;
  /** IANA zone of the workspace, for a `timestamp` that is a date alone. */
  readonly timeZone: string;
  /** When the call arrived, ms. */
  readonly receivedAt: number;
  /** The call's `sentAt`, ms, as the device's clock had it. */
  readonly sentAt: number | undefined;
}

/**
 * The instant at which an event happened (architecture.md, "The way of an event"): its `timestamp`, corrected by what the
 * device's clock is off, which only browsers and apps are and only beyond a minute; never after its receipt.
 * @returns ms, or undefined for a timestamp that is no instant
 */
export function eventTime(timestamp: string | undefined, clock: ClockReading): number | undefined {
  if (timestamp === undefined) return clock.receivedAt;
  const said = parseInstant(timestamp, clock.timeZone);
  if (said === undefined) return undefined;
  return Math.min(said + skewOf(clock), clock.receivedAt);
}

function skewOf({ kind, receivedAt, sentAt }: ClockReading): number {
  if (kind === "server" || sentAt === undefined) return 0;
  const skew = receivedAt - sentAt;
  return Math.abs(skew) > SKEW_TOLERATED_MS ? skew : 0;
}
