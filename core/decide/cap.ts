import type { Cap } from "../model/campaign.ts";
import { LocalDays, LocalUnits } from "../model/local-calendar.ts";

/** Whether a cap leaves room, and when that changes by time alone, ms; Infinity for never. */
export interface Room {
  readonly isFull: boolean;
  readonly until: number;
}

/**
 * @param uses instants, ms, at which it was used, in any order; none in the future
 * @param zone of the calendar
 */
export function roomUnder({ limit, per }: Pick<Cap, "limit" | "per">, uses: readonly number[], now: number, zone: string): Room {
  if ("ms" in per)
    return roomAmong(
      limit,
      uses.filter((at) => at > now - per.ms),
      (at) => at + per.ms,
    );
  const units = new LocalUnits(new LocalDays(zone), per.calendar);
  const unit = units.numberOf(now);
  return roomAmong(
    limit,
    uses.filter((at) => units.numberOf(at) === unit),
    () => units.start(unit + 1),
  );
}

/** @param endOf when a use counts no more, ms */
function roomAmong(limit: number, uses: readonly number[], endOf: (at: number) => number): Room {
  if (uses.length < limit) return { isFull: false, until: Infinity };
  const inOrder = uses.toSorted((one, other) => one - other);
  // With the one that ends next to make fewer than the limit.
  return { isFull: true, until: endOf(inOrder[uses.length - limit] ?? 0) };
}
